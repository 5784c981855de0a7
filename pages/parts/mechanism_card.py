"""The assessment of branches on the screen: every part with its counts, the sum, and whether chance alone explains it."""

from decimal import Decimal

from data.errors import UserError
from metrics import scorecard
from metrics.scheme import plain
from metrics.scorecard import Board, Card, Part
from pages.parts import markup, query
from pages.parts.frame import Screen, moment
from pages.parts.markup import esc, link, show
from pages.parts.mechanism_lists import take_away

_NOTES = (
    "同一档内不分先后：只有合计超出99.8%偶然范围的分局才说“明显”，超出95%的只作“留意”；偶然范围＝该分局的件数按全市的率，"
    "各项单凭运气可能得的最低分、最高分分别相加（各项同好同坏的宽范围，宁可不下判断）。",
    "某项少于5件不评，缺一项就不合计，只列已评部分的得分；各项先四舍五入到0.01分再相加，可照分子、分母手工复算。",
    "评的是所选统计期，换统计期即可重算任何一个月；历史月份按现有数据计算，权重取本数据版本所存的。",
)


def draw(screen: Screen) -> None:
    """Draw the board of the chosen period; without weights, how to begin."""
    try:
        found: Board = query.ask(screen.reader, scorecard.board, screen.period, screen.where)
    except UserError as error:
        show(markup.wrong(str(error)))
        return
    if not found.items:
        words = "局里的评估方案未公开，本产品不预设权重。请在下面选定指标、填写分值并署名保存；保存后这里给出各分局逐项得分。"
        show(markup.state("还没有设定评估权重", words))
        return
    sub = (
        f"{screen.period.words}；满分{plain(found.out_of)}分，权重由{found.set_words}设定；"
        f"数据截至{moment(screen.reader.as_of)}；筛选：{screen.where.words or '无'}"
    )
    heads = [("分局", ""), *((f"{one.kpi.name}（{plain(one.weight)}分）", "n") for one in found.items)]
    heads += [("合计", "n"), ("偶然范围", "n"), ("判断", "")]
    rows = [_row(screen, card) for card in (*found.cards, found.city)]
    show(markup.title(_title(found), sub), f'<div class="scroll">{markup.grid(heads, rows, "points")}</div>')
    idle = [f"没有一件可评、未列出：{'、'.join(found.left_out)}。"] if found.left_out else []
    show(markup.notes([_rules(found), *idle, *_NOTES]))
    words = f"权重：{'；'.join(f'{one.kpi.name}{plain(one.weight)}分，{one.rule_words}' for one in found.items)}"
    take_away(screen, scorecard.to_frame(found), "分局评估", f"{words}；设定：{found.set_words}")


def _title(found: Board) -> str:
    """Return the finding: who stands out, or that nobody does."""
    said = [
        f"{'、'.join(card.branch for card in found.cards if card.words == words)}{words}"
        for words in ("明显高于全市", "明显低于全市")
        if any(card.words == words for card in found.cards)
    ]
    alike = sum(card.total is not None and "明显" not in card.words.removeprefix("与全市无") for card in found.cards)
    unsummed = len(found.cards) - sum(card.total is not None for card in found.cards)
    if alike:
        said.append(f"{'其余' if said else ''}{alike}个分局与全市没有明显差别，不分先后")
    said += [f"{unsummed}个分局样本不足不合计"] if unsummed else []
    return "；".join(said) or "没有可评的分局"


def _rules(found: Board) -> str:
    return "计分办法：" + "；".join(f"{one.kpi.name} {one.rule_words}" for one in found.items) + "。"


def _row(screen: Screen, card: Card) -> str:
    cells = "".join(_part(screen, card.branch, part) for part in card.parts)
    name = esc(card.branch) if card.branch else "全市（对照）"
    if card.total is None:
        total = f'<span class="few">不合计<small>已评{_two(card.judged)}/{plain(card.judged_of)}</small></span>'
    else:
        total = f"<b>{_two(card.total)}</b>"
    chance = "—".join(_two(end) for end in card.ranges[0]) if card.ranges and card.branch else ""
    words = f'<span class="{card.colour or "quiet"}">{esc(card.words)}</span>' if card.branch else ""
    css = "" if card.branch else "total"
    return f'<tr class="{css}"><td>{name}</td>{cells}<td class="n">{total}</td><td class="n quiet">{chance}</td><td>{words}</td></tr>'


def _part(screen: Screen, branch: str, part: Part) -> str:
    """Return one part: the points, below them the share and its counts; grey words where it is not judged."""
    named = {"kpi": part.item.kpi.id} | ({"group": f"branch:{branch}"} if branch else {})
    counted = f"{part.text} {part.numerator}/{part.denominator}" if part.denominator else ""
    if part.points is None:
        inner = f'<span class="few">{esc(part.words)}<small>{esc(counted)}</small></span>'
    else:
        inner = f"{_two(part.points)}<small>{esc(counted)}</small>"
    return f'<td class="n">{link(screen.link("passport", **named), inner, part.item.kpi.name)}</td>'


def _two(points: Decimal) -> str:
    return f"{points:.2f}"
