"""What a branch sees of reports: its own notice once it is frozen, the published comparison, and nothing of the city's."""

import msgspec
import pytest

from data.access import settings
from data.store import Store
from metrics.report import editions
from tests.access.two_branches import MARK, OTHER, OWN
from tests.pages import stores
from tests.pages.conftest import html
from tests.report.sample import DOCUMENT

PAGE = "pages/monthly.py"


@pytest.fixture
def frozen(tmp_path) -> Store:
    """Return a store in which the city's report and the notices to two branches are frozen, each with a text of its own."""
    store = stores.city(tmp_path / "store")
    for branch in ("", OWN, OTHER):
        words = f"{MARK if branch != OWN else 'OWNOWN'}的报告"
        made = msgspec.structs.replace(DOCUMENT, title=words, branch=branch, edition=1)
        made = msgspec.structs.replace(made, stamp=msgspec.structs.replace(made.stamp, version=store.current()))
        editions.freeze(store, made, {"报告.html": words.encode()}, "张三")
    return store


def frames(test) -> str:
    return "\n".join(element.proto.srcdoc for element in test.get("iframe"))


def test_a_branch_reads_its_own_frozen_notice_and_no_other(frozen, opened, signed_in):
    signed_in(frozen.folder, "branch", OWN)
    for asked in ({}, {"whose": OTHER}, {"whose": "全市"}, {"edition": "按现有数据的草稿"}):
        test = opened(PAGE, frozen.folder, of_month="2025年9月", **asked)
        assert not test.exception
        assert "OWNOWN" in html(test) and MARK not in html(test) + frames(test)
        assert [box.options for box in test.selectbox if box.label == "范围"] == [[OWN]]
        assert not test.get("download_button") and "定稿与更正" not in str(test.main)


def test_a_month_that_is_not_frozen_is_no_draft_for_a_branch(frozen, opened, signed_in):
    signed_in(frozen.folder, "branch", OWN)
    drawn = html(opened(PAGE, frozen.folder, of_month="2025年8月"))
    assert "还没有定稿" in drawn and f"给{OWN}的通报还没有定稿" in drawn


def test_a_leader_reads_every_report_and_changes_none(frozen, opened, signed_in):
    signed_in(frozen.folder, "leader")
    test = opened(PAGE, frozen.folder, of_month="2025年9月")
    assert not test.exception and MARK in html(test)
    assert not [button.label for button in test.button if "定稿" in button.label]


def test_the_published_comparison_is_all_that_a_branch_sees_of_the_others(frozen, opened, signed_in):
    signed_in(frozen.folder, "branch", OWN)
    drawn = html(opened("pages/branches.py", frozen.folder))
    assert "各分局对比（已公布）" in drawn and "定稿第1版" in drawn and OWN in drawn
    settings.save(frozen, branch_comparison=False)
    drawn = html(opened("pages/branches.py", frozen.folder))
    assert "局里还没有公布分局对比。" in drawn and OTHER not in drawn
