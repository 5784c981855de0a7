"""What follows from a case's own cells: where it comes from, its receipt date, its state, whose it is."""

import re
from collections.abc import Callable

from data import privacy
from data.dates import date_in_case_no
from data.profiles import Profile
from data.rows import MappedRow
from data.rules import Problem
from data.schema import BLANK
from data.text import comparable

PROGRESS = {"未受理": 1, "退回/转出": 2, "办理中": 3, "已办结": 5, "不予受理": 4, "撤回": 6, "并案": 7, "作废": 8}


def complete_case(
    row: MappedRow, by_field: dict[str, str], profile: Profile, secret: bytes, label: Callable[[str], str]
) -> None:
    """Fill what follows from the row itself: source, receipt date, status, personal keys. `label` names a column."""
    values = row.values
    values["source"] = values.get("source") or profile.source
    if values.get("received_at") is None and (
        "received_at" not in by_field or profile.options.get("received_from_case_no")
    ):
        values["received_at"] = (
            date_in_case_no(str(values.get("case_no") or "")) if not by_field.get("received_at") else None
        )
    values["status_raw"] = privacy.redact(by_field.get("status", "")) or None
    values["channel_raw"] = privacy.redact(by_field.get("channel", "")) or None
    values["rating_raw"] = privacy.redact(by_field.get("rating", "")) or None
    if "status" not in by_field:
        values["status"] = _status_from_dates(values, by_field)
    for name in ("status", "channel"):
        values[name] = values.get(name) or BLANK
    for name in ("pollution", "pollution_sub", "co_branches"):
        values[name] = values.get(name) or []
    settle_rating(by_field.get("rating", ""), row, label)
    name, phone = by_field.get("petitioner_name", ""), by_field.get("petitioner_phone", "")
    own_key = by_field.get("petitioner_key", "")
    key = privacy.petitioner_key(secret, name, phone, by_field.get("petitioner_id_number", ""))
    values["petitioner_key"] = key or (own_key if re.fullmatch(r"[0-9a-f]{24}( [0-9a-f]{24})*", own_key) else None)
    values["petitioner_name"] = privacy.mask_name(name) or None
    values["petitioner_phone"] = privacy.mask_phone(phone) or None
    if name and values.get("is_anonymous") is None:
        values["is_anonymous"] = comparable(name).startswith("匿名")
    values["progress"] = PROGRESS.get(str(values["status"]), 0) * 10 + (1 if values.get("rating") else 0)


def settle_rating(text: str, row: MappedRow, label: Callable[[str], str]) -> None:
    """Let the state decide where state and rating disagree: systems write 0 = 满意 where nothing was rated yet."""
    values = row.values
    if not values.get("rating"):
        return
    state = values.get("rating_state")
    if not state:
        values["rating_state"] = "已评价"
    elif state in ("待评价", "未评价", "超期未评价", "不可评价"):
        if text != "0":
            message = f"“{label('rating')}”是“{values['rating']}”而评价状态是“{state}”，按未评价计"
            row.problems.append(Problem("W18", label("rating"), message))
        values["rating"] = None


def _status_from_dates(values: dict[str, object], by_field: dict[str, str]) -> str:
    if values.get("closed_at"):
        return "已办结"
    if values.get("accepted_at"):
        return "办理中"
    return "未受理" if "accepted_at" in by_field else BLANK
