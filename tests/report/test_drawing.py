"""Pictures of charts: drawn in Chinese, with their size and colours, the same each time, and never blank."""

import io
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from lxml import etree
from msgspec.structs import replace
from PIL import Image

from data.errors import UserError
from metrics.report import drawing, fonts, pen
from metrics.report.document import Chart, Series
from metrics.report.drawing_parts import as_table, period_ticks, period_words, ticks, wrap
from tests.report.sample import BY_BRANCH, DOCUMENT, MIX, ODD, QUALITY, TREND

ROOT = Path(__file__).parents[2]
SIGNAL, GREY, PALE = "#1F6FB2", "#5B6875", "#C5CED8"
EMPTY = Chart("e", "图9  没有", "没有", "单位：件", "line", (), (), "件")
BRANCHES = tuple(f"第{i}生态环境保护综合行政执法大队与监测站" for i in range(30))


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


def many(picture: Image.Image, colour: str) -> int:
    """Return how many pixels have exactly this colour."""
    wanted = tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return sum(count for count, found in picture.getcolors(1 << 24) if found == wanted)


def words_of(sheet: pen.Pen) -> list[tuple[float, float, str, float, bool, str]]:
    """Return every text on a sheet: x, baseline, words, size, bold, align."""
    return [
        (*where, look["font"][1], look["font"][0], look["ha"]) for kind, where, look in sheet._drawn if kind == "words"
    ]


def boxes_of(sheet: pen.Pen) -> list[tuple[float, float, float, float, str]]:
    """Return the box round every text: left, top, right, bottom, words."""
    found = []
    for x, base, words, size, bold, align in words_of(sheet):
        width = pen.width_of(words, size, bold)
        left = x - {"left": 0, "center": width / 2, "right": width}[align]
        found.append((left, base - 0.8 * size, left + width, base + 0.1 * size, words))
    return found


def overlapping(sheet: pen.Pen) -> list[tuple[str, str]]:
    boxes = boxes_of(sheet)
    return [
        (one[4], two[4])
        for i, one in enumerate(boxes)
        for two in boxes[i + 1 :]
        if one[0] < two[2] - 0.5 and two[0] < one[2] - 0.5 and one[1] < two[3] - 0.5 and two[1] < one[3] - 0.5
    ]


def outside(sheet: pen.Pen) -> list[str]:
    return [
        words for left, top, right, bottom, words in boxes_of(sheet)
        if left < -0.6 or top < -0.6 or right > sheet.width + 0.6 or bottom > sheet.height + 0.6
    ]  # fmt: skip


@pytest.mark.parametrize("chart", [*DOCUMENT.charts, EMPTY], ids=lambda chart: chart.id)
def test_a_picture_is_156_mm_wide_at_300_dpi_and_not_blank(chart):
    png = drawing.png(chart)
    with Image.open(io.BytesIO(png)) as picture:
        assert [round(dpi) for dpi in picture.info["dpi"]] == [300, 300]
        assert 155.5 < picture.width / 300 * 25.4 <= 156
        assert set(picture.info) <= {"dpi"}  # no program, no day
    fonts.check_drawn(png)


def test_the_same_chart_gives_the_same_bytes_here_and_in_another_process():
    code = "import hashlib; from tests.report.sample import TREND as c; from metrics.report import drawing as d; "
    code += "print(hashlib.sha256(d.png(c) + d.svg(c).encode()).hexdigest())"
    env = {**os.environ, "TZ": "Pacific/Auckland", "PYTHONHASHSEED": "7"}
    there = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, check=True, text=True)
    here = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True, text=True)
    assert there.stdout == here.stdout
    assert drawing.png(TREND) == drawing.png(TREND) and drawing.svg(TREND) == drawing.svg(TREND)


def test_only_signals_are_coloured_and_the_year_before_is_paler():
    assert many(opened(drawing.png(TREND)), SIGNAL) > 300
    assert many(opened(drawing.png(replace(TREND, marks=()))), SIGNAL) == 0
    columns = opened(drawing.png(BY_BRANCH))
    assert many(columns, GREY) > 20_000 and many(columns, PALE) > 20_000


def test_the_unfinished_period_is_hollow_with_a_dashed_line_to_it():
    def kinds(chart):
        drawn = drawing.draw(chart, 442)._drawn
        hollow = [look for kind, _, look in drawn if kind == "dot" and look["facecolor"] == "#FFFFFF"]
        dashed = [look for kind, _, look in drawn if kind == "line" and look["linestyle"] == pen._DASHES["dash"]]
        return len(hollow), len(dashed)

    assert kinds(TREND) == (1, 1)
    assert kinds(replace(TREND, unfinished=-1)) == (0, 0)


def test_a_line_breaks_where_there_is_no_value():
    drawn = drawing.draw(replace(TREND, unfinished=-1), 442)._drawn
    thick = [where[0] for kind, where, look in drawn if kind == "line" and look["linewidth"] == 1.5]
    assert [len(xs) for xs in thick] == [8, 3]


