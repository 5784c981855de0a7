"""Bureaus that publish together, one killed in the middle, while somebody reads: nobody reads half a publication.

Afterwards the figures of the lake are those of its bureaus, KPI by KPI: by bureau, by branch, and their sum.
"""

from datetime import timedelta

import duckdb
import pytest

from data.lake.upkeep import tidy
from data.refreshing import refresh
from data.store import Store
from metrics import periods
from metrics.catalog import CATALOG
from metrics.engine import measure
from tests.lake.figures import check_equal, counted
from tests.lake.rows import AS_OF, BRANCHES, PERSON, TEXT, cases, city, of_bureau, take
from tests.lake.together import Together

CITIES = {"甲市": 3, "乙市": 4}
MANY, BEFORE, AFTER = 1500, "先", "后"  # cases at first, twice as many afterwards; every one says which
MONTHS = [periods.month(2025, number, AS_OF) for number in (6, 9)]
KPIS = list(CATALOG)


@pytest.fixture(scope="module")
def together(lake, tmp_path_factory) -> Together:
    """Two cities with the same numbers, branches, places and people, that have published together, one of them killed."""
    folder = tmp_path_factory.mktemp("cities")
    for name, seed in CITIES.items():
        city(folder / name, cases(MANY, seed, BEFORE), seed, as_of=AS_OF - timedelta(days=20))
    together = Together(folder, lake, list(CITIES))
    with together.reading():
        together.publish_at_once()
        for name, seed in CITIES.items():
            city(folder / name, cases(2 * MANY, seed, AFTER), seed)
        together.publish_and_kill("甲市", "caller", beside="乙市")
        together.publish_and_kill("甲市", "engine")
        together.publish_at_once()
    return together


@pytest.fixture(scope="module")
def readers(together):
    """Readers of the cities and, under an empty name, of the province that has both from the lake, tidied up before."""
    assert tidy(Store(together.folder / "甲市"), together.lake, 1)["expired"] == 0, "a snapshot of today stays"
    found = {name: Store(together.folder / name).reader() for name in CITIES}
    return found | {"": take(together.folder / "province", together.lake)[1]}


def test_nobody_reads_half_a_publication(together):
    whole = [[BEFORE, MANY, MANY, 30], [AFTER, 2 * MANY, 2 * MANY, 30]]
    for states in together.seen.values():
        begun = states[1:] if states[0] == [None] * 4 else states
        assert begun == whole, "the first publication, then the second, and nothing between"
    assert set(together.seen) == set(CITIES)
    assert together.reads > 20


def test_who_was_killed_left_nothing_and_the_next_time_completes(together):
    assert [done.new for done in together.done["甲市"]] == [MANY + 50, MANY]
    assert [done.updated for done in together.done["甲市"]] == [0, MANY]
    assert [code for code, _ in together.killed] == [-9, 1]
    assert "中断" in together.killed[1][1] and "Traceback" not in together.killed[1][1]


def test_by_bureau_every_kpi_is_the_citys_own(readers):
    theirs = [figure for figure in measure(readers[""], KPIS, MONTHS, ("bureau",)) if "bureau" in figure.group]
    for name in CITIES:
        figures = measure(readers[name], KPIS, MONTHS)
        # The whole of a mix has no figure of its own where the mix is cut further.
        own = counted([figure for figure in figures if figure.group or not figure.kpi.split_by])
        assert sum(bool(figure.denominator or figure.numerator) for figure in own.values()) > 100
        check_equal(own, counted(theirs, name))


def test_by_branch_every_kpi_is_the_citys_own(readers):
    theirs = [figure for figure in measure(readers[""], KPIS, MONTHS, ("branch",)) if "branch" in figure.group]
    for name in CITIES:
        own = [figure for figure in measure(readers[name], KPIS, MONTHS, ("branch",)) if "branch" in figure.group]
        assert {figure.group["branch"] for figure in own} == set(BRANCHES)
        check_equal(counted(own), counted(theirs, name))


def test_the_total_is_the_sum(readers):
    every = counted(measure(readers[""], KPIS, MONTHS))
    parts = [counted(measure(readers[name], KPIS, MONTHS)) for name in CITIES]
    summed = 0
    for key, figure in every.items():
        if figure.kpi.factors or figure.kpi.quantile is not None:
            continue  # a product or a median of all is not the sum of those of parts
        for part in ("numerator", "denominator", "left_out"):
            values = [getattr(one[key], part) for one in parts if key in one]
            assert (getattr(figure, part) or 0) == sum(value or 0 for value in values), (key, part)
        summed += figure.numerator or 0
    assert summed > 1000


def test_nobody_goes_up_and_no_text(readers, lake):
    """Neither in the version nor in the files on the share is anything of a petitioner, nor the store's own hash."""
    rows = of_bureau(readers[""], "petitioner_name, petitioner_phone, content, site_address, petitioner_key", "甲市")
    assert {row[:4] for row in rows} == {(None,) * 4}
    hashes = {key for *_, keys in rows if keys for key in keys.split(" ")}
    assert len(hashes) == 3 and not hashes & {"a" * 24, "b" * 24, "c" * 24}
    others = {key for (keys,) in of_bureau(readers[""], "petitioner_key", "乙市") if keys for key in keys.split(" ")}
    assert not hashes & others, "one person must not be followed from city to city"
    assert readers[""].query("SELECT DISTINCT subject FROM backlog") == [(None,)]
    whole = [
        path for path in lake.data_path.rglob("*.parquet") if path.read_bytes()[-4:] == b"PAR1"
    ]  # not the killed one's
    with duckdb.connect() as connection:
        said = "".join(f"{row}" for path in whole for row in connection.read_parquet(str(path)).fetchall())
    assert "全国平台" in said and not [word for word in (PERSON, "138****", TEXT, "a" * 24) if word in said]


def test_what_a_city_has_worked_out_stays(readers):
    """A change of the province's settings makes a version anew; limits, repeats and branches are the cities' all the same."""
    province = readers[""]
    store = Store(province.path.parents[1])
    columns = "case_key, branch, due_at, accept_due_at, is_repeat"
    before = province.query(f"SELECT {columns} FROM cases ORDER BY ALL"), province.query("FROM branches ORDER BY ALL")
    refresh(store)
    after = store.reader()
    assert after.version != province.version and after.is_of_bureaus
    assert (
        after.query(f"SELECT {columns} FROM cases ORDER BY ALL"),
        after.query("FROM branches ORDER BY ALL"),
    ) == before
