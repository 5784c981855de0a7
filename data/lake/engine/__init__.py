"""The program that opens the lake, on another DuckDB than the product: it imports nothing of the product, and nothing imports it.

Run as python -m data.lake.engine PACKAGES by data/lake/bridge.py; PACKAGES is the folder of requirements-lake.txt.
"""
