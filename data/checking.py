"""Checks one mapped row against the rules that need several fields; the others are checked while mapping."""

from collections.abc import Callable
from datetime import datetime

from data.rows import MappedRow, day_of
from data.rules import Problem
from data.schema import TABLES

MAY_LIE_AHEAD = {"due_given_at", "rating_due_at", "target_at", "planned_at"}
FIRST_YEAR = 1990
_TIME_FIELDS = {table: [field for field in fields if field.kind == "time"] for table, fields in TABLES.items()}


def check(row: MappedRow, table: str, as_of: datetime, label: Callable[[str], str]) -> None:
    """Add to `row.problems` what is wrong or doubtful about the row as a whole; `label` gives a field's name in the file."""
    _check_times(row, table, as_of, label)
    _CHECKS[table](row, label)


def _check_times(row: MappedRow, table: str, as_of: datetime, label: Callable[[str], str]) -> None:
    for field in _TIME_FIELDS[table]:
        moment = row.values.get(field.name)
        if not isinstance(moment, datetime):
            continue
        if moment.year < FIRST_YEAR:
            row.problems.append(
                Problem("R05", label(field.name), f"“{label(field.name)}”是{moment:%Y-%m-%d}，早于{FIRST_YEAR}年")
            )
        elif moment.date() > as_of.date() and field.name not in MAY_LIE_AHEAD:
            message = f"“{label(field.name)}”是{moment:%Y-%m-%d}，晚于导出时间{as_of:%Y-%m-%d}"
            row.problems.append(Problem("R04", label(field.name), message))


def _check_case(row: MappedRow, label: Callable[[str], str]) -> None:
    values = row.values
    received, accepted, closed = (day_of(values.get(n)) for n in ("received_at", "accepted_at", "closed_at"))
    at_receipt, at_acceptance, at_closing = label("received_at"), label("accepted_at"), label("closed_at")

    def remark(rule: str, field: str, message: str) -> None:
        row.problems.append(Problem(rule, field, message))

    if received is None and not any(p.rule == "R07" and p.field == at_receipt for p in row.problems):
        remark("R03", at_receipt, f"“{at_receipt}”是空的，编号里也没有日期")
    if received and closed and closed < received:
        remark("R06", at_closing, f"“{at_closing}”{closed}早于“{at_receipt}”{received}")
    if received and accepted and accepted < received:
        remark("W08", at_acceptance, f"“{at_acceptance}”{accepted}早于“{at_receipt}”{received}")
    if accepted and closed and closed < accepted:
        remark("W13", at_closing, f"“{at_closing}”{closed}早于“{at_acceptance}”{accepted}")
    if values["status"] == "已办结" and closed is None and "closed_at" in values:
        remark("W07", at_closing, "状态为已办结而没有办结时间，按期办结率无法计入")
    if values["status"] in ("办理中", "未受理") and closed:
        remark("W11", label("status"), f"状态为“{values['status']}”而有“{at_closing}”，按未办结计")


def _check_ledger(row: MappedRow, label: Callable[[str], str]) -> None:
    values = row.values
    flag, moment = ("is_resolved", "resolved_at") if "is_resolved" in values else ("is_solved", "solved_at")
    done, listed = day_of(values.get(moment)), day_of(values.get("listed_at"))
    if values.get(flag) and done is None:
        row.problems.append(Problem("W15", label(moment), f"“{label(flag)}”为是而没有日期，不计为化解（解决）"))
    if done and listed and done < listed:
        row.problems.append(Problem("R10", label(moment), f"“{label(moment)}”{done}早于“{label('listed_at')}”{listed}"))


def _check_activity(row: MappedRow, label: Callable[[str], str]) -> None:
    if not row.values.get("planned_at") and not row.values.get("held_at"):
        names = f"“{label('planned_at')}”和“{label('held_at')}”"
        row.problems.append(Problem("R12", label("planned_at"), f"{names}都是空的，至少要有一个"))


def _check_measurement(row: MappedRow, label: Callable[[str], str]) -> None:
    for name in ("site_name", "measured_at", "value"):
        problems = [p for p in row.problems if p.field == label(name)]
        if row.values.get(name) is None and not any(p.rejects for p in problems):
            row.problems.append(Problem("R12", label(name), f"“{label(name)}”是空的或不是有效的内容"))


_CHECKS: dict[str, Callable[[MappedRow, Callable[[str], str]], None]] = {
    "cases": _check_case,
    "backlog": _check_ledger,
    "key_cases": _check_ledger,
    "activities": _check_activity,
    "monitoring": _check_measurement,
}
