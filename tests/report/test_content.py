"""What a report says: worked by hand on drawn cases, and every number of a whole city equal to the command line's."""

import io
import json
import re
from contextlib import redirect_stdout
from datetime import date, timedelta
from functools import cache

import pytest

from data.errors import UserError
from data.store import Store
from metrics import periods, signals
from metrics.__main__ import main
from metrics.report import content
from metrics.report.document import Heading, Number, Paragraph, Table, from_json, plain, to_json
from metrics.report.draft import Texts
from tests.metrics.build import make_store
from tests.pages import stores

TEXTS = Texts(
    addressee="各分局，局机关各科室", problems="下陆区分局整改不到位。", requirements="1. 限期办结。\n2. 逐件回访。"
)


def _paragraphs(document, heading=None):
    """Return the sentences of a report, of one section where its heading is given."""
    found, inside = [], heading is None
    for block in document.blocks:
        if isinstance(block, Heading) and block.level == 1:
            inside = heading is None or block.text.endswith(heading)
        elif isinstance(block, Paragraph) and inside:
            found.append(plain(block.text))
    return found


def _table(document, name):
    return next(table for table in document.tables if table.id == name)


def _cells(table):
    return [[plain(cell) for cell in row] for row in table.rows]


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """September: 下陆 6 cases (August 5, September of last year 5), 大冶 1 case; one late, one not satisfied."""
    cases = [
        {"case_no": f"LY{year}{month:02d}{i}", "branch": "下陆区分局", "received_at": f"{year}-{month:02d}-0{i + 1}",
         "accepted_at": f"{year}-{month:02d}-0{i + 2}", "status": "办理中", "channel": "网络", "pollution": ["大气"]}
        for year, month, many in ((2024, 9, 5), (2025, 8, 5), (2025, 9, 6))
        for i in range(many)
    ]  # fmt: skip
    for case in cases:
        if not case["case_no"].startswith("LY2025095"):
            received = date.fromisoformat(case["received_at"])
            case |= {"status": "已办结", "closed_at": (received + timedelta(days=10)).isoformat()}
    rated = [case for case in cases if case["case_no"].startswith("LY202509") and case["status"] == "已办结"]
    for i, case in enumerate(rated):
        case |= {"rating": "不满意" if i == 0 else "满意", "rated_at": "2025-09-20", "petitioner_name": "张**"}
    cases.append({"case_no": "YX1", "branch": "阳新县分局", "received_at": "2024-01-05", "channel": "来信"})
    cases.append(
        {"case_no": "DY1", "branch": "大冶市分局", "received_at": "2025-09-03", "accepted_at": "2025-09-04", "status": "已办结",
         "closed_at": "2025-09-12", "channel": "来访", "persons": 5, "pollution": ["大气", "噪声"]}
    )  # fmt: skip
    return make_store(tmp_path_factory.mktemp("small"), cases, as_of="2025-10-08")


@pytest.fixture(scope="module")
def report(small):
    return content.write(small, "2025-09", TEXTS)


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    return stores.city(tmp_path_factory.mktemp("city")).reader()


@pytest.fixture(scope="module")
def city_report(city):
    """Return key → the report of the city, each written once."""
    return cache(lambda key: content.write(city, key, TEXTS))


def test_the_volume_is_said_with_both_comparisons(report):
    # September 6 + 1 = 7, August 5: +2 of 5 = 40 %; September 2024 5: the same. January to September
    # 5 + 7 = 12 against 5 + 1 = 6: +100 %.
    assert _paragraphs(report, "总体情况")[0] == (
        "9月，全市共接到各类生态环境信访投诉举报7件，环比上升40.0%（增加2件），同比上升40.0%（增加2件）；"
        "1—9月累计12件，同比上升100.0%（增加6件）。"
    )


def test_visits_are_told_in_batches_and_persons(report):
    assert "从来源看，网络6件、来访1批5人次。" in _paragraphs(report, "总体情况")


def test_a_share_is_told_with_its_counts(report):
    # of the six cases of 下陆 five are closed and rated, the first as not satisfied
    assert "群众满意率80.0%（参评5件，满意4件、基本满意0件、不满意1件），未达标（目标≥90%）。" in _paragraphs(
        report, "办理质效"
    )


