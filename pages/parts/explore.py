"""The page of ad-hoc queries: what is asked, the answer as a picture and as a table, the cases, the saved views."""

import streamlit as st

from data import readonly, views
from data.errors import UserError
from data.store import Store
from metrics import charts, explore, parameters, periods
from metrics.charts import explore as picture
from metrics.dimensions import criterion
from metrics.engine import Figure
from metrics.explore import Answer, Question
from pages.parts import access, board, caselist, explore_filters, filters, markup, query
from pages.parts.drill import Target
from pages.parts.frame import Screen, as_of_words, moment
from pages.parts.markup import esc, link, show

NONE = "不分组"
MOST_ROWS = 200  # of the table on the page; the files hold all
LISTED = 200
_HEIGHT, _FITTING = 330, 10  # pixels of the lists; rows of the table that fit


def ask(screen: Screen) -> Question:
    """Draw the choice of KPI, groups and periods, and return what is asked."""
    kpis = {kpi.name: kpi.id for kpi in explore.offered_kpis(screen.where.names)}
    quiet = {"bind": "query-params", "label_visibility": "collapsed"}
    with st.container(horizontal=True, vertical_alignment="center", key="question", gap="small"):
        name = st.selectbox("指标", list(kpis), key="kpi_name", width=250, **quiet)
        kpi = kpis.get(name, next(iter(kpis.values())))
        groups = explore.offered_groups(kpi, screen.reader.is_of_bureaus)
        first = st.selectbox("分组", [NONE, *groups], _usual(groups), key="by", width=180, **quiet)
        rest = [label for label in groups if label != first]
        second = st.selectbox("再分组", [NONE, *rest], key="by_too", width=180, disabled=first not in groups, **quiet)
        every = st.segmented_control("统计期", list(explore.EVERY), default="合计", key="every", required=True, **quiet)
        explore_filters.adder(screen.reader.is_of_bureaus)
    chosen = [groups[label] for label in (first, second) if label in groups]
    return Question(kpi, tuple(chosen if first in groups else ()), every if every in explore.EVERY else "合计")


def _usual(groups: dict[str, str]) -> int:
    """Return the place of the branch among the choices, no groups being the first."""
    return list(groups.values()).index("branch") + 1 if "branch" in groups.values() else 0


def answer(screen: Screen, question: Question) -> Answer:
    """Return the answer; stop the page with a sentence where there can be none."""
    try:
        return query.ask(screen.reader, explore.answer, question, screen.period, screen.where)
    except UserError as error:
        show(markup.wrong(str(error)))
        st.stop()


def chart(screen: Screen, answered: Answer) -> None:
    """Draw the answer as a picture; a click takes what was clicked into the filter."""
    whole = answered.whole
    left_out = picture.shown_words(answered)
    words = [f"{whole.kpi.unit}，{whole.kpi.formula}", *([left_out] if left_out else []), "点击图形即筛选"]
    counted = f"，n={whole.denominator}" if whole.denominator is not None else ""
    show(
        markup.title(
            explore.finding(answered),
            f"{'；'.join(words)}；{whole.period.words}{counted}，数据截至{moment(screen.reader.as_of)}",
            screen.passport(whole),
        )
    )
    if not answered.figures:
        show(markup.state("没有信访件", "所选条件下没有可以计数的件；可放宽或去掉一些条件。"))
        return
    # A changed question is a new chart, so that no bar stays chosen from the former one.
    key = f"answer_{abs(hash((answered.question, screen.period, screen.where)))}"
    st.plotly_chart(
        board.fitted(picture.picture(answered)),
        key=key,
        config=charts.CONFIG,
        theme=None,
        alt=explore.finding(answered),
        on_select=lambda: _clicked(screen, answered.question, key),
        selection_mode="points",
    )


def _clicked(screen: Screen, question: Question, key: str) -> None:
    """Take a clicked bar or point into the filter: its group as a condition, its period as the period."""
    points = st.session_state[key].selection.points
    if not points:
        return
    label, *values = points[0]["customdata"]
    group = dict(zip(question.by, values, strict=False))
    explore_filters.put(explore_filters.chosen().narrowed(group))
    if question.every != "合计":
        _take_period(screen, label)


def _take_period(screen: Screen, label: str) -> None:
    start_day = parameters.start_day(screen.reader)
    first, _, last = label.partition("/")
    days = periods.parse(first, start_day)[0], periods.parse(last or first, start_day)[1]
    options = filters.period_options(screen.reader)
    name = next((name for name, period in options.items() if (period.first, period.last) == days), None)
    st.session_state["period"] = name or filters.OWN_DAYS
    if name is None:
        st.session_state["days"] = days


