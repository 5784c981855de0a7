"""The page 月报 in a browser: the report is read on the screen, and each of its numbers leads to its cases in two clicks."""

import io
import zipfile
from pathlib import Path

import pytest


@pytest.mark.parametrize("screen", [(1366, 768), (1920, 1080)], indirect=True)
def test_the_report_is_seen_at_once_and_nothing_is_cut_off(screen):
    page = screen.open("monthly?of_month=2025年9月")
    paper = page.frame_locator("iframe")
    paper.get_by_text("关于2025年9月全市生态环境信访投诉办理情况的通报").first.wait_for()
    assert paper.locator("body").evaluate("body => body.scrollWidth <= body.clientWidth + 1")
    assert page.locator("[data-testid=stMain]").evaluate("box => box.scrollWidth <= box.clientWidth + 1")
    button = page.get_by_role("button", name="生成全部格式")
    assert button.bounding_box()["y"] + button.bounding_box()["height"] < page.viewport_size["height"]
    assert screen.errors == [] and screen.outside == []


def test_a_number_leads_to_its_source_and_on_to_its_definition_and_cases(screen):
    page = screen.open("monthly?of_month=2025年9月")
    paper = page.frame_locator("iframe")
    number = paper.locator("p a.fact", has_text="件").first
    shown = number.inner_text()
    source = paper.locator(number.get_attribute("href"))
    number.click()
    assert shown in source.inner_text()
    with page.context.expect_page() as opened:
        source.get_by_role("link", name="查看口径和案件").click()
    passport = opened.value
    passport.wait_for_selector(".head h1", timeout=60_000)
    passport.get_by_text(shown.removesuffix("件"), exact=False).first.wait_for()
    assert "/passport?" in passport.url


def test_all_files_are_made_and_taken_in_one_archive(screen):
    page = screen.open("monthly?of_month=2025年9月")
    page.get_by_role("button", name="生成全部格式").click()
    button = page.get_by_role("button", name="下载全部（zip）")
    button.wait_for(timeout=120_000)
    with page.expect_download() as download:
        button.click()
    with zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes())) as archive:
        endings = {name.rpartition(".")[2] for name in archive.namelist()}
    assert endings == {"docx", "xlsx", "pptx", "html", "pdf", "png"}
