"""Saved views: kept beside the versions, whole or not at all, never in the place of another one unasked."""

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import views
from data.errors import UserError
from data.store import Store

QUERY = "kpi_name=信访总量&where=site_name~化工&where=persons>=2"


def test_a_view_comes_back_as_it_was_kept(tmp_path) -> None:
    store = Store(tmp_path)
    assert views.views(store) == []
    kept = views.save(store, "  化工 企业（电话）", QUERY)
    assert kept.name == "化工 企业（电话）" and views.views(store) == [kept]
    assert parse_qsl(kept.query) == [("kpi_name", "信访总量"), ("where", "site_name~化工"), ("where", "persons>=2")]
    assert [path.name for path in (tmp_path / "views").iterdir()] == ["化工 企业（电话）.txt"]


def test_a_name_that_is_taken_is_not_taken_over_unasked(tmp_path) -> None:
    store = Store(tmp_path)
    views.save(store, "月报", "a=1")
    with pytest.raises(UserError, match="已有名为“月报”"):
        views.save(store, "月报", "a=2")
    assert views.views(store)[0].query == "a=1"
    views.save(store, "月报", "a=2", replace=True)
    assert [view.query for view in views.views(store)] == ["a=2"]


@pytest.mark.parametrize(
    "name", ["", " ", "../秘密", "a/b", "a\\b", ".隐藏", "con", "COM1", "长" * 41, "a:b", "换\n行*", "a\0"]
)
def test_odd_names_are_refused_and_leave_nothing(tmp_path, name) -> None:
    store = Store(tmp_path)
    with pytest.raises(UserError, match="不能用"):
        views.save(store, name, "a=1")
    with pytest.raises(UserError, match="没有名为"):
        views.delete(store, name)
    assert not (tmp_path / "views").exists() and views.views(store) == []


@given(st.text(max_size=60))
def test_no_name_leads_out_of_the_folder(tmp_path_factory, name) -> None:
    store = Store(tmp_path_factory.mktemp("views"))
    try:
        views.save(store, name, "a=1")
    except UserError:
        return
    (only,) = store.folder.rglob("*.txt")
    assert only.parent == store.folder / "views" and views.views(store)[0].name == only.stem


def test_a_view_can_be_deleted_once(tmp_path) -> None:
    store = Store(tmp_path)
    views.save(store, "月报", "a=1")
    views.delete(store, "月报")
    assert views.views(store) == []
    with pytest.raises(UserError, match="没有名为“月报”"):
        views.delete(store, "月报")


def test_files_that_are_no_views_are_passed_over_and_read_back_as_pairs(tmp_path) -> None:
    store = Store(tmp_path)
    views.save(store, "好的", "a=1")
    (tmp_path / "views" / "坏.txt").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "views" / "长.txt").write_text("a=" + "x" * 5000, "utf-8")
    (tmp_path / "views" / "怪.txt").write_text('"><script>&where=a\nb=c', "utf-8")
    found = {view.name: view.query for view in views.views(store)}
    assert found == {"好的": "a=1", "怪": "where=a+b%3Dc"}


def test_too_long_a_query_is_refused(tmp_path) -> None:
    with pytest.raises(UserError, match="太多"):
        views.save(Store(tmp_path), "长", "a=" + "x" * 5000)
