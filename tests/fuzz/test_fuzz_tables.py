"""Tables that hypothesis thinks up: headings of the real formats, cells that no cell should hold, titles, totals, blanks."""

import itertools
import os
import random
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.profiles import FOLDER, Profile, load_profile_file
from data.schema import TABLES
from tests.fuzz import changes, written
from tests.fuzz.judge import Judge, Made
from tests.fuzz.seeds import NAMES, PHONES, seeds

PROFILES = [load_profile_file(path, True) for path in sorted(FOLDER.glob("*.toml"))]
EXAMPLES = int(os.environ.get("FUZZ_TABLES", "30"))
TITLES = [["某某市信访件台账"], ["导出时间：2025-10-31 18:00"], [], ["单位：件", "", "数据（虚构）"]]
FOOTERS = [["合计", "", 12], ["制表人：某某", "", "审核：某"], ["备注：以上为初步数据"], ["共3条"], []]
_days = st.dates(min_value=date(1989, 1, 1), max_value=date(2026, 3, 1))
_texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=30)


def cells(kind: str, values: tuple[str, ...]) -> st.SearchStrategy[object]:
    """Return what may stand in a cell of a kind: mostly what belongs there."""
    proper: dict[str, st.SearchStrategy[object]] = {
        "time": _days.map(lambda day: day.strftime("%Y-%m-%d")) | _days.map(lambda day: f"{day.year}年{day.month}月{day.day}日"),
        "integer": st.integers(0, 200),
        "real": st.floats(allow_nan=False, allow_infinity=False),
        "flag": st.sampled_from(["是", "否", "√", "Y"]),
        "branch": st.sampled_from(["下陆区分局", "大冶市分局", "市局"]),
        "phone": st.sampled_from(PHONES),
        "name": st.sampled_from(NAMES),
    }  # fmt: skip
    usual = proper.get(kind, st.sampled_from(values) if values else _texts)
    return st.one_of(usual, usual, usual, usual, st.just(""), st.sampled_from(changes.NASTY), _texts)


@st.composite
def tables(draw: st.DrawFn) -> tuple[Profile, list[list[object]], set[str], str]:
    """Draw a format, a table as it might come in it, the numbers of its rows, and how it is written."""
    profile = draw(st.sampled_from(PROFILES))
    fields = {field.name: field for field in TABLES[profile.table]}
    wanted = [
        name for name, headings in profile.columns.items() if name.endswith("_no") or {*headings} & {*profile.detect}
    ]
    others = [name for name in profile.columns if name not in wanted]
    chosen = draw(st.permutations(wanted + draw(st.lists(st.sampled_from(others), unique=True)) if others else wanted))
    heading = [draw(st.sampled_from(profile.columns[name])) for name in chosen]
    titles = draw(st.lists(st.sampled_from(TITLES), max_size=3))
    rows, numbers, serial = [], set(), itertools.count(1)
    for _ in range(draw(st.integers(0, 7))):
        number = f"FZ-2025{next(serial):05d}"
        numbers.add(number)
        rows.append(
            [
                number if name in ("case_no", "activity_no") else draw(cells(fields[name].kind, fields[name].values))
                for name in chosen
            ]
        )
        if draw(st.booleans()) and draw(st.booleans()):
            rows.append(draw(st.sampled_from([[], [""], heading, *FOOTERS])))
    footers = draw(st.lists(st.sampled_from(FOOTERS), max_size=2))
    return profile, [*titles, heading, *rows, *footers], numbers, draw(st.sampled_from(written.FORMATS))


@settings(
    max_examples=EXAMPLES,
    derandomize=EXAMPLES <= 40,
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
@given(tables())
def test_of_any_table_every_row_is_read_or_told(tmp_path_factory, judge: Judge, table):
    profile, rows, numbers, form = table
    path: Path = tmp_path_factory.mktemp("table") / ("a.xls" if form.startswith("html") else f"a.{form[:3]}")
    if form == "xlsx":
        path = path.with_suffix(".xlsx")
    made = Made(
        path,
        f"{profile.name} {form}",
        numbers,
        written.write(path, form, [list(row) for row in rows], random.Random(1)),
        tuple(NAMES),
    )
    assert judge.judge(made).problems == []


@pytest.mark.parametrize("form", written.FORMATS)
def test_an_ordinary_table_is_read_whole_in_every_format(tmp_path, judge: Judge, form):
    for seed in (seeds()[0], seeds()[-1]):
        path = tmp_path / f"{seed.name}.{form[:3]}"
        tables = written.write(path, form, seed.rows, random.Random(1))
        verdict = judge.judge(Made(path, form, seed.numbers, tables, tuple(NAMES)))
        assert verdict.problems == [] and not verdict.refused
        assert verdict.rows_read >= len(seed.numbers)
