"""一图读懂 as a page: all that the board says is there, and what does not fit is said."""

import re

import lxml.html
import msgspec

from metrics.report import board
from metrics.report.document import Number, Table, plain
from tests.report.sample import BOARD, BRANCHES, ODD, OVERDUE, STAMP

LONG = "开发区·铁山区生态环境分局（含新港物流工业园区片区管理办公室）"


def tree_of(shown=BOARD, is_demo=True):
    return lxml.html.fromstring(board.page(shown, STAMP, is_demo))


def crowded():
    """Return a board of fourteen branches with long names and fifteen warnings, some of them long."""
    branches = tuple((f"{LONG}{i}", *BRANCHES.rows[0][1:]) for i in range(14))
    warnings = tuple((f"HS2025080100{i:02d}", LONG if i % 2 else "某厂", LONG, Number(str(i), i)) for i in range(15))
    return msgspec.structs.replace(
        BOARD,
        sentence=BOARD.sentence * 4,
        branches=msgspec.structs.replace(BRANCHES, rows=(*branches, BRANCHES.rows[-1])),
        warnings=msgspec.structs.replace(OVERDUE, rows=warnings),
    )


def test_title_sentence_tiles_tables_stamp_and_mark_are_there():
    tree = tree_of()
    words = tree.text_content()
    assert tree.xpath("string(//h1)") == BOARD.title and BOARD.sentence in words and STAMP.words in words
    assert [tile.text_content() for tile in tree.xpath("//ul/li/b")] == [tile.figure.text for tile in BOARD.tiles]
    for tile in BOARD.tiles:
        assert tile.name in words and tile.counted in words and tile.change in words and tile.signal in words
    for table, place in ((BRANCHES, "branches"), (OVERDUE, "warnings")):
        rows = tree.xpath(f"//section[@class='{place}']//tbody/tr")
        assert [[td.text_content() for td in row] for row in rows] == [[plain(c) for c in row] for row in table.rows]
    assert "另有3件未列出" in words and "演示数据" in words and ODD in words
    assert "演示数据" not in tree_of(is_demo=False).text_content()
    assert len([one for one in tree.iter() if str(one.tag).endswith("svg")]) == 2


def test_a_state_is_said_in_words_as_well_as_in_colour():
    tiles = [tile.text_content() for tile in tree_of().xpath("//ul/li")]
    assert "达标" in tiles[1] and "未达标" in tiles[3] and "超期" in tiles[5] and "达标" not in tiles[0]


def test_too_many_branches_and_warnings_are_counted_and_the_total_stays():
    tree = tree_of(crowded())
    rows = tree.xpath("//section[@class='branches']//tbody/tr")
    assert len(rows) == 11 and rows[-1].text_content().startswith("合计")
    assert "另有4个单位未列出" in tree.text_content()
    kept = len(tree.xpath("//section[@class='warnings']//tbody/tr"))
    assert 0 < kept < 10 and f"另有{15 - kept + OVERDUE.more}件未列出" in tree.text_content()


def test_no_warnings_are_said_to_be_none():
    shown = msgspec.structs.replace(BOARD, warnings=Table("warnings", "超期与临期", OVERDUE.columns, ()))
    assert tree_of(shown).xpath("string(//section[@class='warnings']//tbody)") == "无"


def test_the_page_needs_nothing_else():
    page = board.page(BOARD, STAMP, True).replace("http://www.w3.org/", "")
    assert not [word for word in ("<script", "http://", "https://", "src=", "url(") if word in page]
    assert all(link.startswith("#") for link in re.findall(r'href="([^"]*)"', page))
