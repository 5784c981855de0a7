"""The auditor: the page 审计 with its files, from a store that holds cases, and nothing else of the product."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.access import audit

ROOT = Path(__file__).parents[2]
OTHERS = sorted(path.name for path in (ROOT / "pages").glob("*.py") if path.stem != "audit")


def opened(page: str, **address: str) -> AppTest:
    test = AppTest.from_file(str(ROOT / page), default_timeout=60)
    for name, value in address.items():
        test.query_params[name] = value
    return test.run()


def drawn(test: AppTest) -> str:
    return "\n".join(element.proto.body for element in test.get("html"))


@pytest.fixture
def store(city, monkeypatch):
    """Return a store with cases in it, the one that pages read."""
    monkeypatch.setenv("KPI_STORE", str(city.folder))
    return city


def test_the_auditor_sees_the_log_and_may_take_it_away(store, signed_in):
    who = signed_in(store.folder, "auditor")
    test = opened("pages/audit.py")
    assert not test.exception and len(test.dataframe) == 1
    assert [button.proto.label for button in test.get("download_button")] == ["导出 Excel", "导出 CSV"]
    seen = audit.entries(store)[0]
    assert (seen.event, seen.account, seen.role, seen.address) == ("page", who.account, "auditor", "10.1.2.3")
    test = opened("pages/audit.py", part="权限矩阵")
    assert not test.exception and len(test.get("download_button")) == 2


@pytest.mark.parametrize("page", ["app.py", *(f"pages/{name}" for name in OTHERS)])
def test_the_auditor_sees_nothing_else(store, signed_in, page):
    signed_in(store.folder, "auditor")
    test = opened(page)
    assert not test.exception and "没有“" in drawn(test) and "的权限" in drawn(test)
    assert not test.dataframe and not test.get("download_button") and not test.get("plotly_chart")


@pytest.mark.parametrize("role", ["leader", "office", "branch", "admin"])
def test_nobody_else_sees_the_log(store, signed_in, role):
    signed_in(store.folder, role, *(["下陆区分局"] if role == "branch" else []))
    test = opened("pages/audit.py")
    assert not test.exception and "没有“看审计日志”的权限" in drawn(test)
    assert not test.dataframe and not test.get("download_button") and not test.button
