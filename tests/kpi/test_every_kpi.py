"""No KPI without a table worked by hand, and no example or test file of a KPI that is gone."""

from pathlib import Path

import pytest

from metrics import docs, examples
from metrics.catalog import CATALOG

HERE = Path(__file__).parent


@pytest.mark.parametrize("kpi_id", CATALOG)
def test_has_a_worked_example_and_a_test(kpi_id: str) -> None:
    example = examples.read(kpi_id)
    assert example is not None, f"metrics/examples/{kpi_id}.md is missing"
    assert example.sum and example.tables and example.expected
    assert (HERE / f"test_{kpi_id}.py").exists()


def test_no_example_is_left_over() -> None:
    assert {path.stem for path in examples.FOLDER.glob("*.md")} == set(CATALOG)


def test_the_printed_definitions_are_current() -> None:
    assert docs.check() == 0, "run python -m metrics docs"
