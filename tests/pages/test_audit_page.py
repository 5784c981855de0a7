"""审计: the log, its check and its files, for somebody who may see no case; the matrix says what the roles really have."""

import csv
import io
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from data.access import audit, chain, settings
from data.access.roles import PERMISSIONS, ROLES
from data.access.settings import AccessSettings
from data.access.viewer import Viewer
from data.schema import TABLES
from data.store import Store
from metrics import export
from pages.parts import audit_log, audit_matrix, frame
from tests.pages.conftest import html

PAGE = "pages/audit.py"
LI = Viewer("lihua", "李华", "office", ROLES["office"].permissions, address="10.1.2.3")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Return a store with a log and without any version."""
    monkeypatch.delenv("KPI_ACCESS", raising=False)
    store = Store(tmp_path / "store")
    audit.record(store, "export", {"file": "案件.xlsx", "rows": 12}, by=LI)
    audit.record(store, "query", {"filter": "<script>alert(1)</script>"}, by=LI)
    audit.record(store, "sign_in_failed", ok=False, by=Viewer("wang", "王", "branch", frozenset()))
    return store


def shown(test) -> pd.DataFrame:
    (table,) = test.dataframe
    return table.value


def lines() -> dict[tuple[str, str], audit_matrix.Line]:
    found = audit_matrix.matrix({**frame.MENU, **frame.UNLISTED}, AccessSettings())
    return {(one.section, one.name): one for one in found}


def of(line: audit_matrix.Line) -> dict[str, str]:
    return dict(zip(ROLES, line.cells, strict=True))


def test_the_log_is_shown_newest_first_without_any_version_of_the_store(store, opened):
    test = opened(PAGE, store.folder)
    assert not test.exception
    table = shown(test)
    assert list(table["事件"])[1:] == ["登录失败", "查询", "导出"]  # on top: that this page was opened
    assert list(table["账号"])[1:] == ["wang", "lihua", "lihua"]
    assert table["内容"].iloc[-1] == "文件：案件.xlsx；行数：12"
    assert store.versions() == []


@pytest.mark.parametrize(
    ("address", "events"),
    [
        ({"account": "lihua"}, ["查询", "导出"]),
        ({"event": "导出"}, ["导出"]),
        ({"failed": "true"}, ["登录失败"]),
        ({"account": "lihua", "failed": "true"}, None),
        ({"logged": ["2020-01-01", "2020-01-31"]}, None),
    ],
)
def test_the_address_says_which_entries_are_shown(store, opened, address, events):
    test = opened(PAGE, store.folder, **address)
    assert not test.exception
    if events is None:
        assert not test.dataframe and "没有记录" in html(test)
    else:
        assert list(shown(test)["事件"]) == events


def test_the_check_says_that_the_log_is_whole_and_is_recorded(store, opened):
    test = opened(PAGE, store.folder)
    test.button(key="verify").click().run()
    assert "审计日志完整：4条" in html(test)
    assert (audit.entries(store)[0].event, audit.entries(store)[0].state) == ("audit_verify", "ok")


def test_the_check_names_the_line_that_was_changed(store, opened):
    (path,) = chain.month_files(store.access_folder)
    path.write_bytes(path.read_bytes().replace(b"12", b"13", 1))
    test = opened(PAGE, store.folder)
    test.button(key="verify").click().run()
    assert f"{path.name} 第1行" in html(test) and not test.exception
    assert audit.entries(store)[0].state == "failed"


def test_the_files_hold_every_entry_that_is_asked_for(store):
    today = audit.entries(store)[0].at.date()
    asked = audit_log.Asked(today, today, account="lihua")
    sheet = openpyxl.load_workbook(io.BytesIO(audit_log.file(store, asked, export.rows_to_xlsx, "某局 审计员"))).active
    rows = [row for row in sheet.iter_rows(values_only=True) if row[0] in (1, 2)]
    assert [(row[0], row[2], row[7], row[9]) for row in rows] == [
        (2, "lihua", "查询", "筛选：<script>alert(1)</script>"),
        (1, "lihua", "导出", "文件：案件.xlsx；行数：12"),
    ]
    text = audit_log.file(store, asked, export.rows_to_csv, "某局 审计员").decode("utf-8-sig")
    assert len([row for row in csv.reader(io.StringIO(text)) if row and row[0] in ("1", "2")]) == 2
    assert "某局 审计员" in text and "账号：lihua" in text


def test_the_matrix_is_what_the_roles_have():
    found = lines()
    for entry in frame.MENU.values():
        for role, cell in of(found[audit_matrix.PAGES, entry.name]).items():
            assert (cell == audit_matrix.YES) == (entry.permission in ROLES[role].permissions)
    for key, words in PERMISSIONS.items():
        for role, cell in of(found[audit_matrix.ACTIONS, words]).items():
            assert (cell == audit_matrix.YES) == (key in ROLES[role].permissions)


def test_the_matrix_says_whose_rows_and_which_columns():
    found = lines()
    everything = {"leader": "全部", "office": "全部", "branch": "本分局", "auditor": "无", "admin": "无"}
    assert of(found["行", "信访件"]) == everything
    assert of(found["行", "隔离的行"])["branch"] == "无"
    nobody = dict.fromkeys(ROLES, "—")
    for label, about in (("信访人", "掩码"), ("联系电话", "掩码"), ("身份证号", "不入库"), ("信访人住址", "不入库")):
        line = found["列", f"信访件·{label}"]
        assert of(line) == nobody and line.about.startswith(about), label
    assert of(found["列", "信访件·反映内容"]) == nobody | {"office": "点开后显示"}
    assert of(found["列", "信访件·渠道"]) == nobody | dict.fromkeys(("leader", "office", "branch"), "显示")
    assert len([one for section, one in found if section == "列"]) == sum(len(fields) for fields in TABLES.values())


def test_what_the_administrator_grants_stands_in_the_matrix(store, opened):
    settings.save(store, branch_exports=True, branch_comparison=False)
    test = opened(PAGE, store.folder, part="权限矩阵")
    assert not test.exception and "分局由管理员另行准许" in html(test)
    found = {one.item: of(one) for one in audit_matrix.matrix(frame.MENU, settings.read(store))}
    assert found["导出"]["branch"] == "✓" and found["导出"]["leader"] == "—"
    assert found["各分局对比表"] == {"leader": "全部", "office": "全部", "branch": "无", "auditor": "无", "admin": "无"}


def test_the_matrix_as_a_file_has_a_column_for_each_role():
    frame_of = audit_matrix.table(list(lines().values()))
    assert list(frame_of.columns) == ["类别", "项目", "说明", "局领导", "信访办", "分局", "审计员", "管理员"]
    assert "某局 审计员" in export.to_csv(frame_of, ["权限矩阵"], mark="某局 审计员").decode("utf-8-sig")
