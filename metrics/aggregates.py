"""What counting a KPI means in SQL, over the columns of its relation."""

from metrics.kpi import Kpi


def aggregates(kpi: Kpi) -> tuple[str, str, str, str]:
    """Return four SQL aggregates: numerator, denominator, left out, value."""
    rows = f"FILTER (WHERE {kpi.population})"
    hits = f"FILTER (WHERE {numerator_of(kpi)})"
    numerator = f"count(*) {hits}"
    if kpi.distinct:
        numerator = f"count(DISTINCT {kpi.distinct}) {hits}"
    elif kpi.measured:
        numerator = f"sum({kpi.measured}) {hits}"
    value = f"quantile_cont({kpi.measured}, {kpi.quantile}) {rows}" if kpi.quantile is not None else "NULL"
    left_out = f"count(*) FILTER (WHERE {kpi.left_out_condition})"
    return numerator, f"count(*) {rows}", left_out, value


def numerator_of(kpi: Kpi) -> str:
    """Return the SQL of the rows that a KPI's numerator counts."""
    return kpi.numerator or (f"({kpi.population}) AND ({kpi.condition})" if kpi.condition else kpi.population)
