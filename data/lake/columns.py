"""What of a store leaves for the lake: the columns named here and no others, so that a new one stays until it is decided.

A province compares bureaus; it answers no petition. So no name, telephone or text goes up, masked or not. What is left
of a person is a hash of the store's hash under a key of this store and bureau: it tells within one bureau that two
cases are one person's, which 一次性化解率 and the hints of hidden backlog need, and nothing else. What is complained of goes as one text, the name or
else the place, as masked at the import.
"""

import hmac

from data.schema import KEYS, TABLES, table_columns

_DERIVED = (
    "fields", "due_at", "accept_due_at", "is_repeat", "is_repeat_inferred", "first_rating", "rating_changes",
    "reopened_count", "progress",
)  # fmt: skip
STAYS = {
    "cases": {
        "upstream_no", "local_no", "reject_reason", "site_address", "lon", "lat", "penalty", "dissatisfied_reason",
        "petitioner_name", "petitioner_phone", "petitioner_id_number", "petitioner_address", "content", "result",
    },
    "backlog": {"subject", "basis"},
    "key_cases": {"subject", "measure"},
}  # fmt: skip
STAMPS = {"as_of": "TIMESTAMP", "edition_at": "TIMESTAMP"}  # which of two states is the newer


def sent(table: str) -> dict[str, str]:
    """Return column → SQL type of what goes up of a table."""
    known = table_columns(table)
    names = [field.name for field in TABLES[table] if field.name not in STAYS[table]]
    return {name: known[name] for name in (*names, *(_DERIVED if table == "cases" else ()))}


def lake_columns() -> dict[str, dict[str, str]]:
    """Return table → the columns that a row has in the lake, besides its bureau."""
    return {table: {"row_key": "VARCHAR", **sent(table), **STAMPS, "state": "VARCHAR"} for table in STAYS}


def salt(secret: bytes, bureau: str) -> str:
    """Return the key under which the persons of a bureau are hashed for the lake."""
    return hmac.digest(secret, f"lake:{bureau}".encode(), "sha256").hex()


def export_sql(table: str) -> str:
    """Return the SELECT of a table as it goes up; it takes $salt (cases only) and $as_of.

    state: a hash of what a row says. It tells whether two states differ, and says nothing of what stays.
    """
    values = {name: name for name in sent(table)}
    if table == "cases":
        values["petitioner_key"] = (
            "array_to_string(list_sort(list_transform(string_split(nullif(petitioner_key, ''), ' '), "
            "lambda one: left(sha256($salt || one), 24))), ' ')"
        )
        values["site_name"] = "coalesce(nullif(trim(site_name), ''), nullif(trim(site_address), ''))"
    key = ", ".join(f"coalesce({name}::VARCHAR, '')" for name in KEYS[table])
    texts = ", ".join(f"coalesce({name}::VARCHAR, chr(0))" for name in values)
    return (
        f"SELECT concat_ws('|', {key}) AS row_key, *, concat_ws(chr(31), {texts}) AS said FROM "
        f"(SELECT {', '.join(f'{value} AS {name}' for name, value in values.items())}, "
        f"coalesce(as_of, $as_of::TIMESTAMP) AS as_of, coalesce(edition_at, as_of, $as_of::TIMESTAMP) AS edition_at "
        f"FROM {table})"
    ).replace("SELECT concat_ws", "SELECT * EXCLUDE said, md5(said) AS state FROM (SELECT concat_ws", 1) + ")"