def table(screen: Screen, answered: Answer) -> None:
    """Draw the answer as a table: every number is a link to its passport, every count one to its cases."""
    question = answered.question
    labels = [criterion("cases", name).label for name in question.by]
    heads = [("统计期", "")] if answered.is_over_time else []
    heads += [(label, "") for label in labels]
    heads += [(answered.whole.kpi.name, "n"), ("分子/分母" if answered.whole.denominator is not None else "件", "n")]
    figures = list(answered.figures)
    if answered.is_over_time:
        figures.sort(key=lambda figure: figure.period.first, reverse=True)  # stable: the groups stay by size
    rows = [_row(screen, answered, figure) for figure in figures[:MOST_ROWS]]
    rows.append(_row(screen, answered, answered.whole, "total"))
    notes = [f"列出前{MOST_ROWS}行，共{len(figures)}行；下载的文件含全部。"] if len(figures) > MOST_ROWS else []
    if answered.cut_to:
        notes.append(f"取值很多，只列登记件数最多的{answered.cut_to}个；合计仍为全部。")
    show(markup.title("数表", "点数值看口径，点件数看案件；浅色为n<5，不作比较"))
    with st.container(height=_HEIGHT if len(rows) > _FITTING else "content", border=False, key="answer_rows"):
        show(markup.grid(heads, rows))
    show(markup.notes(notes))


def _row(screen: Screen, answered: Answer, figure: Figure, css: str = "") -> str:
    periods_cell = [figure.period.words] if answered.is_over_time else []
    names = [figure.group.get(name, "合计" if not css else "") for name in answered.question.by]
    if css and names:
        names[0] = "合计"
    elif css and periods_cell:
        periods_cell = ["合计"]
    cells = "".join(f"<td>{esc(text)}</td>" for text in (*periods_cell, *names))
    few = " few" if explore.is_few(figure) else ""
    value = link(screen.passport(figure), esc(figure.with_unit), "口径")
    return f'<tr class="{css}">{cells}<td class="n{few}">{value}</td><td class="n link pair{few}">{_counted(screen, figure)}</td></tr>'


def _counted(screen: Screen, figure: Figure) -> str:
    if figure.kpi.factors:
        return ""
    if figure.denominator is None:
        return link(screen.cases(figure), str(figure.numerator), "案件")
    whole = link(screen.cases(figure), str(figure.denominator), "分母的案件")
    if figure.numerator is None or not figure.kpi.condition:
        return whole
    return f"{link(screen.cases(figure, 'numerator'), str(figure.numerator), '分子的案件')} / {whole}"


def notes(screen: Screen, answered: Answer) -> list[str]:
    """Return what an answer is, as the files carry it: KPI, period, filter, definition, cut-off."""
    kpi = answered.whole.kpi
    return [
        f"{kpi.name}　{screen.period.words}",
        f"筛选：{screen.where.words or '无'}",
        f"口径：{kpi.formula}；{kpi.period_words}",
        as_of_words(screen.reader),
    ]


def cases(screen: Screen, answered: Answer) -> None:
    """Draw the first cases that the whole answer counts, and the files of all of them."""
    wanted = Target(answered.whole.kpi, screen.period, {}, "denominator")
    if answered.whole.kpi.factors:
        show(markup.nothing("两个比率的乘积没有单独的案件清单，请改选其中一个指标。"))
        return
    found = caselist.read(screen, wanted, LISTED, explore.rows_of(answered.whole))
    title, tools = st.columns([64, 36], vertical_alignment="center")
    with title:
        more = link(screen.link("cases", kpi=wanted.kpi.id), "在案件页打开", css="more")
        show(markup.title(f"案件：{found.many}件", screen.where.words or "没有筛选条件", more=more))
    with tools, st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
        caselist.downloads(screen, wanted, found, notes(screen, answered))
    caselist.table(found, False, _HEIGHT)


def saved(store: Store) -> None:
    """Draw the saved views as links, and the way to keep this one or to delete one."""
    found = views.views(store)
    with st.popover(f"已存查询（{len(found)}）", key="saved_views"):
        rows = [f"<li>{link(markup.address('explore', []) + '?' + view.query, esc(view.name))}</li>" for view in found]
        show(f'<ul class="notes">{"".join(rows)}</ul>' if rows else markup.nothing("还没有保存的查询。"))
        if access.is_reading_server():
            show(markup.notes([readonly.WORDS]))
            return
        st.text_input("把当前查询存为", key="view_name", max_chars=views.LONGEST_NAME, placeholder="名称")
        st.checkbox("替换同名的", key="view_replace")
        st.button("保存", key="view_save", on_click=_save, args=(store,))
        names = [view.name for view in found]
        if names:
            st.selectbox("删除", names, None, key="view_gone", placeholder="选择要删除的查询")
            st.button("删除", key="view_delete", on_click=_delete, args=(store,))
        if said := st.session_state.pop("view_said", ""):
            show(said)


def _save(store: Store) -> None:
    state = st.session_state
    pairs = [(key, value) for key in st.query_params if key != "board" for value in st.query_params.get_all(key)]
    try:
        view = views.save(
            store, state.get("view_name", ""), markup.address("", pairs)[1:], state.get("view_replace", False)
        )
    except UserError as error:
        state["view_said"] = markup.wrong(str(error))
    else:
        state["view_said"] = markup.done(f"已保存“{view.name}”。")


def _delete(store: Store) -> None:
    name = st.session_state.get("view_gone")
    if name is None:
        return
    try:
        views.delete(store, name)
    except UserError as error:
        st.session_state["view_said"] = markup.wrong(str(error))
    else:
        st.session_state["view_said"] = markup.done(f"已删除“{name}”。")
