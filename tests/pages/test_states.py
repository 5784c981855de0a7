"""Every page in every state of the store looks as it is meant to: nothing imported, a whole city, one branch."""

import pytest

from tests.pages.conftest import PAGES, WITHOUT_CASES, html
from tests.pages.stores import NASTY, QUIET_BRANCH

WORK_WITHOUT_DATA = ("pages/definitions.py", "pages/imports.py", "pages/settings.py")
ABOUT_DATA = [page for page in PAGES if page not in WITHOUT_CASES]


@pytest.mark.parametrize("page", ABOUT_DATA)
def test_an_empty_store_looks_intended(page, opened, tmp_path):
    test = opened(page, tmp_path / "nothing")
    assert not test.exception
    drawn = html(test)
    assert "尚未导入数据" in drawn
    assert "演示数据" not in drawn
    assert ("还没有数据" in drawn) == (page not in WORK_WITHOUT_DATA)


@pytest.mark.parametrize("page", ABOUT_DATA)
def test_a_demonstration_is_marked_on_every_page(page, opened, city):
    test = opened(page, city)
    assert not test.exception
    assert '<span class="demo">演示数据</span>' in html(test)


@pytest.mark.parametrize("page", PAGES)
def test_real_data_of_one_branch_has_no_mark(page, opened, lone_branch):
    test = opened(page, lone_branch)
    assert not test.exception
    assert "演示数据" not in html(test)


def test_a_damaged_store_is_explained_in_a_sentence(opened, tmp_path):
    (tmp_path / "CURRENT").write_text("000009-gone", "utf-8")
    test = opened("app.py", tmp_path)
    assert not test.exception
    assert "当前版本的文件不在了" in html(test)


@pytest.mark.parametrize("page", PAGES)
def test_a_branch_without_cases_looks_intended(page, opened, city):
    test = opened(page, city, branch=QUIET_BRANCH)
    assert not test.exception
    assert "nan" not in html(test).lower() and "None" not in html(test)


def test_a_figure_without_cases_is_a_dash_and_never_zero_per_cent(opened, city):
    drawn = html(opened("app.py", city, branch=QUIET_BRANCH))
    assert '<span class="big">—<small></small></span>' in drawn
    assert "0.0<small>%" not in drawn
    assert "没有超期或7日内到期的信访件。" in drawn
    assert "所选范围内没有信访件。" in drawn


def test_a_month_without_data_looks_intended(opened, city):
    test = opened("pages/cases.py", city, period="2022年1月", branch=QUIET_BRANCH)
    assert not test.exception
    assert "没有信访件" in html(test)


@pytest.mark.parametrize("page", ["pages/quality.py", "pages/cases.py", "pages/branches.py", "app.py"])
def test_text_from_files_is_never_markup(page, opened, city):
    drawn = html(opened(page, city))
    assert NASTY not in drawn
    if page == "pages/quality.py":
        assert "&lt;b&gt;某厂&lt;/b&gt;" in drawn
