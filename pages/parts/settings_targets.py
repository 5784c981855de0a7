"""Targets and thresholds on the page of settings: those in force, and one KPI at a time to change."""

from functools import partial

import streamlit as st

from data.errors import UserError
from data.reference import Reference, editing, lists
from data.store import Reader
from metrics import targets
from metrics.catalog import CATALOG, Kpi
from metrics.targets import Target
from pages.parts import markup, settings_log
from pages.parts.markup import esc, show

_HEADS = (("指标", ""), ("目标", "n"), ("绿线", "n"), ("红线", "n"), ("说明", ""), ("来源", ""))
_BOUNDS = {"target": "目标", "green": "绿线（留空同目标）", "red": "红线（留空不设）"}


def draw(_: Reader | None) -> None:
    """Draw the targets that are set, and the form for one of them."""
    show(markup.title("目标与阈值", "达到绿线为达标，越过红线为红，之间未达标；比率分母<5灰、<10不给红"))
    try:
        rows = {row["kpi"]: row for row in Reference(settings_log.folder()).kept("targets")}
    except UserError as error:
        show(markup.wrong(str(error)))
        return
    own = {row["kpi"] for row in lists.own_rows("targets", settings_log.folder())}
    known = {name: row for name, row in rows.items() if name in CATALOG}
    shown = [_row(CATALOG[name], row, name in own) for name, row in known.items() if name in own or _is_set(row)]
    show(markup.grid(_HEADS, shown, "loose"))
    _form({CATALOG[name].name: CATALOG[name] for name in known}, rows, own)


def _is_set(row: dict) -> bool:
    return any(row[name] is not None for name in _BOUNDS)


def _row(kpi: Kpi, row: dict, is_own: bool) -> str:
    cells = "".join(f'<td class="n">{esc(_text(kpi, row[name]) or "—")}</td>' for name in _BOUNDS)
    return (
        f"<tr><td>{esc(kpi.name)}</td>{cells}<td>{esc(row['words'])}</td>"
        f'<td class="quiet">{"本局设定" if is_own else "默认"}</td></tr>'
    )


def _text(kpi: Kpi, value: float | None) -> str:
    return "" if value is None else targets.amount(kpi, value).removesuffix(kpi.unit if kpi.unit != "%" else "")


def _form(kpis: dict[str, Kpi], rows: dict[str, dict], own: set[str]) -> None:
    names = list(kpis)
    first = names.index(CATALOG["satisfaction_rate"].name)
    kpi = kpis[st.selectbox("要修改的指标", names, first, key="target_kpi", width=320)]
    row = rows[kpi.id]
    remark = row["words"] if kpi.id in own else ""
    with st.form(f"target_{kpi.id}", border=False):
        with st.container(horizontal=True):
            texts = {
                name: st.text_input(
                    words, _text(kpi, row[name]), key=f"{name}_{kpi.id}_{settings_log.fresh()}", width=150
                )
                for name, words in _BOUNDS.items()
            }
            texts["words"] = st.text_input("说明", remark, key=f"words_{kpi.id}_{settings_log.fresh()}", max_chars=100)
        author, reason = settings_log.signed()
        with st.container(horizontal=True):
            saves = st.form_submit_button("保存", type="primary")
            restores = st.form_submit_button("恢复默认", disabled=kpi.id not in own)
    before = _words(kpi, row)
    if saves:
        try:
            after = _checked(kpi, texts)
        except UserError as error:
            settings_log.refuse(str(error))
        edit = partial(editing.set_row, name="targets", row={"kpi": kpi.id, **texts})
        settings_log.save(edit, f"目标：{kpi.name}", before, after, author, reason)
    if restores:
        default = next(one for one in Reference().kept("targets") if one["kpi"] == kpi.id)
        edit = partial(editing.restore_row, name="targets", key={"kpi": kpi.id})
        settings_log.save(edit, f"目标：{kpi.name}", before, f"默认值 {_words(kpi, default)}", author, reason)


def _checked(kpi: Kpi, texts: dict[str, str]) -> str:
    """Return the new target in words. Raises UserError when it cannot be one."""
    row = {"words": texts["words"].strip()}
    for name, words in _BOUNDS.items():
        try:
            row[name] = lists.number(texts[name].strip())
        except ValueError as error:
            raise UserError(f"“{kpi.name}”的{words.partition('（')[0]}“{texts[name]}”{error}。") from error
    targets.check(_target(kpi, row))
    return _words(kpi, row)


def _target(kpi: Kpi, row: dict) -> Target:
    return Target(kpi, row["target"], row["green"], row["red"], row["words"])


def _words(kpi: Kpi, row: dict) -> str:
    return _target(kpi, row).full_words if _is_set(row) else "不设目标"
