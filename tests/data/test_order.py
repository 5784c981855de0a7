"""Neither the order of rows nor of files matters, nor whether a file comes in one piece."""

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.data.files import case, ledger, stored, take

JULY, AUGUST, SEPTEMBER = ("台账_20250731.csv", "台账_20250831.csv", "台账_20250930.csv")
SAVED = datetime(2025, 10, 1)

ROW = st.fixed_dictionaries(
    {
        "责任分局": st.sampled_from(["下陆区分局", "大冶分局", "某某所", ""]),
        "办理状态": st.sampled_from(["办理中", "已办结", "未受理", "退回"]),
        "办结时间": st.sampled_from(["", "2025-04-01", "2025-05-01"]),
        "满意度": st.sampled_from(["", "满意", "不满意"]),
        "办理性质": st.sampled_from(["", "主办", "协办"]),
    }
)
NUMBERS = st.sampled_from([f"A-{n}" for n in range(20)])
PROVENANCE = {"batch_no", "file_name", "row_no", "edition_at"}
FEW_BUT_LARGE = settings(
    max_examples=2,  # an import costs the same for fifty rows as for two
    derandomize=True,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)


def state(folder: Path) -> dict[tuple[str, str], str]:
    """Return every cell of every case as text, by case number and column, without where it came from."""
    return {
        (number, name): str(cell)
        for number, row in stored(folder).items()
        for name, cell in row.items()
        if name not in PROVENANCE
    }


def differences(one: Path, other: Path) -> dict[tuple[str, str], tuple[str | None, str | None]]:
    first, second = state(one), state(other)
    return {key: (first.get(key), second.get(key)) for key in first | second if first.get(key) != second.get(key)}


def rows_of(numbers: str) -> st.SearchStrategy[list[tuple[str, dict]]]:
    again = numbers == "some again"
    return st.lists(st.tuples(NUMBERS, ROW), min_size=12, max_size=50, unique_by=None if again else lambda row: row[0])


@pytest.mark.parametrize("numbers", ["each once", "some again"])
@FEW_BUT_LARGE
@given(data=st.data())
def test_neither_row_order_nor_splitting_changes_the_cases(tmp_path_factory, numbers, data):
    rows = [case(number, **cells) for number, cells in data.draw(rows_of(numbers))]
    shuffled = data.draw(st.randoms(use_true_random=False)).sample(rows, len(rows))
    cut = len(rows) // 2
    folder = tmp_path_factory.mktemp("split")
    whole = ledger(folder / "甲_20250930.csv", *rows, saved=SAVED)
    mixed = ledger(folder / "乙_20250930.csv", *shuffled, saved=SAVED)
    part_1 = ledger(folder / "丙_20250930.csv", *shuffled[:cut], saved=SAVED)
    part_2 = ledger(folder / "丁_20250930.csv", *shuffled[cut:], saved=SAVED)
    take(folder / "whole", whole)
    take(folder / "mixed", mixed)
    take(folder / "one batch", part_2, part_1)
    for part in (part_1, part_2):
        take(folder / "forward", part)
    for part in (part_2, part_1):
        take(folder / "backward", part)
    for other in ("mixed", "one batch", "forward", "backward"):
        assert differences(folder / "whole", folder / other) == {}, other


def test_the_rows_of_one_case_may_lie_in_two_files_of_one_export(tmp_path):
    """The leading branch is the case's own, the others join in, whichever file comes first."""
    lead = case("A-1", 责任分局="下陆区分局", 办理性质="主办")
    joined = [case("A-1", 责任分局=branch, 办理性质="协办") for branch in ("大冶市分局", "阳新县分局")]
    files = [ledger(tmp_path / f"台账{n}_20250930.csv", row, saved=SAVED) for n, row in enumerate([lead, *joined])]
    for name, order in {"forward": files, "backward": files[::-1]}.items():
        for path in order:
            take(tmp_path / name, path)
        found = stored(tmp_path / name)["A-1"]
        assert (found["branch"], sorted(found["co_branches"])) == ("下陆区分局", ["大冶市分局", "阳新县分局"])


MONTH = st.lists(st.tuples(NUMBERS, ROW), min_size=8, max_size=15, unique_by=lambda row: row[0])


@FEW_BUT_LARGE
@given(months=st.tuples(MONTH, MONTH, MONTH))
def test_exports_of_different_moments_end_the_same_in_any_order(tmp_path_factory, months):
    """What came out of a case is the same; what happened to it on the way can be told only where it was seen in order."""
    folder = tmp_path_factory.mktemp("moments")
    paths = [
        ledger(folder / name, *(case(number, **cells) for number, cells in rows), saved=SAVED)
        for name, rows in zip((JULY, AUGUST, SEPTEMBER), months, strict=True)
    ]
    seen_in_order_only = {"first_rating", "rating_changes", "reopened_count"}
    for order in ((0, 1, 2), (2, 1, 0), (1, 2, 0)):
        for n in order:
            take(folder / str(order), paths[n])
        found = differences(folder / "(0, 1, 2)", folder / str(order))
        assert {key: cells for key, cells in found.items() if key[1] not in seen_in_order_only} == {}
