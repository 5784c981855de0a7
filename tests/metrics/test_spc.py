"""XmR charts: equal to every value of the NHS package's reference cases; its traps guarded; the spc command."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import UserError
from metrics.rules import Convention
from metrics.spc import cause, fault, moving_range_limits, xmr
from metrics.spcfile import answer

FILE = Path(__file__).parent / "reference" / "spc_xmr_cases.json"
CASES = json.loads(FILE.read_text(encoding="utf-8"))["cases"]
ASKED = ("y", "rebase_at_index0", "fix_after_n_points", "improvement_direction", "target", "screen_outliers")
ZEROS = [0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0]


def ask(y, **more):
    return answer({"y": y} | more)


def command(text, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "metrics", "spc", *arguments], input=text.encode(), capture_output=True
    )


@pytest.mark.parametrize("name", CASES)
def test_every_value_equals_the_reference(name):
    case = CASES[name]
    found = answer({key: case[key] for key in ASKED})
    assert list(found) == list(case)
    for key, expected in case.items():
        if key in ("mean", "lpl", "upl") and None not in expected:
            assert found[key] == pytest.approx(expected, rel=1e-9, abs=1e-10), key
        else:
            assert found[key] == expected, key


def test_limits_of_a_short_series_worked_by_hand():
    """1..10: mean 5.5, every range 1: 5.5 ± 2.66; near 5.5 ± 1.7733. 1, 2, 3: 2 ± 2.66."""
    found = moving_range_limits(list(range(1, 11)))
    assert (found.centre, found.low, found.high) == pytest.approx((5.5, 2.84, 8.16))
    assert (found.near_low, found.near_high) == pytest.approx((3.7267, 7.2733), abs=5e-5)
    found = moving_range_limits([1, 2, 3])
    assert (found.centre, found.low, found.high, found.near_high) == pytest.approx((2, -0.66, 4.66, 3.7733), abs=5e-5)


def test_mostly_zeros_have_limits_that_mislead():
    """Both ranges of 3 are screened out, the rest are 0: the package's limits make every zero "Below LCL"."""
    found = ask(ZEROS)
    assert found["lpl"] == found["upl"] == [0.25] * 12
    assert found["special_cause_type"].count("Below LCL") == 11
    assert fault(ZEROS) == "sparse"
    assert fault(ZEROS, screening=False) == ""


@pytest.mark.parametrize("y, expected", [
    ([5, 5, 5, 5], "constant"), ([5], "constant"), ([None, 3, None, 4], "constant"),  # no two known neighbours differ
    ([3, 4, None, 9], ""), ([1, 2, 1, 3, 1, 2], ""), (CASES["rnorm20"]["y"], ""),
])  # fmt: skip
def test_limits_that_would_mislead_are_told(y, expected):
    assert fault(y) == expected


def test_no_moving_range_no_limits():
    assert moving_range_limits([None, 3, None, 4]).low is None
    assert moving_range_limits([3, 4, None, 9]).high == pytest.approx(16 / 3 + 2.66)


def test_a_missing_value_breaks_runs_and_gives_no_range():
    rising = [3, 3.5, 4, None, 4.5, 5, 5.5, 6, 4, 5]
    found = ask(rising)
    assert set(found["special_cause_type"]) == {"Common Cause"}
    assert (found["relative_to_mean"][3], found["outside"][3], found["close"][3]) == (None, None, None)
    # ranges .5 .5 . . .5 .5 .5 2 1: the average of the seven is 5.5/7; mean 40.5/9
    assert found["upl"][0] == pytest.approx(4.5 + 2.66 * 5.5 / 7)


def test_rules_do_not_cross_a_segment():
    y = [4, 6, 5, 6, 4, 6, 4, 4, 4, 4, 4, 4, 4]  # seven below the mean at the end
    assert ask(y)["special_cause_type"][-1] == "7 Points Below CL"
    assert ask(y, rebase_at_index0=[8])["special_cause_type"][-1] == "Common Cause"


def test_the_lengths_are_a_setting():
    y = [5, 4, 6, 5, 4, 4.5, 5, 5.5, 6, 6.5, 5, 5]  # 4 … 6.5: six rising
    assert {cause(point) for point in xmr(y)} == {"Common Cause"}
    assert "6 Point Trend (Increasing)" in {
        cause(point, Convention(trend=6)) for point in xmr(y, (), None, Convention(trend=6))
    }
    y = [4, 6] * 4 + [4] * 7  # seven below the mean, no eight
    assert {cause(point) for point in xmr(y)} >= {"7 Points Below CL"}
    assert xmr(y, (), None, Convention(shift=8))[-1].judged.rule == ""


