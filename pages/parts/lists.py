"""The tables of the overview: branches side by side, and what is overdue or nearly so. Every number is a link."""

from collections.abc import Iterable
from datetime import date

from data.schema import UNMATCHED_BRANCH
from data.store import Reader
from metrics import parameters, periods
from metrics.engine import Figure
from metrics.lists import BranchRow
from pages.parts import markup, query
from pages.parts.cards import BROKEN, broken
from pages.parts.frame import Screen
from pages.parts.markup import address, esc, link
from pages.parts.panels import FEW

_BRANCH_HEADS = (
    ("分局", ""),
    ("件数", "n"),
    ("同比", "n"),
    ("按期办结率", "n"),
    ("满意率", "n"),
    ("超期", "n"),
    ("临期", "n"),
)
_ROW_KPIS = ("cases_total", "ontime_close_rate", "satisfaction_rate", "overdue_open", "due_soon")
_ATTENTION_HEADS = (("编号", ""), ("点位", ""), ("责任分局", ""), ("期限", "n"))


def branches(screen: Screen) -> str:
    """Return the table of branches, with the total as its last line."""
    wanted = screen.where.get("branch")
    found = query.branch_table(screen.reader, screen.period, screen.where)
    rows = [row for row in found if not wanted or row.branch in wanted]
    if not rows:
        return markup.nothing("没有分局。")
    rows.append(_total(screen))
    return markup.grid(_BRANCH_HEADS, [_branch_row(screen, row) for row in rows]) + broken(row.cases for row in rows)


def _total(screen: Screen) -> BranchRow:
    return BranchRow("", *query.measure(screen.reader, _ROW_KPIS, [screen.period], (), screen.where, "yoy"))


def _branch_row(screen: Screen, row: BranchRow) -> str:
    cells = [
        f"<td>{link(screen.link('branches', one=row.branch), esc(row.branch)) if row.branch else '合计'}</td>",
        _cell(screen, row.cases, row.cases.text),
        _cell(
            screen,
            row.cases,
            _brief(row.cases),
            row.cases.comparison.caution or row.cases.comparison.text,
            bool(row.cases.comparison.caution),
        ),
        _cell(screen, row.ontime, row.ontime.text, few=(row.ontime.denominator or 0) < FEW),
        _cell(screen, row.satisfaction, row.satisfaction.text, few=(row.satisfaction.denominator or 0) < FEW),
        _cell(screen, row.overdue, row.overdue.text if row.overdue.numerator else "", alarm=True),
        _cell(screen, row.due_soon, row.due_soon.text if row.due_soon.numerator else ""),
    ]
    css = "total" if not row.branch else "aside" if row.branch == UNMATCHED_BRANCH else ""
    return f'<tr class="{css}">{"".join(cells)}</tr>'


def _brief(figure: Figure) -> str:
    """Return a change for a narrow cell: the absolute number where the base is small, "—" where there is none."""
    words, _, aside = figure.comparison.text.partition("（")
    if figure.comparison.change is None:
        return "—"
    return (aside.rstrip("）") or words) + (BROKEN if figure.comparison.caution else "")


def _cell(screen: Screen, figure: Figure, text: str, more: str = "", few: bool = False, alarm: bool = False) -> str:
    """Return one number as a link to its passport; a share of few cases is grey and says how few."""
    counted = f"{figure.numerator}/{figure.denominator}" if figure.denominator is not None else more
    hint = f"{figure.kpi.name} {counted}" + ("，件数少，仅供参考" if few and figure.denominator is not None else "")
    css = " few" if few else " overdue" if alarm else ""
    return f'<td class="n{css}">{link(screen.passport(figure), esc(text), hint) if text else ""}</td>'


def attention(screen: Screen, limit: int) -> str:
    """Return the open cases that are overdue or due within a week, the worst first, at most `limit`."""
    frame = query.attention(screen.reader, screen.where)
    if frame.empty:
        return markup.nothing("没有超期或7日内到期的信访件。")
    return markup.grid(
        _ATTENTION_HEADS, [_attention_row(screen, case) for case in frame.head(limit).to_dict("records")]
    )


def _attention_row(screen: Screen, case: dict) -> str:
    level = "overdue" if case["level"] == "overdue" else ""
    here = screen.link("cases", kpi="overdue_open" if level else "due_soon")
    return (
        f'<tr><td>{link(here, f"""<span class="dot {level}"></span>{esc(short(case["编号"]))}""", case["编号"])}</td>'
        f'<td class="cut" title="{esc(case["点位"] or "")}">{esc(case["点位"] or "")}</td>'
        f'<td>{esc(case["责任分局"])}</td><td class="n {level}">{esc(case["期限"])}</td></tr>'
    )


def short(number: str) -> str:
    """Return a case number that fits a narrow column: the first four and the last four characters."""
    return number if len(number) <= 10 else f"{number[:4]}…{number[-4:]}"


def in_hand(screen: Screen, branch: str, conditions: Iterable[str], span: str = "") -> str:
    """Return the address of the open cases of a branch ("" for all) under conditions, at the end of the period or span."""
    pairs = [("kpi", "open_cases"), *([("span", span)] if span else [])]
    pairs += [("group", f"branch:{branch}")] if branch else []
    return address("cases", [*pairs, *(("where", text) for text in conditions), *screen.pairs])


def month_label(reader: Reader, day: date) -> str:
    """Return the label of the statistical month that holds a day, for an address."""
    return periods.month_holding(day, parameters.start_day(reader)).label


def short_day(day: date, year: int) -> str:
    """Return a day for a narrow column, its year only where it is not `year`: 08-31, 24-12-14."""
    return f"{day:%m-%d}" if day.year == year else f"{day:%y-%m-%d}"


def attention_words(screen: Screen) -> str:
    """Return how many cases are overdue and due soon."""
    levels = query.attention(screen.reader, screen.where)["level"].value_counts()
    return f"超期{levels.get('overdue', 0)}件，7日内到期{levels.get('soon', 0)}件"
