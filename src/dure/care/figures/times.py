"""How long things took: the middle one, and how long nine in ten took at most. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

ENOUGH = 5  # of fewer times no percentile is given: it would be one person's time


@dataclass(frozen=True)
class Spread:
    """Times in order, the shortest first."""

    times: Sequence[timedelta]

    @property
    def n(self) -> int:
        """How many there are."""
        return len(self.times)

    @property
    def enough(self) -> bool:
        """Whether there are enough to say how long it takes."""
        return self.n >= ENOUGH

    def within(self, percent: int) -> timedelta | None:
        """The time within which so many of a hundred lay; none when there are fewer than five.

        It is always a time that was measured (nearest rank, as PostgreSQL's percentile_disc): the shortest within
        which at least `percent` of a hundred lay.

        >>> spread(timedelta(minutes=m) for m in range(1, 11)).within(90)
        datetime.timedelta(seconds=540)
        >>> spread([timedelta(minutes=1)] * 4).within(50)
        """
        if not self.enough:
            return None
        return self.times[max(-(-self.n * percent // 100), 1) - 1]

    def share_within(self, limit: timedelta) -> int:
        """How many took at most so long."""
        return sum(1 for each in self.times if each <= limit)


def spread(times: Iterable[timedelta | None]) -> Spread:
    """Times that are known, in order. What lies before the beginning took no time."""
    return Spread(sorted(max(each, timedelta()) for each in times if each is not None))


def minutes(took: timedelta) -> str:
    """A time as people say it: minutes, up to and with a part of one.

    >>> [minutes(timedelta(seconds=s)) for s in (0, 59, 60, 61, 45 * 60, 45 * 60 + 1)]
    ['0', '1', '1', '2', '45', '46']
    """
    return f"{-(-int(took.total_seconds()) // 60):,}"


def percent(part: int, whole: int) -> float | None:
    """The share in percent with one decimal; none of nothing.

    >>> percent(2, 3), percent(0, 0)
    (66.7, None)
    """
    return round(100 * part / whole, 1) if whole else None
