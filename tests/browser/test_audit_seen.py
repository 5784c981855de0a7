"""审计 in a browser: the log is checked and taken away, which is in the log itself; nothing is cut off or English."""

import pytest

from data.access import audit
from data.store import Store
from tests.browser.conftest import Screen, serving
from tests.browser.test_screens import _english, _shown


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("audit") / "store"


@pytest.fixture(scope="module")
def own_address(folder, tmp_path_factory):
    """Serve a store that has nothing but a log: the page reads no version."""
    audit.record(Store(folder), "import", {"files": "6月.xlsx", "rows": 12})
    with serving(folder, tmp_path_factory.mktemp("log") / "server.txt") as found:
        yield found


@pytest.fixture
def visitor(browser, own_address):
    context = browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768}, accept_downloads=True)
    context.set_default_timeout(30_000)
    yield Screen(context.new_page(), own_address)
    context.close()


def test_each_part_is_chinese_and_fits(visitor):
    for part in ("日志", "权限矩阵"):
        drawn = visitor.open(f"audit?part={part}")
        assert _english(_shown(drawn)) == set()
        assert drawn.locator("[data-testid=stMain]").evaluate("box => box.scrollWidth <= box.clientWidth + 1")
    assert visitor.errors == [] and visitor.outside == []


def test_the_log_is_checked_at_a_click(visitor, folder):
    drawn = visitor.open("audit")
    drawn.get_by_role("button", name="核验日志链").click()
    drawn.get_by_text("审计日志完整").wait_for()
    assert audit.entries(Store(folder))[0].event == "audit_verify"


def test_a_file_that_is_taken_away_is_in_the_log_before_it_is_there(visitor, folder):
    drawn = visitor.open("audit?event=导入数据")
    for label, ending in (("导出 Excel", ".xlsx"), ("导出 CSV", ".csv")):
        with drawn.expect_download() as download:
            drawn.get_by_role("button", name=label).click()
        assert download.value.suggested_filename.endswith(ending)
        told = audit.entries(Store(folder))[0]
        assert (told.event, told.state) == ("audit_export", "ok") and "事件：导入数据" in told.what["filter"]
    lines = download.value.path().read_text("utf-8-sig").splitlines()
    assert lines[0] == "审计日志" and "文件：6月.xlsx；行数：12" in lines[-1]
    assert audit.verify(Store(folder)).ok


def test_the_matrix_can_be_taken_away(visitor):
    drawn = visitor.open("audit?part=权限矩阵")
    with drawn.expect_download() as download:
        drawn.get_by_role("button", name="下载 CSV").click()
    text = download.value.path().read_text("utf-8-sig")
    assert "类别,项目,说明,局领导,信访办,分局,审计员,管理员" in text and "列,信访件·身份证号,不入库" in text
