"""The relations that KPIs are counted over: which SQL file makes them, of which table, and what they can be cut by."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "sql"
FACTS = "case_facts"
KEPT = (FACTS, "visits_again", "watched_days", "place_list", "case_values", "unknown_values")  # see metrics/kept.py


@dataclass(frozen=True)
class Relation:
    """One relation: `name` is its file in metrics/sql/; `table` the canonical table whose fields it carries.

    started: the SQL expression over `table` whose smallest value is the first day of data, for "暂无同比数据".
    needs: relations that its file names in braces.
    """

    name: str
    table: str
    started: str
    words: str

    @property
    def sql(self) -> str:
        """The whole text of its query, other relations put in where it names them as {name}."""
        return _put_together(self.name)


@cache
def read_sql(name: str) -> str:
    """Return the text of metrics/sql/NAME.sql with every {other} replaced by that file's query in parentheses.

    {case_facts} and the others that are kept stay: the reader puts in what is kept of them, see data/derived.py.
    """
    return _put_together(name, KEPT)


def _put_together(name: str, left: tuple[str, ...] = ()) -> str:
    text = (_FOLDER / f"{name}.sql").read_text("utf-8")
    for other in _FOLDER.glob("*.sql"):
        mark = "{" + other.stem + "}"
        if mark in text and other.stem not in left:
            text = text.replace(mark, f"({_put_together(other.stem, left)})")
    return text


def rows_sql(relation: str) -> str:
    """Return the SQL of a relation's rows, as it stands after FROM."""
    return "{" + FACTS + "}" if relation == FACTS else f"({read_sql(relation)})"


_ALL = (
    Relation("case_facts", "cases", "received_at", "信访件"),
    Relation("case_states", "cases", "received_at", "统计期末的信访件状态"),
    Relation("case_flows", "cases", "received_at", "受理与办结"),
    Relation("case_moves", "cases", "received_at", "登记、受理与离手"),
    Relation("suspected", "cases", "received_at", "信访件及同人同点位的来访次数"),
    Relation("repeat_sites", "cases", "received_at", "统计期末前一段时间的信访件"),
    Relation("first_resolutions", "cases", "received_at", "已办结的初件"),
    Relation("backlog_states", "backlog", "listed_at", "积案台账"),
    Relation("backlog_lines", "backlog", "listed_at", "积案台账"),
    Relation("key_case_states", "key_cases", "listed_at", "领导包保台账"),
)
RELATIONS = {relation.name: relation for relation in _ALL}
