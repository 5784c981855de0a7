"""The figures of the lake are those of its bureaus, KPI by KPI: by bureau, by branch, and their sum."""

import duckdb
import pytest

from data.refreshing import refresh
from data.store import Store
from metrics import periods
from metrics.catalog import CATALOG
from metrics.engine import measure
from tests.lake.figures import check_equal, counted
from tests.lake.rows import AS_OF, BRANCHES, PERSON, TEXT, cases, city, of_bureau, send, take

CITIES = {"甲市": 3, "乙市": 4}
MONTHS = [periods.month(2025, number, AS_OF) for number in (6, 9)]
KPIS = list(CATALOG)


@pytest.fixture(scope="module")
def readers(lake, tmp_path_factory):
    """Two cities with the same numbers, branches, places and people, and the province that has both from the lake."""
    folder = tmp_path_factory.mktemp("cities")
    found = {name: city(folder / name, cases(400, seed), seed) for name, seed in CITIES.items()}
    for name in CITIES:
        send(folder / name, lake, name)
    return found | {"": take(folder / "province", lake)[1]}


@pytest.mark.parametrize("name", CITIES)
def test_by_bureau_every_kpi_is_the_citys_own(readers, name):
    theirs = [figure for figure in measure(readers[""], KPIS, MONTHS, ("bureau",)) if "bureau" in figure.group]
    # The whole of a mix has no figure of its own where the mix is cut further.
    own = counted(
        [figure for figure in measure(readers[name], KPIS, MONTHS) if figure.group or not figure.kpi.split_by]
    )
    assert (
        len(own) > 2 * len(KPIS) and sum(bool(figure.denominator or figure.numerator) for figure in own.values()) > 100
    )
    check_equal(own, counted(theirs, name))


@pytest.mark.parametrize("name", CITIES)
def test_by_branch_every_kpi_is_the_citys_own(readers, name):
    theirs = [figure for figure in measure(readers[""], KPIS, MONTHS, ("branch",)) if "branch" in figure.group]
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
    files = [str(path) for path in lake.data_path.rglob("*.parquet")]
    with duckdb.connect() as connection:
        said = "".join(f"{row}" for path in files for row in connection.read_parquet(path).fetchall())
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
