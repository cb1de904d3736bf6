"""How many a dong's population suggests: the range of chance, held against exact fractions."""

from fractions import Fraction
from math import exp, factorial

from hypothesis import given
from hypothesis import strategies as st

from dure.care.support.expecting import ENOUGH, at_most, by_chance, compare


def exactly(n: int, mean: Fraction) -> float:
    """The same probability from exact powers, not from logarithms."""
    return float(sum((mean**k / factorial(k) for k in range(n + 1)), Fraction(0))) * exp(-float(mean))


@given(n=st.integers(0, 40), mean=st.integers(1, 300).map(lambda m: Fraction(m, 10)))
def test_the_probability_is_that_of_exact_fractions(n, mean):
    assert abs(at_most(n, float(mean)) - exactly(n, mean)) < 1e-9


@given(mean=st.floats(0.01, 200))
def test_what_lies_outside_the_range_is_less_likely_than_one_in_forty(mean):
    low, high = by_chance(mean)
    assert at_most(low - 1, mean) < 0.025 and 1 - at_most(high, mean) <= 0.025 + 1e-9
    assert at_most(low, mean) >= 0.025 and low <= mean <= high + 1


def test_three_where_five_are_expected_is_no_gap_and_five_where_twenty_are_is_one():
    [small, *_] = compare({1: 100, 2: 100, 3: 100}, {1: 3, 2: 6, 3: 6})
    assert (small.area, small.expected, small.fewer, small.low) == (1, 5.0, False, 1)
    found = compare({1: 400, 2: 400, 3: 400}, {1: 5, 2: 28, 3: 27})
    assert [(e.area, e.fewer) for e in found] == [(1, True), (3, False), (2, False)]


def test_of_a_dong_in_which_few_are_expected_nothing_is_said():
    tiny = next(e for e in compare({1: 10, 2: 1000}, {2: 50}) if e.area == 1)
    assert tiny.expected < ENOUGH and tiny.too_small and not tiny.fewer


@given(people=st.dictionaries(st.integers(1, 9), st.integers(0, 5000), max_size=9), served=st.data())
def test_what_is_expected_adds_up_to_what_is_served(people, served):
    counts = {area: served.draw(st.integers(0, 60)) for area in people}
    found = compare(people, counts)
    total = sum(counts.values()) if sum(people.values()) else 0
    assert abs(sum(e.expected for e in found) - total) < 1e-6
