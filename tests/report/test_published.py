"""The comparison that other branches may see: from the frozen report alone, rows of few cases merged, one's own whole."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.store import Store
from metrics.report import content, editions, published
from metrics.report.document import Column, Fact, Number, Table, plain
from metrics.report.draft import Texts
from metrics.report.small_rows import OTHERS, merged
from tests.metrics.build import make_store
from tests.report.sample import DOCUMENT

COLUMNS = (
    Column("分局"),
    Column("件数", "count"),
    Column("同比", "change"),
    Column("满意率", "share"),
    Column("重复件", "count"),
)


def table(*rows: tuple[str, int, int, int]) -> tuple[Table, list[Fact]]:
    """Return a table and its facts; rows: branch, cases, satisfied, rated."""
    rows = (*rows, ("合计", *(sum(row[i] for row in rows) for i in (1, 2, 3))))
    facts = [
        Fact(f"f{i}", "satisfaction_rate", "群众满意率", "2025-09", "2025年9月", {}, good, rated, None, "", "")
        for i, (_, _, good, rated) in enumerate(rows)
    ]
    cells = tuple(
        (
            name, Number(str(many), many, ""), "上升5.0%",
            Number(f"{good}/{rated}", good / rated, f"f{i}") if rated else None, Number("1", 1) if many > 3 else None,
        )
        for i, (name, many, good, rated) in enumerate(rows)
    )  # fmt: skip
    return Table("branches", "表3  各分局办理情况", COLUMNS, cells, ("注：一。",), last_is_total=True), facts


def shown(made: Table) -> dict[str, list[str]]:
    return {plain(row[0]): [plain(cell) for cell in row[1:]] for row in made.rows}


def test_counts_are_summed_and_shares_are_never_averaged():
    made = merged(*table(("甲", 40, 30, 30), ("乙", 2, 0, 1), ("丙", 9, 8, 8), ("丁", 20, 5, 10)), 3)
    assert shown(made) == {
        "甲": ["40", "上升5.0%", "30/30", "1"],
        "丁": ["20", "上升5.0%", "5/10", "1"],
        OTHERS: ["11", "—", "88.9%", "1"],  # (0 + 8) / (1 + 8), not (0 % + 100 %) / 2
        "合计": ["71", "上升5.0%", "43/49", "1"],
    }
    assert made.last_is_total and "不足3件" in made.notes[-1] and made.notes[0] == "注：一。"


def test_ones_own_row_is_whole_however_small():
    parts = table(("甲", 40, 30, 30), ("乙", 2, 0, 1), ("丙", 9, 8, 8), ("丁", 1, 1, 1))
    made = shown(merged(*parts, 3, ("乙",)))
    assert made["乙"] == ["2", "上升5.0%", "0/1", ""] and set(made) == {"甲", "乙", OTHERS, "合计"}
    assert made[OTHERS][0] == "10"
    assert "乙" not in shown(merged(*parts, 3, ("甲",)))


def test_a_share_of_few_cases_of_another_branch_is_not_printed():
    made = shown(merged(*table(("甲", 40, 30, 30), ("乙", 9, 1, 2)), 3, ("甲",)))
    assert made["乙"][2] == "—"
    assert shown(merged(*table(("甲", 40, 30, 30), ("乙", 9, 1, 2)), 3, ("乙",)))["乙"][2] == "1/2"


def test_the_total_is_left_out_where_it_would_tell_of_the_one_other_branch():
    made = merged(*table(("甲", 40, 30, 30), ("乙", 2, 0, 1)), 3, ("甲",))
    assert set(shown(made)) == {"甲"} and not made.last_is_total
    made = merged(*table(("甲", 40, 30, 30), ("乙", 2, 0, 1), ("丙", 1, 0, 1)), 3, ("甲",))
    assert set(shown(made)) == {"甲", "合计"} and made.last_is_total


@given(
    counts=st.lists(st.integers(0, 9), min_size=1, max_size=7), least=st.integers(2, 5), mine=st.integers(0, 7),
)  # fmt: skip
def test_whatever_the_counts(counts, least, mine):
    rows = [(f"分局{i}", count, count // 2, count) for i, count in enumerate(counts)]
    made = merged(*table(*rows), least, (f"分局{mine}",))
    found = {name: int(cells[0]) for name, cells in shown(made).items()}
    total = found.pop("合计", None)
    assert mine >= len(counts) or found[f"分局{mine}"] == counts[mine]
    others = {name: count for name, count in found.items() if name != f"分局{mine}"}
    assert not [count for count in others.values() if 0 < count < least]
    if total is not None:
        assert total == sum(counts)
        hidden = [c for i, c in enumerate(counts) if f"分局{i}" not in found]
        assert len(found) in (0, 1) or sum(found.values()) == total or (mine < len(counts) and len(hidden) > 1)
        assert len([count for count in hidden if count]) != 1 or mine >= len(counts)


@pytest.fixture
def frozen(tmp_path):
    reader = make_store(
        tmp_path / "store",
        [
            {"case_no": f"{branch}{n}", "branch": branch, "received_at": "2025-09-01"}
            for branch, many in (("下陆区分局", 9), ("大冶市分局", 1), ("黄石港区分局", 6), ("西塞山区分局", 12))
            for n in range(many)
        ],
    )
    return Store(tmp_path / "store"), reader


def test_nothing_is_published_before_a_report_is_frozen(frozen):
    store, _ = frozen
    assert published.comparison(store) is None


def test_the_published_comparison_comes_from_the_frozen_document_alone(frozen):
    store, reader = frozen
    made = content.write(reader, "2025-09", Texts())
    editions.freeze(store, made, {"报告.html": b"x"}, "张三")
    for path in store.versions_folder.iterdir():
        path.chmod(0o600)
        path.write_bytes(b"no version is needed")
    found = published.comparison(store, ("下陆区分局",))
    assert (found.key, found.period_words, found.edition) == ("2025-09", "2025年9月", 1)
    assert found.table.caption == "2025年9月各分局办理情况" and "定稿第1版" in found.words
    assert {name: cells[0] for name, cells in shown(found.table).items()} == {
        "下陆区分局": "9", "西塞山区分局": "12", OTHERS: "7", "合计": "28",
    }  # fmt: skip
    assert not [cell for row in found.table.rows for cell in row if isinstance(cell, Number) and cell.fact]
    assert "大冶市分局" not in shown(found.table)
    assert shown(published.comparison(store, ("大冶市分局",)).table)["大冶市分局"][0] == "1"


def test_the_setting_of_the_store_is_the_least(frozen):
    store, reader = frozen
    editions.freeze(store, content.write(reader, "2025-09", Texts()), {"报告.html": b"x"}, "张三")
    store.reference_folder.mkdir()
    (store.reference_folder / "settings.toml").write_text("small_cell_least = 10\n", "utf-8")
    assert {name: cells[0] for name, cells in shown(published.comparison(store).table).items()} == {
        "西塞山区分局": "12", OTHERS: "16", "合计": "28",
    }  # fmt: skip


def test_a_report_without_a_comparison_publishes_none(frozen):
    store, reader = frozen
    stamp = msgspec.structs.replace(DOCUMENT.stamp, version=reader.version)
    bare = msgspec.structs.replace(DOCUMENT, stamp=stamp, blocks=(), annex=())
    editions.freeze(store, bare, {"报告.html": b"x"}, "张三")
    assert published.comparison(store) is None


def test_a_notice_merges_the_small_rows_of_others_and_says_so(frozen):
    _, reader = frozen
    made = next(t for t in content.write_notice(reader, "2025-09", "下陆区分局", Texts()).tables if t.id == "branches")
    assert set(shown(made)) == {"下陆区分局", "西塞山区分局", OTHERS, "合计"}
    assert "件数不足3件的分局" in made.notes[-1]
    own = next(t for t in content.write_notice(reader, "2025-09", "大冶市分局", Texts()).tables if t.id == "branches")
    assert shown(own)["大冶市分局"][0] == "1" and OTHERS not in shown(own)
