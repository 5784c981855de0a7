"""The conditions of a query: kept in the address as readable texts, shown as one editor each, checked on the way in.

The address is the only place where a condition lives (where=site_name~化工, repeated). A widget is set from it before
it is drawn, and writes back into it when it is changed; so a link, a reload and a click into a chart are the same.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import streamlit as st

from metrics.conditions import EMPTY, FILLED, FROM, HAS, TO
from metrics.dimensions import Condition, Where, criterion, dimension_values, few_values
from metrics.fields import Dimension, all_fields
from pages.parts import board, markup, query
from pages.parts.frame import Screen
from pages.parts.markup import show

KEY = "where"
MOST = 20  # conditions in one address
_FEW = 200  # values that can be picked from a list
_OPEN = "explore_open"  # editors that were asked for and have no condition yet
VALUES, RANGE, TEXT, BLANKS = "values", "range", "text", "blanks"
_WAYS = {VALUES: "属于", RANGE: "范围", TEXT: "包含", BLANKS: "是否为空"}
_WAY_OF = {FROM: RANGE, TO: RANGE, HAS: TEXT, EMPTY: BLANKS, FILLED: BLANKS}
_BLANK_WORDS = {"为空": EMPTY, "不为空": FILLED}
Row = tuple[str, str]  # a field and the way it is asked


def texts() -> list[str]:
    """Return the conditions of the address as they stand there."""
    return st.query_params.get_all(KEY)[:MOST]


def put(where: Where) -> None:
    """Write a filter into the address."""
    if where:
        st.query_params[KEY] = list(where.texts)
    elif KEY in st.query_params:
        del st.query_params[KEY]


def chosen() -> Where:
    """Return the conditions of the address that can be understood."""
    return Where.understood(texts())[0]


def narrowed(screen: Screen) -> Screen:
    """Return the screen under the conditions of the address as well, links included; say which were not understood."""
    where, sentences = Where.understood(texts())
    for sentence in sentences:
        show(markup.wrong(f"{sentence}这一条件未采用。"))
    if where:
        board.say(f"条件：{where.words}")
    pairs = tuple((KEY, text) for text in where.texts)
    return replace(screen, where=screen.where.joined(where), pairs=(*screen.pairs, *pairs))


def chips(screen: Screen, page: str, **here: str) -> str:
    """Return the conditions of the address in words, each a link that takes it away."""
    where = chosen()
    rows = _rows(where)
    links = []
    for row in rows:
        rest = _without(where, row)
        pairs = [pair for pair in screen.pairs if pair[0] != KEY] + [(KEY, text) for text in rest.texts]
        words = _only(where, row).words
        href = markup.address(page, [*here.items(), *pairs])
        links.append(markup.link(href, f"{markup.esc(words)}　✕", "去掉这个条件"))
    return "".join(links)


def editors(screen: Screen) -> None:
    """Draw one editor for each condition, and for each field that was just asked for."""
    where = chosen()
    opened = st.session_state.get(_OPEN, [])  # they keep their place while one types
    rows = [*(row for row in _rows(where) if row not in opened), *opened]
    if not rows:
        return
    with st.container(horizontal=True, key="conditions", vertical_alignment="bottom", gap="small"):
        for row in rows:
            _editor(screen, where, row)


def adder(with_bureau: bool) -> None:
    """Draw the choice of a field to filter by."""
    labels = {part.label: part.name for part in all_fields(with_bureau)}
    st.selectbox(
        "添加条件",
        list(labels),
        None,
        key="add_condition",
        placeholder="＋ 添加条件",
        label_visibility="collapsed",
        width=170,
        on_change=_add,
        args=(labels,),
    )


def _add(labels: dict[str, str]) -> None:
    name = labels.get(st.session_state["add_condition"] or "")
    st.session_state["add_condition"] = None  # ready for the next one
    if name:
        _open((name, _ways(criterion("cases", name))[0]))


def _open(row: Row) -> None:
    st.session_state[_OPEN] = [*(other for other in st.session_state.get(_OPEN, []) if other != row), row]


def _ways(part: Dimension) -> list[str]:
    """Return the ways a field can be asked, the usual one first."""
    if part.is_time or part.is_number:
        return [RANGE, BLANKS]
    if not part.can_group or part.name in (
        "case_no",
        "upstream_no",
        "local_no",
        "repeat_of",
        "site_name",
        "site_address",
    ):
        return [TEXT, BLANKS] if not part.can_group else [TEXT, VALUES, BLANKS]
    return [VALUES, BLANKS] if part.has_closed_values else [VALUES, TEXT, BLANKS]


def _rows(where: Where) -> list[Row]:
    """Return which editors a filter needs."""
    values = [(name, VALUES) for name, _ in where.items]
    return list(dict.fromkeys([*values, *((one.name, _WAY_OF[one.kind]) for one in where.conditions)]))


def _only(where: Where, row: Row) -> Where:
    name, way = row
    if way == VALUES:
        return Where(tuple(item for item in where.items if item[0] == name))
    return Where((), tuple(one for one in where.of_field(name) if _WAY_OF[one.kind] == way))


def _without(where: Where, row: Row) -> Where:
    gone = set(_only(where, row).texts)
    return Where.parse(text for text in where.texts if text not in gone)


def _key(row: Row, what: str = "") -> str:
    return f"condition_{row[0]}_{row[1]}{what}"


def _editor(screen: Screen, where: Where, row: Row) -> None:
    """Draw one editor: the field with the way it is asked, what is asked, and the button that takes it away."""
    part, own = criterion("cases", row[0]), _only(where, row)
    _set(row, own)
    with st.container(
        horizontal=True, vertical_alignment="bottom", gap="xsmall", width="content", key=_key(row, "_box")
    ):
        ways = _ways(part)
        if row[1] not in ways:
            ways = [*ways, row[1]]
        if len(ways) > 1:
            st.selectbox(
                part.label, ways, ways.index(row[1]), key=_key(row, "_way"), format_func=_WAYS.get, width=108,
                on_change=_change_way, args=(row,),
            )  # fmt: skip
        _ask(screen, part, row, own)
        st.button("✕", key=_key(row, "_drop"), help=f"去掉“{part.label}”这个条件", on_click=_drop, args=(row,))


def _ask(screen: Screen, part: Dimension, row: Row, own: Where) -> None:
    common = {"label_visibility": "hidden", "on_change": _changed, "args": (row,)}
    if row[1] == VALUES:
        found = query.ask(screen.reader, few_values, part.name, _FEW) if not part.has_closed_values else None
        options = query.ask(screen.reader, dimension_values, part.name) if part.has_closed_values else found or []
        kept = [value for value in own.get(part.name) if value not in options]
        st.multiselect(
            part.label, [*options, *kept], key=_key(row), placeholder="请选择或输入", width=230,
            accept_new_options=found is None and not part.has_closed_values, **common,
        )  # fmt: skip
    elif row[1] == TEXT:
        st.text_input(
            part.label, key=_key(row), placeholder="几个词用空格隔开", max_chars=100, live=True, width=180, **common
        )
    elif row[1] == BLANKS:
        st.selectbox(part.label, list(_BLANK_WORDS), None, key=_key(row), placeholder="请选择", width=100, **common)
    elif part.is_time:
        for end, words in ((FROM, "起"), (TO, "止")):
            st.date_input(
                words, None, date(1900, 1, 1), date(2999, 12, 31), key=_key(row, end), format="YYYY-MM-DD", width=150,
                on_change=_changed, args=(row,),
            )  # fmt: skip
    else:
        for end, words in ((FROM, "不少于"), (TO, "不多于")):
            st.number_input(
                words, -1e15, 1e15, None, 1.0, "%g", key=_key(row, end), width=96, placeholder="不限",
                on_change=_changed, args=(row,),
            )  # fmt: skip


def _set(row: Row, own: Where) -> None:
    """Give a row's widgets what the address says, where it says something else than they last knew."""
    state, known = st.session_state, _key(row, "_known")
    is_new = not any(name in state for name in (_key(row), _key(row, FROM), _key(row, TO)))
    if state.get(known) == own.texts and not is_new:
        return
    state[known] = own.texts
    part, kinds = criterion("cases", row[0]), {one.kind: one.value for one in own.conditions}
    if row[1] == VALUES:
        state[_key(row)] = list(own.get(row[0]))
    elif row[1] == TEXT:
        state[_key(row)] = kinds.get(HAS, "")
    elif row[1] == BLANKS:
        state[_key(row)] = next((words for words, kind in _BLANK_WORDS.items() if kind in kinds), None)
    else:
        read = date.fromisoformat if part.is_time else float
        for end in (FROM, TO):
            state[_key(row, end)] = read(kinds[end]) if end in kinds else None


