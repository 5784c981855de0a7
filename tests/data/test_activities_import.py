"""The ledgers of how the bureau works: each is known by its headings, each template comes back, several branches are all kept."""

from datetime import datetime
from io import BytesIO

import openpyxl
import pytest

from data.profiles import load_profiles
from data.reference import Reference
from data.schema import ACTIVITY_KINDS
from data.scope import Scope
from data.store import Store
from data.templates import template_xlsx
from tests.data.files import ledger, stored, take, write_xlsx

LEDGERS = {
    "研判会台账": {
        "会议编号": "YP-2025-03", "研判主题": "团城山异味", "参加分局": "下陆分局", "主持领导": "演示局长", "计划时间": "2025-03-12",
        "会议时间": "2025年3月13日", "涉及信访件编号": "250310420000004321", "参加人数": "9", "研判结论": "限期整改",
    },
    "带案下访台账": {
        "下访编号": "YP-2025-03", "下访事项": "团城山异味", "责任分局": "下陆分局", "下访领导": "演示局长", "计划时间": "2025-03-12",
        "下访时间": "2025年3月13日", "涉及信访件编号": "250310420000004321", "参加人数": "9", "下访情况": "限期整改",
    },
    "督办函台账": {
        "督办编号": "YP-2025-03", "督办事项": "团城山异味", "责任分局": "下陆分局", "签发领导": "演示局长", "发函时间": "2025-03-01",
        "要求反馈时间": "2025-03-12", "反馈时间": "2025年3月13日", "涉及信访件编号": "250310420000004321", "反馈情况": "限期整改",
    },
    "培训台账": {
        "培训编号": "YP-2025-03", "培训内容": "团城山异味", "参加分局": "下陆分局", "授课人": "演示局长", "计划时间": "2025-03-12",
        "培训时间": "2025年3月13日", "参加人数": "9", "培训情况": "限期整改",
    },
}  # fmt: skip
NAME = "台账_20250930.csv"
MEETING = LEDGERS["研判会台账"]


def meeting(number: str, **cells: str) -> dict[str, str]:
    return MEETING | {"会议编号": number} | cells


@pytest.mark.parametrize(("name", "kind"), list(zip(LEDGERS, ACTIVITY_KINDS, strict=True)))
def test_each_ledger_is_known_by_its_headings(tmp_path, store, name, kind):
    result = take(store, ledger(tmp_path / NAME, LEDGERS[name]))
    assert (result.files[0].profile, result.accepted, result.unknown_headings) == (name, 1, [])
    found = stored(store, "activities")["YP-2025-03"]
    told = (found["kind"], found["subject"], found["branch"], found["leader"], found["outcome"])
    assert told == (kind, "团城山异味", "下陆区分局", "演示局长", "限期整改")
    assert (found["planned_at"], found["held_at"]) == (datetime(2025, 3, 12), datetime(2025, 3, 13))
    assert found["issued_at"] == (datetime(2025, 3, 1) if kind == "督办" else None)
    assert found["related_cases"] == (None if kind == "培训" else "250310420000004321")
    assert found["persons"] == (None if kind == "督办" else 9)


@pytest.mark.parametrize("name", LEDGERS)
def test_a_filled_template_comes_back_whole(tmp_path, store, name):
    profile = next(p for p in load_profiles(Store(store)) if p.name == name)
    book = openpyxl.load_workbook(BytesIO(template_xlsx(profile, Reference())))
    headings = [cell.value for cell in book.worksheets[0][1]]
    assert set(headings) == set(LEDGERS[name])
    book.worksheets[0].append([LEDGERS[name][heading] for heading in headings])
    book.save(tmp_path / "模板_20250930.xlsx")
    result = take(store, tmp_path / "模板_20250930.xlsx")
    assert (result.files[0].profile, result.accepted, result.unknown_headings, result.notes) == (name, 1, [], [])
    assert len(result.files) == 1  # the sheet of hints is no ledger
    assert stored(store, "activities")["YP-2025-03"]["held_at"] == datetime(2025, 3, 13)


def test_the_four_ledgers_in_one_workbook_keep_their_numbers_apart(tmp_path, store):
    sheets = {name: [list(row), list(row.values())] for name, row in LEDGERS.items()}
    result = take(store, write_xlsx(tmp_path / "工作台账_20250930.xlsx", sheets))
    assert [file.profile for file in result.files] == list(LEDGERS)
    assert (result.accepted, result.counts.new) == (4, 4)  # one number, four kinds


