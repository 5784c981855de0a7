"""指标口径: every KPI as the catalogue defines it, to search and to look up."""

from pages.parts import catalogue, frame

reader = frame.begin_without_data("指标口径", "definitions")
word, group = catalogue.search()
catalogue.table(reader, catalogue.matching(word, group))
