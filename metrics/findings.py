"""What the figures say, one sentence per finding, in the wording of official bulletins (下降30.8%, 个百分点).

A falling volume never stands alone: beside it stands what could make it fall without things being better.
"""

from collections.abc import Callable

from data.schema import UNKNOWN, UNMATCHED_BRANCH
from data.store import Reader
from metrics import format
from metrics.dimensions import NO_FILTER, Where, fits
from metrics.engine import Figure, measure
from metrics.parameters import number
from metrics.periods import Period, cumulative
from metrics.sentences import area, by_branch, share_change, volume_change

_SMALL = 5
_CLOSED_CHANNEL_BASE = 3  # fewer cases than this may well be absent by chance
_UNKNOWN_FIELDS = {"status": "办理状态", "channel": "渠道", "rating": "满意度", "pollution": "污染类型"}


def findings(reader: Reader, period: Period, where: Where = NO_FILTER) -> list[str]:
    """Return the findings of a period as Chinese sentences, the most important first."""
    parts: tuple[Callable[[Reader, Period, Where], list[str]], ...] = (
        _volume, volume_caveats, _timeliness, _satisfaction, _open_cases, _repeated_sites, _ledgers, unplaced,
    )  # fmt: skip
    return [sentence for part in parts for sentence in part(reader, period, where)]


def _one(reader: Reader, kpi: str, period: Period, where: Where, compare: str | None = "yoy") -> Figure:
    return measure(reader, [kpi], [period], (), where, compare)[0]


def _volume(reader: Reader, period: Period, where: Where) -> list[str]:
    this = _one(reader, "cases_total", period, where)
    text = f"{period.words}，{area(reader, where)}共接到信访投诉举报{this.numerator}件，{volume_change(this)}"
    if period.grain == "month":
        text += f"，{volume_change(_one(reader, 'cases_total', period, where, 'mom'))}"
    year = cumulative(period)
    if year.first != period.first:
        so_far = _one(reader, "cases_total", year, where)
        text += (
            f"；{year.plain_words.removeprefix(f'{period.year}年')}累计{so_far.numerator}件，{volume_change(so_far)}"
        )
    text += "" if period.complete else "（均与基期的同样天数相比）"
    return [f"{text}。"]


def volume_caveats(reader: Reader, period: Period, where: Where = NO_FILTER) -> list[str]:
    """Return what could make a falling volume fall without things being better; [] when the volume does not fall.

    A channel that had cases in the base period and has none now, the share not accepted, the share of repeats.
    """
    for base in ("yoy", "mom"):
        total = _one(reader, "cases_total", period, where, base)
        if total.comparison.change is not None:
            break
    if total.comparison.change is None or total.comparison.change >= 0:
        return []
    shares = [
        (_one(reader, "not_accepted_rate", period, where, base), "未受理的仍是群众反映的问题"),
        (_one(reader, "repeat_rate", period, where, base), "重复来访说明有的问题没有真正解决"),
    ]
    noted = [
        f"{total.comparison.term}下降的同时，{figure.kpi.name}{figure.text}（{figure.numerator}/{figure.denominator}）"
        f"{share_change(figure)}，{meaning}。"
        for figure, meaning in shares
        if figure.numerator
    ]
    return [*_closed_channels(reader, period, where, total, base), *noted]


def _closed_channels(reader: Reader, period: Period, where: Where, total: Figure, base: str) -> list[str]:
    by_channel = measure(reader, ["cases_total"], [period], ("channel",), where, base)
    found = []
    for figure in by_channel:
        before = figure.comparison.numerator or 0
        if not figure.group or figure.numerator or before < _CLOSED_CHANNEL_BASE:
            continue
        rest = total.comparison.numerator - before
        without = format.relative_change((total.numerator - rest) / rest) if rest else ""
        found.append(
            f"“{figure.group['channel']}”渠道{figure.comparison.against[1:]}有{before}件，本期没有，"
            "可能已停用或并入其他渠道，件数下降未必是问题减少"
            + (f"；不计这一渠道，{figure.comparison.term}{without}。" if without else "。")
        )
    return found


def _timeliness(reader: Reader, period: Period, where: Where) -> list[str]:
    accepted, closed = measure(reader, ["accept_timely_rate", "ontime_close_rate"], [period], (), where, "yoy")
    found = []
    if accepted.denominator:
        found.append(
            f"及时受理率{accepted.text}（应受理{accepted.denominator}件，按期{accepted.numerator}件）"
            f"{share_change(accepted)}。"
        )
    if closed.denominator:
        late = closed.denominator - closed.numerator
        found.append(
            f"按期办结率{closed.text}（应办结{closed.denominator}件，按期{closed.numerator}件，超期{late}件）"
            f"{share_change(closed)}。"
        )
    return found or ["本期没有到期应受理、应办结的件，及时受理率、按期办结率无从计算。"]


