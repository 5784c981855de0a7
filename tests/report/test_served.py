"""What /report answers, for the city and for a branch: a branch's notice is never the city's report, nor another's."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from data.store import Store
from metrics.report import editions, served
from tests.metrics.build import make_store
from tests.report.test_editions import report

OWN, OTHER = "下陆区分局", "大冶市分局"


@pytest.fixture
def store(tmp_path):
    reader = make_store(tmp_path / "store", [{"received_at": "2025-09-01"}])
    found = Store(tmp_path / "store")
    for key, branch in (("2025-09", ""), ("2025-08", OWN), ("2025-09", OWN), ("2025-09", OTHER), ("2025-10", OTHER)):
        page = f"{branch or 'city'} {key}".encode()
        editions.freeze(found, report(reader.version, key, branch), {"报告.html": page}, "张三")
    return found


@pytest.mark.parametrize(
    "key,branch,page",
    [
        ("", "", "city 2025-09"),
        ("2025-09", "", "city 2025-09"),
        ("", OWN, f"{OWN} 2025-09"),
        ("2025-08", OWN, f"{OWN} 2025-08"),
        ("2025-10", OTHER, f"{OTHER} 2025-10"),
    ],
)
def test_the_page_is_that_of_the_key_and_of_the_branch(store, key, branch, page):
    assert served.page(store, key, branch) == (200, page.encode())


@pytest.mark.parametrize(
    "key,branch", [("2025-10", OWN), ("2025-10", ""), ("2025-08", OTHER), ("", "../../2025-09"), ("../x", OWN)]
)
def test_what_is_not_frozen_for_it_is_not_there(store, key, branch):
    status, page = served.page(store, key, branch)
    assert status == 404 and b"city" not in page and "没有可以显示的报告" in page.decode()


@pytest.mark.parametrize(
    "branch,expected", [("", ["2025-09"]), (OWN, ["2025-09", "2025-08"]), (OTHER, ["2025-10", "2025-09"])]
)
def test_the_list_leads_to_every_report_of_its_own_newest_first_and_to_no_other(store, branch, expected):
    status, page = served.listing(store, branch)
    links = [parse_qs(urlsplit(unescape(link)).query) for link in re.findall('href="(report[^"]*)"', page.decode())]
    assert status == 200 and [link["key"][0] for link in links] == expected
    assert [link.get("branch", [""])[0] for link in links] == [branch] * len(expected)


def test_a_list_of_nothing_says_so(store):
    status, page = served.listing(store, "../2025-09")
    assert status == 404 and "还没有定稿" in page.decode()
