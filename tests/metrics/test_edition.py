"""口径版本: the same for the same definitions everywhere, another one as soon as a definition or a setting changes."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from data.store import Reader
from metrics import edition
from metrics.catalog import CATALOG
from tests.metrics.build import make_store

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def reader(tmp_path_factory) -> Reader:
    return make_store(tmp_path_factory.mktemp("edition"), [{"received_at": "2025-09-01"}])


def test_it_is_six_digits_and_the_same_in_every_process(reader):
    asked = f"from pathlib import Path; from data.store import Store; from metrics.edition import edition; print(edition(Store(Path({str(reader.path.parents[1])!r})).reader()))"
    found = {
        subprocess.run(
            [sys.executable, "-c", asked], cwd=ROOT, env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True,
            text=True, check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }  # fmt: skip
    assert found == {edition.edition(reader)}
    assert len(edition.edition(reader)) == 6 and edition.edition(reader).isdigit()


def test_a_setting_that_changes_figures_changes_it_and_a_name_does_not(reader, tmp_path):
    def under(**settings: str) -> str:
        return edition.edition(make_store(tmp_path, settings=settings))

    assert under(deadline_compare="moment") != edition.edition(reader)
    assert under(deadline_compare="day") == edition.edition(reader)  # what was in force anyhow
    assert under(city_name="全县") == edition.edition(reader)


@pytest.mark.parametrize("change", [{"formula": "另一种"}, {"population": "is_repeat"}, {"decimals": 3}])
def test_a_changed_definition_changes_it(reader, monkeypatch, change):
    before = edition.edition(reader)
    monkeypatch.setitem(CATALOG, "cases_total", replace(CATALOG["cases_total"], **change))
    edition._definitions.cache_clear()
    try:
        assert edition.edition(reader) != before
    finally:
        edition._definitions.cache_clear()


def test_other_data_do_not_change_it(reader, tmp_path):
    other = make_store(tmp_path, [{"received_at": "2024-01-01"}, {"received_at": "2024-02-01"}], as_of="2024-03-31")
    assert edition.edition(other) == edition.edition(reader)
