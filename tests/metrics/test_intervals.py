"""Wilson, Byar, the funnel and its exact test against the values of the reference implementations."""

import json
from datetime import date
from math import asin, sqrt
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.catalog import CATALOG
from metrics.engine import Figure
from metrics.funnel import Z_95, Z_998, arcsine_error, arcsine_limits, funnel, limits, verdict
from metrics.intervals import byar, wilson
from metrics.periods import month

REFERENCE = json.loads((Path(__file__).parent / "reference" / "spc_other_cases.json").read_text(encoding="utf-8"))
SEPTEMBER = month(2025, 9, date(2025, 10, 31))


def share(x, n, **group):
    return Figure(CATALOG["satisfaction_rate"], SEPTEMBER, group, x, n, x / n if n else None, "")


@pytest.mark.parametrize("case", REFERENCE["wilson"], ids=lambda case: f"{case['x']}of{case['n']}at{case['conf']}")
def test_wilson_equals_the_reference(case):
    assert wilson(case["x"], case["n"], case["conf"]) == pytest.approx((case["lower"], case["upper"]), rel=1e-11)
    assert wilson(case["x"], case["n"], case["conf"] * 100) == pytest.approx((case["lower"], case["upper"]), rel=1e-11)


@pytest.mark.parametrize("case", REFERENCE["byars"], ids=lambda case: str(case["x"]))
def test_byar_equals_the_reference(case):
    assert byar(case["x"]) == pytest.approx((case["lower"], case["upper"]), rel=1e-11)


def test_byar_of_the_government_tests():
    assert byar(65) == pytest.approx((50.16319, 82.84914), abs=5e-6)
    assert byar(1, 0.998) == (None, pytest.approx(9.36218, abs=5e-6))  # 1 − 1/9 − 3.09/3 < 0: no lower limit
    assert byar(0)[0] is None


@pytest.mark.parametrize("x, n", [(-1, 5), (1, 0), (1, -1), (6, 5), (float("nan"), 5)])
def test_an_impossible_share_is_refused(x, n):
    with pytest.raises(ValueError):
        wilson(x, n)


@pytest.mark.parametrize("confidence", [0.89, 1, 1.5, 89, 100, 101, -1])
def test_an_impossible_confidence_is_refused(confidence):
    with pytest.raises(ValueError):
        wilson(1, 2, confidence)
    with pytest.raises(ValueError):
        byar(1, confidence)


def test_a_negative_count_is_refused():
    with pytest.raises(ValueError):
        byar(-1)


@pytest.mark.parametrize("case", REFERENCE["exact_binomial_p0.9"], ids=lambda case: str(case["n"]))
def test_the_verdict_is_the_exact_binomial_tail(case):
    """Every x from 0 to n: low where P(X ≤ x) is below the tail, and from the quantile on not."""
    for x in range(case["n"] + 1):
        found = verdict(x, case["n"], case["p0"])
        assert found.startswith("low 99.8") == (x < case["q001"])
        assert found.startswith("low") == (x < case["q025"])
        assert found.startswith("high") == (x > case["q975"])
        assert found.startswith("high 99.8") == (x > case["q999"])
        assert found.startswith("low") == (case["pr_le"][x] < 0.025)


@pytest.mark.parametrize("n, k95, k998", [(5, 3, 2), (8, 5, 4), (10, 7, 5), (15, 11, 9), (20, 15, 13), (30, 23, 21)])
def test_below_how_many_satisfied_a_branch_is_low(n, k95, k998):
    assert [x for x in range(n + 1) if verdict(x, n, 0.9).startswith("low")] == list(range(k95))
    assert [x for x in range(n + 1) if verdict(x, n, 0.9) == "low 99.8"] == list(range(k998))


def test_the_arcsine_limits_equal_the_reference():
    """The package works with deviates rounded to six places."""
    cases = REFERENCE["funnelplotr_PR_target0.9"]
    sizes = [case["number_seq"] for case in cases]
    inner, outer = arcsine_limits(0.9, sizes, round(Z_95, 6)), arcsine_limits(0.9, sizes, round(Z_998, 6))
    for case, at_95, at_998 in zip(cases, inner, outer, strict=True):
        assert arcsine_error(case["number_seq"]) == pytest.approx(case["s"], rel=1e-11)
        assert at_95 == pytest.approx((case["ll95"], case["ul95"]), rel=1e-11)
        assert at_998 == pytest.approx((case["ll998"], case["ul998"]), rel=1e-11)


