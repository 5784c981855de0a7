"""Tails and quantiles equal those of scipy.stats, and what can be worked out by hand."""

import subprocess
import sys
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from metrics.chance import ROUNDING, Binomial, Poisson

TAILS = (0.001, 0.00135, 0.0228, 0.025, 0.05, 0.5, 0.975, 0.999)
probabilities = st.one_of(st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0]), st.floats(1e-6, 1 - 1e-6))


def test_ten_cases_at_nine_in_ten():
    found = Binomial(10, 0.9)
    for x in range(11):
        assert found.at_most(x) == pytest.approx(sum(comb(10, i) * 0.9**i * 0.1 ** (10 - i) for i in range(x + 1)))
        assert found.at_least(x) == pytest.approx(sum(comb(10, i) * 0.9**i * 0.1 ** (10 - i) for i in range(x, 11)))
    assert (found.lowest(0.001), found.lowest(0.025), found.lowest(0.5)) == (5, 7, 9)
    assert (Binomial(10, 0.1).highest(0.001), Binomial(10, 0.1).highest(0.025)) == (5, 3)


def test_a_tail_of_exactly_the_limit_is_not_below_it():
    """0.1³ = 0.001: none of three at nine in ten is as rare as the limit, not rarer; so are three of three at one in ten."""
    assert Binomial(3, 0.9).lowest(0.001) == 0
    assert Binomial(3, 0.1).highest(0.001) == 3


def test_nothing_and_certainty():
    assert [Binomial(0, 0.3).lowest(0.05), Binomial(0, 0.3).highest(0.05)] == [0, 0]
    assert [Binomial(9, 0.0).lowest(0.999), Binomial(9, 0.0).highest(0.001)] == [0, 0]
    assert [Binomial(9, 1.0).lowest(0.001), Binomial(9, 1.0).highest(0.999)] == [9, 9]
    assert [Poisson(0.0).lowest(0.999), Poisson(0.0).highest(0.001)] == [0, 0]
    for found in (Binomial(4, 0.3), Poisson(2.0)):
        assert (found.at_most(-1), found.at_least(0)) == (0, 1)
    assert (Binomial(4, 0.3).at_most(4), Binomial(4, 0.3).at_least(5)) == (1, 0)


@given(st.integers(0, 5000), probabilities, st.data())
def test_a_binomial_equals_scipy(n, p, data):
    _equals(Binomial(n, p), stats.binom(n, p), data.draw(st.integers(0, n)))


@given(st.floats(0.01, 3000), st.data())
def test_a_poisson_equals_scipy(mean, data):
    _equals(Poisson(mean), stats.poisson(mean), data.draw(st.integers(0, int(2 * mean) + 20)))


def _equals(found: Binomial | Poisson, scipys: object, x: int) -> None:
    assert found.at_most(x) == pytest.approx(scipys.cdf(x), rel=1e-9, abs=1e-300)
    assert found.at_least(x) == pytest.approx(scipys.sf(x - 1), rel=1e-9, abs=1e-300)
    for tail in TAILS:
        lowest, highest = found.lowest(tail), found.highest(tail)
        if not any(scipys.cdf(k) == pytest.approx(tail, rel=1e-8) for k in (lowest - 1, lowest)):
            assert lowest == scipys.ppf(tail)
        if not any(scipys.sf(k) == pytest.approx(tail, rel=1e-8) for k in (highest - 1, highest)):
            assert highest == scipys.isf(tail)
        assert found.at_most(lowest) >= tail * ROUNDING > found.at_most(lowest - 1)
        assert found.at_least(highest) >= tail * ROUNDING > found.at_least(highest + 1)


def test_no_page_waits_for_scipys_distributions():
    """Modules are imported in a fresh process: here the other tests have them all."""
    code = "import sys, metrics.scorecard, metrics.signals, metrics.site, metrics.ratings; print('scipy.stats' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
