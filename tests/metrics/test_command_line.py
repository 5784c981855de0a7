"""The command line keeps the shape that other programs rely on."""

import csv
import io
import json

import pytest

from data.store import Store
from metrics.__main__ import main
from metrics.catalog import CATALOG
from tests.metrics.build import make_store


@pytest.fixture
def folder(tmp_path):
    rated = {"accepted_at": "2024-08-02", "status": "已办结", "branch": "下陆区分局", "channel": "电话"}
    rows = [
        {"received_at": day, "rated_at": day, "rating": rating} | rated
        for day, good, bad in (("2024-09-02", 15, 5), ("2025-09-02", 19, 1))
        for rating, count in (("满意", good), ("不满意", bad))
        for _ in range(count)
    ]
    make_store(tmp_path, rows)
    return tmp_path


def test_show_json_is_the_contract(folder, capsys) -> None:
    asked = [
        "show",
        "satisfaction_rate",
        "--from",
        "2025-09",
        "--to",
        "2025-09",
        "--by",
        "branch",
        "--compare",
        "yoy",
        "--json",
    ]
    assert main(["--store", str(folder), *asked]) == 0
    found = json.loads(capsys.readouterr().out)
    assert len(found) == 5 and found[-1]["group"] == {}
    assert found[1] == {
        "kpi": "satisfaction_rate",
        "period": "2025-09",
        "from": "2025-09-01",
        "to": "2025-09-30",
        "complete": True,
        "group": {"branch": "下陆区分局"},
        "numerator": 19,
        "denominator": 20,
        "value": 0.95,
        "text": "95.0%",
        "compare": {
            "period": "2024-09",
            "from": "2024-09-01",
            "to": "2024-09-30",
            "numerator": 15,
            "denominator": 20,
            "value": 0.75,
            "change": 0.2,
            "text": "上升20.0个百分点",
        },
    }
    assert (found[0]["value"], found[0]["text"], found[0]["denominator"]) == (None, "—", 0)


def test_a_count_has_no_denominator(folder, capsys) -> None:
    assert main(["show", "cases_total", "--from", "2025-09", "--json", "--store", str(folder)]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["numerator"], found["denominator"], found["value"], found["text"]) == (20, None, 20, "20")
    assert "compare" not in found


def test_the_store_may_come_from_the_environment(folder, capsys, monkeypatch) -> None:
    monkeypatch.setenv("KPI_STORE", str(folder))
    assert main(["show", "cases_total", "--every", "year", "--from", "2024", "--to", "2025", "--json"]) == 0
    assert [entry["period"] for entry in json.loads(capsys.readouterr().out)] == ["2024", "2025"]


def test_without_dates_the_last_twelve_months(folder, capsys) -> None:
    assert main(["show", "cases_total", "--store", str(folder), "--csv"]) == 0
    rows = list(csv.reader(io.StringIO(capsys.readouterr().out)))
    assert len(rows) == 13 and rows[1][1] == "2024-10" and rows[-1][1] == "2025-09"


def test_where_is_or_within_a_field_and_and_between_fields(folder, capsys) -> None:
    asked = ["show", "cases_total", "--from", "2025-09", "--json", "--store", str(folder)]
    for where, count in (
        (["channel=电话", "渠道=微信"], 20),
        (["channel=微信"], 0),
        (["channel=电话", "branch=大冶市分局"], 0),
    ):
        assert main([*asked, *(part for text in where for part in ("--where", text))]) == 0
        assert json.loads(capsys.readouterr().out)[0]["numerator"] == count


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (["show", "satisfaction_rat"], "您是不是要写“satisfaction_rate"),
        (["show", "cases_total", "--from", "去年"], "看不懂日期"),
        (["show", "cases_total", "--where", "branch"], "字段=值"),
        (["show", "cases_total", "--by", "姓名"], "不能按“姓名”"),
        (["show", "cases_total", "--from", "2027"], "早于起始日"),
    ],
)
def test_what_the_user_can_mend_is_one_sentence(folder, capsys, asked: list[str], words: str) -> None:
    assert main([*asked, "--store", str(folder)]) == 1
    found = capsys.readouterr()
    assert found.out == "" and words in found.err and found.err.count("\n") == 1


def test_an_empty_store_is_told(tmp_path, capsys) -> None:
    assert Store(tmp_path).current() is None
    assert main(["--store", str(tmp_path), "show", "cases_total", "--json"]) == 1
    assert "还没有数据" in capsys.readouterr().err


def test_usage_is_two(capsys) -> None:
    for wrong in (["report"], ["show"], ["show", "yoy", "--every", "week"]):
        with pytest.raises(SystemExit) as stopped:
            main(wrong)
        assert stopped.value.code == 2


def test_list(capsys) -> None:
    assert main(["list", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [entry["id"] for entry in found] == list(CATALOG)
    assert all(set(entry) == {"id", "name", "kind", "unit", "formula", "source"} for entry in found)
    assert main(["list"]) == 0 and "群众满意率" in capsys.readouterr().out


def test_the_plain_table_lines_up(folder, capsys) -> None:
    assert (
        main(["show", "cases_total", "--from", "2025-08", "--by", "branch", "--compare", "yoy", "--store", str(folder)])
        == 0
    )
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["指标", "统计期", "责任分局", "分子", "分母", "数值", "对比期", "对比期数值", "变化"]
    assert lines[-1].startswith("数据截至2025-09-30 00:00")
