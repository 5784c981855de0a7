"""Merged rows: the total is as it was, no row of few cases is left, and nobody can work a merged count out again."""

from collections import defaultdict
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.small_cells import group, hides

COUNTS = st.lists(st.integers(0, 12), min_size=1, max_size=12)
LEASTS = st.integers(2, 6)


@given(counts=COUNTS, least=LEASTS)
def test_every_row_is_in_one_place_and_the_total_is_the_same(counts, least):
    found = group(counts, least)
    if found.only_total:
        assert not found.kept and not found.merged
        return
    assert sorted((*found.kept, *found.merged)) == list(range(len(counts)))
    assert sum(counts[i] for i in found.kept) + sum(counts[i] for i in found.merged) == sum(counts)


@given(counts=COUNTS, least=LEASTS)
def test_no_row_of_few_cases_is_left(counts, least):
    found = group(counts, least)
    assert not [i for i in found.kept if 0 < counts[i] < least]
    if found.merged:
        assert len(found.merged) >= 2 and sum(counts[i] for i in found.merged) >= least
        assert hides([counts[i] for i in found.merged], least)
        assert any(counts[i] for i in found.kept), "a merged row that is everything is the total"


@given(counts=COUNTS, least=LEASTS)
def test_nothing_is_merged_without_need_and_the_next_smallest_comes_first(counts, least):
    found = group(counts, least)
    if all(count == 0 or count >= least for count in counts):
        assert found.kept == tuple(range(len(counts)))
    taken = [counts[i] for i in found.merged if counts[i] >= least]
    left = [counts[i] for i in found.kept if counts[i] >= least]
    assert not taken or not left or max(taken) < min(left)


@pytest.mark.parametrize(("rows", "least", "most"), [(3, 3, 7), (4, 3, 6), (3, 4, 8)])
def test_nobody_can_work_a_count_out_again(rows, least, most):
    """Every table of these sizes: whoever knows the rule, the rows that stay, the number of rows merged and the total
    finds at least two counts for each row of few cases that was merged."""
    possible = defaultdict(list)
    for counts in product(range(most + 1), repeat=rows):
        found = group(counts, least)
        seen = tuple((i, counts[i]) for i in found.kept), found.merged, found.only_total, sum(counts)
        possible[seen].append(counts)
    looked = 0
    for (_, merged, only_total, total), tables in possible.items():
        hidden = range(rows) if only_total else merged
        if total > most:  # a greater total has tables that are not among these
            continue
        for i in hidden:
            values = {counts[i] for counts in tables}
            looked += bool(values & set(range(1, least)))
            assert len(values) > 1 or values.isdisjoint(range(1, least)), tables
    assert looked > 20


def test_a_single_few_takes_the_next_smallest_with_it_and_all_that_are_as_small():
    assert group([40, 1, 9, 12], 3).merged == (1, 2)
    assert group([40, 1, 9, 9], 3).merged == (1, 2, 3)


def test_ones_that_add_up_to_their_number_are_no_secret():
    assert not hides([1, 1, 1], 3) and not hides([2, 2], 3) and hides([1, 2], 3) and hides([1, 1, 5], 3)


def test_where_everything_would_be_merged_only_the_total_stays():
    assert group([1, 2, 0], 3).only_total
    assert group([2, 9], 3).only_total
    assert not group([0, 0], 3).only_total