BRANCHES = {
    "下陆区分局、西塞山区分局": ("下陆区分局", ["西塞山区分局"]),
    "下陆分局，大冶分局；阳新分局": ("下陆区分局", ["大冶市分局", "阳新县分局"]),
    "西塞山分局和下陆分局": ("西塞山区分局", ["下陆区分局"]),
    "开发区·铁山区分局": ("开发区·铁山区分局", []),
    "": ("全市", []),
    "各分局": ("全市", []),
    "全局": ("全市", []),
    "下陆分局、某某所": ("待归属", []),
    "某某所": ("待归属", []),
}


@pytest.mark.parametrize("text", BRANCHES)
def test_branches_as_clerks_write_them(tmp_path, store, text):
    result = take(store, ledger(tmp_path / NAME, meeting("1", 参加分局=text)))
    found = stored(store, "activities")["1"]
    assert (found["branch"], list(found["co_branches"])) == BRANCHES[text]
    assert result.warnings.get("W01", 0) == (1 if BRANCHES[text][0] == "待归属" else 0)


def test_a_corrected_ledger_takes_a_branch_away_again(tmp_path, store):
    take(store, ledger(tmp_path / NAME, meeting("1", 参加分局="下陆分局、大冶分局")))
    result = take(store, ledger(tmp_path / "台账_20251031.csv", meeting("1")))
    assert (result.counts.updated, list(stored(store, "activities")["1"]["co_branches"])) == (1, [])


def test_every_branch_that_takes_part_sees_it(tmp_path, store):
    rows = [meeting("1", 参加分局="下陆分局、大冶分局"), meeting("2", 参加分局="大冶分局"), meeting("3", 参加分局="")]
    take(store, ledger(tmp_path / NAME, *rows))
    seen = {
        branch: [no for (no,) in Store(store).reader(Scope((branch,))).query("SELECT activity_no FROM activities ORDER BY 1")]
        for branch in ("下陆区分局", "大冶市分局", "阳新县分局")
    }  # fmt: skip
    assert seen == {"下陆区分局": ["1", "3"], "大冶市分局": ["1", "2", "3"], "阳新县分局": ["3"]}


@pytest.mark.parametrize(
    ("cells", "rule"),
    [
        ({"会议编号": ""}, "R01"),
        ({"计划时间": "", "会议时间": ""}, "R12"),
        ({"计划时间": "三月中旬"}, "R07"),
        ({"会议时间": "2025-10-08"}, "R04"),  # after the export
    ],
)
def test_what_cannot_be_counted(tmp_path, store, cells, rule):
    result = take(store, ledger(tmp_path / NAME, MEETING | cells, meeting("2")))
    assert (dict(result.rejections), result.accepted) == ({rule: 1}, 1)


def test_a_plan_may_lie_ahead_and_is_updated_when_held(tmp_path, store):
    ahead = meeting("1", 计划时间="2025-10-20", 会议时间="")
    take(store, ledger(tmp_path / NAME, ahead))
    assert stored(store, "activities")["1"]["held_at"] is None
    result = take(store, ledger(tmp_path / "台账_20251031.csv", ahead | {"会议时间": "2025-10-21"}))
    assert (result.counts.updated, stored(store, "activities")["1"]["held_at"]) == (1, datetime(2025, 10, 21))


def test_related_cases_are_not_taken_for_id_numbers(tmp_path, store):
    """A number of the petition system may have what looks like a day of birth; it has no check digit."""
    numbers = "420200202503121234，HSXF-2025-0012 热线-250310-004321"
    take(store, ledger(tmp_path / NAME, meeting("1", 涉及信访件编号=numbers)))
    assert stored(store, "activities")["1"]["related_cases"] == "420200202503121234、HSXF-2025-0012、热线-250310-004321"


def test_people_in_the_words_of_a_ledger_are_masked(tmp_path, store):
    row = meeting(
        "1",
        研判主题="举报人张三丰反映异味，电话19900001234",
        研判结论="群众满意率回访要点",
        涉及信访件编号="张三丰19900001234",
    )
    take(store, ledger(tmp_path / NAME, row))
    found = stored(store, "activities")["1"]
    assert "张三丰" not in found["subject"] and "19900001234" not in found["subject"] + found["related_cases"]
    assert found["outcome"] == "群众满意率回访要点"
