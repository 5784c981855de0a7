"""The assessment of branches, worked by hand: points, sums, what is refused, and what chance alone explains."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import UserError
from data.store import Reader
from metrics import catalog, funnel, periods, scheme, scorecard
from metrics.dimensions import Where
from metrics.engine import Figure
from tests.metrics.build import make_store

RATED, ONTIME = "satisfaction_rate", "ontime_close_rate"
SET_ON = date(2025, 9, 1)
WEIGHTS = [(RATED, 30, "rate", None, None, "演示", SET_ON), (ONTIME, 70, "own", 0.80, 1.0, "演示", SET_ON)]


def branch_cases(branch: str, on_time: int, late: int, satisfied: int, dissatisfied: int) -> list[dict]:
    """Cases due on 1 August 2025; the first of them rated in September."""
    row = {"branch": branch, "received_at": "2025-06-01", "accepted_at": "2025-06-02", "rating_state": "待评价"}
    rows = [row | {"closed_at": "2025-07-01"}] * on_time + [row | {"closed_at": "2025-08-10"}] * late
    ratings = ["满意"] * satisfied + ["不满意"] * dissatisfied
    rated = {"rating_state": "已评价", "rated_at": "2025-09-15"}
    return [one | (rated | {"rating": ratings[n]} if n < len(ratings) else {}) for n, one in enumerate(rows)]


CASES = [
    *branch_cases("大冶市分局", 19, 1, 18, 2),
    *branch_cases("下陆区分局", 10, 0, 10, 0),
    *branch_cases("阳新县分局", 5, 1, 3, 1),
]


def published(folder, weights=WEIGHTS, cases=CASES, **more) -> Reader:
    return make_store(folder, cases, kept={"scorecard": weights} if weights else None, **more)


@pytest.fixture(scope="module")
def reader(tmp_path_factory) -> Reader:
    return published(tmp_path_factory.mktemp("card"))


def board(reader: Reader, period: periods.Period | None = None, where: Where | None = None) -> scorecard.Board:
    return scorecard.board(reader, period or periods.year_to_date(reader.as_of), where or Where())


def by_branch(found: scorecard.Board) -> dict[str, scorecard.Card]:
    return {card.branch: card for card in found.cards}


def test_points_and_totals(reader):
    """大冶: 18/20 × 30 = 27.00; (19/20 − 80 %) / 20 % × 70 = 52.50; together 79.50. 下陆: 30 + 70 = 100.

    All together: 31/34 × 30 = 27.353 → 27.35; (34/36 − 0.8) / 0.2 × 70 = 50.556 → 50.56; together 77.91.
    """
    found = board(reader)
    cards = by_branch(found)
    points = {name: [part.points for part in card.parts] for name, card in cards.items()}
    assert points["大冶市分局"] == [Decimal("52.50"), Decimal("27.00")]  # in the catalogue's order
    assert (cards["大冶市分局"].total, cards["下陆区分局"].total) == (Decimal("79.50"), Decimal("100.00"))
    assert [part.points for part in found.city.parts] == [Decimal("50.56"), Decimal("27.35")]
    assert (found.city.total, found.out_of) == (Decimal("77.91"), Decimal(100))
    assert [(part.numerator, part.denominator, part.text) for part in cards["大冶市分局"].parts] == [
        (19, 20, "95.0%"),
        (18, 20, "90.0%"),
    ]


def test_a_part_of_fewer_than_five_is_refused_and_there_is_no_total(reader):
    """阳新: 4 ratings are too few; 5/6 closed on time: (0.8333 − 0.8) / 0.2 × 70 = 11.67 of 70."""
    card = by_branch(board(reader))["阳新县分局"]
    assert (card.total, card.judged, card.judged_of) == (None, Decimal("11.67"), Decimal(70))
    refused = card.parts[1]
    assert (refused.points, refused.words, refused.numerator, refused.denominator) == (None, "样本不足，不评", 3, 4)
    assert (card.words, card.colour, card.ranges) == ("样本不足，不合计", "few", None)


def test_five_are_enough(tmp_path):
    reader = published(tmp_path, cases=[*branch_cases("大冶市分局", 5, 0, 5, 0)])
    assert by_branch(board(reader))["大冶市分局"].total == Decimal(100)


def test_a_branch_without_any_case_is_named_and_not_listed(reader):
    found = board(reader)
    assert (set(by_branch(found)), found.left_out) == ({"大冶市分局", "下陆区分局", "阳新县分局"}, ("黄石港区分局",))


def test_the_order_says_nothing_where_chance_explains_the_difference(reader):
    """79.50 and 100 do not differ clearly at 20 and 10 cases: both in the middle, in the order of the list of branches."""
    found = board(reader)
    assert [card.branch for card in found.cards] == ["大冶市分局", "下陆区分局", "阳新县分局"]
    assert [card.words for card in found.cards[:2]] == ["与全市无明显差别"] * 2


def tail_low(k: int, n: int, p: float) -> float:
    return sum(comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k + 1))


def test_the_range_of_chance_is_the_sum_of_the_binomial_ends(reader):
    """下陆, 10 cases of each: the smallest count that is not rarer than 2.5 %, at 34/36 and at 31/34, as points."""
    parts = by_branch(board(reader))["下陆区分局"].parts
    closed = next(k for k in range(11) if tail_low(k, 10, 34 / 36) >= 0.025)
    rated = next(k for k in range(11) if tail_low(k, 10, 31 / 34) >= 0.025)
    low_closed = parts[0].item.points(Fraction(closed, 10))
    low_rated = parts[1].item.points(Fraction(rated, 10))
    assert (closed, rated) == (8, 7)
    assert (low_closed, low_rated) == (Decimal("0.00"), Decimal("21.00"))  # 80 % is the line of no points; 7/10 × 30
    card = by_branch(board(reader))["下陆区分局"]
    assert card.ranges[0] == (Decimal("21.00"), Decimal("100.00"))


def test_a_branch_that_stands_out_is_named_and_put_apart(tmp_path):
    rows = [*branch_cases("大冶市分局", 60, 0, 58, 2), *branch_cases("下陆区分局", 60, 0, 58, 2)]
    rows += branch_cases("黄石港区分局", 20, 10, 15, 15)
    found = board(published(tmp_path, cases=rows))
    assert [card.branch for card in found.cards][-1] == "黄石港区分局"
    low = found.cards[-1]
    assert (low.words, low.colour, low.verdict) == ("明显低于全市", "concern", "low 99.8")


def test_branches_chosen_are_compared_with_all(reader):
    alone = board(reader, where=Where.of({"branch": ["下陆区分局"]}))
    assert [card.branch for card in alone.cards] == ["下陆区分局"]
    assert alone.cards[0] == by_branch(board(reader))["下陆区分局"]
    assert alone.city.total == Decimal("77.91")


def test_any_month_can_be_worked_out(reader):
    """Due in August, rated in September: each month has the one part and not the other."""
    august = by_branch(board(reader, periods.month(2025, 8, reader.as_of)))["大冶市分局"]
    september = by_branch(board(reader, periods.month(2025, 9, reader.as_of)))["大冶市分局"]
    assert (august.total, august.judged, august.judged_of) == (None, Decimal("52.50"), Decimal(70))
    assert (september.total, september.judged, september.judged_of) == (None, Decimal("27.00"), Decimal(30))


def test_a_ledger_under_a_filter_that_it_cannot_follow_is_not_judged(tmp_path):
    weights = [WEIGHTS[0], ("backlog_resolve_rate", 20, "rate", None, None, "演示", SET_ON)]
    backlog = [{"case_no": f"B{n}", "branch": "大冶市分局", "listed_at": "2024-01-05"} for n in range(9)]
    reader = published(tmp_path, weights, backlog=backlog)
    card = by_branch(board(reader, where=Where.of({"channel": ["未注明"]})))["大冶市分局"]
    assert ([part.words for part in card.parts], card.total) == (["", "不适用于所选筛选"], None)


def test_without_weights_there_is_no_board(tmp_path):
    found = board(published(tmp_path, ()))
    assert (found.items, found.cards, found.city.total) == ((), (), None)


def test_who_set_the_weights_is_stated(reader):
    assert board(reader).set_words == "演示 2025-09-01"


RULES = {
    "rate": (("rate", None, None), [(Fraction(1, 2), "15.00"), (Fraction(19, 20), "28.50")]),
    "own": (("own", 0.85, 0.95), [(Fraction(9, 10), "15.00"), (Fraction(1, 2), "0.00"), (Fraction(1), "30.00")]),
}


@pytest.mark.parametrize("name", RULES)
def test_points_by_rule(name):
    rule, expected = RULES[name]
    one = scheme.item(None, RATED, 30, *rule)
    assert [(share, str(one.points(share))) for share, _ in expected] == expected


def test_points_where_lower_is_better():
    rate = scheme.item(None, "repeat_rate", 20)
    own = scheme.item(None, "repeat_rate", 20, "own", 0.10, 0.0)
    assert rate.points(Fraction(5, 100)) == Decimal("19.00") and rate.rule_words == "（1－率）×20"
    assert own.points(Fraction(5, 100)) == Decimal("10.00") and own.points(Fraction(1, 5)) == 0
    assert own.rule_words == "10%得0分，0%得满分，其间按比例"


def test_points_by_the_table_of_targets():
    """The product's own: satisfaction is red below 85 % and green from 90 %."""
    one = scheme.item(None, RATED, 20, "target")
    assert (one.zero_at, one.full_at) == (Fraction(85, 100), Fraction(90, 100))
    assert (one.points(Fraction(875, 1000)), one.points(Fraction(95, 100))) == (Decimal("10.00"), Decimal("20.00"))


