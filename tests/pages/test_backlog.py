"""积案与督办 shows what the reader says: label and value, red before yellow, every number a way to its cases."""

import re
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qsl

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


def cases_at(opened, store: Path, drawn: str, title: str) -> list[str]:
    """Follow the link that carries this title and return the numbers of the rows it shows."""
    found = re.search(rf'<a href="cases\?([^"]*)" title="{title}"', drawn)[1].replace("&amp;", "&")
    page = opened("pages/cases.py", store, **dict(parse_qsl(found)))
    assert not page.exception
    return list(page.dataframe[0].value["信访件编号"])


def test_the_leading_figures(opened, desk):
    drawn = html(opened(PAGE, desk))
    for name, number in {"超期未办结": 1, "超期未受理": 1, "临期件": 1, "在办件": 3}.items():
        assert f">{number}<small>件</small>" in card(drawn, name), name
    assert ">50.0<small>%</small>" in card(drawn, "积案化解率") and "1 / 2" in card(drawn, "积案化解率")
    assert ">0.0<small>%</small>" in card(drawn, "重点件解决率") and "0 / 1" in card(drawn, "重点件解决率")


def test_the_lists_of_both_limits_lead_to_the_case(opened, desk):
    drawn = html(opened(PAGE, desk))
    assert "<h2>办结期限：超期1件，7日内到期1件</h2>" in drawn
    # C1: 2 March + 60 days = 1 May, 152 days ago; C2: 6 August + 60 days = 5 October, in charge of a leader
    assert row(drawn, "C1", "大冶市分局", "05-01", "超期152天")
    assert row(drawn, "C2", "下陆区分局", "10-05", "余5天", "演示局长")
    assert "<h2>受理期限（15日）：超期1件，7日内到期0件</h2>" in drawn
    assert row(drawn, "A1", "大冶市分局", "09-16", "超期14天")
    assert cases_at(opened, desk, drawn, "C1") == ["C1"]
    assert cases_at(opened, desk, drawn, "A1") == ["A1"]


def test_the_worst_branch_is_named_and_levels_are_counted(opened, desk):
    drawn = html(opened(PAGE, desk))
    assert "<h2>超期最多：大冶市分局1件</h2>" in drawn
    assert row(drawn, "大冶市分局", "1", "1") and row(drawn, "合计", "1", "1", "1")


def test_the_ledgers_part_by_part_and_line_by_line(opened, desk):
    drawn = html(opened(PAGE, desk))
    assert "<h2>积案还有1件未化解，1件超过目标</h2>" in drawn
    assert row(drawn, "第一批", "2", "1", "50.0%", "1", "1", "2025-08-31")
    assert "<h2>领导包保的重点件已解决0/1件，还有1件</h2>" in drawn
    assert row(drawn, "演示局长", "1", "0", "0.0%", "1", "2025-10-10")
    assert row(drawn, "第一批", "J1", "大冶市分局", "演示局长", "2025-01-05", "2025-08-31", "超目标30天")
    assert row(drawn, "第一批", "J2", "已化解 2025年6月3日")
    assert cases_at(opened, desk, drawn, "J1") == ["J1"]


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
    sums = re.search(r"期初(\d+)＋登记(\d+)－办结(\d+)－其他离手(\d+)＝期末(\d+)件", drawn)
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
    assert drawn.count("台账没有渠道、污染类型") >= 3


def test_without_ledgers_the_page_says_where_the_template_is(opened, tmp_path):
    make_store(tmp_path, [{"case_no": "C1", "received_at": "2025-09-01", "accepted_at": "2025-09-02"}])
    page = opened(PAGE, tmp_path)
    drawn = html(page)
    assert not page.exception
    assert "积案台账：还没有" in drawn and "领导包保台账：还没有" in drawn and 'href="imports"' in drawn