def test_what_is_printed_are_the_texts_of_the_chart_and_its_finding():
    said = [words for _, _, words, *_ in words_of(drawing.draw(MIX, 442))]
    assert said == [
        "大气问题最突出", "单位：件；一件可涉及多类", "大气", "50件，58.1%", "噪声", "30件，34.9%", "水", "8件，9.3%", "固废", "1件，1.2%",
    ]  # fmt: skip
    trend = [words for _, _, words, *_ in words_of(drawing.draw(TREND, 442))]
    assert {"2025年9月86件，属正常波动", "86", "均值", "2025年", "7月"} <= set(trend)
    assert "注：2021年12369并入12345。" not in trend  # the formats print the notes
    shares = [words for _, _, words, *_ in words_of(drawing.draw(QUALITY, 442))]
    assert {"96.7%", "目标", "92%", "94%"} <= set(shares)


@pytest.mark.parametrize("kind", ["column", "bar", "line"])
@pytest.mark.parametrize("width", [442.0, 300.0])
def test_thirty_long_names_neither_overlap_nor_leave_the_sheet(kind, width):
    values = tuple(float(1000 * i) for i in range(30))
    texts = tuple(f"{value:.0f}件，{i}.5%" for i, value in enumerate(values))
    series = (Series("本期", values, "main", texts), Series("上年同期", values[::-1], "former", texts[::-1]))
    chart = Chart("x", "图1  名", "很长的标题" * 12, "很长的说明" * 20, kind, BRANCHES, series, "件")
    sheet = drawing.draw(chart, width)
    assert outside(sheet) == []
    if kind != "line":  # a line is for periods; the labels of its points may meet
        assert overlapping(sheet) == []
        said = "".join(words for _, _, words, *_ in words_of(sheet))
        assert all(name in said for name in BRANCHES) and "…" not in said


def test_a_picture_that_stands_alone_carries_its_notes_and_the_stamp():
    foot = (*TREND.notes, DOCUMENT.stamp.words * 2, "", "演示数据")
    sheet = drawing.draw(TREND, 442, foot)
    assert "".join(foot) in "".join(words for _, _, words, *_ in words_of(sheet))
    assert overlapping(sheet) == [] and outside(sheet) == []
    assert opened(drawing.png(TREND, foot=foot)).height > opened(drawing.png(TREND)).height


@pytest.mark.parametrize("chart", [*DOCUMENT.charts], ids=lambda chart: chart.id)
def test_words_of_a_picture_do_not_overlap(chart):
    for width in (442.0, 540.0):
        sheet = drawing.draw(chart, width)
        assert overlapping(sheet) == [] and outside(sheet) == []


def test_a_name_is_shortened_only_when_three_lines_do_not_hold_it():
    assert wrap("一二三四五", 10, 25, 3) == ["一二", "三四", "五"]
    assert wrap("一二三四五六七", 10, 25, 3) == ["一二", "三四", "五…"]
    assert wrap("一二，三", 10, 25, 3) == ["一二，", "三"]  # no line begins with a comma


def test_odd_words_are_written_as_they_are():
    odd = replace(BY_BRANCH, title="$x_1$与\\alpha%", categories=(ODD, "甲\n乙\x00", "$$"))
    said = [words for _, _, words, *_ in words_of(drawing.draw(odd, 442))]
    assert {ODD, "甲 乙 ", "$$", "$x_1$与\\alpha%"} <= set(said)
    drawing.png(odd)
    etree.fromstring(drawing.svg(replace(odd, alt='"><script>&')))


@pytest.mark.parametrize("kind", ["line", "column", "bar"])
def test_empty_and_single_charts(kind):
    def said(*values: float | None) -> list[str]:
        texts = tuple("" if value is None else f"{value}件" for value in values)
        months = ("2025-09", "2025-10")[: len(values)]
        chart = Chart("x", "图1", "题", "单位", kind, months, (Series("本期", values, "main", texts),), "件")
        fonts.check_drawn(drawing.png(chart))
        return [words for _, _, words, *_ in words_of(drawing.draw(chart, 442))]

    assert "没有数据" in said() and "没有数据" in said(None) and "没有数据" in said(None, None)
    assert {"7件", "2025年9月"} <= set(said(7)) and "没有数据" not in said(7)
    assert "0件" in said(0)
    assert "没有数据" not in said(0, None)


def test_svg_stands_alone_and_several_fit_in_one_page():
    whole = [drawing.svg(chart) for chart in DOCUMENT.charts]
    idents: list[str] = []
    for text in whole:
        root = etree.fromstring(text)
        assert root.get("width") == "720" and root.get("role") == "img" and root.get("aria-label")
        assert root.xpath("//*[local-name()='text' or local-name()='style' or local-name()='script']") == []
        refs = [value for at in root.iter() for name, value in at.attrib.items() if name.endswith("href")]
        assert refs and all(ref.startswith("#p") for ref in refs)
        own = [at.get("id") for at in root.iter() if at.get("id")]
        assert {ref[1:] for ref in refs} <= set(own) and len(own) == len(set(own))
        idents += own
    assert len(idents) == len(set(idents))
    assert not re.search(r"(?<!xmlns=\")https?://", "".join(whole))