def test_few_cases_give_no_share_and_no_comparison(report):
    rows = {row[0]: row for row in _cells(_table(report, "branches"))}
    assert rows["大冶市分局"][1:4] == ["1", "—", "—"]
    assert rows["下陆区分局"][1:4] == ["6", "上升20.0%（增加1件）", "上升20.0%（增加1件）"]
    assert rows["合计"][1] == "7"


def test_problems_name_the_branch_and_the_case(report):
    assert "1. 群众不满意1件：下陆区分局1件（LY2025090）。" in _paragraphs(report, "存在问题")
    assert _paragraphs(report, "存在问题")[-1] == "下陆区分局整改不到位。"


def test_several_labels_have_the_official_footnote(report):
    mix = next(chart for chart in report.charts if chart.id == "pollution")
    assert mix.categories == ("大气", "噪声") and mix.series[0].texts == ("7件，100.0%", "1件，14.3%")
    assert mix.notes == ("注：一件举报中可能同时涉及多种问题，因此各污染类型之和≥100%。",)


def test_the_clerks_words_stand_in_their_places(report):
    assert plain(report.blocks[0].text) == "各分局，局机关各科室："
    asked = [block for block in report.blocks if isinstance(block, Paragraph) and block.edited == "requirements"]
    assert [plain(block.text) for block in asked] == ["1. 限期办结。", "2. 逐件回访。"]


def test_every_printed_number_leads_to_a_fact(report):
    known = {fact.id for fact in report.facts}
    for number in report.numbers():
        assert number.fact in known or not number.fact
    in_text = [
        part
        for block in report.blocks
        if isinstance(block, Paragraph)
        for part in block.text
        if isinstance(part, Number)
    ]
    assert in_text and all(number.fact for number in in_text)


def test_a_fact_names_the_cases_that_spoil_it(report):
    fact = next(fact for fact in report.facts if fact.kpi == "satisfaction_rate" and not fact.group)
    assert (fact.numerator, fact.denominator, fact.shown, fact.cases) == (4, 5, "80.0%", ("LY2025090",))
    assert fact.address.startswith("kpi=satisfaction_rate&") and fact.address.endswith("&span=2025-09")


@pytest.mark.parametrize("key", ["2025-10", "2025H1", "2022-01"])
def test_every_figure_is_that_of_the_command_line(city, city_report, key):
    document = city_report(key)
    shown = {}
    for fact in document.facts:
        asked = (fact.period, tuple(fact.group))
        shown.setdefault(asked, set()).add(fact.kpi)
    for (period, by), kpis in shown.items():
        first, _, last = period.partition("/")
        figures = _command_line(city, [*kpis, "--from", first, "--to", last or first, "--every", "total", *_by(by)])
        found = {(figure["kpi"], tuple(sorted(figure["group"].items()))): figure for figure in figures}
        for fact in document.facts:
            if (fact.period, tuple(fact.group)) == (period, by):
                figure = found[fact.kpi, tuple(sorted(fact.group.items()))]
                assert (fact.numerator, fact.denominator, fact.value, fact.text) == tuple(
                    figure[name] for name in ("numerator", "denominator", "value", "text")
                )


def _by(fields):
    return [text for field in fields for text in ("--by", field)]


def _command_line(reader, arguments):
    out = io.StringIO()
    with redirect_stdout(out):
        assert main(["--store", str(reader.path.parents[1]), "show", *arguments, "--json"]) == 0
    return json.loads(out.getvalue())


@pytest.mark.parametrize("key", ["2025-09", "2025-10", "2025Q3", "2025", "2022-01"])
def test_sentences_read_naturally(city_report, key):
    words = "\n".join(_paragraphs(city_report(key)))
    assert not re.search(r"(上升|下降|增加|减少)-|(上升|下降)0\.0|[%件]%|None|nan|，，|。。|，。|、。|：。|（）", words)
    assert "—件" not in words