@settings(deadline=None)
@given(st.floats(0.01, 0.99), st.integers(2, 300))
def test_arcsine_limits_narrow_with_the_size(p0, largest):
    found = arcsine_limits(p0, range(1, largest + 1))
    assert [low for low, _ in found] == sorted(low for low, _ in found)
    assert [high for _, high in found] == sorted((high for _, high in found), reverse=True)
    assert all(0 <= low <= p0 <= high <= 1 for low, high in found)


def test_the_drawn_limits_are_an_inverted_wilson_interval():
    """A group that lies exactly on a limit has that limit's p0 as the other end of its Wilson interval."""
    low, high = limits(0.8, 100)
    assert wilson(low * 100, 100)[1] == pytest.approx(0.8)
    assert wilson(high * 100, 100)[0] == pytest.approx(0.8)
    assert limits(0.9, 10, Z_998) == pytest.approx((0.6068348, 1), abs=1e-6)  # 0.9 − 3.090232·√(0.09/10)


def test_a_funnel_names_only_what_is_very_unlikely():
    """p0 = 207/240 = 0.8625. P(X ≤ 20 | 40) = 3e-8; P(X ≤ 11 | 17) = 0.020; 0 of 3 (0.0026) is too few to say.

    The total holds two more than the groups: it is taken as it is measured.
    """
    groups = [("甲", 20, 40), ("乙", 11, 17), ("丙", 174, 180), ("丁", 0, 3), ("戊", 0, 0)]
    figures = [share(x, n, branch=name) for name, x, n in groups]
    found = funnel([*figures, share(207, 240)])
    assert (found.p0, found.numerator, found.denominator) == (0.8625, 207, 240)
    assert [(point.name, point.words) for point in found.points] == [
        ("甲", "明显偏低"), ("乙", "留意"), ("丙", "明显偏高"), ("丁", "样本不足"), ("戊", "样本不足"),
    ]  # fmt: skip
    assert [point.verdict for point in found.points] == ["low 99.8", "low 95", "high 99.8", "", ""]
    assert (found.points[0].low, found.points[0].high) == wilson(20, 40)
    assert found.points[4].value is None
    assert [point.n for point in found.curve] == list(range(1, 181))
    at_10 = found.curve[9]
    assert (at_10.low_95, at_10.high_95) == limits(0.8625, 10, Z_95)
    assert (at_10.low_998, at_10.high_998) == limits(0.8625, 10, Z_998)


def test_a_funnel_without_a_total_takes_all_groups_together():
    found = funnel([share(8, 10, branch="甲"), share(1, 10, branch="乙")])
    assert found.p0 == 0.45
    # z = (asin√0.8 − asin√0.45)·2√10 and (asin√0.1 − asin√0.45)·2√10; their mean square, nothing drawn in
    scores = [(asin(sqrt(p)) - asin(sqrt(0.45))) * 2 * sqrt(10) for p in (0.8, 0.1)]
    assert found.dispersion == pytest.approx(sum(score**2 for score in scores) / 2)


def test_a_funnel_without_cases_has_no_limits():
    found = funnel([share(0, 0, branch="甲"), share(0, 0)])
    assert (found.p0, found.curve, found.dispersion) == (None, (), None)


def test_a_funnel_of_counts_is_refused():
    counted = Figure(CATALOG["cases_total"], SEPTEMBER, {"branch": "甲"}, 3, None, 3, "3")
    with pytest.raises(ValueError):
        funnel([counted])


@settings(deadline=None)
@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.floats(0.9, 0.9999))
def test_an_interval_holds_its_own_share(counts, confidence):
    x, n = counts
    low, high = wilson(x, n, confidence)
    assert 0 <= low <= x / n <= high <= 1
    mirrored = wilson(n - x, n, confidence)
    assert (1 - mirrored[1], 1 - mirrored[0]) == pytest.approx((low, high))


@settings(deadline=None)
@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.integers(1, 63))
def test_a_verdict_is_mirrored_with_the_share(counts, sixty_fourths):
    (x, n), p0 = counts, sixty_fourths / 64
    mirrored = {"low": "high", "high": "low"}
    side, _, tail = verdict(n - x, n, 1 - p0).partition(" ")
    assert verdict(x, n, p0) == f"{mirrored.get(side, '')} {tail}".strip()
