"""What must hold for every KPI and any cases: hypothesis draws the cases, DuckDB counts them."""

from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics import periods
from metrics.cases import case_numbers, case_numbers_by
from metrics.catalog import CATALOG
from metrics.engine import cases_behind, dimension_values, measure
from tests.metrics.build import BRANCHES, temporary_store
from tests.metrics.random_cases import AS_OF, RECOMPUTED, cases, recomputed

ANY_CASES = st.lists(cases(), max_size=25)
FEW = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
MONTHS = periods.months(date(2025, 6, 1), date(2025, 9, 30), AS_OF)
CASE_KPIS = [kpi for kpi in CATALOG.values() if not kpi.relation.startswith(("backlog", "key_case"))]
_NOT_ADDITIVE = {"repeat_site_count", "satisfaction_rate_product"}  # a site of two branches; a product


@settings(FEW, max_examples=15)
@given(ANY_CASES)
def test_sql_equals_a_plain_recomputation(rows: list[dict]) -> None:
    reader = temporary_store(cases=rows, as_of=AS_OF)
    month = MONTHS[-1]
    for figure in measure(reader, RECOMPUTED, [month]):
        numerator, denominator = recomputed(figure.kpi.id, rows, month.first, month.cut)
        if figure.kpi.quantile is not None:
            assert (figure.value, figure.denominator) == (numerator, denominator), figure.kpi.id
        else:
            assert (figure.numerator, figure.denominator) == (numerator, denominator), figure.kpi.id


@FEW
@given(ANY_CASES)
def test_branches_add_up_and_the_spine_is_complete(rows: list[dict]) -> None:
    reader = temporary_store(cases=rows, as_of=AS_OF)
    kpis = [kpi for kpi in CASE_KPIS if not kpi.split_by]
    figures = measure(reader, kpis, MONTHS, by=("branch",))
    branches = dimension_values(reader, "branch")
    assert len(figures) == len(kpis) * len(MONTHS) * (len(branches) + 1)
    for i in range(0, len(figures), len(branches) + 1):
        *parts, total = figures[i : i + len(branches) + 1]
        assert [part.group for part in parts] == [{"branch": branch} for branch in branches] and total.group == {}
        if total.kpi.id in _NOT_ADDITIVE or total.kpi.kind == "change":
            continue
        assert total.left_out == sum(part.left_out for part in parts)
        for count in ("numerator", "denominator"):
            if getattr(total, count) is not None:
                assert getattr(total, count) == sum(getattr(part, count) for part in parts), (total.kpi.id, count)


@FEW
@given(ANY_CASES, st.sampled_from(((), ("branch",), ("pollution",), ("handling_branch", "channel"))))
def test_a_share_is_a_part_of_its_whole(rows: list[dict], by: tuple[str, ...]) -> None:
    reader = temporary_store(cases=rows, as_of=AS_OF)
    shares = [kpi for kpi in CASE_KPIS if kpi.kind == "share" and not kpi.numerator]
    for figure in measure(reader, shares, MONTHS[-2:], by=by):
        assert 0 <= figure.numerator <= figure.denominator, figure
        assert (figure.value is None) == (figure.denominator == 0)
        assert figure.value is None or figure.value == figure.numerator / figure.denominator


@FEW
@given(ANY_CASES, st.randoms())
def test_the_order_of_rows_changes_nothing(rows: list[dict], random) -> None:
    rows = [row | {"case_no": f"N{i}"} for i, row in enumerate(rows)]
    shuffled = random.sample(rows, len(rows))
    first, second = (
        measure(temporary_store(cases=drawn, as_of=AS_OF), CASE_KPIS, MONTHS[-2:]) for drawn in (rows, shuffled)
    )
    assert first == second


@settings(FEW, max_examples=3)
@given(st.lists(cases(), min_size=10, max_size=25))
def test_the_cases_behind_a_figure_are_as_many_as_it_says(rows: list[dict]) -> None:
    reader = temporary_store(cases=rows, as_of=AS_OF)
    for figure in measure(reader, CASE_KPIS, MONTHS[-1:]):
        if (
            not figure.kpi.counts_rows
            or figure.kpi.base
            or not (figure.left_out or figure.denominator or figure.numerator)
        ):
            continue
        parts = {part: len(cases_behind(reader, figure.kpi, figure.period, figure.group, part=part))
                 for part in ("denominator", "numerator", "rest", "left_out")}  # fmt: skip
        whole = figure.numerator if figure.denominator is None else figure.denominator
        assert parts["denominator"] == whole and parts["numerator"] == figure.numerator, figure
        if not figure.kpi.split_by:
            assert parts["left_out"] == figure.left_out
        if not figure.kpi.numerator and not figure.kpi.split_by:
            assert parts["numerator"] + parts["rest"] == parts["denominator"]


@FEW
@given(ANY_CASES)
def test_single_label_mixes_add_up_to_the_total(rows: list[dict]) -> None:
    reader = temporary_store(cases=rows, as_of=AS_OF)
    for figure in (figures := measure(reader, ["mix_channel", "mix_industry", "mix_pollution"], MONTHS[-1:])):
        if figure.group:
            continue
        parts = [f.numerator for f in figures if f.kpi == figure.kpi and f.group]
        assert sum(parts) >= figure.numerator if figure.kpi.id == "mix_pollution" else sum(parts) == figure.numerator


@FEW
@given(st.lists(cases(), max_size=20))
def test_numbers_of_all_groups_are_those_of_each(rows: list[dict]) -> None:
    """Named together, as a report does, the cases of a group are those that are named for it alone."""
    reader = temporary_store(cases=rows, as_of=AS_OF)
    for name, part in (("cases_total", "denominator"), ("satisfaction_rate", "rest"), ("open_cases", "denominator")):
        together = case_numbers_by(reader, name, MONTHS[-1], ("handling_branch",), part=part, limit=2)
        for branch in BRANCHES:
            alone = case_numbers(reader, name, MONTHS[-1], {"handling_branch": branch}, part=part, limit=2)
            assert together.get((branch,), ()) == alone
