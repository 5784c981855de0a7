"""The lists that a version keeps, the settings, and their changes: whole or not at all, signed, and told in a sentence."""

from datetime import date
from functools import partial

import pytest

from data import refreshing
from data.errors import UserError
from data.importing import only_import
from data.reference import Reference, editing, lists, settings
from data.refreshing import change
from data.store import Store
from tests.data.files import case, ledger, take

HEAD = "kpi,target,green,red,words\n"
RAISED = {"kpi": "satisfaction_rate", "target": "95%", "green": "", "red": "90%", "words": "市局要求"}
SIGNED = {"author": "张三", "reason": "局长办公会"}
KEPT = "SELECT target, green, red, words FROM targets WHERE kpi = 'satisfaction_rate'"


@pytest.fixture
def own(tmp_path):
    """Return a function that writes one of the store's own files and returns its folder."""

    def write(name: str, text: str):
        (tmp_path / name).write_text(text, "utf-8")
        return tmp_path

    return write


@pytest.fixture
def filled(tmp_path, store):
    """Return a store with one case."""
    take(store, ledger(tmp_path / "台账_20250731.csv", case("A-1")))
    return Store(store)


def raise_target(place: Store, **signed: str) -> str | None:
    edit = partial(editing.set_row, name="targets", row=RAISED)
    return change(place, edit, "目标：群众满意率", "≥90%", "≥95%", **(SIGNED | signed))


# ---- reading ----


@pytest.mark.parametrize(
    ("text", "value"), [("98%", 0.98), ("97.5%", 0.975), ("0.98", 0.98), ("30", 30.0), ("0", 0.0), ("", None)]
)
def test_a_number_may_be_a_percentage(text, value):
    assert lists.number(text) == value


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("targets.csv", HEAD + "satisfaction_rate,90%,,,\nsatisfaction_rat,95%,,,\n", "“targets.csv”第3行“kpi”一列的“satisfaction_rat”"),
        ("targets.csv", HEAD + "satisfaction_rate,九成,,,\n", "第2行“target”一列的“九成”应为不小于0的数"),
        ("targets.csv", HEAD + "satisfaction_rate,-1,,,\n", "第2行“target”"),
        ("targets.csv", HEAD + "satisfaction_rate,nan,,,\n", "第2行“target”"),
        ("targets.csv", HEAD + ",90%,,,\n", "第2行“kpi”一列的“”不能为空"),
        ("targets.csv", "kpi,target\nsatisfaction_rate,90%\n", "缺少列“green”“red”“words”"),
        ("breaks.csv", "starts_on,field,value,kpi,words\n2021,channel,,,并入\n", "第2行“starts_on”一列的“2021”应为日期"),
        ("breaks.csv", "starts_on,field,value,kpi,words\n2021-01-01,渠到,,,并入\n", "第2行“field”一列的“渠到”不是信访件的字段"),
        ("steps.csv", "starts_on,kpi,branch,reason,author\n2025-03-01,cases_total,,,张三\n", "第2行“reason”一列的“”不能为空"),
        ("steps.csv", "starts_on,kpi,branch,reason,author\n2025-03-01,cases_total,,分流,\n", "第2行“author”一列的“”不能为空"),
    ],
)  # fmt: skip
def test_a_fault_in_a_file_is_told_with_file_and_row(own, name, text, words):
    with pytest.raises(UserError, match=words):
        lists.in_force(name.removesuffix(".csv"), own(name, text))


def test_the_stores_own_rows_go_before_the_products(own):
    folder = own("targets.csv", HEAD + "satisfaction_rate,95%,,,市局要求\noverdue_open,,,,\n")
    rows = {row["kpi"]: row["target"] for row in Reference(folder).kept("targets")}
    assert (rows["satisfaction_rate"], rows["overdue_open"], rows["ontime_close_rate"]) == (0.95, None, 0.98)


def test_an_empty_row_takes_a_default_break_away(own):
    folder = own(
        "breaks.csv", "starts_on,field,value,kpi,words\n2021-01-01,channel,电话,,\n2025-03-01,渠道,来信,,缺来信\n"
    )
    assert [(row["starts_on"], row["field"], row["value"]) for row in Reference(folder).kept("breaks")] == [
        (date(2021, 1, 1), "channel", "12345热线"),
        (date(2025, 3, 1), "channel", "来信"),
    ]


def test_every_setting_has_words_and_a_default_that_fits():
    assert list(settings.defaults()) == [name for name in settings.defaults() if name in settings.SETTINGS]
    assert {name: settings.checked(name, value) for name, value in settings.defaults().items()} == settings.defaults()
    assert set(settings.SETTINGS) == set(settings.defaults())


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("month_start_day = 31", "“统计月起始日.*应为1至28之间的整数，现为“31”"),
        ("due_soon_days = 7.5", "到期前多少天算临期"),
        ("due_soon_days = true", "应为1至60之间的整数"),
        ('deadline_compare = "hour"', "应为day（按自然日）、moment（按时刻）之一"),
        ('shares_add_up = "no"', "应为 true（是）或 false（否）"),
        ('city_name = ""', "不能空着"),
        ("month_start = 26", "不认识的设置：month_start"),
        ("month_start_day =", "写法有误"),
    ],
)
def test_a_wrong_setting_is_told(own, line, words):
    with pytest.raises(UserError, match=words):
        _ = Reference(own("settings.toml", line + "\n")).settings


