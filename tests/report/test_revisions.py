"""What later imports change in a frozen report: hand-worked cases on real versions, and truths over random ones."""

import shutil
import tempfile
from datetime import datetime
from pathlib import Path

import msgspec
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from data.scope import Scope
from data.store import Reader, Store
from metrics import parameters, periods
from metrics.catalog import CATALOG
from metrics.dimensions import NO_FILTER
from metrics.edition import edition
from metrics.report import causes
from metrics.report.document import Document
from metrics.report.facts import Facts
from metrics.report.revisions import revisions, sentences
from metrics.report.subject import subject
from tests.data.files import case, ledger, take
from tests.metrics import random_cases
from tests.metrics.build import make_store
from tests.report.sample import DOCUMENT

OCTOBER = "2025-10-08"
A, B = "大冶市分局", "下陆区分局"


def case_of(number: str, day: str = "2025-09-03", **fields: object) -> dict:
    return {"case_no": number, "received_at": day, "accepted_at": day, **fields}


def frozen(
    reader: Reader, kpis: list[str], by: tuple[str, ...] = (), key: str = "2025-09", branch: str = ""
) -> Document:
    """Return a document of a version that has these figures."""
    about = subject(reader, key, branch)
    facts = Facts(Reader(reader.path, reader.version, Scope((branch,))) if branch else reader, about.where)
    for figure in facts.measure(kpis, [about.period], by):
        facts.fact(figure)
    stamp = msgspec.structs.replace(DOCUMENT.stamp, version=reader.version, definitions=edition(reader),
                                    as_of_words="2025年10月8日0时")  # fmt: skip
    return msgspec.structs.replace(DOCUMENT, key=key, branch=branch, facts=facts.all, stamp=stamp)


def told(tmp_path: Path, before: list[dict], after: list[dict], kpis: list[str], **more: object) -> list[str]:
    """Return what is said of a report frozen over the rows `before`, when the store has the rows `after`."""
    then = make_store(tmp_path, before, as_of=OCTOBER)
    now = make_store(tmp_path, after, as_of=OCTOBER)
    return sentences(revisions(frozen(then, kpis, **more), then, now))


def test_a_case_entered_late(tmp_path):
    before = [case_of("HS1"), case_of("HS2"), case_of("HS9", "2025-08-30")]
    found = told(tmp_path, before, [*before, case_of("HS3", branch=B)], ["cases_total"], by=("branch",))
    # All together 2 → 3; 大冶 stays at 2, so only 下陆 (0 → 1) and the total are told.
    assert found == [
        "2025年9月下陆区分局信访总量：0件 → 1件（补录1件：HS3）。",
        "2025年9月信访总量：2件 → 3件（补录1件：HS3）。",
    ]


def test_a_rating_changed(tmp_path):
    rated = {"closed_at": "2025-09-20", "rating_state": "已评价", "rated_at": "2025-09-22"}
    before = [case_of("HS1", **rated, rating="满意"), case_of("HS2", **rated, rating="满意")]
    after = [before[0], case_of("HS2", **rated, rating="不满意", first_rating="满意")]
    assert told(tmp_path, before, after, ["satisfaction_rate"]) == [
        "2025年9月群众满意率：100.0%（2/2） → 50.0%（1/2）（内容更新1件：HS2（满意度由满意改为不满意））。"
    ]


def test_a_status_changed_and_one_is_void(tmp_path):
    before = [case_of("HS1"), case_of("HS2")]
    after = [case_of("HS1", closed_at="2025-09-28 10:30", status="已办结"), case_of("HS2", status="作废")]
    open_cases, total = told(tmp_path, before, after, ["open_cases", "cases_total"])
    assert open_cases == (
        "2025年9月在办件：2件 → 0件（内容更新1件：HS1（办理状态由办理中改为已办结，办结时间由空白改为2025-09-28 10:30）；"
        "作废1件：HS2（办理状态由办理中改为作废））。"
    )
    assert total == "2025年9月信访总量：2件 → 1件（作废1件：HS2（办理状态由办理中改为作废））。"


