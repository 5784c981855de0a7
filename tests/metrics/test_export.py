"""Files to take away: formulas defused, numbers and dates kept, notes on the sheet."""

import io
from datetime import datetime

import openpyxl
import pandas as pd
import pytest

from metrics.export import defused, rows_to_csv, rows_to_xlsx, to_csv, to_xlsx

FRAME = pd.DataFrame(
    {
        "编号": ["230704420000020365", "=1+1", "@x"],
        "件数": [-3, 2, 5],
        "时间": [datetime(2025, 9, 1, 8), pd.NaT, datetime(2025, 9, 2)],
    }
)
NOTES = ["数据截至2025-09-30", "=口径"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_formulas_are_defused(start: str) -> None:
    assert defused(start + "cmd") == "'" + start + "cmd"
    assert defused("某厂=") == "某厂="


def test_workbook() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(to_xlsx(FRAME, NOTES))).active
    rows = list(sheet.iter_rows(values_only=True))
    assert [row[0] for row in rows[:4]] == ["数据截至2025-09-30", "'=口径", None, "编号"]
    assert rows[4] == ("230704420000020365", -3, datetime(2025, 9, 1, 8))
    assert rows[5] == ("'=1+1", 2, None)
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_csv() -> None:
    found = to_csv(FRAME, NOTES)
    assert found.startswith(b"\xef\xbb\xbf")
    assert found.decode("utf-8-sig").split("\r\n") == [
        "数据截至2025-09-30",
        "'=口径",
        "",
        "编号,件数,时间",
        "230704420000020365,-3,2025-09-01 08:00",
        "'=1+1,2,",
        "'@x,5,2025-09-02 00:00",
        "",
    ]


def test_an_empty_table() -> None:
    assert to_xlsx(pd.DataFrame({"编号": []})) and to_xlsx(pd.DataFrame())
    assert to_csv(pd.DataFrame({"编号": []})).decode("utf-8-sig") == "编号\r\n"


def test_rows_one_by_one_make_the_same_files() -> None:
    rows = [[None if pd.isna(cell) else cell for cell in row] for row in FRAME.astype(object).itertuples(index=False)]
    rows = [[cell.to_pydatetime() if isinstance(cell, pd.Timestamp) else cell for cell in row] for row in rows]
    assert rows_to_csv(list(FRAME.columns), iter(rows), NOTES) == to_csv(FRAME, NOTES)
    sheets = [
        openpyxl.load_workbook(io.BytesIO(book)).active
        for book in (to_xlsx(FRAME, NOTES), rows_to_xlsx(list(FRAME.columns), iter(rows), NOTES))
    ]
    one, other = ([tuple(row) for row in sheet.iter_rows(values_only=True)] for sheet in sheets)
    assert one == other and sheets[0].auto_filter.ref == sheets[1].auto_filter.ref
