"""The program that opens the lake, on another DuckDB than the product: it imports nothing of the product, and nothing imports it.

Run as python -m data.lake.engine PACKAGES by data/lake/bridge.py; PACKAGES is the folder of requirements-lake.txt.
"""


class Refused(Exception):
    """What the caller can say in a sentence: a kind, and what belongs to it."""

    def __init__(self, kind: str, **told: object) -> None:
        super().__init__(kind)
        self.told = {"error": kind, **told}