def test_settings_are_written_as_they_are_read(own, tmp_path):
    folder = own("settings.toml", 'city_name = "全\\"市\\""\nshares_add_up = true\n')
    (text,) = editing.set_setting(folder, "month_start_day", 26).values()
    own("settings.toml", text)
    assert settings.own(folder / "settings.toml") == {
        "city_name": '全"市"',
        "shares_add_up": True,
        "month_start_day": 26,
    }
    (text,) = editing.set_setting(folder, "month_start_day", 1).values()  # the default again
    assert "month_start_day" not in text


# ---- changing ----


def test_a_change_is_in_force_at_once_in_a_version_of_its_own(filled):
    before = filled.current()
    version = raise_target(filled)
    assert filled.versions() == [before, version] and filled.current() == version
    assert filled.reader().query(KEPT) == [(0.95, None, 0.9, "市局要求")]
    assert filled.reader(version=before).query(KEPT) == [(0.9, None, 0.85, "默认值")]  # keeps those of its time
    assert filled.reader().query("SELECT count(*) FROM cases") == [(1,)]


def test_a_change_is_listed_with_when_what_who_and_why(filled):
    raise_target(filled)
    raise_target(filled, reason="=1+1，再议")
    first, second = editing.changes(filled.reference_folder)
    assert (first.what, first.before, first.after, first.author, first.reason) == (
        "目标：群众满意率", "≥90%", "≥95%", "张三", "局长办公会")  # fmt: skip
    assert second.at >= first.at and second.reason == "=1+1，再议"


@pytest.mark.parametrize("missing", ["author", "reason"])
def test_an_unsigned_change_is_refused(filled, missing):
    with pytest.raises(UserError, match="请写明修改人和原因"):
        raise_target(filled, **{missing: "  "})
    assert not filled.reference_folder.exists() or list(filled.reference_folder.iterdir()) == []


def test_a_default_is_restored(filled):
    raise_target(filled)
    change(
        filled,
        partial(editing.restore_row, name="targets", key={"kpi": "satisfaction_rate"}),
        "目标",
        "a",
        "b",
        **SIGNED,
    )
    assert filled.reader().query(KEPT) == [(0.9, None, 0.85, "默认值")]
    assert not (filled.reference_folder / "targets.csv").exists()


def test_a_default_break_is_removed_and_an_own_one_leaves_no_trace(filled):
    own = {"starts_on": "2025-03-01", "field": "", "value": "", "kpi": "", "words": "缺一个来源"}
    change(filled, partial(editing.set_row, name="breaks", row=own), "断点", "", "x", **SIGNED)
    assert filled.reader().query("SELECT count(*) FROM breaks") == [(3,)]
    change(filled, partial(editing.remove_row, name="breaks", key=own), "断点", "x", "", **SIGNED)
    assert not (filled.reference_folder / "breaks.csv").exists()
    default = {"starts_on": "2021-01-01", "field": "channel", "value": "电话", "kpi": ""}
    change(filled, partial(editing.remove_row, name="breaks", key=default), "断点", "x", "", **SIGNED)
    assert filled.reader().query("SELECT value FROM breaks") == [("12345热线",)]


def test_a_change_of_an_empty_store_is_kept_for_the_first_import(tmp_path, store):
    assert raise_target(Store(store)) is None
    take(store, ledger(tmp_path / "台账_20250731.csv", case("A-1")))
    assert Store(store).reader().query(KEPT) == [(0.95, None, 0.9, "市局要求")]


def _texts(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("fault", ["row", "derive", "disk"])
def test_when_no_version_can_be_made_everything_is_as_before(filled, monkeypatch, fault):
    raise_target(filled)
    before, version = _texts(filled.reference_folder), filled.current()

    def fail(*_):
        raise OSError(28, "No space left on device") if fault == "disk" else RuntimeError("broken")

    edit = partial(editing.set_row, name="targets", row=RAISED | {"target": "many" if fault == "row" else "97%"})
    if fault != "row":
        monkeypatch.setattr(refreshing, "derive", fail)
    with pytest.raises(RuntimeError if fault == "derive" else UserError):
        change(filled, edit, "目标", "a", "b", **SIGNED)
    assert _texts(filled.reference_folder) == before
    assert filled.current() == version and filled.versions()[-1] == version
    assert filled.reader().query(KEPT) == [(0.95, None, 0.9, "市局要求")]


def test_a_change_during_an_import_is_refused_in_a_sentence(filled):
    with only_import(filled), pytest.raises(UserError, match="另一个导入正在进行"):
        raise_target(filled)
    assert not (filled.reference_folder / "targets.csv").exists()


def test_a_damaged_log_is_not_overwritten(filled):
    raise_target(filled)
    log = filled.reference_folder / editing.LOG
    log.write_text("at,what\n昨天,目标\n", "utf-8")
    with pytest.raises(UserError, match="口径变化记录"):
        raise_target(filled)
    assert log.read_text("utf-8") == "at,what\n昨天,目标\n"


def test_a_faulty_list_stops_an_import_before_anything_is_published(tmp_path, filled):
    version = filled.current()
    filled.reference_folder.mkdir()
    (filled.reference_folder / "targets.csv").write_text(HEAD + "satisfaction_rat,95%,,,\n", "utf-8")
    with pytest.raises(UserError, match=r"targets\.csv.*第2行"):
        take(filled.folder, ledger(tmp_path / "台账_20250831.csv", case("A-2")))
    assert filled.current() == version
