"""设置 in a browser, on a store of its own: a target is changed, seen on 总览, and nothing is cut off or English."""

import os
import shutil
import subprocess
import sys
from urllib.parse import unquote

import pytest

from tests.browser.conftest import ROOT, Screen, _free_port, _wait
from tests.browser.test_screens import _english, _shown

PARTS = ("目标与阈值", "已知断点", "阶跃变化", "计算设置")


@pytest.fixture(scope="module")
def own_address(store, tmp_path_factory):
    """Serve a copy of the store, for it will be changed."""
    folder = shutil.copytree(store, tmp_path_factory.mktemp("settings") / "store")
    port = _free_port()
    command = [sys.executable, "-m", "streamlit", "run", "serve.py", "--server.port", str(port)]
    server = subprocess.Popen(
        [*command, "--server.headless", "true", "--server.address", "127.0.0.1"],
        cwd=ROOT, env=os.environ | {"KPI_STORE": str(folder)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait(f"http://127.0.0.1:{port}/_stcore/health")
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.terminate()
        server.wait(20)


@pytest.fixture
def settings(browser, own_address):
    context = browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
    context.set_default_timeout(30_000)
    yield Screen(context.new_page(), own_address)
    context.close()


@pytest.mark.parametrize("part", PARTS)
def test_each_part_is_chinese_and_fits(settings, part):
    drawn = settings.open(f"settings?part={part}")
    assert drawn.locator(".st-key-panel_settings h2").first.inner_text() == part
    assert _english(_shown(drawn)) == set()
    main = drawn.locator("[data-testid=stMain]")
    assert main.evaluate("box => box.scrollWidth <= box.clientWidth + 1")
    assert settings.errors == [] and settings.outside == []


def test_a_target_is_changed_and_seen_on_the_overview(settings):
    drawn = settings.open("settings")
    drawn.get_by_label("目标", exact=True).fill("96%")
    drawn.get_by_label("修改人").fill("张三")
    drawn.get_by_label("原因").fill("办公会议定")
    drawn.get_by_role("button", name="保存").click()
    drawn.get_by_text("已生效，版本").wait_for()
    settings.settle()
    assert "办公会议定" in drawn.locator(".st-key-panel_changes").inner_text()
    drawn.locator(".top nav a", has_text="总览").click()
    settings.settle()
    assert drawn.locator("a.card", has_text="群众满意率").get_by_text("目标≥96%").is_visible()


def test_the_usual_periods_stand_in_one_row_with_the_filters(settings):
    drawn = settings.open("?branch=下陆区分局")
    tops = drawn.evaluate(
        "[...document.querySelectorAll('.quick, .st-key-filters [data-testid=stSelectbox], .st-key-filters [data-testid=stMultiSelect]')]"
        ".map(box => { const b = box.getBoundingClientRect(); return (b.top + b.bottom) / 2 })"
    )
    assert len(tops) == 5 and max(tops) - min(tops) < 8
    drawn.locator(".quick a", has_text="近3个月").click()
    settings.settle()
    assert drawn.locator(".quick a[aria-current]").inner_text() == "近3个月"
    assert "2025年第三季度" in drawn.locator(".head p").first.inner_text()
    assert "branch=下陆区分局" in unquote(drawn.url)
