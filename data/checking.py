"""Checks one mapped row against the rules that need several fields; the others are checked while mapping."""

from datetime import datetime

from data.mapping import MappedRow, day_of
from data.rules import Problem
from data.schema import TABLES

_MAY_LIE_AHEAD = {"due_given_at", "rating_due_at", "target_at"}
_FIRST_YEAR = 1990


def check(row: MappedRow, table: str, as_of: datetime) -> None:
    """Add to `row.problems` what is wrong or doubtful about the row as a whole."""
    _check_times(row, table, as_of)
    if table == "cases":
        _check_case(row)
    else:
        _check_ledger(row)


def _check_times(row: MappedRow, table: str, as_of: datetime) -> None:
    for field in TABLES[table]:
        moment = row.values.get(field.name) if field.kind == "time" else None
        if not isinstance(moment, datetime):
            continue
        if moment.year < _FIRST_YEAR:
            row.problems.append(Problem("R05", field.label, f"“{field.label}”是{moment:%Y-%m-%d}，早于{_FIRST_YEAR}年"))
        elif moment.date() > as_of.date() and field.name not in _MAY_LIE_AHEAD:
            message = f"“{field.label}”是{moment:%Y-%m-%d}，晚于导出时间{as_of:%Y-%m-%d}"
            row.problems.append(Problem("R04", field.label, message))


def _check_case(row: MappedRow) -> None:
    values = row.values
    received, accepted, closed = (day_of(values.get(n)) for n in ("received_at", "accepted_at", "closed_at"))
    if received is None and not any(p.rule == "R07" and p.field == "登记时间" for p in row.problems):
        row.problems.append(Problem("R03", "登记时间", "“登记时间”是空的，编号里也没有日期"))
    if received and closed and closed < received:
        row.problems.append(Problem("R06", "办结时间", f"“办结时间”{closed}早于“登记时间”{received}"))
    if received and accepted and accepted < received:
        row.problems.append(Problem("W08", "受理时间", f"“受理时间”{accepted}早于“登记时间”{received}"))
    if accepted and closed and closed < accepted:
        row.problems.append(Problem("W13", "办结时间", f"“办结时间”{closed}早于“受理时间”{accepted}"))
    if values["status"] == "已办结" and closed is None:
        row.problems.append(Problem("W07", "办结时间", "状态为已办结而没有办结时间，按期办结率无法计入"))
    if values["status"] in ("办理中", "未受理") and closed:
        row.problems.append(Problem("W11", "办理状态", f"状态为“{values['status']}”而有办结时间，按未办结计"))


def _check_ledger(row: MappedRow) -> None:
    values = row.values
    flag, moment = ("is_resolved", "resolved_at") if "is_resolved" in values else ("is_solved", "solved_at")
    done, listed = day_of(values.get(moment)), day_of(values.get("listed_at"))
    if values.get(flag) and done is None:
        row.problems.append(Problem("W15", "化解时间", "标志为是而没有日期，不计为化解（解决）"))
    if done and listed and done < listed:
        row.problems.append(Problem("R10", "化解时间", f"化解（解决）日期{done}早于列入日期{listed}"))
