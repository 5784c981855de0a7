"""Writes the demonstration's cases as the systems export them, warts and all.

One function per layout. The warts are those of real files: title and total rows, headings on the third row, cells
merged downward, dates in several forms, branch names in several spellings, full-width and invisible characters,
a number that Excel has destroyed. Each file says on its face that it is invented.
"""

import csv
import html
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

import xlsxwriter
import xlwt
from demo_cases import AS_OF, Case
from demo_words import BRANCHES, UNMATCHED
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import CoveredTableCell, Table, TableCell, TableRow
from odf.text import P

MARK = "演示数据（虚构）"
_FORMS = [
    "{0:%Y-%m-%d %H:%M:%S}",
    "{0.year}/{0.month}/{0.day} {0.hour}:{0.minute:02d}",
    "{0.year}年{0.month}月{0.day}日{0:%H:%M}",
]
_FULL_WIDTH = str.maketrans("0123456789-:", "０１２３４５６７８９－：")
_PLATFORM = {
    "举报编号": lambda c: c.number,
    "举报时间": lambda c: _mixed(c.received, c),
    "举报方式": lambda c: {"网络": "网上"}.get(c.channel, c.channel),
    "举报人": lambda c: c.name,
    "联系电话": lambda c: c.phone,
    "被举报单位": lambda c: c.site,
    "污染地址": lambda c: c.address,
    "所属行政区": lambda c: c.district,
    "污染类型": lambda c: "、".join([*c.labels, *c.sub_labels]),
    "行业类型": lambda c: c.industry,
    "举报内容": lambda c: c.content,
    "办理单位": lambda c: _spelt(c),
    "协办单位": lambda c: c.co_branch,
    "办理状态": lambda c: {"未受理": "未办理", "不予受理": "不受理"}.get(c.status, c.status),
    "受理时间": lambda c: _mixed(c.accepted, c),
    "办结时限": lambda c: _day(c.due),
    "延期天数": lambda c: str(c.extension or ""),
    "延期已批准": lambda c: "是" if c.extension_approved else "",
    "答复时间": lambda c: _mixed(c.replied, c),
    "办结时间": lambda c: _mixed(c.closed, c),
    "办理结果": lambda c: c.result,
    "是否属实": lambda c: c.substantiated,
    "不受理原因": lambda c: c.reject_reason,
    "评价状态": lambda c: c.rating_state,
    "满意度": lambda c: c.rating,
    "评价时间": lambda c: _mixed(c.rated, c),
    "评价截止时间": lambda c: _day(c.rating_due),
    "不满意原因": lambda c: c.dissatisfied_reason,
}
_HOTLINE = {
    "工单编号": lambda c: c.number,
    "工单类型": lambda c: "投诉" if c.serial % 9 else "咨询",
    "问题分类": lambda c: "->".join(["城乡环境", c.labels[0] + ("污染" if c.labels[0] in "大气噪声水" else ""), *c.sub_labels[:1]]),
    "标签": lambda c: "生态环境",
    "标题": lambda c: f"反映{c.site}问题",
    "主要内容": lambda c: c.content,
    "工单状态": lambda c: {"已办结": ["已办结", "办结", "已归档"][c.serial % 3], "退回/转出": "退单", "办理中": "处理中"}.get(c.status, c.status),
    "来电人": lambda c: c.name,
    "来电人电话/账号": lambda c: c.phone,
    "被反映区": lambda c: c.district,
    "被反映街乡镇": lambda c: c.place,
    "办理结果": lambda c: "已办结" if c.closed else "",
    "回复内容": lambda c: c.result,
    "处理受理方式": lambda c: "电话",
    "办结时间": lambda c: f"{c.closed:%Y-%m-%d %H:%M:%S}" if c.closed else "",
    "企业名称": lambda c: c.site,
    "是否解决": lambda c: "" if not c.rating else "未解决" if c.rating == "不满意" else "已解决",
    "是否满意": lambda c: c.rating or ("" if not c.closed else "未评价" if c.phone else "无法联系"),
    "工单性质": lambda c: "主办",
    "村/社区": lambda c: "",
    "小区点位": lambda c: c.address,
}  # fmt: skip
_INTERFACE_BLANKS = [
    "信访件id",
    "查询码",
    "信访日期",
    "涉及人数",
    "登记机构代码",
    "登记部门",
    "登记人",
    "概况信息",
    "受信人",
    "全国初次标志",
    "重复信访标志",
    "信访目的代码",
    "信访原因代码",
    "首次信访机构",
    "首次信访日期",
    "三跨三分离标志",
    "案标志",
    "复查标志",
    "复核标志",
    "审核认定办结标志",
    "是否联名",
    "是否同意公开",
    "重大紧急标志",
    "是否扬言",
    "热点问题",
    "所属系统",
    "附件描述",
    "被反映人级别",
    "被反映人职务",
    "办理程序",
    "联合信访件id",
    "登记人id",
]
_INTERFACE = {
    "行政区划代码": lambda c: "420200",
    "信访件编号": lambda c: c.number,
    "信访形式": lambda c: {"来信": "100", "来访": "200", "网络": ["300", "303"][c.serial % 2]}[c.channel],
    "信访人数": lambda c: str(c.persons),
    "登记机构名称": lambda c: "黄石市生态环境局" + c.branch,
    "登记时间": lambda c: f"{c.received:%Y-%m-%d %H:%M:%S}",
    "投诉内容": lambda c: c.content,
    "信访件状态": lambda c: {"不予受理": "不再受理", "退回/转出": "退回"}.get(c.status, c.status),
    "本机构初次标志": lambda c: "0" if c.is_repeat else "1",
    "问题属地代码": lambda c: c.district,
    "内容分类代码": lambda c: "环境污染与生态破坏->" + {"噪声": "噪音", "固废": "固体"}.get(c.labels[0], c.labels[0]),
    "办结标志": lambda c: "1" if c.closed else "0",
    "匿名标志": lambda c: "0",
    "限办截止时间": lambda c: f"{c.due:%Y-%m-%d %H:%M:%S}" if c.due else "",
    "被反映人住址或单位": lambda c: c.site,
    "最后修改时间": lambda c: f"{c.closed or c.accepted or c.received:%Y-%m-%d %H:%M:%S}",
    **{heading: lambda c: "" for heading in _INTERFACE_BLANKS},
    "责任单位受理时间": lambda c: f"{c.accepted:%Y-%m-%d %H:%M:%S}" if c.accepted else "",
    "答复时间": lambda c: f"{c.replied:%Y-%m-%d %H:%M:%S}" if c.replied else "",
    "办结时间": lambda c: f"{c.closed:%Y-%m-%d %H:%M:%S}" if c.closed else "",
    "责任单位评价状态": lambda c: {"未评价": "1", "已评价": "2", "超期未评价": "3", "不可评价": "不可评价"}.get(c.rating_state, "0"),
    "责任单位满意值": lambda c: {"满意": "0", "基本满意": "1", "不满意": "3"}.get(c.rating, ""),
    "评价时间": lambda c: f"{c.rated:%Y-%m-%d %H:%M:%S}" if c.rated else "",
    "评价截止时间": lambda c: _day(c.rating_due),
}  # fmt: skip
_LEDGER = {
    "信访件编号": lambda c: c.number,
    "渠道": lambda c: c.channel,
    "登记时间": lambda c: c.received,
    "受理时间": lambda c: c.accepted or "",
    "答复时间": lambda c: c.replied or "",
    "办结时间": lambda c: c.closed or "",
    "办理状态": lambda c: {"已办结": "办结"}.get(c.status, c.status),
    "不予受理原因": lambda c: c.reject_reason,
    "责任分局": lambda c: _spelt(c),
    "协办分局": lambda c: c.co_branch,
    "行政区域": lambda c: c.district,
    "被反映对象": lambda c: c.site,
    "事发地点": lambda c: c.address,
    "污染类型": lambda c: ",".join(c.labels),
    "二级污染": lambda c: ",".join(c.sub_labels),
    "行业": lambda c: c.industry,
    "信访人数": lambda c: str(c.persons),
    "集体访": lambda c: "√" if c.persons >= 5 else "",
    "重件（本机构）": lambda c: "重件" if c.is_repeat else "初件",
    "是否属实": lambda c: c.substantiated,
    "评价状态": lambda c: c.rating_state,
    "满意度": lambda c: c.rating,
    "评价时间": lambda c: c.rated or "",
    "评价截止时间": lambda c: c.rating_due or "",
    "信访人": lambda c: c.name,
    "联系电话": lambda c: c.phone,
    "反映内容": lambda c: c.content,
    "办理结果": lambda c: c.result,
}  # fmt: skip


