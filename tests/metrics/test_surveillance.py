"""The early warning on simulated cities: how often it errs in quiet years, how soon it sees clusters, what must not alarm."""

import numpy as np
import pytest

from metrics.surveillance import (
    DETECTIONS,
    FALSE_ALARMS_A_QUARTER,
    FEWEST,
    MOST,
    THRESHOLD,
    WINDOW,
    Signal,
    _tail,
    known_days,
    watch,
)
from tests.metrics import quiet_city

DAYS = 4 * 365
JUDGED = 2 * 365
QUARTER = 365 / 4


def series(*rows: np.ndarray, rest: np.ndarray | None = None) -> tuple:
    """Return the arguments of `watch` for rows of one city whose other cases are `rest` (3 a day where not given)."""
    counts = np.stack(rows)
    others = np.full(counts.shape[1], 3) if rest is None else rest
    known = np.ones(counts.shape[1], bool)
    return counts, (counts.sum(0) + others)[None], np.zeros(len(rows), int), known, np.full(len(rows), 4)


def steady(every: int, days: int = DAYS) -> np.ndarray:
    """Return a case every so many days."""
    counts = np.zeros(days, int)
    counts[::every] = 1
    return counts


def episodes(signals: list[Signal]) -> int:
    last: dict[int, int] = {}
    many = 0
    for signal in signals:
        many += signal.series not in last or signal.day - last[signal.series] > WINDOW
        last[signal.series] = signal.day
    return many


def test_quiet_cities_alarm_as_seldom_as_the_page_says():
    many = quarters = 0
    for seed in range(8):
        drawn = quiet_city.city(np.random.default_rng(seed))
        many += episodes(watch(*quiet_city.series_of([drawn]).arguments(), start=JUDGED))
        quarters += (DAYS - JUDGED) / QUARTER
    assert many > 0, "a method that never errs sees nothing either"
    assert many / quarters <= FALSE_ALARMS_A_QUARTER <= 1


@pytest.mark.parametrize("stated", DETECTIONS, ids=lambda d: f"{d.cases}{'-site' if d.at_one_site else '-spread'}")
def test_clusters_are_noticed_as_often_and_as_soon_as_the_page_says(stated):
    days: list[int | None] = []
    for seed in range(1000, 1003):
        dice = np.random.default_rng(seed)
        drawn = quiet_city.city(dice)
        placed = quiet_city.with_clusters(dice, drawn, stated.cases, 12, stated.at_one_site)
        rows = quiet_city.series_of([drawn])
        signals = watch(*rows.arguments(), start=JUDGED)
        for kind, row, start in placed:
            own = [s.day for s in signals if (rows.kind[s.series], rows.row[s.series]) == (kind, row)]
            days.append(min((day - start + 1 for day in own if 0 <= day - start < WINDOW + 7), default=None))
    noticed = [day for day in days if day is not None]
    assert len(noticed) / len(days) == pytest.approx(stated.share, abs=0.07)
    assert np.median(noticed) == pytest.approx(stated.day, abs=3)


def test_a_place_without_history_is_known_by_its_fourth_case():
    # Cases on days 1200, 1205, 1210 and 1215 at a place that never had one.
    new = np.zeros(DAYS, int)
    new[[1200, 1205, 1210, 1215]] = 1
    signals = watch(*series(new))
    assert (signals[0].day, signals[0].cases) == (1215, 4)
    assert signals[-1].day == 1200 + WINDOW - 1  # on the next day the first case has left the window


def test_three_cases_at_a_new_place_are_no_warning():
    new = np.zeros(DAYS, int)
    new[[1200, 1201, 1202]] = 1
    assert watch(*series(new)) == []


def test_a_place_that_always_has_as_many_does_not_alarm():
    assert watch(*series(steady(4))) == []  # seven in every window


def test_a_falling_history_does_not_alarm():
    dice = np.random.default_rng(5)
    falling = dice.poisson(np.linspace(0.9, 0.2, DAYS), (40, DAYS))
    assert watch(*series(*falling), start=JUDGED) == []


def test_a_season_that_comes_back_every_year_does_not_alarm():
    counts = steady(14)  # two a window …
    for year in range(4):
        counts[year * 365 + 150 : year * 365 + 190] = 1  # … and one every day of every June
    assert watch(*series(counts), start=3 * 365) == []
    counts[: 3 * 365] = steady(14)[: 3 * 365]  # the same June without the earlier ones
    assert watch(*series(counts), start=3 * 365) != []


