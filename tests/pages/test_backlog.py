"""积案与督办 shows what the reader says: label and value, red before yellow, every number a way to its cases."""

import re
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from data.store import Store
from metrics import engine, open_cases, periods
from metrics.dimensions import NO_FILTER
from tests.metrics.build import make_store
from tests.pages.conftest import html
from tests.pages.stores import NASTY

PAGE = "pages/backlog.py"
OPEN = {"status": "办理中", "branch": "大冶市分局"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a desk at 30 September 2025: one case overdue, one near its limit, one not accepted in time; two ledgers."""
    cases = [
        OPEN | {"case_no": "C1", "received_at": "2025-03-01", "accepted_at": "2025-03-02", "site_name": NASTY},
        OPEN | {"case_no": "C2", "received_at": "2025-08-01", "accepted_at": "2025-08-06", "branch": "下陆区分局"},
        OPEN | {"case_no": "A1", "received_at": "2025-09-01", "status": "未受理"},
        {"case_no": "X1", "received_at": "2025-08-01", "accepted_at": "2025-08-02", "closed_at": "2025-09-02"},
    ]
    day = datetime.fromisoformat
    line = {"branch": "大冶市分局", "leader": "演示局长", "listed_at": day("2025-01-05")}
    backlog = [
        line | {"batch": "第一批", "case_no": "J1", "subject": NASTY, "target_at": day("2025-08-31")},
        line | {"batch": "第一批", "case_no": "J2", "is_resolved": True, "resolved_at": day("2025-06-03")},
    ]
    key_cases = [line | {"case_no": "C2", "is_solved": False, "target_at": day("2025-10-10")}]
    folder = tmp_path_factory.mktemp("desk")
    make_store(folder, cases, backlog, key_cases)
    return folder


def card(drawn: str, name: str) -> str:
    (found,) = re.findall(rf'<a [^>]*class="card"><span class="name">{name}<.*?</a>', drawn)
    return found


def row(drawn: str, *cells: str) -> bool:
    rows = [re.sub(r"<[^>]+>", "|", found) for found in re.findall(r"<tr.*?</tr>", drawn)]
    return any(re.search(".*".join(map(re.escape, cells)), found) for found in rows)


def cells(drawn: str, name: str) -> list[str]:
    """Return the texts of the one row that begins with a name."""
    rows = [re.findall(r"<td[^>]*>(.*?)</td>", found) for found in re.findall(r"<tr.*?</tr>", drawn)]
    (found,) = [[re.sub(r"<[^>]+>", "", cell) for cell in cells[1:]] for cells in rows if cells and cells[0] == name]
    return found


def cases_at(opened, store: Path, drawn: str, title: str) -> list[str]:
    """Follow the link that carries this title and return the numbers of the rows it shows."""
    return followed(opened, store, re.search(rf'<a href="cases\?([^"]*)" title="{title}"', drawn)[1])


def followed(opened, store: Path, query: str) -> list[str]:
    """Return the numbers of the cases that an address of the page of cases shows."""
    page = opened("pages/cases.py", store, **parse_qs(query.replace("&amp;", "&")))
    assert not page.exception
    return list(page.dataframe[0].value["信访件编号"])


def links(drawn: str, name: str) -> list[tuple[str, int]]:
    """Return (query of the address, number it says) of every number in the one row that begins with a name."""
    (line,) = [found for found in re.findall(r"<tr.*?</tr>", drawn) if f"<td>{name}</td>" in found]
    return [(query, int(number)) for query, number in re.findall(r'<a href="cases\?([^"]*)">(\d+)</a>', line)]


def test_the_leading_figures(opened, desk):
    drawn = html(opened(PAGE, desk))
    for name, number in {"超期未办结": 1, "超期未受理存量": 1, "临期件": 1, "在办件": 3}.items():
        assert f">{number}<small>件</small>" in card(drawn, name), name
    assert 'class="big overdue"' in card(drawn, "超期未办结") and 'class="big overdue"' in card(drawn, "超期未受理存量")
    assert "overdue" not in card(drawn, "在办件")
    assert ">50.0<small>%</small>" in card(drawn, "积案化解率") and "1 / 2" in card(drawn, "积案化解率")
    assert ">0.0<small>%</small>" in card(drawn, "重点件解决率") and "0 / 1" in card(drawn, "重点件解决率")


def test_the_lists_of_both_limits_lead_to_the_case(opened, desk):
    drawn = html(opened(PAGE, desk))
    assert "<h2>办结期限：超期1件，7日内到期1件</h2>" in drawn
    # C1: 2 March + 60 days = 1 May, 152 days ago; C2: 6 August + 60 days = 5 October, in charge of a leader
    assert row(drawn, "C1", "大冶市", "05-01", "超期152天")
    assert row(drawn, "C2", "演示局长包保", "下陆区", "10-05", "余5天")
    assert "<h2>受理期限（15日）：超期1件，7日内到期0件</h2>" in drawn
    assert row(drawn, "A1", "大冶市", "09-16", "超期14天")
    assert cases_at(opened, desk, drawn, "C1") == ["C1"]
    assert cases_at(opened, desk, drawn, "A1") == ["A1"]


def test_the_worst_branch_is_named_and_levels_are_counted(opened, desk):
    drawn = html(opened(PAGE, desk))
    assert "<h2>超期未办结最多：大冶市分局1件</h2>" in drawn
    assert row(drawn, "大冶市分局", "1", "1") and row(drawn, "合计", "1", "1", "1")


def panel_with(drawn: str, words: str) -> str:
    """Return what is drawn from a title on, up to the next one."""
    return drawn[drawn.index(words) :].split("<h2>")[0]


def test_every_number_of_levels_and_ages_leads_to_as_many_cases(opened, tmp_path):
    waiting = {"status": "未受理", "branch": "大冶市分局"}
    cases = [
        OPEN | {"case_no": "C1", "received_at": "2025-03-01", "accepted_at": "2025-03-02"},  # late
        OPEN | {"case_no": "C2", "received_at": "2025-08-01", "accepted_at": "2025-08-06"},  # due in 5 days
        OPEN | {"case_no": "C3", "received_at": "2025-08-20", "accepted_at": "2025-09-10"},  # time left
        OPEN | {"case_no": "C4", "received_at": "2025-08-31", "accepted_at": "2025-09-11"},  # time left, 30 days old
        waiting | {"case_no": "A1", "received_at": "2025-09-01"},  # late
        waiting | {"case_no": "A2", "received_at": "2025-09-16"},  # due in a day
        waiting | {"case_no": "A3", "received_at": "2025-09-25"},  # time left
    ]
    make_store(tmp_path, cases, settings={"month_start_day": "26"})
    drawn = html(opened(PAGE, tmp_path))
    levels = links(panel_with(drawn, "超期未办结最多"), "大冶市分局")
    found = [followed(opened, tmp_path, query) for query, _ in levels]
    assert [sorted(numbers) for numbers in found] == [["C1"], ["C2"], ["C3", "C4"], ["A1"], ["A2"], ["A3"]]
    assert [number for _, number in levels] == [1, 1, 2, 1, 1, 1]
    ages = links(panel_with(drawn, "在办7件，其中60天以上1件"), "合计")
    # A2 14 and A3 5 days; A1 29, C4 30; C3 41, C2 60; C1 213; and all seven
    assert [sorted(followed(opened, tmp_path, query)) for query, _ in ages] == [
        ["A2", "A3"],
        ["A1", "C4"],
        ["C2", "C3"],
        ["C1"],
        ["A1", "A2", "A3", "C1", "C2", "C3", "C4"],
    ]


def test_the_ledgers_part_by_part_and_line_by_line(opened, desk):
    drawn = html(opened(PAGE, desk))
    assert "<h2>积案还有1件未化解，1件超过目标</h2>" in drawn
    assert row(drawn, "第一批", "演示局长", "2", "1", "50.0%", "1", "1", "08-31")
    assert "<h2>领导包保的重点件已解决0/1件，还有1件</h2>" in drawn
    assert row(drawn, "演示局长", "1", "0", "0.0%", "1", "10-10")
    assert row(drawn, "第一批", "J1", "大冶市分局", "演示局长", "2025-01-05", "2025-08-31", "超目标30天")
    assert row(drawn, "第一批", "J2", "已化解 2025年6月3日")
    assert cases_at(opened, desk, drawn, "J1") == ["J1"]


def test_what_is_left_to_do_is_seen_and_what_is_done_is_folded(opened, desk):
    page = opened(PAGE, desk)
    (folded,) = [part for part in page.expander if "件" in part.label]
    assert folded.label == "已化解的1件"
    inside = "".join(part.proto.body for part in folded.get("html"))
    assert "J2" in inside and "J1" not in inside and "J1" in html(page)


def test_the_backlog_month_by_month(opened, desk):
    drawn = html(opened(PAGE, desk, period="2025年6月"))
    # both listed in January, before the first case; J2 resolved on 3 June
    assert cells(drawn, "新列入") == ["", "", "", ""] and cells(drawn, "化解") == ["", "", "", "1"]
    assert cells(drawn, "月末存量") == ["2", "2", "2", "1"]
    assert "件，期末；" in drawn and "件/月" not in drawn  # a stock is not so many a month
    assert "2025年6月新列入<a" in drawn and ">0件</a>，化解<a" in drawn


def test_several_branches_share_the_worst_place(opened, tmp_path):
    late = {"received_at": "2025-03-01", "accepted_at": "2025-03-02", "status": "办理中"}
    make_store(tmp_path, [late | {"branch": name} for name in ("大冶市分局", "下陆区分局")])
    assert "<h2>超期未办结最多：大冶市分局、下陆区分局各1件</h2>" in html(opened(PAGE, tmp_path))


def test_late_acceptance_is_named_where_no_closing_is_late(opened, tmp_path):
    make_store(tmp_path, [{"received_at": "2025-09-01", "status": "未受理", "branch": "大冶市分局"}])
    assert "<h2>超期未受理最多：大冶市分局1件</h2>" in html(opened(PAGE, tmp_path))


def test_the_days_before_a_limit_are_those_of_the_setting(opened, tmp_path):
    case = OPEN | {"received_at": "2025-08-01", "accepted_at": "2025-08-10"}  # due 9 October, in 9 days
    make_store(tmp_path, [case], settings={"due_soon_days": "10"})
    drawn = html(opened(PAGE, tmp_path))
    assert "<h2>办结期限：超期0件，10日内到期1件</h2>" in drawn and "黄10日内到期" in drawn
    assert "没有超期或10日内到期的件。也没有待受理的件。" in drawn and "7日" not in drawn


def test_the_rush_at_the_end_of_the_month_is_no_ranking(opened, desk):
    drawn = html(opened(PAGE, desk))
    # X1 is the only closing of the year, on 2 September; 27 of the 273 days to 30 September are last days
    assert "<h2>月末3日办结占0.0%</h2>" in drawn and "2025年1—9月0/1件；天天均匀办结时约占9.9%" in drawn
    assert "只作诊断，不排名" in drawn


def test_a_hint_is_a_hint(opened, desk):
    drawn = html(opened(PAGE, desk))
    assert "<h2>疑似积案1件，供核对</h2>" in drawn and "不计入任何指标" in drawn
    assert row(drawn, "C1", "2025-03-01", "办理中", "办理已213天")


def test_text_from_files_is_text(opened, desk):
    drawn = html(opened(PAGE, desk))
    assert NASTY not in drawn and "&lt;b&gt;某厂" in drawn


def test_ages_and_flow_are_those_of_metrics(opened, city):
    drawn = html(opened(PAGE, city))
    reader = Store(city).reader()
    period = periods.year_to_date(reader.as_of)
    total = open_cases.ageing(reader, period, NO_FILTER)[-1]
    (stock,) = engine.measure(reader, ["open_cases"], [period])
    assert total.total == stock.numerator and f"<h2>在办{stock.numerator}件，" in drawn
    assert row(drawn, "合计", *(str(count) for count in total.counts if count), f"{total.oldest}天")
    assert f"<h2>在办{stock.numerator}件，较{reader.as_of.year}年初" in drawn
    sums = re.search(r"期初在办(\d+)＋登记(\d+)－办结(\d+)－其他离手(\d+)＝在办(\d+)件", drawn)
    opening, came, closed, gone, closing = map(int, sums.groups())
    assert opening + came - closed - gone == closing == stock.numerator


def test_a_past_month_is_shown_as_it_was(opened, city):
    drawn = html(opened(PAGE, city, period="2024年6月"))
    reader = Store(city).reader()
    (stock,) = engine.measure(reader, ["open_cases"], [periods.month(2024, 6, reader.as_of)])
    assert f">{stock.numerator}<small>件</small>" in card(drawn, "在办件")
    assert row(drawn, "分局", "1月", "6月") and row(drawn, "合计", str(stock.numerator))


def test_a_filter_that_a_ledger_lacks_is_said(opened, city):
    drawn = html(opened(PAGE, city, pollution="大气"))
    assert drawn.count("台账没有渠道、污染类型等列") == 4  # batches, stock, leaders, months


def test_without_ledgers_the_page_says_where_the_template_is(opened, tmp_path):
    make_store(tmp_path, [{"case_no": "C1", "received_at": "2025-09-01", "accepted_at": "2025-09-02"}])
    page = opened(PAGE, tmp_path)
    drawn = html(page)
    assert not page.exception
    assert "积案台账：还没有" in drawn and "领导包保台账：还没有" in drawn and 'href="imports"' in drawn
    assert drawn.count("没有列入的积案。") == 2 and "积案台账：共" not in drawn
