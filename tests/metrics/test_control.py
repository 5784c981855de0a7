"""Charts of shares, counts and gaps equal to every value of the reference; exact limits and their false alarms."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, poisson

from metrics import control
from metrics.rules import judge

REFERENCE = json.loads((Path(__file__).parent / "reference" / "spc_other_cases.json").read_text(encoding="utf-8"))
CHARTS = {
    "p": lambda case: control.p_chart(case["num"], case["den"]),
    "pprime": lambda case: control.p_prime_chart(case["num"], case["den"], case["screenedmr"]),
    "c": lambda case: control.c_chart(case["num"]),
    "u": lambda case: control.u_chart(case["num"], case["den"]),
    "g": lambda case: control.g_chart(case["num"]),
    "t": lambda case: control.t_chart(case["num"], case["screenedmr"]),
    "i": lambda case: control.i_chart(case["num"], case["screenedmr"]),
}


@pytest.mark.parametrize("name", REFERENCE["charts"])
def test_every_value_equals_the_reference(name):
    case = REFERENCE["charts"][name]
    y = [x / n for x, n in zip(case["num"], case["den"], strict=True)] if case["den"] else case["num"]
    found = CHARTS[name.split("_")[0]](case)
    assert y == pytest.approx(case["y"], rel=1e-10)
    parts = {"cl": "centre", "lcl": "low", "ucl": "high", "lcl95": "near_low", "ucl95": "near_high"}
    for key, part in parts.items():
        assert [getattr(one, part) for one in found] == pytest.approx(case[key], rel=1e-10), key
    assert [one.outside for one in judge(y, found)] == case["sigma_signal"]
    runs = control.runs(y, found[0].centre)
    assert (runs.useful, runs.longest, runs.longest_max) == (
        case["n_useful"],
        case["longest_run"],
        case["longest_run_max"],
    )
    assert (runs.crossings, runs.crossings_min) == (case["n_crossings"], case["n_crossings_min"])
    assert runs.is_signal == case["runs_signal"]


@pytest.mark.parametrize("case", REFERENCE["anhoej_bounds"], ids=lambda case: str(case["n"]))
def test_the_bounds_of_runs_equal_the_reference(case):
    assert control.run_bounds(case["n"]) == (case["longest_max"], case["crossings_min"])


def test_runs_of_nothing():
    assert control.runs([], 3) == control.runs([3, 3], 3) == control.Runs(0, 0, 0, 0, 0)
    assert not control.runs([3, 3], 3).is_signal


def test_two_events_on_one_day_have_no_t_chart():
    with pytest.raises(ValueError):
        control.t_chart([3, 0, 5])


def test_a_share_of_nothing_has_no_chart():
    with pytest.raises(ValueError):
        control.p_chart([1, 0], [2, 0])


def test_exact_limits_are_the_rarest_counts_that_still_happen():
    """Mean 3: P(X ≥ 10) = 0.00110 < 0.00135 ≤ P(X ≥ 9) = 0.0038: nine is inside, ten outside; zero is ordinary."""
    found = control.exact_c_chart([3, 2, 4])[0]
    assert (found.centre, found.low, found.high) == (3, 0, 9)
    assert [one.outside for one in judge([0, 9, 10], [found] * 3)] == [False, False, True]
    # 45 of 50, p = 0.9: P(X ≤ 37) = 0.00100 < 0.00135 ≤ P(X ≤ 38) = 0.0032
    found = control.exact_p_chart([45], [50])[0]
    assert (found.low, found.high) == (38 / 50, 1)


@settings(deadline=None)
@given(st.floats(0.2, 60), st.integers(0, 200))
def test_an_exact_count_is_outside_only_where_its_tail_is_rare(mean, x):
    found = control.exact_c_chart([mean])[0]
    rare = poisson.cdf(x, mean) < control.TAIL or poisson.sf(x - 1, mean) < control.TAIL
    assert judge([x], [found])[0].outside == rare


@settings(deadline=None)
@given(st.integers(1, 120).flatmap(lambda n: st.tuples(st.integers(0, n), st.integers(0, n), st.just(n))))
def test_an_exact_share_is_outside_only_where_its_tail_is_rare(counts):
    hits, x, n = counts
    found = control.exact_p_chart([hits], [n])[0]
    rare = binom.cdf(x, n, hits / n) < control.TAIL or binom.sf(x - 1, n, hits / n) < control.TAIL
    assert judge([x / n], [found])[0].outside == rare


shares = st.lists(
    st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=1, max_size=30
)


@settings(deadline=None)
@given(shares, st.sampled_from([control.p_chart, control.p_prime_chart, control.exact_p_chart]))
def test_limits_of_shares_stay_within_0_and_1(counts, chart):
    hits, sizes = zip(*counts, strict=True)
    for one in chart(hits, sizes):
        assert 0 <= one.low <= one.near_low <= one.near_high <= one.high <= 1


@settings(deadline=None)
@given(shares)
def test_failures_have_the_mirrored_limits_of_hits(counts):
    hits, sizes = zip(*counts, strict=True)
    turned = control.p_chart([n - x for x, n in counts], sizes)
    for one, other in zip(control.p_chart(hits, sizes), turned, strict=True):
        assert (1 - other.high, 1 - other.low) == pytest.approx((one.low, one.high))


@settings(deadline=None)
@given(st.lists(st.integers(0, 100), min_size=2, max_size=40), st.integers(-50, 50))
def test_runs_do_not_change_with_the_scale(y, added):
    middle = sorted(y)[len(y) // 2]
    assert control.runs(y, middle) == control.runs([3 * value + added for value in y], 3 * middle + added)


@pytest.mark.parametrize("mean", [0.3, 1.2, 2.2, 3, 4.4])
def test_false_alarms_of_the_last_point_are_rare(mean):
    """A steady branch of few cases a month: exact limits and the four rules flag its 24th month in at most 3 %."""
    generator = np.random.default_rng(20251123)
    flagged = 0
    for y in generator.poisson(mean, (1500, 24)).tolist():
        flagged += bool(judge(y, control.exact_c_chart(y))[-1].rule)
    assert flagged / 1500 <= 0.03


@pytest.mark.parametrize("p, n", [(0.9, 12), (0.97, 40), (0.85, 25)])
def test_false_alarms_of_small_shares_are_rare(p, n):
    generator = np.random.default_rng(20251123)
    flagged = 0
    for hits in generator.binomial(n, p, (1000, 24)).tolist():
        found = control.exact_p_chart(hits, [n] * 24)
        flagged += bool(judge([x / n for x in hits], found)[-1].rule)
    assert flagged / 1000 <= 0.03