def test_a_case_is_gone(tmp_path):
    before = [case_of("HS1"), case_of("HS2")]
    assert told(tmp_path, before, before[:1], ["cases_total"]) == ["2025年9月信访总量：2件 → 1件（删除1件：HS2）。"]


def test_time_alone_moves_a_case(tmp_path):
    # On 8 October the rating was still awaited (its term ends on the 15th); on the 31st it had run out in October.
    rows = [case_of("HS1", closed_at="2025-09-20", rating_state="待评价", rating_due_at="2025-10-15")]
    then, now = make_store(tmp_path, rows, as_of=OCTOBER), make_store(tmp_path, rows, as_of="2025-10-31")
    found = revisions(frozen(then, ["rating_pending"]), then, now)
    assert sentences(found) == [f"2025年9月{CATALOG['rating_pending'].name}：1件 → 0件（时间推移1件：HS1）。"]
    assert found[0].causes[0].why == "时间推移"


def test_another_case_makes_a_first_resolution_fail(tmp_path):
    person = {"petitioner_key": "p", "site_name": "甲厂"}
    before = [case_of("HS1", "2025-08-01", closed_at="2025-09-01", **person)]
    after = [*before, case_of("HS2", "2025-09-15", **person)]
    then, now = make_store(tmp_path, before, as_of="2026-01-31"), make_store(tmp_path, after, as_of="2026-01-31")
    (found,) = revisions(frozen(then, ["first_resolution_rate"]), then, now)
    # 1/1 → 0/1: the case itself is the same, another one came about the same place within the term.
    assert (found.before, found.after) == ("100.0%（1/1）", "0.0%（0/1）")
    assert [(one.number, one.part, one.moved, one.why) for one in found.causes] == [
        ("HS1", "numerator", "left", "关联件变化")
    ]


def test_nothing_changed_nothing_said(tmp_path):
    rows = [case_of("HS1"), case_of("HS2", closed_at="2025-09-20", rating="满意")]
    then, now = make_store(tmp_path, rows, as_of=OCTOBER), make_store(tmp_path, rows, as_of="2025-10-09")
    document = frozen(then, [*CATALOG], ())
    assert revisions(document, then, then) == [] and revisions(document, then, now) == []


def test_one_entered_and_one_left_and_the_figure_is_the_same(tmp_path):
    assert told(tmp_path, [case_of("HS1")], [case_of("HS2")], ["cases_total"]) == []


def test_an_unfinished_month_is_compared_up_to_the_day_it_was_cut_at(tmp_path):
    then = make_store(tmp_path, [case_of("HS1")], as_of="2025-09-10")
    now = make_store(tmp_path, [case_of("HS1"), case_of("HS2", "2025-09-25")], as_of=OCTOBER)
    assert revisions(frozen(then, ["cases_total"]), then, now) == []


def test_months_begin_on_the_day_they_began_then(tmp_path):
    rows = [case_of("HS1", "2025-08-27"), case_of("HS2", "2025-09-27")]
    then = make_store(tmp_path, rows, as_of=OCTOBER, settings={"month_start_day": "26"})
    now = make_store(tmp_path, rows, as_of=OCTOBER)
    document = frozen(then, ["cases_total"])
    # "2025-09" was 26 August to 25 September and still is: one case, HS1; only the mark of the definitions is another.
    assert document.facts[0].numerator == 1 and revisions(document, then, now) == []


def test_the_file_of_the_version_is_gone(tmp_path):
    then = make_store(tmp_path, [case_of("HS1")], as_of=OCTOBER)
    now = make_store(tmp_path, [case_of("HS1"), case_of("HS2")], as_of=OCTOBER)
    document = frozen(then, ["cases_total"])
    note = f"定稿所据的数据版本{then.version}已不在或已损坏，只能比较数字，查不出是哪些件。"
    assert sentences(revisions(document, None, now)) == [note, "2025年9月信访总量：1件 → 2件。"]
    lost = Reader(tmp_path / "versions" / "000099-x.duckdb", then.version)
    assert sentences(revisions(document, lost, now)) == [note, "2025年9月信访总量：1件 → 2件。"]
    damaged = tmp_path / "damaged.duckdb"
    damaged.write_bytes(b"no database")
    assert sentences(revisions(document, Reader(damaged, then.version), now))[0] == note