def test_a_month_is_judged_by_the_same_months_as_on_the_screen(city, city_report):
    drawn = next(chart for chart in city_report("2025-09").charts if chart.id == "cases_total")
    months = periods.months(date(2022, 10, 1), date(2025, 9, 30), city.as_of)
    assert len(months) == signals.MONTHS
    judged = signals.charts(city, ["cases_total"], months)["cases_total"]
    (low,) = [series.values for series in drawn.series if series.role == "low"]
    assert low == tuple(pair[0] for pair in judged.drawn)[-len(low) :]
    assert any(judged.words in words for words in _paragraphs(city_report("2025-09"), "总体情况"))


def test_an_unfinished_month_says_up_to_when(city_report):
    document = city_report("2025-10")
    assert "（数据截至22日，统计期未结束）" in _paragraphs(document)[1]
    assert "（均与基期的同样天数相比）" in _paragraphs(document, "总体情况")[0]
    trend = document.charts[0]
    assert trend.unfinished == len(trend.categories) - 1


def test_the_reconciliation_stands_in_the_annex_and_agrees(city_report):
    document = city_report("2025-09")
    assert len(document.checks) == 6 and all(check.ok for check in document.checks)
    assert {row[-1] for row in _cells(_table(document, "checks"))} == {"相符"}


def test_the_document_survives_json(city_report):
    document = city_report("2025-09")
    assert from_json(to_json(document)) == document


def test_a_notice_holds_nothing_of_another_branch_but_the_comparison(city):
    branch = "下陆区分局"
    document = content.write_notice(city, "2025-09", branch, TEXTS)
    others = [name for name in stores.BRANCHES if name != branch]
    own = {number for (number,) in city.query("SELECT case_no FROM cases WHERE branch = ?", [branch])}
    foreign = {number for (number,) in city.query("SELECT case_no FROM cases WHERE branch <> ?", [branch])} - own
    kept = [block for block in (*document.blocks, *document.annex) if getattr(block, "id", "") != "branches"]
    words = (
        to_json(document).decode() if not kept else json.dumps([_words(block) for block in kept], ensure_ascii=False)
    )
    words += json.dumps([[fact.group, fact.cases, fact.address] for fact in document.facts], ensure_ascii=False)
    assert not [name for name in others if name in words]
    assert not [number for number in foreign if f'"{number}"' in words or f"（{number}" in words]
    comparison = _table(document, "branches")
    shown = {row[0] for row in _cells(comparison)}
    assert shown >= {*others, branch} or ("其他（合并）" in shown and branch in shown)
    assert all(not cell.fact for row in comparison.rows for cell in row if isinstance(cell, Number))
    total = next(fact for fact in document.facts if fact.kpi == "cases_total" and not fact.group)
    ((many,),) = city.query(
        "SELECT count(*) FROM cases WHERE branch = ? AND received_at::DATE BETWEEN '2025-09-01' AND '2025-09-30' AND status <> '作废'",
        [branch],
    )
    assert total.numerator == many


def _words(block):
    if isinstance(block, Table):
        return [block.caption, *_cells(block), *block.notes]
    return (
        plain(block.text) if isinstance(block, Paragraph) else getattr(block, "text", None) or [block.title, block.alt]
    )


@pytest.mark.parametrize("key", ["2025-13", "25-09", "2025Q5", "2025H3", "九月", "2026-01"])
def test_a_key_that_is_none_is_refused_in_one_sentence(city, key):
    with pytest.raises(UserError) as refused:
        content.write(city, key, TEXTS)
    assert str(refused.value).endswith("。") and "\n" not in str(refused.value)


def test_an_unknown_branch_is_refused(city):
    with pytest.raises(UserError, match="没有分局“武昌分局”"):
        content.write_notice(city, "2025-09", "武昌分局", TEXTS)


def test_a_store_without_a_case_in_the_month_still_gives_a_report(tmp_path):
    reader = make_store(
        tmp_path, [{"case_no": "1", "branch": "下陆区分局", "received_at": "2025-07-01"}], as_of="2025-10-08"
    )
    document = content.write(reader, "2025-09", TEXTS)
    words = _paragraphs(document)
    assert "9月，全市共接到各类生态环境信访投诉举报0件，上月0件（件数少，不作比较），暂无同比数据；" in words[2]
    assert "本期没有登记的信访件。" in words and Store(tmp_path).current() == document.stamp.version
