"""A control chart as a browser draws it: the band behind the line, and a colour on signals only."""

from data.store import Store
from metrics import periods, signals
from metrics.charts.control import COLOURS


def _colours(drawn, panel):
    """Return the fill of each drawn point of a panel's chart, as #RRGGBB."""
    return drawn.evaluate(
        """panel => [...document.querySelectorAll(`.st-key-panel_${panel} .point`)].map(point => {
            const parts = getComputedStyle(point).fill.match(/\\d+/g).slice(0, 3);
            return "#" + parts.map(part => (+part).toString(16).padStart(2, "0")).join("").toUpperCase();
        })""",
        panel,
    )


def test_the_band_is_drawn_and_only_signals_are_coloured(screen, store):
    drawn = screen.open()
    drawn.locator(".st-key-panel_volume .point").first.wait_for()
    assert drawn.locator(".st-key-panel_volume .js-fill").count() >= 1
    reader = Store(store).reader()
    shown = periods.year_to_date(reader.as_of)
    months = periods.months(periods.months_later(shown.first, -36), shown.last, reader.as_of)[-36:]
    chart = signals.charts(reader, ("cases_total",), tuple(months))["cases_total"]
    expected = [COLOURS[mark] for mark in chart.marks if mark]
    assert [colour for colour in _colours(drawn, "volume") if colour in COLOURS.values()] == expected
    assert screen.errors == []


def test_every_point_of_the_small_charts_fits_its_place(screen):
    drawn = screen.open("branches?kpi_name=信访总量")
    drawn.locator(".st-key-panel_together .point").first.wait_for()
    outside = drawn.evaluate(
        """() => {
            const plot = document.querySelector(".st-key-panel_together .js-plotly-plot").getBoundingClientRect();
            return [...document.querySelectorAll(".st-key-panel_together .point")].filter(point => {
                const box = point.getBoundingClientRect();
                return box.left < plot.left || box.right > plot.right || box.top < plot.top || box.bottom > plot.bottom;
            }).length;
        }"""
    )
    assert outside == 0