def test_the_third_of_three_may_be_asked_anywhere():
    """Mean 13/15, ranges 11 × 2 and 3 × 8: near limit 0.87 + 2.66·⅔·3.29 = 6.69, limit 9.61; -1 lies below the mean."""
    y = [1, -1] * 6 + [7, -1, 7]
    same, anywhere = xmr(y), xmr(y, (), None, Convention(two_of_three="anywhere"))
    assert [point.judged.close for point in same[-3:]] == [True, False, True]
    assert [point.judged.rule for point in same[-3:]] == ["", "", ""]
    assert [point.judged.rule for point in anywhere[-3:]] == ["C", "", "C"]


@pytest.mark.parametrize("wrong", [{"shift": 4}, {"trend": 1}, {"two_of_three": "both"}])
def test_an_absurd_convention_is_refused(wrong):
    with pytest.raises(ValueError):
        Convention(**wrong)


def test_the_command_answers_a_case():
    done = command(json.dumps({"y": [1, 2, 3]}), "-")
    found = json.loads(done.stdout)
    assert (done.returncode, found["upl"][0], found["variation_icon"]) == (0, pytest.approx(4.66), "common_cause")
    assert list(found) == list(CASES["one"])


def test_the_command_answers_the_reference_file():
    done = command("", str(FILE))
    assert done.returncode == 0
    assert {name: case["variation_icon"] for name, case in json.loads(done.stdout)["cases"].items()} == {
        name: case["variation_icon"] for name, case in CASES.items()
    }


@pytest.mark.parametrize("case", [
    3, [], {}, {"y": []}, {"y": 3}, {"y": ["一"]}, {"y": [True]}, {"y": [float("nan")]}, {"y": [float("inf")]},
    {"y": [None, None]}, {"y": [1e300]}, {"y": [1, 2], "rebase_at_index0": [2]}, {"y": [1], "rebase_at_index0": 0},
    {"y": [1, None], "rebase_at_index0": [1]}, {"y": [1], "fix_after_n_points": 3}, {"y": [1], "target": "90"},
    {"y": [1], "improvement_direction": "up"}, {"y": [1], "improvement_direction": []}, {"y": [1], "screen_outliers": 1},
    {"cases": {"a": 3}},
])  # fmt: skip
def test_what_is_no_case_is_refused_in_one_sentence(case):
    with pytest.raises(UserError) as refused:
        answer(case)
    assert is_one_sentence(str(refused.value))


@pytest.mark.parametrize("text", ["", "{", '{"y": [NaN]}', '{"y": []}', '{"y": ' + "[" * 5000])
def test_bad_input_ends_with_one_sentence(text):
    done = command(text, "-")
    assert (done.returncode, done.stdout) == (1, b"")
    assert is_one_sentence(done.stderr.decode().strip())


def is_one_sentence(words):
    return words.count("。") == 1 and words.endswith("。") and "\n" not in words


def test_a_file_that_is_not_there_is_one_sentence():
    done = command("", "没有这个文件.json")
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.decode() == "读不到文件“没有这个文件.json”，请检查路径。\n"


series = st.lists(st.integers(-1000, 1000), min_size=1, max_size=40)


@settings(deadline=None)
@given(series, st.integers(-500, 500), st.sampled_from([1, 2, 4, 8, 0.5]))
def test_adding_and_scaling_move_the_limits_along(y, added, scale):
    """y → scale × y + added: mean and limits do the same."""
    before, after = xmr(y), xmr([scale * value + added for value in y])
    for one, other in zip(before, after, strict=True):
        assert other.limits.centre == pytest.approx(scale * one.limits.centre + added, abs=1e-9)
        if one.limits.low is None:
            assert other.limits.low is None
            continue
        assert other.limits.low == pytest.approx(scale * one.limits.low + added, rel=1e-9, abs=1e-8)
        assert other.limits.high == pytest.approx(scale * one.limits.high + added, rel=1e-9, abs=1e-8)


@settings(deadline=None)
@given(series)
def test_turning_the_series_over_turns_the_signals_over(y):
    turned = {"high": "low", "low": "high", "": ""}
    for one, other in zip(xmr(y), xmr([-value for value in y]), strict=True):
        assert (other.judged.rule, other.judged.level) == (one.judged.rule, turned[one.judged.level])


@settings(deadline=None)
@given(series)
def test_limits_lie_around_the_mean(y):
    for point in xmr(y):
        if not fault(y):
            assert point.limits.low < point.limits.near_low < point.limits.centre
            assert point.limits.centre < point.limits.near_high < point.limits.high
