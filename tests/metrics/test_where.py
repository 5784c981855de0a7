"""Filters: the SQL equals a plain Python filter, texts come back as they went out, what is odd is refused in a sentence."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.errors import UserError
from data.schema import CASE_FIELDS
from metrics import periods
from metrics.cases import count_behind, every_case_behind
from metrics.dimensions import Condition, Where, criterion, dimension_values, few_values
from metrics.engine import cases_behind, measure
from metrics.fields import all_fields
from tests.metrics.build import make_store, temporary_store
from tests.metrics.random_cases import AS_OF

EVER = periods.span(date(2025, 1, 1), date(2025, 12, 31), AS_OF)
LETTERS = "aA%_\\'化工 厂$"
DAYS = st.dates(date(2025, 8, 1), date(2025, 9, 5))
WORDS = st.text(LETTERS, min_size=1, max_size=3).filter(str.strip)


@st.composite
def rows(draw: st.DrawFn) -> dict:
    """Draw a case with blanks, wildcards, quotes and ends of days in it."""
    received = datetime(2025, 8, 1) + timedelta(hours=draw(st.integers(0, 24 * 35)))
    closed = draw(st.none() | st.integers(0, 24 * 30))
    return {
        "received_at": received,
        "closed_at": None if closed is None else received + timedelta(hours=closed),
        "due_at": received + timedelta(days=20),
        "site_name": draw(st.none() | st.text(LETTERS, max_size=6)),
        "channel": draw(st.sampled_from(("电话", "微信", "未注明"))),
        "persons": draw(st.none() | st.integers(0, 5)),
        "pollution": draw(st.lists(st.sampled_from(("大气", "噪声", "水")), max_size=2, unique=True)),
        "is_key_case": draw(st.sampled_from((True, False, None))),
    }


@st.composite
def filters(draw: st.DrawFn) -> Where:
    """Draw a filter of up to three parts of any kind."""
    values = {
        "channel": st.sampled_from(("电话", "微信", "未注明")),
        "pollution": st.sampled_from(("大气", "噪声", "未注明")),
        "is_key_case": st.sampled_from(("是", "否", "未注明")),
        "site_name": WORDS.map(lambda word: word.strip(" ")),
    }
    wanted = {
        name: draw(st.lists(values[name], min_size=1, max_size=2))
        for name in draw(st.lists(st.sampled_from(list(values)), max_size=2, unique=True))
    }
    ends = st.sampled_from(("from", "to"))
    days = st.builds(
        lambda name, kind, day: Condition(name, kind, day.isoformat()),
        st.sampled_from(("received_at", "closed_at", "due_at")),
        ends,
        DAYS,
    )
    numbers = st.builds(lambda kind, n: Condition("persons", kind, str(n)), ends, st.integers(0, 5))
    texts = st.builds(lambda text: Condition("site_name", "has", " ".join(sorted(set(text.split())))), WORDS)
    blanks = st.builds(
        Condition,
        st.sampled_from(("closed_at", "persons", "site_name", "channel", "pollution", "is_key_case")),
        st.sampled_from(("empty", "filled")),
    )
    return Where.of(wanted, draw(st.lists(days | numbers | texts | blanks, max_size=3)))


def passes(row: dict, where: Where) -> bool:
    """Filter a row in plain Python."""
    flag = {True: "是", False: "否", None: "未注明"}
    text = lambda value: flag[value] if value in (True, False) else (value or "").strip(" ") or "未注明"  # noqa: E731
    for name, wanted in where.items:
        own = row[name] if isinstance(row[name], list) else [text(row[name])]
        if not set(own or ["未注明"]) & set(wanted):
            return False
    for one in where.conditions:
        value = row[one.name]
        is_blank = value in (None, [], "未注明") or (isinstance(value, str) and not value.strip(" "))
        if one.kind in ("empty", "filled"):
            held = is_blank == (one.kind == "empty")
        elif value is None:
            held = False
        elif one.kind == "has":
            held = all(word.lower() in value.lower() for word in one.value.split())
        else:
            own, end = (value.date().isoformat(), one.value) if one.name != "persons" else (value, int(one.value))
            held = own >= end if one.kind == "from" else own <= end
        if not held:
            return False
    return True


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(rows(), max_size=12), st.lists(filters(), min_size=8, max_size=8))
def test_the_sql_equals_a_plain_filter(drawn: list[dict], wheres: list[Where]) -> None:
    reader = temporary_store(cases=drawn, as_of=AS_OF)
    for where in (*wheres, wheres[0].joined(wheres[1])):
        (figure,) = measure(reader, ["cases_total"], [EVER], where=where)
        expected = [row for row in drawn if passes(row, where)]
        assert figure.numerator == len(expected), where
        assert count_behind(reader, "cases_total", EVER, where=where) == len(expected)
    headings, found = every_case_behind(reader, "cases_total", EVER, where=wheres[0])
    frame = cases_behind(reader, "cases_total", EVER, where=wheres[0])
    assert headings == list(frame.columns)
    assert [row[0] for row in found] == list(frame["信访件编号"])
    assert len(cases_behind(reader, "cases_total", EVER, where=wheres[0], limit=2)) == min(2, len(frame))


@given(filters())
def test_a_filter_comes_back_from_its_texts(where: Where) -> None:
    assert Where.parse(where.texts) == where
    assert Where.understood(where.texts) == (where, [])
    assert Where.parse(reversed(where.texts)).texts == where.texts and bool(where) == bool(where.texts)


@given(filters(), filters())
def test_joining_asks_for_both_in_either_order(one: Where, other: Where) -> None:
    assert one.joined(other) == other.joined(one) and one.joined(one) == one
    assert set(one.joined(other).names) == {*one.names, *other.names}


@given(st.text(max_size=40))
def test_any_text_is_understood_or_explained(text: str) -> None:
    where, sentences = Where.understood([text])
    assert len(sentences) <= 1 and not (sentences and where)
    assert Where.parse(where.texts) == where


def test_every_field_that_may_be_shown_can_be_filtered_by_and_no_other(tmp_path) -> None:
    reader = make_store(tmp_path, [{"received_at": "2025-09-01"}])
    for part in all_fields():
        where = Where.parse([f"{part.label}!="])
        assert where.names == (part.name,) and part.label in where.words
        (empty,) = measure(reader, ["cases_total"], [EVER], where=Where.parse([f"{part.name}="]))
        (filled,) = measure(reader, ["cases_total"], [EVER], where=where)
        assert empty.numerator + filled.numerator == 1
        if part.can_group:
            dimension_values(reader, part.name)
    everything = Where.parse([f"{part.name}!=" for part in all_fields()])
    for kpi in ("overdue_open", "repeat_site_share", "first_resolution_rate", "close_rate_flow"):
        measure(reader, [kpi], [EVER], where=everything)
    assert {field.name for field in CASE_FIELDS if field.shown} <= {part.name for part in all_fields()}
    for field in CASE_FIELDS:
        if not field.shown:
            with pytest.raises(UserError, match="不能按"):
                Where.parse([f"{field.name}!="])


def test_a_range_holds_its_last_day_and_a_month_stands_for_its_days(tmp_path) -> None:
    days = ("2025-08-31T23:59", "2025-09-01T00:00", "2025-09-30T23:59", "2025-10-01T00:00")
    reader = make_store(tmp_path, [{"received_at": day} for day in days], as_of=datetime(2025, 10, 5))
    year = periods.span(date(2025, 1, 1), date(2025, 12, 31), datetime(2025, 10, 5))
    counted = {}
    for text in ("received_at>=2025-09", "received_at<=2025-09", "received_at=2025-09", "登记时间=2025-09-30"):
        counted[text] = measure(reader, ["cases_total"], [year], where=Where.parse([text]))[0].numerator
    assert list(counted.values()) == [3, 3, 2, 1]


def test_words(tmp_path) -> None:
    where = Where.parse(["received_at>=2025-01", "received_at<=2025-03", "site_name~化工 废气", "closed_at=", "persons>=2.50",
                         "channel=微信", "渠道=电话"])  # fmt: skip
    assert where.words == (
        "渠道：微信、电话；办结时间：为空；信访人数：2.5及以上；登记时间：2025-01-01至2025-03-31；被反映对象：含“化工”“废气”"
    )
    assert where.texts[-2:] == ("received_at<=2025-03-31", "site_name~化工 废气")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("received_at>=去年", "看不懂日期"),
        ("received_at>=0001-01-01", "不在1900年"),
        ("persons>=很多", "应为数字"),
        ("persons>=nan", "过大"),
        ("persons~3", "不能按内容查找"),
        ("channel>=电话", "不能按范围筛选"),
        ("petitioner_name~张", "不能按“petitioner_name”"),
        ("信访人=张三", "不能按“信访人”"),
        ("recived_at=2025", "您是不是要写“received_at"),
        ("channel!=电话", "!= 之后应为空"),
        ("branch", "字段=值"),
        (f"site_name~{'长' * 300}", "太长"),
    ],
)
def test_what_cannot_be_understood_is_one_sentence(text: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        Where.parse([text])
    where, sentences = Where.understood(["channel=电话", text])
    assert where == Where.of({"channel": ["电话"]}) and len(sentences) == 1


def test_a_group_takes_the_place_of_the_values_of_its_field() -> None:
    where = Where.parse(["channel=电话", "site_name~厂"])
    assert where.narrowed({"channel": "微信"}) == Where.parse(["channel=微信", "site_name~厂"])
    assert where.without("site_name") == Where.of({"channel": ["电话"]})
    both = where.joined(Where.of({"channel": ["电话", "来访"]}))
    assert both.get("channel") == ("电话",) and both.words.startswith("渠道：来访、电话；渠道：电话")


def test_values_of_a_field_with_many_are_not_listed(tmp_path) -> None:
    reader = make_store(tmp_path, [{"received_at": "2025-09-01", "site_name": f"厂{n}"} for n in range(5)])
    assert few_values(reader, "site_name", 4) is None
    assert few_values(reader, "site_name", 5) == [f"厂{n}" for n in range(5)]
    assert few_values(reader, "site", 9) and criterion("cases", "办结期限").name == "due_at"
