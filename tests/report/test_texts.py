"""The clerk's text blocks: kept per report, carried on, cleaned, never interpreted."""

import json
from dataclasses import asdict, replace
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import kept
from data.errors import UserError
from data.store import Store
from metrics.report import texts
from metrics.report.texts import Texts
from tests.metrics.build import temporary_store

BRANCH = "黄石经开区·铁山区分局"
ODD = '=1+1 <b>"甲&乙"</b> {{x}} %s'


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


def test_a_store_that_does_not_exist_has_the_products_wording(store):
    found = texts.texts(store, "2025-09")
    assert found == Texts("各分局，局机关各科室，执法支队", "", texts.DEFAULT_REQUIREMENTS, "", "")
    assert [line[:2] for line in found.requirements.splitlines()] == ["1.", "2.", "3."]
    assert texts.texts(store, "2025-09", BRANCH).addressee == BRANCH
    assert not store.folder.exists()


def test_what_was_saved_is_there_as_it_was_written(store):
    written = Texts(ODD, "第一行\n\n  第二行", "1. 甲\n2. 乙", ODD, "2025-10-08")
    saved = texts.save(store, "2025-09", "", written, "张三")
    assert saved == Texts(ODD, "第一行\n\n第二行", "1. 甲\n2. 乙", ODD, "2025年10月8日")
    assert texts.texts(store, "2025-09") == saved
    assert texts.texts(store, "2025-09", BRANCH).problems == ""


def test_addressee_and_requirements_go_on_to_the_next_report_of_the_same_kind(store):
    texts.save(store, "2025-07", "", Texts("甲", "p", "七月要求", "r", "2025-08-08"), "张三")
    texts.save(store, "2025-08", "", Texts("", "p", "八月要求", "r", "2025-09-08"), "张三")
    assert texts.texts(store, "2025-09") == Texts("甲", "", "八月要求", "", "")
    assert texts.texts(store, "2025-06").requirements == texts.DEFAULT_REQUIREMENTS  # an earlier one takes nothing
    assert texts.texts(store, "2025Q3").addressee == texts.DEFAULT_ADDRESSEE
    assert texts.texts(store, "2025-09", BRANCH).requirements == texts.DEFAULT_REQUIREMENTS


def test_emptied_blocks_stay_empty_in_their_own_report(store):
    texts.save(store, "2025-08", "", Texts(), "张三")
    assert texts.texts(store, "2025-08") == Texts()
    assert texts.texts(store, "2025-09").requirements == texts.DEFAULT_REQUIREMENTS


def test_who_wrote_what_and_when_is_kept(store, monkeypatch):
    monkeypatch.setattr(texts, "now", lambda: datetime(2025, 10, 8, 9, 30, 5, 77))
    texts.save(store, "2025-09", "", Texts(problems="一"), "张\u202e三\n")
    texts.save(store, "2025-09", "", Texts(problems="二"), "")
    states = texts.history(store, "2025-09")
    assert [(one.author, one.texts.problems) for one in states] == [("张三", "一"), ("未署名", "二")]
    assert states[0].at == datetime(2025, 10, 8, 9, 30, 5)
    for i in range(60):
        texts.save(store, "2025-09", "", Texts(problems=str(i)), "李四")
    assert [one.texts.problems for one in texts.history(store, "2025-09")] == [str(i) for i in range(10, 60)]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (Texts(addressee="字" * 101), "主送.*101字"),
        (Texts(problems="字" * 3001), "存在问题的补充.*3001字"),
        (Texts(requirements="字" * 3001), "下一步工作要求"),
        (Texts(remarks="字" * 2001), "其他说明"),
        (Texts(signed_on="2025年2月30日"), "成文日期"),
        (Texts(signed_on="下月八日"), "成文日期"),
        (Texts(signed_on="2025-10"), "成文日期"),
        (Texts(signed_on="0025-10-08"), "年份"),
    ],
)
def test_a_bad_block_is_refused_and_changes_nothing(store, wrong, words):
    good = texts.save(store, "2025-09", "", Texts(problems="原有"), "张三")
    with pytest.raises(UserError, match=words):
        texts.save(store, "2025-09", "", wrong, "张三")
    assert texts.texts(store, "2025-09") == good and len(texts.history(store, "2025-09")) == 1


@pytest.mark.parametrize("key", ["../x", "2025-13", "", "2025Q5"])
def test_a_key_that_is_none_is_refused(store, key):
    with pytest.raises(UserError, match="报告期"):
        texts.save(store, key, "", Texts(), "张三")


def test_a_damaged_file_is_said_for_its_report_and_does_not_stop_the_next(store):
    texts.save(store, "2025-08", "", Texts(requirements="八月"), "张三")
    path = kept.report_folder(store, "2025-08") / "texts.json"
    for bad in ("", "{}", '[{"at": 1}]', "\ufeff["):
        path.write_text(bad, "utf-8")
        with pytest.raises(UserError, match=r"texts\.json"):
            texts.texts(store, "2025-08")
        assert texts.texts(store, "2025-09").requirements == texts.DEFAULT_REQUIREMENTS


def test_nothing_is_left_beside_the_file_and_it_is_plain_json(store):
    texts.save(store, "2025-09", BRANCH, Texts(problems=ODD), "张三")
    folder = kept.report_folder(store, "2025-09", BRANCH)
    assert [path.name for path in folder.iterdir()] == ["texts.json"]
    assert json.loads((folder / "texts.json").read_text("utf-8"))[0]["texts"]["problems"] == ODD


FOLDER = Store(temporary_store().path.parents[1])


@settings(deadline=None)  # each example waits for the disk several times
@given(st.builds(Texts, *[st.text(max_size=60)] * 4, st.just("")))
def test_whatever_is_typed_comes_back_clean_and_a_second_saving_changes_nothing(written):
    saved = texts.save(FOLDER, "2025-09", "", written, "张三")
    assert texts.texts(FOLDER, "2025-09") == saved
    assert texts.save(FOLDER, "2025-09", "", saved, "张三") == saved
    for text in asdict(saved).values():
        assert not set(text) & set(map(chr, [*range(10), *range(11, 32), 127, 0xFFFE, 0xFFFF, 0x202E, 0xFEFF]))
        text.encode("utf-8")


def test_a_frozen_record_is_never_changed():
    with pytest.raises(AttributeError):
        Texts().problems = "x"
    assert replace(Texts(), problems="x").problems == "x"
