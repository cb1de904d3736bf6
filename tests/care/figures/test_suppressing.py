"""No number that is left out of a published table can be had again: by subtracting, nor by closing in on it."""

from collections.abc import Iterator
from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dure.care.figures.suppressing import FEWEST, left_out, with_sums

COUNTS = st.one_of(st.integers(0, 6), st.just(0), st.integers(1, 60))
TABLES = st.integers(1, 5).flatmap(
    lambda columns: st.lists(st.lists(COUNTS, min_size=columns, max_size=columns), min_size=1, max_size=5)
)


def equations(full) -> Iterator[dict]:
    """Each row and each column: its parts less its sum is nothing."""
    rows, columns = len(full), len(full[0])
    for r in range(rows):
        yield {(r, c): (1 if c < columns - 1 else -1) for c in range(columns)}
    for c in range(columns):
        yield {(r, c): (1 if r < rows - 1 else -1) for r in range(rows)}


def solved(full, out) -> set:
    """What linear algebra gets out of what is shown: spots that have one value only (Gauss, in whole fractions)."""
    spots = sorted(out)
    rows = [[Fraction(each.get(spot, 0)) for spot in spots] for each in equations(full)]
    done = 0
    for n in range(len(spots)):
        pivot = next((k for k in range(done, len(rows)) if rows[k][n]), None)
        if pivot is None:
            continue
        rows[done], rows[pivot] = rows[pivot], rows[done]
        rows[done] = [x / rows[done][n] for x in rows[done]]
        for k in range(len(rows)):
            if k != done and rows[k][n]:
                rows[k] = [x - rows[k][n] * y for x, y in zip(rows[k], rows[done], strict=True)]
        done += 1
    return {spots[next(n for n, x in enumerate(row) if x)] for row in rows[:done] if sum(map(bool, row)) == 1}


def closed_in(full, out) -> set:
    """Who knows that each of them is at least 1 and goes round the equations until nothing gets closer."""
    low, high = dict.fromkeys(out, 1), dict.fromkeys(out, 10_000)
    for _ in range(40):
        for each in equations(full):
            known = sum(sign * full[r][c] for (r, c), sign in each.items() if (r, c) not in out)
            hidden = {spot: sign for spot, sign in each.items() if spot in out}
            for spot, sign in hidden.items():
                rest = {s: g for s, g in hidden.items() if s != spot}
                least = sum(g * (low[s] if g > 0 else high[s]) for s, g in rest.items()) + known
                most = sum(g * (high[s] if g > 0 else low[s]) for s, g in rest.items()) + known
                ends = sorted((-least * sign, -most * sign))
                low[spot], high[spot] = max(low[spot], ends[0]), min(high[spot], ends[1])
    return {spot for spot in out if low[spot] >= high[spot]}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TABLES)
def test_what_is_left_out_cannot_be_worked_out(table):
    full, out = with_sums(table), left_out(table)
    small = {(r, c) for r, row in enumerate(full) for c, value in enumerate(row) if 0 < value < FEWEST}
    assert small <= out
    assert all(full[r][c] for r, c in out)  # a nought is always shown
    assert solved(full, out) == set()
    assert closed_in(full, out) == set()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TABLES)
def test_leaving_out_the_small_ones_alone_would_give_some_away(table):
    """The attack is one: where others are left out too, the small ones alone could be had."""
    full, out = with_sums(table), left_out(table)
    small = {(r, c) for r, row in enumerate(full) for c, value in enumerate(row) if 0 < value < FEWEST}
    if len(small) == 1:
        assert solved(full, small) == small and len(out) >= 4


def test_nothing_is_left_out_where_nothing_is_small():
    assert left_out([[5, 0, 70], [0, 0, 8]]) == frozenset()


def test_two_ones_beside_each_other_are_not_given_away_by_their_sum():
    assert {(0, 0), (0, 1)} < left_out([[1, 1, 40], [30, 20, 50]])
    assert len([spot for spot in left_out([[1, 1, 40], [30, 20, 50]]) if spot[0] == 0]) > 2