def test_other_definitions_are_said_once(tmp_path):
    # Within 7 days of the end of September: HS1 (due on 5 October); within 3 days none.
    rows = [case_of("HS1", due_at="2025-10-05"), case_of("HS2", due_at="2025-12-05")]
    then = make_store(tmp_path, rows, as_of=OCTOBER)
    now = make_store(tmp_path, rows, as_of=OCTOBER, settings={"due_soon_days": "3"})
    document = frozen(then, ["due_soon"], ("branch",))
    assert edition(then) != edition(now)
    note, of_branch, total = sentences(revisions(document, then, now))
    assert note == f"口径已变：定稿时口径版本{edition(then)}，现为{edition(now)}，下列变化中有口径变化的影响。"
    # The frozen version counted under its own settings has the case, the version in force has it no more.
    assert total == f"2025年9月{CATALOG['due_soon'].name}：1件 → 0件（口径变化1件：HS1）。"
    assert of_branch.startswith(f"2025年9月{A}")


def test_a_figure_of_a_kpi_that_is_no_more(tmp_path):
    then = make_store(tmp_path, [case_of("HS1")], as_of=OCTOBER)
    document = frozen(then, ["cases_total"])
    gone = msgspec.structs.replace(document.facts[0], id="f9", kpi="no_such_kpi", name="旧指标")
    now = make_store(tmp_path, [case_of("HS1")], as_of=OCTOBER)
    found = revisions(msgspec.structs.replace(document, facts=(gone, *document.facts)), then, now)
    assert sentences(found) == ["2025年9月旧指标：1件 → 指标目录中已没有这项指标，不能重算。"]


def test_a_notice_names_no_other_branch(tmp_path):
    before = [case_of("HS1", branch=A), case_of("HS2", branch=A), case_of("HS3", branch=B)]
    after = [case_of("HS1", branch=B), case_of("HS2", branch=A), case_of("HS3", branch=A)]
    then, now = (
        make_store(tmp_path, before, as_of=OCTOBER),
        make_store(tmp_path, [*after, case_of("HS4")], as_of=OCTOBER),
    )
    (found,) = revisions(frozen(then, ["cases_total"], branch=A), then, now)
    # HS1 went to another branch, HS3 came from one, HS4 was entered late: 2 → 3.
    assert {one.number: one.why for one in found.causes} == {
        "HS1": "转出：改由别的分局办理", "HS3": "转入：由别的分局转来", "HS4": "补录",
    }  # fmt: skip
    words = "".join(sentences([found]))
    assert "2件 → 3件" in words and B not in words


def test_a_notice_is_measured_again_from_the_branchs_own_cases(tmp_path):
    # The person came again, but to another branch: the notice to A does not know it and counts 1/1, then as now.
    person = {"petitioner_key": "p", "site_name": "甲厂"}
    rows = [case_of("HS1", "2025-08-01", branch=A, closed_at="2025-09-01", **person)]
    rows += [case_of("HS2", "2025-09-15", branch=B, **person)]
    then, now = make_store(tmp_path, rows, as_of="2026-01-31"), make_store(tmp_path, rows, as_of="2026-01-31")
    document = frozen(then, ["first_resolution_rate"], branch=A)
    assert document.facts[0].text == "100.0%" and revisions(document, then, now) == []


def test_a_branch_that_is_no_more(tmp_path):
    then = make_store(tmp_path, [case_of("HS1", branch=A)], as_of=OCTOBER)
    now = make_store(tmp_path, [case_of("HS1", branch=B)], as_of=OCTOBER, branches=[B])
    (found,) = sentences(revisions(frozen(then, ["cases_total"], branch=A), then, now))
    assert found.startswith("2025年9月信访总量：1件 → 不能重算（")


