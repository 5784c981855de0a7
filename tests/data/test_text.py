"""Text as people type it compares as they mean it: widths, invisible characters, the many middle dots."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.text import clean, comparable
from tests.data.files import case, stored, table, take, write_text

DOTS = "·•・･‧∙⋅●．"
INVISIBLE = "\u200b\u200c\u200d\u200e\u2060\ufeff\u00ad\x00\x07\x7f"


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  甲 \t\n", "甲"),
        ("ＡＢＣ１２３", "ABC123"),
        ("\u3000甲\u00a0", "甲"),
        ("甲\u200b乙\ufeff", "甲乙"),
        ("A\u200bB", "AB"),
        ("你好，世界。（一）", "你好，世界。（一）"),  # punctuation stays as it was written
        ("两行\n文字", "两行\n文字"),
        ("", ""),
    ],
)
def test_clean(text, cleaned):
    assert clean(text) == cleaned


def test_comparable_takes_away_what_nobody_means():
    assert comparable(" 受理 时间（Ａ） ") == comparable("受理时间(A)")
    assert len({comparable(f"开发区{dot}铁山区") for dot in DOTS}) == 1
    assert all(comparable(f"下陆{sign}区") == "下陆区" for sign in INVISIBLE)


@given(st.text("甲分局区AbＡ１1（(·•．-－ \u3000\u200b\ufeff\t\n"))
def test_both_are_settled_after_one_pass(text):
    assert clean(clean(text)) == clean(text)
    assert comparable(comparable(text)) == comparable(text)
    assert comparable(clean(text)) == comparable(text)


@pytest.mark.parametrize(
    "heading", ["登记时间", " 登记 时间", "登记\n时间", "登记时间\u200b", "\ufeff登记时间", "登记\u3000时间"]
)
def test_a_heading_is_known_however_it_is_typed(tmp_path, store, heading):
    row = {"信访件编号": "A-1", "责任分局": "下陆区分局", heading: "2025-03-01"}
    result = take(store, write_text(tmp_path / "台账_20250930.csv", table(row)))
    assert (result.accepted, result.unknown_headings) == (1, [])


BRANCHES = [
    *((f"开发区{dot}铁山区分局", "开发区·铁山区分局") for dot in DOTS),
    ("开发区铁山区分局", "开发区·铁山区分局"),
    ("经开区分局", "开发区·铁山区分局"),
    ("黄石市生态环境局 下陆区分局", "下陆区分局"),
    ("黄石市生态环境局下陆区分局", "下陆区分局"),
    ("下陆\u200b分局　", "下陆区分局"),
    ("大冶市环保局", "大冶市分局"),
    ("港区分局", "黄石港区分局"),
    ("黄石港区分局", "黄石港区分局"),
    ("执法支队", "执法支队"),
    ("黄石市生态环境局", "待归属"),  # hung on the bureau as a whole: kept and counted, never dropped
    ("新港（物流）工业园区", "待归属"),  # listed, but not in force
    ("某某所", "待归属"),
    ("", "待归属"),
]


def test_branch_names_and_their_variants(tmp_path, store):
    rows = [case(f"A-{n:02}", 责任分局=written) for n, (written, _) in enumerate(BRANCHES)]
    result = take(store, write_text(tmp_path / "台账_20250930.csv", table(*rows)))
    found = stored(store)
    assert result.accepted == len(BRANCHES)
    assert [(row["责任分局"], found[row["信访件编号"]]["branch"]) for row in rows] == BRANCHES
    assert result.unmatched_branches == {written or "（空白）": 1 for written, branch in BRANCHES if branch == "待归属"}


def test_an_alias_holds_only_in_its_time(tmp_path, store):
    folder = store / "reference"
    folder.mkdir(parents=True)
    lines = "alias,branch,from,to\n环保所,大冶市分局,,2024-12-31\n环保所,阳新县分局,2025-01-01,\n"
    (folder / "branch_aliases.csv").write_text(lines, "utf-8")
    rows = table(
        case("A-1", 责任分局="环保所", 登记时间="2024-12-31", 受理时间=""),
        case("A-2", 责任分局="环保所", 登记时间="2025-01-01", 受理时间=""),
    )
    take(store, write_text(tmp_path / "台账_20250930.csv", rows))
    assert [found["branch"] for found in stored(store).values()] == ["大冶市分局", "阳新县分局"]


def test_several_kinds_of_pollution_in_one_cell(tmp_path, store):
    cells = [
        "大气,噪声",
        "大气、噪声",
        "大气，噪声",
        "大气;噪声",
        "大气；噪声",
        "大气/噪声",
        "大气\n噪声",
        " 大气 、 噪声 、",
    ]
    rows = [case(f"A-{n}", 污染类型=cell) for n, cell in enumerate(cells)]
    take(store, write_text(tmp_path / "台账_20250930.csv", table(*rows)))
    found = stored(store)
    assert [list(found[f"A-{n}"]["pollution"]) for n in range(len(cells))] == [["大气", "噪声"]] * len(cells)


STATUS_WORDS = {
    "已办结": "已办结", "办结": "已办结", "已结案": "已办结", "归档": "已办结", "不受理": "不予受理", "受理中": "办理中", "未办理": "未受理", "撤回": "撤回",
    "作废": "作废", "": "未注明", "研究研究": "未识别",
}  # fmt: skip


def test_status_words(tmp_path, store):
    rows = [case(f"A-{n}", 办理状态=cell) for n, cell in enumerate(STATUS_WORDS)]
    take(store, write_text(tmp_path / "台账_20250930.csv", table(*rows)))
    found = stored(store).values()
    assert {row["status_raw"] or "": row["status"] for row in found} == STATUS_WORDS


RATING_WORDS = {
    "满意": ("满意", "已评价"), "非常满意": ("满意", "已评价"), "基本满意": ("基本满意", "已评价"), "不满意": ("不满意", "已评价"), "未评价": (None, "未评价"),
    "无法联系": (None, "不可评价"), "/": (None, None), "": (None, None), "马马虎虎": ("未识别", "已评价"),
}  # fmt: skip


def test_rating_words(tmp_path, store):
    rows = [case(f"A-{n}", 满意度=cell) for n, cell in enumerate(RATING_WORDS)]
    take(store, write_text(tmp_path / "台账_20250930.csv", table(*rows)))
    found = stored(store)
    shown = {
        row["满意度"]: (found[row["信访件编号"]]["rating"], found[row["信访件编号"]]["rating_state"]) for row in rows
    }
    assert shown == RATING_WORDS