def _satisfaction(reader: Reader, period: Period, where: Where) -> list[str]:
    kpis = ["satisfaction_rate", "fully_satisfied_rate", "eval_participation"]
    rated, fully, took_part = measure(reader, kpis, [period], (), where, "yoy")
    part = f"参评率{took_part.text}（{took_part.numerator}/{took_part.denominator}）" if took_part.denominator else ""
    if not rated.denominator:
        return ["本期没有群众评价，满意率无从计算" + (f"；{part}。" if part else "。")]
    fairly, not_satisfied = rated.numerator - fully.numerator, rated.denominator - rated.numerator
    small = f"，评价不足{_SMALL}件，仅供参考" if rated.denominator < _SMALL else ""
    return [
        f"群众满意率{rated.text}（{rated.numerator}/{rated.denominator}，满意{fully.numerator}件、基本满意{fairly}件、"
        f"不满意{not_satisfied}件）{share_change(rated)}{small}；{part}。"
    ]


def _open_cases(reader: Reader, period: Period, where: Where) -> list[str]:
    figures = measure(reader, ["overdue_open", "due_soon"], [period], ("branch",), where)
    overdue = [figure for figure in figures if figure.kpi.id == "overdue_open"]
    soon = [figure for figure in figures if figure.kpi.id == "due_soon"]
    day = f"截至{period.cut.year}年{period.cut.month}月{period.cut.day}日"
    days = number(reader, "due_soon_days")
    late, near = overdue[-1].numerator, soon[-1].numerator
    text = f"超期未办结{late}件：{by_branch(overdue)}" if late else "没有超期未办结的件"
    near_text = f"{days}天内到期{near}件：{by_branch(soon)}" if near else f"{days}天内没有到期的件"
    return [f"{day}，{text}。", f"{day}，{near_text}。"]


def _repeated_sites(reader: Reader, period: Period, where: Where) -> list[str]:
    sites, share = measure(reader, ["repeat_site_count", "repeat_site_share"], [period], (), where)
    if not sites.numerator:
        return []
    days, least = number(reader, "repeat_site_days"), number(reader, "repeat_site_cases")
    return [
        f"近{days}天被投诉{least}件以上的点位有{sites.numerator}个，涉及{share.numerator}件，"
        f"占写明点位件数的{share.text}（{share.numerator}/{share.denominator}）。"
    ]


def _ledgers(reader: Reader, period: Period, where: Where) -> list[str]:
    if not fits("backlog_states", where.names):
        return []
    kpis = ["backlog_resolve_rate", "backlog_new", "key_case_solve_rate"]
    backlog, new, key_cases = measure(reader, kpis, [period], (), where)
    found = []
    if backlog.denominator:
        listed = f"信访积案共{backlog.denominator}件，已化解{backlog.numerator}件，化解率{backlog.text}"
        found.append(f"{listed}；本期新增{new.numerator}件。" if new.numerator else f"{listed}，本期无新增。")
    if key_cases.denominator:
        found.append(
            f"领导包保的重点件共{key_cases.denominator}件，已解决{key_cases.numerator}件，解决率{key_cases.text}。"
        )
    return found


def unplaced(reader: Reader, period: Period, where: Where = NO_FILTER) -> list[str]:
    """Return how many cases fall to no branch of the list, and how many values no table knows; [] where there are none."""
    found = []
    by_branch = measure(reader, ["cases_total"], [period], ("branch",), where)
    unmatched = next((f.numerator for f in by_branch if f.group.get("branch") == UNMATCHED_BRANCH), 0)
    if unmatched:
        found.append(f"有{unmatched}件的责任分局对不上分局清单，列入“待归属”，已计入总量，请在数据质量页核对。")
    unknown = []
    for field, words in _UNKNOWN_FIELDS.items():
        groups = measure(reader, ["cases_total"], [period], (field,), where)
        rows = next((figure.numerator for figure in groups if figure.group.get(field) == UNKNOWN), 0)
        if rows:
            unknown.append(f"{words}{rows}件")
    if unknown:
        found.append(f"有新出现、尚未对应的取值：{'、'.join(unknown)}，已单列为“未识别”，请在数据导入页补充对应。")
    return found