def test_a_group_that_no_case_is_in_any_more(tmp_path):
    rest = case_of("HS2", industry="化工")
    found = told(
        tmp_path, [case_of("HS1", industry="餐饮"), rest], [case_of("HS1", industry="化工"), rest], ["mix_industry"]
    )
    assert [one.split("（内容更新1件：HS1（行业有改动")[0] for one in found] == [
        "2025年9月化工行业占比：50.0%（1/2） → 100.0%（2/2）",
        "2025年9月餐饮行业占比：50.0%（1/2） → 0.0%（0/2）",
    ]


def test_a_group_of_which_only_the_whole_is_left(tmp_path):
    """No kind of 大气 has a case any more, but 大气 has: the share is none of one, and not unknown."""
    before = [case_of("HS1", pollution=["大气"], pollution_sub=["油烟"])]
    after = [case_of("HS2", pollution=["大气"], pollution_sub=[])]
    assert told(tmp_path, before, after, ["mix_subtype"]) == [
        "2025年9月油烟二级污染占比：100.0%（1/1） → 0.0%（0/1）（删除1件：HS1；补录1件：HS2）。"
    ]


def test_many_cases_are_counted_and_the_first_are_named(tmp_path):
    late = [case_of(f"HS{i}") for i in range(7)]
    assert told(tmp_path, [], late, ["cases_total"]) == [
        "2025年9月信访总量：0件 → 7件（补录HS0、HS1、HS2、HS3、HS4等7件）。"
    ]


def test_where_too_many_moved_none_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(causes, "MOST_MOVED", 2)
    assert told(tmp_path, [], [case_of(f"HS{i}") for i in range(3)], ["cases_total"]) == [
        "2025年9月信访总量：0件 → 3件。"
    ]


def test_what_cannot_be_afforded_is_told_without_cases(tmp_path, monkeypatch):
    monkeypatch.setattr(causes, "_MOST_ROWS", 2)
    found = told(tmp_path, [case_of("HS0")], [case_of(f"HS{i}") for i in range(3)], ["cases_total"])
    assert found == ["2025年9月信访总量：1件 → 3件。"]
    monkeypatch.setattr(causes, "_BUDGET", -1)
    assert told(tmp_path, [], [case_of("HS0")], ["cases_total"]) == ["2025年9月信访总量：0件 → 1件。"]


def test_only_the_figures_that_are_wanted(tmp_path):
    then = make_store(tmp_path, [case_of("HS1")], as_of=OCTOBER)
    now = make_store(tmp_path, [case_of("HS1"), case_of("HS2")], as_of=OCTOBER)
    document = frozen(then, ["cases_total"], ("branch",))
    found = revisions(document, then, now, lambda fact: not fact.group)
    assert [one.fact.group for one in found] == [{}] and len(revisions(document, then, now)) == 2


def test_an_address_and_a_name_are_not_told(tmp_path):
    before = [case_of("HS1", site_name="甲厂", site_address="某街1号", petitioner_name="张三丰", petitioner_key="p")]
    after = [case_of("HS1", "2025-08-30", site_name="乙厂", site_address="某街2号", petitioner_name="李四光")]
    words = "".join(told(tmp_path, before, after, ["cases_total"]))
    assert "登记时间由2025-09-03改为2025-08-30" in words
    assert not any(secret in words for secret in ("甲厂", "乙厂", "某街", "张三丰", "李四光"))


