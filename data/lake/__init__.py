"""Several bureaus in one lake: DuckLake, its catalogue in PostgreSQL, its data as Parquet on a share. Optional.

The lake engine exists for an older DuckDB than the product's, so it runs in a process of its own (engine.py) from a
folder of its own packages, and rows go over as Parquet. See docs/lake.md and docs/decisions/013-a-lake-of-bureaus.md.
"""
