"""Whatever is wrong between a bureau and the lake is one sentence, and never the password."""

import json
import os
import stat

import pytest

from data.__main__ import main
from data.access import audit
from data.errors import UserError
from data.importing import import_files
from data.lake.address import check_bureau, find_lake
from data.store import Store
from tests.lake.rows import city, send
from tests.lake.test_lake_rules import NOTHING, case

PUBLISH = ("publish", "--bureau", "甲市", "--store")
LINE = "postgres://kpi@db/kpi?data_path=/mnt/lake"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("city")
    city(folder, [case(1)], **NOTHING)
    return folder


def told(capsys, *words: object) -> str:
    """Run a command that must fail, and return its one sentence."""
    assert main([str(word) for word in words]) == 1
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.count("\n") == 1 and captured.err.endswith("。\n")
    return captured.err


def test_what_postgresql_refuses(server, store, lake, tmp_path, capsys, monkeypatch):
    share = f"data_path={lake.data_path}"
    monkeypatch.setenv("PGPASSWORD", "secret-and-wrong")
    sentence = told(capsys, *PUBLISH, store, "--lake", f"postgres://locked@/postgres?host={server}&{share}")
    assert "口令" in sentence and "secret" not in sentence
    log = "".join(str(entry) for entry in audit.entries(Store(store)))
    assert "lake_publish" in log and "secret" not in log
    assert "连不上" in told(capsys, *PUBLISH, store, "--lake", f"postgres://lake@/x?host={tmp_path}&{share}")
    unknown = f"postgres://lake@/nowhere?host={server}&{share}"
    assert "没有数据湖" in told(capsys, *PUBLISH, store, "--lake", unknown)
    stranger = f"postgres://stranger@/postgres?host={server}&{share}"
    assert "写权限" in told(capsys, *PUBLISH, store, "--lake", stranger)
    empty = f"postgres://lake@/{dict(lake.connection)['dbname']}?host={server}&{share}"
    assert "还没有单位上报" in told(capsys, "fetch", "--store", tmp_path / "province", "--lake", empty)
    assert not (tmp_path / "province" / "versions").exists()


def test_the_share(store, tmp_path, capsys):
    file = tmp_path / "file"
    file.write_text("")
    for path in (tmp_path / "nothing", file):
        sentence = told(capsys, *PUBLISH, store, "--lake", f"postgres://kpi@db/kpi?data_path={path}")
        assert "共享文件夹" in sentence and str(path) in sentence
    assert "不能写入" in told(capsys, *PUBLISH, store, "--lake", "postgres://kpi@db/kpi?data_path=/proc")


def test_without_the_packages(store, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("KPI_LAKE_PACKAGES", str(tmp_path / "none"))
    line = f"postgres://kpi@db/kpi?data_path={tmp_path}"
    assert "make lake" in told(capsys, *PUBLISH, store, "--lake", line)
    (tmp_path / "none" / "duckdb").mkdir(parents=True)
    (tmp_path / "none" / "duckdb" / "__init__.py").write_text("import not_of_this_python")
    assert "make lake" in told(capsys, *PUBLISH, store, "--lake", line)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("postgres://kpi:secret@db/kpi?data_path=/mnt/lake", "不要写口令"),
        ("postgres://kpi@db/kpi?data_path=/mnt/lake&password=secret", "不要写口令"),
        ("postgres://kpi@db/kpi", "缺少 data_path"),
        ("postgres://kpi@db/?data_path=/mnt/lake", "缺少 dbname"),
        ("postgres://kpi@db:none/kpi?data_path=/mnt/lake", "写法不对"),
        ("postgres://kpi@db/kpi?data_path=s3://lake", "共享盘"),
        (f"{LINE}&options=-c", "不认识的项：options"),
        ("nowhere.toml", "读不出来"),
    ],
)
def test_an_address_that_is_none(tmp_path, text, words):
    with pytest.raises(UserError, match=words) as caught:
        find_lake(text, Store(tmp_path))
    assert "secret" not in str(caught.value)


def test_an_address_by_line_by_file_and_by_default(tmp_path, monkeypatch):
    store = Store(tmp_path)
    monkeypatch.delenv("KPI_LAKE", raising=False)
    with pytest.raises(UserError, match="没有指定数据湖"):
        find_lake(None, store)
    by_line = find_lake("postgres://kpi%40x@db:5433/kpi?data_path=/mnt/lake&sslmode=require", store)
    wanted = {"PGHOST": "db", "PGPORT": "5433", "PGDATABASE": "kpi", "PGUSER": "kpi@x", "PGSSLMODE": "require"}
    assert (by_line.variables, str(by_line)) == (wanted, "db/kpi")
    store.reference_folder.mkdir()
    lines = ['host = "db"', "port = 5433", 'dbname = "kpi"', 'data_path = "/mnt/lake"', 'bureau = "黄石市"']
    (store.reference_folder / "lake.toml").write_text("\n".join(lines), "utf-8")
    by_file = find_lake(None, store)
    assert (by_file.variables["PGPORT"], by_file.bureau) == ("5433", "黄石市")
    (store.reference_folder / "lake.toml").write_text('dbname = "kpi"\npassword = "secret"', "utf-8")
    with pytest.raises(UserError, match="不要写口令"):
        find_lake(None, store)
    monkeypatch.setenv("KPI_LAKE", LINE)
    assert find_lake(None, store).variables == {"PGHOST": "db", "PGDATABASE": "kpi", "PGUSER": "kpi"}


@pytest.mark.parametrize("name", ["", " ", "甲 · 乙", "甲/乙", "甲\n乙", "长" * 41])
def test_a_name_that_cannot_be_told_from_its_branches(name):
    with pytest.raises(UserError, match="单位名称"):
        check_bureau(name)


def test_nothing_to_publish(tmp_path, lake, capsys):
    line = f"postgres://kpi@db/kpi?data_path={tmp_path}"
    assert "空的" in told(capsys, "publish", "--store", tmp_path / "empty", "--lake", line)
    path = tmp_path / "台账_20250731.csv"
    path.write_text("信访件编号,登记时间,责任分局\nA-1,2025-07-01,下陆区分局\n", "utf-8")
    import_files([path], Store(tmp_path / "demo"), is_demo=True)
    assert "演示数据" in told(capsys, "publish", "--store", tmp_path / "demo", "--lake", line)


def test_the_command_line_says_what_it_did(store, lake, tmp_path, capsys, monkeypatch):
    connection = dict(lake.connection)
    monkeypatch.setenv(
        "KPI_LAKE", f"postgres://lake@/{connection['dbname']}?host={connection['host']}&data_path={lake.data_path}"
    )
    assert main(["publish", "--store", str(store), "--bureau", "甲市", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["bureau"], said["new"], said["rows"]["cases"]) == ("甲市", 1, 1)
    assert main(["fetch", "--store", str(tmp_path / "province")]) == 0
    assert "甲市：信访件 1 行" in capsys.readouterr().out
    assert main(["tidy-lake", "--store", str(store), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"expired": 0, "removed": 0}
    assert send(store, lake, "甲市").changed is False
    if os.name == "posix":
        modes = {path.is_dir(): stat.S_IMODE(path.stat().st_mode) & 0o777 for path in lake.data_path.rglob("*")}
        assert modes == {True: 0o770, False: 0o660}, "the next bureau and the province read and write beside it"
    assert not (store / "lake-work").exists() and not (tmp_path / "province" / "lake-work").exists()
