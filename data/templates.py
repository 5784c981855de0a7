"""Empty ledgers to download: the headings of a format, drop-downs where only some values are known, a page of hints."""

import io
import re

import xlsxwriter

from data.profiles import HINTS_SHEET, Profile
from data.reference import Reference
from data.schema import TABLES, UNKNOWN, Field

_ROWS = 2000
_HINTS = {
    "time": "日期，例如 2025-03-28 或 2025-03-28 10:11",
    "flag": "是／否",
    "integer": "整数",
    "labels": "可填多个，用顿号“、”隔开",
    "branches": "可填多个，用顿号“、”隔开",
    "name": "导入时打码，不以明文保存",
    "phone": "导入时打码，不以明文保存",
    "id_number": "只用于识别同一人，不保存",
    "address": "不保存",
    "free_text": "文字；导入时隐去电话、证件号和姓名",
}
_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


def template_xlsx(profile: Profile, reference: Reference) -> bytes:
    """Return an empty workbook of this format: the first heading of each field, drop-downs, and a sheet of hints."""
    known = {field.name: field for field in TABLES[profile.table]}
    fields = [(known[name], headings[0]) for name, headings in profile.columns.items()]
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        head = book.add_format(
            {"bold": True, "bg_color": "#F4F6F9", "border": 1, "text_wrap": True, "valign": "vcenter"}
        )
        text = book.add_format({"num_format": "@"})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet(_NOT_IN_SHEET_NAMES.sub("", profile.name)[:31].strip("'") or "模板")
        hints = book.add_worksheet(HINTS_SHEET)
        for row, line in enumerate((f"{profile.name}：一行一件。{profile.note}", "列名", "填什么")):
            hints.write_string(*((0, 0) if row == 0 else (1, row - 1)), line, head)
        hints.set_column(0, 0, 22)
        hints.set_column(1, 1, 70)
        for column, (field, heading) in enumerate(fields):
            choices = _choices(field, reference)
            sheet.write_string(0, column, heading, head)
            sheet.set_column(column, column, max(12, 2 * len(heading) + 2), text)
            if choices and field.kind not in ("labels", "branches"):
                source = {"validate": "list", "source": choices, "error_type": "warning"}
                sheet.data_validation(
                    1, column, _ROWS, column, source | {"error_message": "不在下拉列表中，导入时可能列入“未识别”。"}
                )
            hints.write_string(column + 2, 0, heading)
            hint = "；".join(
                filter(None, [_HINTS.get(field.kind, ""), "可选：" + "、".join(choices) if choices else ""])
            )
            hints.write_string(column + 2, 1, hint or "文字", wrap)
        sheet.freeze_panes(1, 1)
    return content.getvalue()


def _choices(field: Field, reference: Reference) -> list[str]:
    if field.kind in ("branch", "branches"):
        return [branch.branch for branch in reference.branches if branch.enabled]
    if field.kind == "flag":
        return ["是", "否"]
    return [value for value in field.values if value != UNKNOWN and value != "未注明"]
