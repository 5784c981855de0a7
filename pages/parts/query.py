"""The only cached reads. Every key holds the version's full path, the viewer's branches, and plain values.

A version never changes, so a cached answer is right for ever; a new import has a new path. No argument may begin with
an underscore: Streamlit would leave it out of the key, and two KPIs would show the same number.
"""

import importlib
import io
import pickle
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
import streamlit as st

from data.scope import Scope
from data.store import Reader
from metrics import engine, findings, lists, parameters, passport, periods, reconcile
from metrics.engine import Figure, Where
from metrics.periods import Period

Answer = TypeVar("Answer")
_FIRST_DAY = "SELECT min(received_at)::DATE FROM cases"
_QUARANTINE = """
    SELECT file AS 文件, sheet AS 工作表, row_no AS 行号, reasons AS 原因, batch_no AS 批次
    FROM quarantine WHERE NOT is_resolved ORDER BY batch_no DESC, file, sheet, row_no"""
_WARNINGS = """
    SELECT rule AS 规则, any_value(message) AS 举例, count(*)::INTEGER AS 行数, count(DISTINCT file)::INTEGER AS 文件数
    FROM warnings GROUP BY rule ORDER BY rule"""
BLANK_NAME = "（空白）"
_UNMATCHED = f"""
    SELECT coalesce(nullif(trim(branch_raw), ''), '{BLANK_NAME}') AS 原文, count(*)::INTEGER AS 件数, max(file_name) AS 最近文件
    FROM cases WHERE branch = '待归属' GROUP BY 1 ORDER BY 2 DESC, 1"""
_IMPORTS = """
    SELECT batch_no AS 批次, version AS 版本, imported_at AS 导入时间, as_of AS 数据截至, rows_read AS 读取行数,
        new AS 新增, updated AS 更新, unchanged AS 未变, "older" AS 较旧未用, quarantined AS 隔离
    FROM imports ORDER BY batch_no DESC"""
_LISTS = {
    "quarantine": _QUARANTINE,
    "warnings": _WARNINGS,
    "unmatched": _UNMATCHED,
    "unknown": "FROM {unknown_values}",
    "imports": _IMPORTS,
}


def _table(reader: Reader, name: str) -> pd.DataFrame:
    frame = reader.frame(_LISTS[name])
    return frame.astype(object).where(frame.notna(), None)


def _first_day(reader: Reader) -> date | None:
    return reader.query(_FIRST_DAY)[0][0]


@st.cache_data(show_spinner=False, max_entries=1000)
def _cached(path: str, branches: tuple[str, ...] | None, module: str, name: str, asked: bytes) -> Any:
    file, arguments = Path(path), pickle.loads(asked)
    return getattr(importlib.import_module(module), name)(Reader(file, file.stem, Scope(branches)), *arguments)


def _packed(arguments: tuple) -> bytes:
    """Return the arguments as bytes: hashed field by field, as Streamlit does it, they are a fifth of the server's work."""
    written = io.BytesIO()
    pickler = pickle.Pickler(written, pickle.HIGHEST_PROTOCOL)
    pickler.fast = True  # by value: what is equal gives the same bytes, whether or not it shares parts
    pickler.dump(arguments)
    return written.getvalue()


def ask(reader: Reader, read: Callable[..., Answer], *arguments: Any) -> Answer:
    """Return what a module's function `read(reader, *arguments)` gives, from the cache when it was asked before.

    The arguments are plain values, tuples, or frozen records: whatever is in them is part of the key.
    """
    path, scope = reader.key
    return _cached(path, scope.branches, read.__module__, read.__name__, _packed(arguments))


def measure(
    reader: Reader,
    kpis: Sequence[str],
    periods: Sequence[Period],
    by: tuple[str, ...] = (),
    where: Where = Where(),  # noqa: B008 - frozen
    compare: str | None = None,
) -> list[Figure]:
    """Return the figures of KPIs × periods × groups, as metrics.engine.measure does."""
    return ask(reader, engine.measure, tuple(kpis), tuple(periods), by, where, compare)


def dimension_values(reader: Reader, field: str) -> list[str]:
    """Return the values of a field, for a filter."""
    return ask(reader, engine.dimension_values, field)


def first_day(reader: Reader) -> date | None:
    """Return the first day on which a case was received; None when there are no cases."""
    return ask(reader, _first_day)


def months_before(reader: Reader, period: Period, many: int) -> list[Period]:
    """Return the months up to the one in which `period` is cut, at most `many`, none before the first case."""
    start_day = parameters.start_day(reader)
    started = min(first_day(reader) or period.cut, period.cut)
    begin = periods.month_holding(started, start_day).first
    end = periods.month_holding(period.cut, start_day).last
    joined = parameters.is_on(reader, "join_spring_months")
    return periods.months(begin, end, reader.as_of, start_day, joined)[-many:]


def sentences(reader: Reader, period: Period, where: Where) -> list[str]:
    """Return one sentence per finding."""
    return ask(reader, findings.findings, period, where)


def volume_caveats(reader: Reader, period: Period, where: Where) -> list[str]:
    """Return what could make the volume fall without things being better."""
    return ask(reader, findings.volume_caveats, period, where)


def attention(reader: Reader, where: Where) -> pd.DataFrame:
    """Return the open cases that are overdue or due within seven days, worst first."""
    return ask(reader, lists.attention, where)


def branch_table(reader: Reader, period: Period, where: Where) -> list:
    """Return one record per branch with its figures."""
    return ask(reader, lists.branch_table, period, where)


def passport_of(reader: Reader, figure: Figure, where: Where) -> Any:
    """Return the passport of a figure."""
    return ask(reader, passport.passport, figure, where)


def checks(reader: Reader, period: Period) -> list:
    """Return the reconciliation of a period."""
    return ask(reader, reconcile.reconcile, period)


def table(reader: Reader, name: str) -> pd.DataFrame:
    """Return one of the lists quarantine, warnings, unmatched, unknown, imports."""
    return ask(reader, _table, name)
