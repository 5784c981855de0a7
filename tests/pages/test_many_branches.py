"""A province's branches: the page of branches draws them a page at a time, those with a signal first, on one scale."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts.branching import _AT_ONCE
from tests.pages import stores

MANY = tuple(f"第{number:02d}分局" for number in range(1, 31))


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stores.city(tmp_path_factory.mktemp("province"), MANY).folder


def names(test: AppTest) -> list[str]:
    """Return whose small charts are drawn, in their order."""
    titles = [
        [
            note["text"]
            for note in json.loads(chart.proto.spec)["layout"].get("annotations", [])
            if "<b>" in note["text"]
        ]
        for chart in test.get("plotly_chart")
    ]
    return [title.split("<b>")[1].split("</b>")[0] for title in next(filter(None, titles))]


def test_every_branch_is_drawn_on_one_of_the_pages(province, opened):
    test = opened("pages/branches.py", province)
    assert not test.exception
    first = names(test)
    test.session_state["charts_page"] = 2
    second = names(test.run())
    assert (len(first), len(second)) == (_AT_ONCE, len(MANY) - _AT_ONCE + 1)  # and 执法支队, which has no case
    assert {*MANY} < {*first, *second} and not {*first} & {*second}


def test_few_branches_are_drawn_together(city, opened):
    assert "每页" not in "".join(element.proto.body for element in opened("pages/branches.py", city).get("html"))
