"""Plotly figures from measured figures, for the screen and for anything else that can draw them; no Streamlit here."""

from metrics.charts.base import CONFIG, FEW, Mark
from metrics.charts.funnel import funnel_chart
from metrics.charts.trend import multiples, trend

__all__ = ["CONFIG", "FEW", "Mark", "funnel_chart", "multiples", "trend"]
