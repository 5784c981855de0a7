"""The shared filters: period, branch, channel and pollution, kept in the address.

The same keys are declared on every page and bound to the query string, so a link shows the same picture. The options
are checked again here: what the address says reaches the server from outside.
"""

from dataclasses import dataclass
from datetime import date

import streamlit as st

from data.errors import UserError
from data.store import Reader
from metrics import parameters, periods
from metrics.engine import Where
from metrics.periods import Period
from pages.parts import markup, query

OWN_DAYS, THIS_YEAR = "自选起止日", "今年累计"
RECENT = {"上月": 1, "近3个月": 3, "近12个月": 12}  # whole months, the last ones that are complete
KEYS = ("period", "days", "branch", "channel", "pollution")
_FIELDS = {"branch": ("分局", "全部分局"), "channel": ("渠道", "全部渠道"), "pollution": ("污染类型", "全部污染类型")}


@dataclass(frozen=True)
class Filters:
    """What the viewer has chosen; `pairs` is the same as a query string wants it."""

    period: Period
    where: Where
    pairs: tuple[tuple[str, str], ...]


def draw(reader: Reader) -> Filters:
    """Draw the filter row and return what is chosen. Shows a sentence and takes the default period on impossible days."""
    spans = period_options(reader)
    with st.container(
        key="filters", horizontal=True, horizontal_alignment="right", vertical_alignment="center", gap="xsmall"
    ):
        quick = st.container(width="content")
        label = st.selectbox(
            "统计期", [*spans, OWN_DAYS], key="period", bind="query-params", label_visibility="collapsed", width=130
        )
        days = _own_days(reader) if label == OWN_DAYS else ()
        chosen = {name: _chosen(reader, name) for name in _FIELDS}
    pairs = [("period", label)] if label != next(iter(spans)) else []
    pairs += [("days", day.isoformat()) for day in days]
    pairs += [(name, value) for name, values in chosen.items() for value in values]
    period = _period(reader, spans.get(label), days) or next(iter(spans.values()))
    with quick:
        markup.show(_quick(spans, label, pairs))
    return Filters(period, Where.of({name: values for name, values in chosen.items() if values}), tuple(pairs))


def period_options(reader: Reader) -> dict[str, Period]:
    """Return label → period: the usual ones, then years, quarters and months, newest first; 1—2月 beside its months.

    The year of as_of runs up to as_of, and is what is shown first; 上月, 近3个月, 近12个月 are whole months.
    """
    as_of, start_day = reader.as_of, parameters.start_day(reader)
    this_year = periods.year_to_date(as_of, start_day)
    first = query.first_day(reader) or as_of.date()
    first, last = (
        periods.parse(str(min(first, as_of.date()).year), start_day)[0],
        periods.parse(str(this_year.year), start_day)[1],
    )
    options = {f"{this_year.year}年": this_year}
    options |= {name: periods.recent(many, as_of, start_day) for name, many in RECENT.items()}
    for cut_into in (periods.years, periods.quarters, periods.months):
        for period in reversed(cut_into(first, last, as_of, start_day)):
            options.setdefault(period.plain_words, period)
            if cut_into is periods.months and period.label.endswith("-02"):
                both = periods.spring(period.year, as_of, start_day)
                options.setdefault(both.plain_words, both)
    return options


def _quick(spans: dict[str, Period], label: str, pairs: list[tuple[str, str]]) -> str:
    """Return the periods that are asked for most as links that keep everything else in the address."""
    default = next(iter(spans))
    kept = [name for name in st.query_params if name not in (*KEYS, "span")]
    others = [(name, value) for name in kept for value in st.query_params.get_all(name)]
    others += [pair for pair in pairs if pair[0] not in ("period", "days")]
    links = []
    for name in (default, *RECENT):
        href = markup.address("", [*([] if name == default else [("period", name)]), *others]) or "?"
        here = " aria-current=true" if name == label else ""
        words = THIS_YEAR if name == default else name
        links.append(f'<a href="{markup.esc(href)}" target="_self"{here}>{markup.esc(words)}</a>')
    return f'<nav class="quick" aria-label="常用统计期">{"".join(links)}</nav>'


def _own_days(reader: Reader) -> tuple[date, ...]:
    default = (reader.as_of.date().replace(day=1), reader.as_of.date())
    days = st.date_input(
        "起止日", default, key="days", bind="query-params", format="YYYY-MM-DD", label_visibility="collapsed", width=210
    )
    return tuple(days) if isinstance(days, tuple | list) else (days,)


def _chosen(reader: Reader, name: str) -> list[str]:
    label, placeholder = _FIELDS[name]
    options = query.dimension_values(reader, name)
    chosen = st.multiselect(
        label,
        options,
        key=name,
        bind="query-params",
        placeholder=placeholder,
        label_visibility="collapsed",
        width=122,
    )
    return [value for value in chosen if value in options]


def _period(reader: Reader, listed: Period | None, days: tuple[date, ...]) -> Period | None:
    if listed or len(days) != 2:
        return listed
    try:
        return periods.span(days[0], days[1], reader.as_of, parameters.start_day(reader))
    except UserError as error:
        st.warning(markup.unmarked(error), icon=None)
        return None