def test_real_files_imported_twice(tmp_path):
    """September: A-001 (open), A-002 (closed, satisfied). Then A-001 is closed and A-003 turns up; A-002 is unhappy."""

    def rows(status: str, closed: str, rating: str) -> list[dict]:
        return [
            case("A-001", 登记时间="2025-09-01", 受理时间="2025-09-02", 办理状态=status, 办结时间=closed),
            case("A-002", 登记时间="2025-09-03", 受理时间="2025-09-04", 办理状态="已办结", 办结时间="2025-09-10", 满意度=rating),
        ]  # fmt: skip

    folder = tmp_path / "store"
    take(folder, ledger(tmp_path / "a.csv", *rows("办理中", "", "满意")), as_of=datetime(2025, 10, 8))
    then = Store(folder).reader()
    document = frozen(then, ["cases_total", "close_rate", "satisfaction_rate"])
    late = case("A-003", 登记时间="2025-09-30", 受理时间="2025-09-30")
    take(
        folder, ledger(tmp_path / "b.csv", *rows("已办结", "2025-09-29", "不满意"), late), as_of=datetime(2025, 10, 20)
    )
    total, closed, satisfied = revisions(document, then, Store(folder).reader())
    assert sentences([total]) == ["2025年9月信访总量：2件 → 3件（补录1件：A-003）。"]
    # 1 of 2 closed; now A-001 too (numerator), and A-003 in the denominator: 2 of 3.
    assert (closed.before, closed.after) == ("50.0%（1/2）", "66.7%（2/3）")
    assert closed.numbers("numerator", "entered") == ("A-001",) and closed.numbers("denominator", "entered") == (
        "A-003",
    )
    assert (satisfied.before, satisfied.after) == ("100.0%（1/1）", "0.0%（0/1）")
    assert satisfied.numbers("numerator", "left") == ("A-002",)
    assert "满意度由满意改为不满意" in satisfied.causes[0].why


COUNTED = [name for name, kpi in CATALOG.items() if kpi.counts_rows and kpi.kind != "change"]
# A failing example is small enough as it is, and making it smaller takes minutes.
FEW = settings(
    max_examples=4,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)


@FEW
@given(st.lists(random_cases.cases(), max_size=12), st.lists(random_cases.cases(), max_size=12), st.data())
def test_what_entered_and_left_makes_the_difference(before, after, data):
    """For every KPI that counts rows: the count after is the count before, plus who entered, less who left."""
    kept = [row for row in before if data.draw(st.booleans())]
    before = [row | {"case_no": f"B{i}"} for i, row in enumerate(before)]
    after = [row | {"case_no": f"B{i}"} for i, row in enumerate(kept)] + [
        row | {"case_no": f"N{i}"} for i, row in enumerate(after)
    ]
    folder = Path(tempfile.mkdtemp())
    try:
        then = make_store(folder, before, as_of=random_cases.AS_OF)
        now = make_store(folder, after, as_of=random_cases.AS_OF)
        for by in ((), ("branch",)):
            document = frozen(
                then, [name for name in COUNTED if not by or CATALOG[name].relation.startswith("case_")], by
            )
            assert revisions(document, then, then) == []
            for one in revisions(document, then, now):
                for part in ("numerator", "denominator"):
                    count_before, count_after = getattr(one.fact, part), getattr(one, part)
                    if count_before is not None:
                        entered, left = len(one.numbers(part, "entered")), len(one.numbers(part, "left"))
                        assert count_after == count_before + entered - left, (one, part)
    finally:
        shutil.rmtree(folder)


def test_the_periods_of_a_report_are_read_back_as_they_were(tmp_path):
    reader = make_store(tmp_path, [case_of("HS1")], as_of=OCTOBER)
    day = parameters.start_day(reader)
    about = periods.cumulative(periods.month(2025, 9, reader.as_of, day))
    facts = Facts(reader, NO_FILTER)
    facts.fact(facts.measure(["cases_total", "ytd_yoy"], [about])[0])
    document = msgspec.structs.replace(frozen(reader, []), facts=facts.all)
    now = make_store(tmp_path, [case_of("HS1"), case_of("HS2", "2025-02-01")], as_of=OCTOBER)
    assert sentences(revisions(document, reader, now)) == ["2025年1—9月信访总量：1件 → 2件（补录1件：HS2）。"]
