"""What is kept of a version gives the same figures as working them out: for everybody, and for a branch."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import attached, derived
from data.errors import UserError
from data.scope import Scope
from data.store import Reader, Store
from metrics import alerts, dimensions, hotspots, periods, remembered, watched
from metrics.__main__ import main
from metrics.cases import cases_behind
from metrics.catalog import CATALOG
from metrics.dimensions import MOST_KEPT, NO_FILTER, Where, fits
from metrics.engine import measure
from metrics.fields import all_fields
from metrics.flows import flows
from metrics.open_cases import suspected
from tests.metrics import odour
from tests.metrics.build import BRANCHES, make_store, temporary_store
from tests.metrics.random_cases import AS_OF, cases
from tests.metrics.test_truths import FEW

MONTHS = periods.months(date(2025, 8, 1), date(2025, 9, 30), AS_OF)
BY_BRANCH = [kpi for kpi in CATALOG.values() if fits(kpi.relation, ["branch"])]
HOTSPOT = Where.parse(["site=甲厂"])
CASE = {"received_at": "2025-09-03 08:00", "branch": BRANCHES[0], "site_name": "甲厂"}


def everything(reader: Reader, months: list[periods.Period] = MONTHS) -> list:
    """Return figures of every kind and the rows behind one, worked out anew."""
    remembered.forget()
    dimensions._values.cache_clear()
    alerts._alerts.cache_clear()
    own = Where.of({"branch": dimensions.dimension_values(reader, "branch")[:1]})
    figures = measure(reader, BY_BRANCH, months, by=("branch",), compare="mom")
    figures += measure(reader, BY_BRANCH, months[-1:], where=own)
    figures += flows(reader, tuple(months), NO_FILTER)
    figures += measure(
        reader, ["cases_total", "mix_pollution", "open_cases"], months, by=("site", "area"), where=HOTSPOT
    )
    lists = [cases_behind(reader, "cases_total", months[-1]), suspected(reader, NO_FILTER)]
    values = {part.name: dimensions.dimension_values(reader, part.name) for part in all_fields() if part.can_group}
    return [
        figures, [repr(rows.to_dict("records")) for rows in lists], values, hotspots.names(reader),
        alerts.alerts(reader), watched.watched_days(reader).sort_values(["kind", "name", "label", "received_on"]).to_csv(index=False),
    ]  # fmt: skip


def is_used(reader: Reader) -> bool:
    """Say whether a query over the facts reads what is kept of them."""
    plan = "".join(text for _, text in reader.query("EXPLAIN SELECT max(closed_on) FROM {case_facts}"))
    return "derived" in plan and "received_at" not in plan


@settings(FEW, max_examples=2)
@given(st.lists(cases(), min_size=12, max_size=20))
def test_kept_facts_are_the_facts(rows: list[dict]) -> None:
    reader = temporary_store(cases=rows, as_of=AS_OF)
    branch = replace(reader, scope=Scope((BRANCHES[0],)))
    before = [everything(reader), everything(branch)]
    for large in (derived.LARGE, 0):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(derived, "LARGE", large)
            derived.path_of(reader).unlink(missing_ok=True)
            attached.forget()
            reader, branch = replace(reader), replace(branch)  # who begins anew
            assert derived.keep(reader) and reader.keeps("daily_case_facts_due_on") == (large == 0)
            assert [everything(reader), everything(branch)] == before


def test_warnings_and_visits_that_are_kept_are_those_worked_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(derived, "LARGE", 0)
    days = [f"03-{day:02d}" for day in range(3, 27, 2)] + ["04-10", "04-20"]
    smell = odour.smell(days, [*(f"p{number}" for number in range(12)), "p0", "p0"])
    reader = make_store(tmp_path, odour.years(smell), as_of="2025-04-30")
    branch = replace(reader, scope=Scope(("下陆区分局",)))
    spring = periods.months(date(2025, 3, 1), date(2025, 4, 30), reader.as_of)
    before = [everything(reader, spring), everything(branch, spring)]
    assert alerts.alerts(reader) and len(suspected(reader, NO_FILTER)), "both must have something to tell"
    assert derived.keep(reader)
    assert [everything(reader, spring), everything(branch, spring)] == before
    assert reader.query("SELECT max(times) FROM {visits_again}") == [(3,)]
    for name in ("visits_again", "watched_days", "case_values", "alert_readings", "daily_case_moves_move_on"):
        plan = "".join(text for _, text in reader.query("EXPLAIN FROM {" + name + "}"))
        assert f"derived.{name}" in plan or name in plan, name


def test_a_field_of_very_many_values_is_read_in_full(tmp_path: Path) -> None:
    cases = [CASE | {"site_name": f"点位{number}", "industry": f"行业{number}"} for number in range(MOST_KEPT + 5)]
    reader = make_store(tmp_path, cases)
    derived.keep(reader)
    assert len(dimensions.dimension_values(reader, "industry")) == MOST_KEPT + 5
    assert dimensions.few_values(reader, "industry", 20) is None
    assert dimensions.few_values(reader, "channel", 20) == ["未注明"]


def test_they_are_read_as_soon_as_they_are_there(tmp_path: Path) -> None:
    reader = make_store(tmp_path, [CASE])
    assert not is_used(reader)
    assert derived.keep(reader) and is_used(reader)
    assert derived.path_of(reader).parent == tmp_path / "derived"


def test_who_has_begun_on_a_version_ends_on_it(tmp_path: Path) -> None:
    """Meanwhile others open newer versions, and the file, with what was kept of it, is pruned."""
    reader = make_store(tmp_path / "old", [CASE])
    assert derived.keep(reader) and is_used(reader)
    begun, path = attached.attached(reader.path), reader.path
    for number in range(6):
        make_store(tmp_path / str(number), [CASE]).query("SELECT 1")
    for gone in (path, derived.path_of(reader)):
        gone.unlink()
    assert measure(reader, ["cases_total"], MONTHS[-1:])[0].numerator == 1 and is_used(reader)
    assert measure(replace(reader, scope=Scope((BRANCHES[0],))), ["cases_total"], MONTHS[-1:])[0].numerator == 1
    assert attached.attached(path) is begun
    attached.forget()
    with pytest.raises(UserError, match="文件不在了"):
        attached.attached(path)


def test_a_branch_reads_its_own_rows_of_them(tmp_path: Path) -> None:
    reader = make_store(tmp_path, [CASE, CASE | {"branch": BRANCHES[1]}])
    derived.keep(reader)
    branch = replace(reader, scope=Scope((BRANCHES[1],)))
    assert is_used(branch) and branch.query("SELECT DISTINCT branch FROM {case_facts}") == [(BRANCHES[1],)]


def test_a_damaged_file_is_not_used(tmp_path: Path) -> None:
    reader = make_store(tmp_path, [CASE])
    derived.folder_of(reader.path).mkdir()
    derived.path_of(reader).write_bytes(b"DUCK" * 5000)
    assert measure(reader, ["cases_total"], MONTHS[-1:])[0].numerator == 1
    assert derived.keep(reader) and is_used(reader)


def test_other_settings_are_another_file(tmp_path: Path) -> None:
    """The moment from which a limit is late is a setting: what was kept under the other must not be read."""
    case = CASE | {
        "due_at": "2025-09-20 09:00",
        "closed_at": "2025-09-20 18:00",
        "status": "已办结",
        "accepted_at": "2025-09-04",
    }
    values = []
    for how in ("day", "moment"):
        reader = make_store(tmp_path, [case], settings={"deadline_compare": how})
        derived.keep(reader)
        values.append((derived.path_of(reader).name, measure(reader, ["ontime_close_rate"], MONTHS[-1:])[0].value))
    assert values[0][0] != values[1][0] and [value for _, value in values] == [1.0, 0.0]


def test_what_was_kept_of_versions_long_past_goes(tmp_path: Path) -> None:
    names = []
    for _ in range(5):
        reader = make_store(tmp_path, [CASE])
        derived.keep(reader)
        names.append(derived.path_of(reader).name)
    assert sorted(path.name for path in (tmp_path / "derived").glob("*.duckdb")) == sorted(names[-3:])


def test_where_nothing_can_be_written_the_figures_are_the_same(tmp_path: Path) -> None:
    reader = make_store(tmp_path, [CASE])
    (tmp_path / "derived").write_text("a file where the folder should be")
    assert derived.keep(reader) is False
    assert measure(reader, ["cases_total"], MONTHS[-1:])[0].numerator == 1


def test_prepare_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reader = make_store(tmp_path, [CASE])
    assert main(["prepare", "--store", str(tmp_path), "--json"]) == 0
    assert f'"version": "{reader.version}"' in capsys.readouterr().out
    assert is_used(Store(tmp_path).reader())
    (tmp_path / "derived").rename(tmp_path / "moved")
    (tmp_path / "derived").write_text("")
    assert main(["prepare", "--store", str(tmp_path)]) == 1
    assert "写不进去" in capsys.readouterr().err
