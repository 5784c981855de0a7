"""What the pages say of a store that is damaged: the same sentence as the command line, and no traceback."""

import pytest

from tests.faults.test_check import DAMAGE
from tests.pages.conftest import html, opened  # noqa: F401 - a fixture

PAGES = ("app.py", "pages/imports.py")


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_pointer(two, opened, damage):  # noqa: F811 - the fixture
    damage(two.folder / "CURRENT")
    test = opened("app.py", two.folder)
    assert not test.exception
    assert "CURRENT" in html(test) or "当前版本的文件不在了" in html(test)


@pytest.mark.parametrize("page", PAGES)
def test_a_version_that_is_no_database(two, opened, page):  # noqa: F811 - the fixture
    path = two.path_of(two.current())
    path.chmod(0o640)
    path.write_bytes(b"no database" * 4000)
    test = opened(page, two.folder)
    assert not test.exception
    assert "已损坏" in html(test)


@pytest.mark.parametrize("page", PAGES)
def test_a_version_deleted_by_hand(two, opened, page):  # noqa: F811 - the fixture
    two.path_of(two.current()).unlink()
    test = opened(page, two.folder)
    assert not test.exception
    assert "文件不在了" in html(test)
