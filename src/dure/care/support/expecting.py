"""How many recipients a dong's population suggests, and how far chance alone may lead away from it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, lgamma, log

ENOUGH = 5.0  # below so many expected recipients nothing is said: a handful more or less says nothing
CHANCE = 0.025  # on either side: within the range lie 95 of 100 dongs in which only chance is at work


def at_most(n: int, mean: float) -> float:
    """The probability of at most so many, when so many are expected on average (Poisson).

    >>> round(at_most(3, 5.0), 4), round(at_most(0, 2.0), 4), at_most(-1, 5.0)
    (0.265, 0.1353, 0.0)
    """
    if mean <= 0:
        return 1.0 if n >= 0 else 0.0
    return min(1.0, sum((exp(k * log(mean) - mean - lgamma(k + 1)) for k in range(n + 1)), start=0.0))


def by_chance(mean: float) -> tuple[int, int]:
    """From how many to how many recipients are no sign of anything (95 %, Poisson, both ends included).

    A number below is less likely than 2.5 %, and so is one above.

    >>> by_chance(5.0), by_chance(20.0), by_chance(0.0)
    ((1, 10), (12, 29), (0, 0))
    """
    low = 0
    while at_most(low, mean) < CHANCE:
        low += 1
    high = low
    while at_most(high, mean) < 1 - CHANCE:
        high += 1
    return low, high


@dataclass(frozen=True)
class Expected:
    """A dong: its people, its recipients, how many would be served at the office's own rate, and the range of chance.

    Units: persons. `people` are those counted in the population (65 and older, or of these those living alone).
    """

    area: int
    people: int
    served: int
    expected: float
    low: int
    high: int

    @property
    def too_small(self) -> bool:
        """Whether so few are expected that nothing can be said."""
        return self.expected < ENOUGH

    @property
    def fewer(self) -> bool:
        """Whether fewer are served than chance explains."""
        return not self.too_small and self.served < self.low


def compare(people: Mapping[int, int], served: Mapping[int, int]) -> list[Expected]:
    """Every dong of which the population is known, held against the office's own rate; the widest gap first.

    The rate is recipients by people of all these dongs together. It says where fewer are served than elsewhere here,
    never that enough are.
    """
    all_people, all_served = sum(people.values()), sum(served.get(area, 0) for area in people)
    rate = all_served / all_people if all_people else 0.0
    found = []
    for area, persons in people.items():
        expected = rate * persons
        found.append(Expected(area, persons, served.get(area, 0), expected, *by_chance(expected)))
    return sorted(found, key=lambda e: (not e.fewer, e.served - e.expected, e.area))
