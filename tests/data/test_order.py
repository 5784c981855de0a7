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
NUMBERS = st.sampled_from([f"A-{n}" for n in range(6)])
PROVENANCE = {"batch_no", "file_name", "row_no", "edition_at"}


def state(folder: Path) -> list[dict[str, str]]:
    """Return every case as text, without where it came from."""
    cases = stored(folder).values()
    return sorted(
        ({k: str(v) for k, v in found.items() if k not in PROVENANCE} for found in cases), key=lambda c: c["case_key"]
    )


@settings(
    max_examples=4,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.data())
@pytest.mark.parametrize("numbers", ["each once", "some again"])
def test_neither_row_order_nor_splitting_changes_the_cases(tmp_path_factory, numbers, data):
    drawn = data.draw(
        st.lists(
            st.tuples(NUMBERS, ROW),
            min_size=2,
            max_size=6,
            unique_by=(lambda r: r[0]) if numbers == "each once" else None,
        )
    )
    rows = [case(number, **cells) for number, cells in drawn]
    shuffled = data.draw(st.permutations(rows))
    cut = data.draw(st.integers(1, len(rows) - 1))
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
    expected = state(folder / "whole")
    for other in ("mixed", "one batch", "forward", "backward"):
        assert state(folder / other) == expected, other


@settings(
    max_examples=4,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(
        st.lists(st.tuples(NUMBERS, ROW), min_size=1, max_size=5, unique_by=lambda r: r[0]), min_size=3, max_size=3
    ),
    st.permutations(range(3)),
)
def test_exports_of_different_moments_end_the_same_in_any_order(tmp_path_factory, months, order):
    folder = tmp_path_factory.mktemp("moments")
    paths = [
        ledger(folder / name, *(case(number, **cells) for number, cells in rows), saved=SAVED)
        for name, rows in zip((JULY, AUGUST, SEPTEMBER), months, strict=True)
    ]
    for path in paths:
        take(folder / "in order", path)
    for n in order:
        take(folder / "any order", paths[n])
    kept = ("case_no", "status", "branch", "rating", "closed_at", "as_of", "due_at")
    assert [[c[k] for k in kept] for c in state(folder / "any order")] == [
        [c[k] for k in kept] for c in state(folder / "in order")
    ]