def _mixed(moment: datetime | None, case: Case) -> str:
    """Return the moment in one of the forms that one export mixes."""
    if moment is None:
        return ""
    text = _FORMS[case.serial % 10 % len(_FORMS) if case.serial % 10 < 3 else 0].format(moment)
    return text.translate(_FULL_WIDTH) if case.serial % 97 == 0 else text


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else ""


def _spelt(case: Case) -> str:
    """Return the branch as somebody typed it: mostly in full, sometimes otherwise, now and then nobody's branch."""
    if case.closed and case.serial % 389 == 0:
        return UNMATCHED[case.serial // 389 % len(UNMATCHED)]
    others = BRANCHES[case.branch][3]
    if case.serial % 11 == 0:
        return others[case.serial // 11 % len(others)]
    return (
        case.branch + ("\u200b" if case.serial % 53 == 0 else "")
        if case.serial % 3
        else "黄石市生态环境局" + case.branch
    )


def _rows(layout: dict[str, Callable], cases: Iterable[Case]) -> list[list]:
    return [[read(case) for read in layout.values()] for case in cases]


def write_platform(path: Path, sheets: dict[str, list[Case]], as_of: datetime, broken: list[dict[str, str]]) -> None:
    """Write .xlsx sheets: merged title, export time, heading on row 3, a total and a signature below."""
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"created": AS_OF, "title": MARK})
        for number, (name, cases) in enumerate(sheets.items()):
            sheet, last = book.add_worksheet(name), len(_PLATFORM)
            sheet.merge_range(0, 0, 0, last, f"{MARK} 全国生态环境信访投诉举报管理平台 举报明细")
            sheet.write(1, 0, f"导出时间：{as_of:%Y-%m-%d %H:%M}")
            rows = _rows(_PLATFORM, cases)
            rows += [[row.get(heading, "") for heading in _PLATFORM] for row in broken if number == 0]
            for r, row in enumerate([list(_PLATFORM), *rows], 2):
                sheet.write_string(r, 0, str(r - 2) if r > 2 else "序号")
                for c, cell in enumerate(row, 1):
                    if cell:
                        sheet.write_string(r, c, cell)
            sheet.write_row(len(rows) + 3, 0, ["合计", f"{len(rows)}件"])
            sheet.write_row(len(rows) + 4, 0, ["制表人：演示", "", "", "审核人：样本"])