def test_a_rise_of_the_whole_city_is_no_warning_of_a_place():
    counts, rest = steady(7), np.full(DAYS, 2)
    counts[1300:1328] = 0
    counts[1300:1328:2] = 1  # fourteen instead of four in the window …
    assert watch(*series(counts, rest=rest), start=1290) != []
    rest[1300:1328] = 6  # … when the rest of the city has three times as many as usual
    assert watch(*series(counts, rest=rest), start=1290) == []


def test_the_rebound_after_spring_festival_does_not_alarm():
    counts, rest = steady(4), np.full(DAYS, 3)
    for year in range(4):
        holiday = slice(year * 365 + 25, year * 365 + 40)
        counts[holiday] = 0
        rest[holiday] = 0
    assert watch(*series(counts, rest=rest), start=JUDGED) == []


def test_months_without_a_source_do_not_alarm_afterwards():
    # Seven cases a window, four of them from the source that is missing for nine of the months before.
    counts, missing = steady(4), slice(DAYS - 320, DAYS - 50)
    counts[missing] = 0
    counts[DAYS - 320 : DAYS - 50 : 14] = 1
    arguments = series(counts)
    arguments[3][missing] = False
    assert watch(*arguments, start=JUDGED) == []


def test_a_source_is_missing_when_it_is_silent_for_too_long_to_be_chance():
    daily = np.ones((2, 1000), int)
    daily[1, 400:430] = 0  # 30 cases would have come
    daily[0, 600:608] = 0  # 8 would have: may be
    known = known_days(daily)
    assert not known[400:430].any() and known[:400].all() and known[430:].all()


def test_before_a_source_existed_it_is_missing():
    daily = np.ones((2, 1000), int)
    daily[1, :300] = 0
    assert known_days(daily).tolist() == [False] * 300 + [True] * 700


def test_a_campaign_is_not_a_source_that_is_missing_ever_after():
    daily = np.ones((2, 1000), int)
    daily[1] = 0
    daily[1, 500:520] = 3
    assert known_days(daily).all()


def test_less_than_a_year_of_history_gives_no_warning():
    # Eight cases in the last four days; eleven and twelve whole windows before the window that holds them.
    short, long = np.zeros(WINDOW * FEWEST - 4, int), np.zeros(WINDOW * (FEWEST + 1), int)
    short[-4:] = long[-4:] = 2
    assert watch(*series(short)) == []
    assert watch(*series(long)) != []


def test_an_outbreak_is_no_history():
    # Ten cases a window for three months, a quiet month, then ten again: the second wave is a warning as well.
    counts = np.zeros(DAYS, int)
    counts[900:990:3] = 1
    counts[1050:1080:3] = 1
    days = {signal.day for signal in watch(*series(counts))}
    assert days & set(range(905, 990)) and days & set(range(1055, 1085))


def test_what_lasts_becomes_the_usual_level():
    counts = np.zeros(DAYS + 800, int)
    counts[900::4] = 1
    days = [signal.day for signal in watch(*series(counts))]
    assert days[0] < 930 and 900 + 182 < days[-1] < 900 + 300


def test_a_day_is_judged_by_what_lies_before_it_alone():
    drawn = quiet_city.city(np.random.default_rng(3))
    dice = np.random.default_rng(4)
    quiet_city.with_clusters(dice, drawn, 8, 6, True)
    counts, totals, group, known, least = quiet_city.series_of([drawn]).arguments()
    until = 1200
    short = watch(counts[:, :until], totals[:, :until], group, known[:until], least)
    assert short == [signal for signal in watch(counts, totals, group, known, least) if signal.day < until]


def test_the_probability_is_the_negative_binomials():
    # mean 2, relative extra variance 0.5 → size 2, success 1/2: P(X ≥ 2) = 1 − (1/4 + 2·1/4·1/2) = 0.5
    assert _tail(np.array([2]), np.array([[2.0]]), np.array([[0.5]]))[0, 0] == pytest.approx(0.5)


def test_the_windows_are_two_years_and_the_threshold_is_small():
    assert MOST * WINDOW >= 2 * 365 and FEWEST * WINDOW < 365 and THRESHOLD < 0.01