def test_axes_and_periods_in_words():
    assert [words for _, words in ticks(0.87, 1.01, True)] == ["90%", "95%", "100%"]
    assert [words for _, words in ticks(0, 9, False)] == ["0", "2", "4", "6", "8"]
    assert [words for _, words in ticks(0.991, 1.0, True)][-1] == "100.0%"
    assert [period_words(one) for one in ("2025-09", "2025Q3", "2025", "2025H1", "大冶市分局")] == [
        "2025年9月", "2025年三季度", "2025年", "2025年上半年", "大冶市分局",
    ]  # fmt: skip
    months = [f"{year}-{month:02d}" for year in (2023, 2024) for month in range(1, 13)]
    assert [words for _, words in period_ticks(months)] == ["2023年", "7月", "2024年", "7月"]
    assert [words for _, words in period_ticks(["2025-08", "2025-09"])] == ["2025年8月", "9月"]


def test_the_numbers_of_a_chart_as_a_table():
    table = as_table(QUALITY)
    assert [column.name for column in table.columns] == ["时间", "群众满意率", "目标"]
    assert table.rows[2][0] == "2025年6月" and table.rows[2][1].text == "93.1%" and table.rows[2][1].value == 0.931
    assert table.rows[-1][1].text == "96.7%"
    assert as_table(TREND).rows[8][1] is None


def test_pictures_drawn_at_the_same_time_are_the_same():
    alone = [drawing.png(chart) for chart in DOCUMENT.charts] + [
        drawing.svg(chart).encode() for chart in DOCUMENT.charts
    ]
    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(drawing.png, chart) for chart in DOCUMENT.charts]
        jobs += [pool.submit(lambda c: drawing.svg(c).encode(), chart) for chart in DOCUMENT.charts]
        assert [job.result() for job in jobs] == alone


def test_the_font_draws_characters_of_the_mainland(monkeypatch):
    face = fonts.chinese_font()
    assert fonts.draws_chinese(Path(face), face.index)
    if face.endswith("NotoSansCJK-Regular.ttc"):
        assert face.index == 2  # Noto Sans CJK SC; the first face is Japanese
    import matplotlib

    latin = Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")
    assert latin.is_file() and not fonts.draws_chinese(latin)
    monkeypatch.setenv("KPI_FONTS", str(latin.parent))  # many fonts, none of them Chinese
    with pytest.raises(UserError, match="没有中文字体"):
        fonts.chinese_font()


def test_without_a_font_nothing_is_drawn(monkeypatch, tmp_path):
    monkeypatch.setenv("KPI_FONTS", str(tmp_path))
    for drawn in (drawing.png, drawing.svg):
        with pytest.raises(UserError, match="fonts-noto-cjk"):
            drawn(TREND)


def test_a_font_in_a_folder_of_ones_own_is_used(monkeypatch, tmp_path):
    face = fonts.chinese_font()
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / f"字体{Path(face).suffix}").symlink_to(face)
    monkeypatch.setenv("KPI_FONTS", str(tmp_path))
    assert Path(fonts.chinese_font()).parent == tmp_path / "own"
    assert fonts.chinese_font().index == face.index
    drawing.png(TREND)


def test_a_blank_picture_is_refused():
    blank, pale = io.BytesIO(), io.BytesIO()
    Image.new("RGB", (900, 400), "white").save(blank, "PNG")
    Image.new("RGB", (900, 400), "#F4F6F9").save(pale, "PNG")
    for picture in (blank, pale):
        with pytest.raises(UserError, match="空白"):
            fonts.check_drawn(picture.getvalue())


def test_a_picture_is_looked_at_after_it_was_drawn(monkeypatch):
    blank = io.BytesIO()
    Image.new("RGB", (900, 400), "white").save(blank, "PNG")
    monkeypatch.setattr(pen.Pen, "png", lambda self, dpi: blank.getvalue())  # what a failing machine would give
    with pytest.raises(UserError, match="空白"):
        drawing.png(TREND)


def test_matplotlib_does_not_read_the_fonts_of_the_system():
    code = "from tests.report.sample import TREND as c; from metrics.report import drawing as d; d.png(c); import matplotlib; "
    code += "from matplotlib import font_manager as f; own = matplotlib.get_data_path(); "
    code += "print([e.fname for e in f.fontManager.ttflist if not e.fname.startswith(own)])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True, text=True)
    assert done.stdout == "[]\n"


def test_a_home_folder_that_cannot_be_written_to_is_left_alone(tmp_path):
    code = "from tests.report.sample import TREND as c; from metrics.report import drawing as d; import os; "
    code += "assert len(d.png(c)) > 9999 and 'MPLCONFIGDIR' not in os.environ; print('drawn')"
    env = {name: value for name, value in os.environ.items() if name != "MPLCONFIGDIR"}
    env |= {"HOME": str(tmp_path / "none"), "XDG_CACHE_HOME": str(tmp_path / "none"), "TMPDIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.stdout == "drawn\n" and done.stderr == ""
    assert list(tmp_path.iterdir()) == []