def write_hotline(path: Path, cases: list[Case], broken: list[str]) -> None:
    """Write a GB18030 .csv with a title line, as the hotline's export button gives it."""
    with path.open("w", encoding="gb18030", newline="") as out:
        writer = csv.writer(out)
        writer.writerow([f"{MARK} 12345热线工单明细 导出时间：{AS_OF:%Y-%m-%d %H:%M}"])
        writer.writerows([list(_HOTLINE), *_rows(_HOTLINE, cases)])
        out.write("\r\n".join(broken) + "\r\n")


def write_interface(path: Path, cases: list[Case]) -> None:
    """Write an HTML table that calls itself .xls, as the petition system does."""

    def line(cells: Iterable[str], tag: str = "td") -> str:
        return "<tr>" + "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in cells) + "</tr>"

    title = f'<tr><td colspan="{len(_INTERFACE)}">{MARK} 国家信访信息系统 信访件接口表</td></tr>'
    rows = [line(row) for row in _rows(_INTERFACE, cases)]
    table = "\n".join([title, line(_INTERFACE, "th"), *rows])
    page = f'<html><head><meta charset="utf-8"></head><body><table border="1">\n{table}\n</table></body></html>\n'
    path.write_text(page, "utf-8", newline="\n")


def write_ledger(path: Path, sheets: dict[str, list[Case]], broken: list[dict[str, str]]) -> None:
    """Write a BIFF .xls with real date cells, one sheet per way in, and the total that clerks put below."""
    book = xlwt.Workbook(encoding="utf-8")
    as_date = xlwt.easyxf(num_format_str="yyyy-mm-dd hh:mm")
    for number, (name, cases) in enumerate(sheets.items()):
        sheet = book.add_sheet(name)
        sheet.write_merge(0, 0, 0, len(_LEDGER) - 1, f"{MARK} 黄石市生态环境局信访台账（{name}）")
        rows = _rows(_LEDGER, cases) + [[row.get(h, "") for h in _LEDGER] for row in broken if number == 0]
        for r, row in enumerate([list(_LEDGER), *rows], 1):
            for c, cell in enumerate(row):
                if cell != "":
                    sheet.write(r, c, cell, *([as_date] if isinstance(cell, datetime) else []))
        sheet.write(len(rows) + 2, 0, "合计")
        sheet.write(len(rows) + 2, 1, f"{len(rows)}件")
    book.save(str(path))


def write_inspection(path: Path, rows: list[list[str]]) -> None:
    """Write an .ods as it is published: the district stands once, merged over its cases. Column 3 is the district."""
    document, table = OpenDocumentSpreadsheet(), Table(name="边督边改公开")
    title = TableRow()
    title.addElement(_ods_cell(f"{MARK} 生态环境保护督察交办信访件办理情况", numbercolumnsspanned=len(rows[0])))
    table.addElement(title)
    for n, row in enumerate(rows):
        line = TableRow()
        for c, text in enumerate(row):
            if c == 3 and n and rows[n - 1][c] == text:
                line.addElement(CoveredTableCell())
                continue
            below = next((k for k in range(n, len(rows)) if rows[k][c] != text), len(rows)) - n if c == 3 else 1
            line.addElement(_ods_cell(text, numberrowsspanned=below) if below > 1 else _ods_cell(text))
        table.addElement(line)
    document.spreadsheet.addElement(table)
    document.save(str(path))


def _ods_cell(text: str, **spans: int) -> TableCell:
    cell = TableCell(valuetype="string", **spans)
    cell.addElement(P(text=text))
    return cell


def write_list(path: Path, title: str, headings: list[str], rows: list[list[str]]) -> None:
    """Write a plain .xlsx ledger with one title row."""
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"created": AS_OF, "title": MARK})
        sheet = book.add_worksheet("台账")
        sheet.merge_range(0, 0, 0, len(headings) - 1, f"{MARK} {title}")
        for r, row in enumerate([headings, *rows], 1):
            for c, cell in enumerate(row):
                sheet.write_string(r, c, cell)
