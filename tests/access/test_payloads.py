"""What comes from files stays text in everything that leaves: no formula, link, script or markup in any file or chart."""

import csv
import io
import json
import re
import zipfile
from datetime import date

import lxml.html
import openpyxl
import pytest

from data.corrections import quarantine_xlsx
from data.profiles import load_profiles
from data.reference import Reference
from data.store import Store
from data.templates import template_xlsx
from metrics import cases, charts, explore, export, periods, ratings
from metrics.charts.base import inert
from metrics.dimensions import NO_FILTER
from metrics.engine import measure
from metrics.report import making, packs, produce, texts
from metrics.report.draft import Texts
from tests.access import payloads

OUTSIDE = re.compile(r"x\.invalid|javascript:", re.IGNORECASE)
OWN_TAGS = re.compile(r"</?b>|<br>|<span style='font-size:11px'>|</span>|<extra></extra>")
SHOWN = ("text", "hovertext", "ticktext", "hovertemplate", "name")
OFFICE_LINKS = re.compile(rb'TargetMode="External"')


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Store:
    made = payloads.store(tmp_path_factory.mktemp("payloads"))
    written = Texts("\n".join(payloads.PAYLOADS[:1]), *["\n".join(payloads.PAYLOADS)] * 3)
    texts.save(made, "2025-09", "", written, payloads.PAYLOADS[0])
    return made


@pytest.fixture(scope="module")
def reader(store):
    return store.reader()


@pytest.fixture(scope="module")
def files(store, reader) -> dict[str, bytes]:
    """Return the files of the city's report and of the notices to odd branches in every format that needs no browser."""
    formats = ("docx", "xlsx", "pptx", "html")
    found = produce.produce(making.draft(store, reader, "2025-09"), formats).files
    odd = [branch for branch in packs.branches(reader) if branch in payloads.BRANCHES[2:]][:2]
    for branch in odd:
        found |= produce.produce(making.draft(store, reader, "2025-09", branch), formats).files
    assert len(found) >= 4 * (1 + len(odd)) == 12
    return found


def test_the_attempts_are_in_the_store_and_the_store_is_whole(reader):
    """Otherwise nothing below would be tried; and the attempt at SQL has dropped nothing."""
    ((many,),) = reader.query("SELECT count(*) FROM cases")
    assert many > 80
    everything = " ".join(str(row) for table in ("cases", "backlog", "key_cases", "activities", "quarantine", "warnings")
                          for row in reader.query(f"SELECT * FROM {table}"))  # fmt: skip
    for word in (
        "onerror=",
        "<script>",
        "](javascript:",
        ":red[",
        "=HYPERLINK(",
        "+cmd|",
        "{{7*7}}",
        "DROP TABLE",
        "<a href=",
    ):
        assert word in everything, word
    assert any("<img" in branch for (branch,) in reader.query("SELECT branch FROM branches"))


def test_names_of_files_cannot_lead_out_of_a_folder(files):
    assert not [name for name in files if re.search(r'[\\/:*?"<>|\x00-\x1f]', name) or name.startswith(".")]


def test_office_files_have_no_link_field_or_formula(files):
    looked = 0
    for name, data in files.items():
        if name.endswith(".html"):
            continue
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            for part in packed.namelist():
                content = packed.read(part)
                looked += 1
                if part.endswith(".rels"):
                    links = [t for t in re.findall(rb"<Relationship [^>]*>", content) if OFFICE_LINKS.search(t)]
                    assert not links, (name, part, links)
                if "worksheets/" in part:
                    assert b"<f>" not in content and b"<f " not in content, (name, part)
                    assert not re.search(rb"<hyperlink [^>]*r:id", content), (name, part)  # within the book only
                if part.startswith("word/"):
                    assert b"HYPERLINK" not in content.replace(b"=HYPERLINK(", b""), (name, part)
                if part.endswith(".xlsx"):
                    with zipfile.ZipFile(io.BytesIO(content)) as inner:
                        assert not [p for p in inner.namelist() if "sheets/" in p and b"<f>" in inner.read(p)]
    assert looked > 100


def test_no_cell_of_a_workbook_begins_like_a_formula(files, store, reader):
    books = {name: data for name, data in files.items() if name.endswith(".xlsx")}
    books["quarantine"] = quarantine_xlsx(reader)
    for number, profile in enumerate(load_profiles(store)):
        books[f"template {number}"] = template_xlsx(profile, Reference(store.reference_folder))
    seen = 0
    for name, data in books.items():
        for sheet in openpyxl.load_workbook(io.BytesIO(data)).worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    assert cell.data_type != "f" and not (cell.hyperlink and cell.hyperlink.target), (
                        name,
                        cell.coordinate,
                    )
                    seen += isinstance(cell.value, str) and "window.__pwned" in cell.value
    assert seen > 20