def _asked(row: Row) -> Sequence[Condition] | list[str]:
    """Return what a row's widgets say: values, or conditions."""
    state, (name, way) = st.session_state, row
    if way == VALUES:
        return state.get(_key(row)) or []
    if way == TEXT:
        words = " ".join(sorted(set((state.get(_key(row)) or "").split())))
        return [Condition(name, HAS, words)] if words else []
    if way == BLANKS:
        kind = _BLANK_WORDS.get(state.get(_key(row)))
        return [Condition(name, kind)] if kind else []
    given = {end: state.get(_key(row, end)) for end in (FROM, TO)}
    return [Condition(name, end, _plain(value)) for end, value in given.items() if value is not None]


def _plain(value: date | float) -> str:
    return value.isoformat() if isinstance(value, date) else f"{value:.10f}".rstrip("0").rstrip(".")


def _changed(row: Row) -> None:
    """Take a row's widgets into the address; a row that says nothing stays open."""
    rest, asked = _without(chosen(), row), _asked(row)
    values = {row[0]: asked} if row[1] == VALUES else {}
    own = Where.of(values, () if row[1] == VALUES else asked)
    st.session_state[_key(row, "_known")] = own.texts
    if row not in st.session_state.get(_OPEN, []):
        _open(row)
    put(rest.joined(own))


def _change_way(row: Row) -> None:
    way = st.session_state[_key(row, "_way")]
    _drop(row)
    _open((row[0], way))


def _drop(row: Row) -> None:
    st.session_state[_OPEN] = [other for other in st.session_state.get(_OPEN, []) if other != row]
    put(_without(chosen(), row))