REFUSED = {
    "a count": ("cases_total", 10, "rate", None, None),
    "a change": ("yoy", 10, "rate", None, None),
    "no weight": (RATED, 0, "rate", None, None),
    "no lines": (RATED, 10, "own", None, 0.9),
    "lines the wrong way round": (RATED, 10, "own", 0.95, 0.85),
    "the same line twice": (RATED, 10, "own", 0.9, 0.9),
    "above 100 %": (RATED, 10, "own", 0.9, 1.2),
    "an unknown rule": (RATED, 10, "guess", None, None),
    "no target set": ("return_rate", 10, "target", None, None),
    "an unknown KPI": ("satisfaction", 10, "rate", None, None),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_a_scheme_may_not_say(what):
    with pytest.raises(UserError) as caught:
        scheme.item(None, *REFUSED[what])
    assert str(caught.value)[-1] in "。？" and "\n" not in str(caught.value)


def test_lists_to_take_away_add_up(reader):
    frame = scorecard.to_frame(board(reader))
    own = frame[frame["分局"] == "大冶市分局"]
    assert list(own["指标"]) == ["按期办结率", "群众满意率", "合计"]
    assert own["得分"].iloc[:2].sum() == own["得分"].iloc[2] == 79.5
    last = frame[(frame["分局"] == "阳新县分局") & (frame["指标"] == "合计")].iloc[0]
    assert last["得分"] is None and last["说明"] == "样本不足，不合计；已评11.67/70分"


# ---- truths ----

COUNTS = st.integers(0, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
KPIS = [RATED, ONTIME, "eval_participation"]
BRANCHES = ["大冶市分局", "下陆区分局", "阳新县分局", "黄石港区分局"]


def figures_of(drawn: dict[str, list[tuple[int, int]]]) -> list[Figure]:
    """Figures of every branch and the total, as measure gives them."""
    period = periods.month(2025, 9, date(2025, 9, 30))
    found = []
    for kpi, counts in drawn.items():
        whole = (sum(x for x, _ in counts), sum(n for _, n in counts))
        groups = [*({"branch": name} for name in BRANCHES), {}]
        for group, (x, n) in zip(groups, [*counts, whole], strict=True):
            found.append(Figure(catalog.get(kpi), period, group, x, n, x / n if n else None, ""))
    return found


drawn_counts = st.fixed_dictionaries({kpi: st.lists(COUNTS, min_size=4, max_size=4) for kpi in KPIS})
drawn_weights = st.lists(st.integers(1, 100), min_size=3, max_size=3)


def items_of(weights: list[int]) -> tuple[scheme.Item, ...]:
    return tuple(scheme.item(None, kpi, weight) for kpi, weight in zip(KPIS, weights, strict=True))


@settings(deadline=None)
@given(drawn_counts, drawn_weights)
def test_the_total_is_the_sum_of_its_parts_and_no_more_than_the_weights(drawn, weights):
    city, cards = scorecard.cards(items_of(weights), figures_of(drawn))
    for card in (city, *cards):
        judged = [part for part in card.parts if part.points is not None]
        assert card.judged == sum(part.points for part in judged) and 0 <= card.judged <= card.judged_of
        assert (card.total is None) == any(part.denominator < 5 for part in card.parts)
        assert card.total in (None, card.judged)
        if card.ranges and card.branch:
            (low, high), (lowest, highest) = card.ranges
            assert lowest <= low <= high <= highest <= sum(weights)


@settings(deadline=None)
@given(drawn_counts, drawn_weights, st.sampled_from([2, 5, 10]))
def test_weights_scale(drawn, weights, times):
    """Points grow with the weights, but for the last digit of each part; who stands out does not depend on their size."""
    _, once = scorecard.cards(items_of(weights), figures_of(drawn))
    _, more = scorecard.cards(items_of([weight * times for weight in weights]), figures_of(drawn))
    for one, other in zip(once, more, strict=True):
        assert (one.total is None) == (other.total is None)
        assert abs(other.judged - one.judged * times) <= Decimal("0.005") * len(KPIS) * (times + 1)


@settings(deadline=None)
@given(st.lists(COUNTS, min_size=4, max_size=4))
def test_with_one_share_the_verdict_is_that_of_the_funnel(counts):
    figures = figures_of({RATED: counts})
    _, cards = scorecard.cards((scheme.item(None, RATED, 1000),), figures)
    judged = {point.name: point.verdict for point in funnel.funnel(figures).points}
    assert {card.branch: card.verdict for card in cards} == judged


@settings(deadline=None)
@given(drawn_counts, drawn_weights)
def test_a_branch_like_all_others_never_stands_out(drawn, weights):
    same = {kpi: [counts[0]] * 4 for kpi, counts in drawn.items()}
    _, cards = scorecard.cards(items_of(weights), figures_of(same))
    assert {card.verdict for card in cards} == {""}