def test_web_pages_of_reports_have_no_markup_of_others(files):
    pages = [data for name, data in files.items() if name.endswith(".html")]
    assert sum("window.__pwned" in _checked_text(data.decode()) for data in pages) >= 1


def _checked_text(text: str) -> str:
    """Look at every element of a page and return its text."""
    document = lxml.html.document_fromstring(text)
    assert not [image for image in document.iter("img") if not image.get("src", "").startswith("data:")]
    for element in document.iter():
        if not isinstance(element.tag, str):
            continue
        assert not [name for name in element.attrib if name.lower().startswith("on")], element.tag
        for name in ("href", "src", "xlink:href", "action"):
            assert not OUTSIDE.search(element.get(name, "").strip()[:40]), (element.tag, element.get(name))
        if element.tag == "script":
            assert "__pwned" not in (element.text or "")
    return document.text_content()


def test_lists_defuse_formulas_as_csv_and_as_workbook(reader):
    period = periods.span(date(2025, 1, 1), date(2025, 12, 31), reader.as_of)
    frame = cases.cases_behind(reader, "cases_total", period, None, NO_FILTER)
    assert len(frame) > 20
    notes = ["=1+1", payloads.PAYLOADS[6]]
    rows = list(csv.reader(io.StringIO(export.to_csv(frame, notes).decode("utf-8-sig"))))
    rows += csv.reader(
        io.StringIO(export.rows_to_csv(list(frame), map(tuple, frame.to_numpy()), notes).decode("utf-8-sig"))
    )
    texts_found = [cell for row in rows for cell in row if cell and not re.fullmatch(r"-?\d+(\.\d+)?", cell)]
    assert not [cell for cell in texts_found if cell[0] in "=+-@\t\r\n"]
    assert any(cell.startswith(("'=", "'+", "'@")) for cell in texts_found)
    for data in (export.to_xlsx(frame, notes), export.rows_to_xlsx(list(frame), map(tuple, frame.to_numpy()), notes)):
        found = [cell for row in openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows() for cell in row]
        assert not [cell for cell in found if cell.data_type == "f" or cell.hyperlink]


def _strings(part: object, key: str = "", templated: bool = False):
    """Yield every string of a figure that is drawn as a text, with the key that it stands under."""
    if isinstance(part, dict):
        has_template = bool(part.get("hovertemplate"))
        for name, value in part.items():
            yield from _strings(value, name, has_template)
    elif isinstance(part, list | tuple):
        for value in part:
            yield from _strings(value, key, templated)
    elif isinstance(part, str) and (key in SHOWN or (key == "customdata" and templated)):
        yield key, part


def test_no_chart_reads_tags_in_what_data_says(reader):
    period = periods.span(date(2025, 1, 1), date(2025, 12, 31), reader.as_of)
    months = periods.months(date(2024, 11, 1), period.last, reader.as_of)
    drawn = [
        charts_of(reader, explore.Question("cases_total", by, every), period)
        for by in (("branch",), ("site_name",), ("branch", "site_name"), ("leader",), ("industry",), ("reject_reason",))
        for every in ("合计", "按月")
        if all(name in explore.offered_groups("cases_total").values() for name in by)
    ]
    assert len(drawn) >= 4
    drawn.append(charts.funnel_chart(ratings.branches(reader, period, NO_FILTER, "satisfaction_rate").funnel))
    by_branch: dict[str, list] = {}
    for figure in measure(reader, ["cases_total"], months, ("branch",)):
        if figure.group:
            by_branch.setdefault(figure.group["branch"], []).append(figure)
    drawn.append(charts.multiples(by_branch))
    seen = 0
    for chart in drawn:
        whole = json.loads(chart.to_json())
        for key, text in _strings(whole):
            assert "<" not in OWN_TAGS.sub("", text), (key, text)
            seen += "&lt;" in text
        for name, axis in whole["layout"].items():
            if re.match(r"[xy]axis", name) and any("<" in str(value) for value in axis.get("categoryarray") or ()):
                assert len(axis["ticktext"]) == len(axis["categoryarray"])
    assert seen > 10


def charts_of(reader, question, period):
    from metrics.charts.explore import picture

    return picture(explore.answer(reader, question, period, NO_FILTER))


def test_quotation_marks_and_ampersands_are_shown_as_they_are():
    assert inert("\"甲\"'乙' & <b>") == "\"甲\"'乙' &amp; &lt;b&gt;"


def test_a_name_that_a_profile_has_is_a_text_too(store):
    names = [profile.name for profile in load_profiles(store)]
    assert any("<script>" in name for name in names)
    odd = next(profile for profile in load_profiles(store) if "<script>" in profile.name)
    for sheet in openpyxl.load_workbook(io.BytesIO(template_xlsx(odd, Reference(store.reference_folder)))):
        assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
