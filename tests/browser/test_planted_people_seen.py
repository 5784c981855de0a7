"""A person who stands in an uploaded file is nowhere afterwards: on no page, in no address, on no disk of the server.

The person is imported through the import page, asked for in a search, listed, downloaded and reported on; then the
server is stopped and every byte it has written anywhere is read: store, log, temporary files, its home folder.
"""

import io
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import PAGES, Screen, serving
from tests.data.files import case, ledger
from tests.data.test_privacy import ADDRESS, ID_NUMBER, NAME, PHONE, PLANTED, SPOKEN

DAYS = {"受理时间": "2025-08-02", "办结时间": "2025-08-20", "办理状态": "已办结", "责任分局": "下陆分局"}
PERSON = {"信访人": NAME, "联系电话": PHONE, "身份证号": ID_NUMBER, "信访人住址": ADDRESS}


def planted_file(folder: Path) -> Path:
    """Write an export in which the person stands in their own columns and, row by row, in every other column."""
    filled = (
        case("A-0") | DAYS | PERSON | {"反映内容": SPOKEN, "办理结果": f"已电话告知{NAME}（{PHONE}）", "满意度": "满意"}
    )
    rows = [filled | {"信访件编号": f"A-{number}", "登记时间": "2025-08-01 09:00"} for number in range(30)]
    for number, heading in enumerate([*filled, "备注"]):
        rows.append(
            filled | {"信访件编号": f"B-{number}", "登记时间": "2025-08-01 09:00", "备注": ""} | {heading: SPOKEN}
        )
    return ledger(folder / "台账_20250930.csv", *rows)


def forms(text: str) -> list[bytes]:
    """Return a text as it may stand in bytes: UTF-8, GB18030, UTF-16, JSON's escapes, an address's."""
    escaped = text.encode("unicode_escape")
    percent = "".join(f"%{byte:02X}" if byte > 127 else chr(byte) for byte in text.encode()).encode()
    return [text.encode(), text.encode("gb18030"), text.encode("utf-16-le"), escaped, percent, percent.lower()]


def expect_nobody(content: bytes, where: str) -> None:
    parts = [content]
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts += [archive.read(name) for name in archive.namelist()]
    for part in parts:
        for text in PLANTED:
            assert not [form for form in forms(text) if form in part], f"{where}: {text}"


@pytest.fixture(scope="module")
def written(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Do everything with the planted file that people do; return the folders that the server could write to."""
    base = tmp_path_factory.mktemp("planted")
    store, temporary, home = base / "store", base / "tmp", base / "home"
    temporary.mkdir()
    home.mkdir()
    export = planted_file(base)
    environment = {"TMPDIR": str(temporary), "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")}
    with serving(store, base / "server.txt", **environment) as address:
        context = browser.new_context(locale="zh-CN", accept_downloads=True)
        screen = Screen(context.new_page(), address)
        asked: list[str] = []
        screen.page.on("request", lambda request: asked.append(request.url))
        _import(screen, export)
        for page in PAGES:
            expect_nobody(screen.open(page).content().encode(), f"page {page}")
        _download(screen, base)
        for url in asked:
            expect_nobody(url.encode(), "an address")
        _search(screen)
        context.close()
    export.unlink()
    return [store, temporary, home, base]


def _import(screen: Screen, export: Path) -> None:
    page = screen.open("imports")
    page.locator("input[type=file]").set_input_files(export)
    button = page.get_by_role("button", name="导入这1张表")
    button.wait_for(timeout=60_000)
    expect_nobody(page.content().encode(), "what the import page found")
    button.click()
    page.get_by_text("导入完成").wait_for(timeout=60_000)


def _search(screen: Screen) -> None:
    """Ask for the person by name and number, as somebody might in a search for words."""
    for words in (NAME, PHONE):
        page = screen.open(f"explore?where=site_name~{words}")
        page.goto(screen.address)  # the next page's own addresses carry nothing of it
        screen.settle()


def _download(screen: Screen, folder: Path) -> None:
    page = screen.open("cases?period=2025年")
    _take(page, "下载 Excel", folder / "list.xlsx")
    _take(page, "下载 CSV", folder / "list.csv")
    page = screen.open("quality")
    _take(page, "下载更正表", folder / "wrong.xlsx")


def _take(page: Page, label: str, target: Path) -> None:
    with page.expect_download() as download:
        page.get_by_role("button", name=label).first.click()
    download.value.save_as(target)
    expect_nobody(target.read_bytes(), label)
    assert target.stat().st_size > 500


def test_nothing_that_the_server_wrote_has_the_person(written):
    files = [path for folder in written for path in folder.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} >= {".duckdb", ".jsonl", ".txt"}
    for path in dict.fromkeys(files):
        expect_nobody(path.read_bytes(), str(path))
