"""The KPIs by subject; metrics.catalog puts them in order."""
