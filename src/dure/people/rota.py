"""Who answers when, by weekly patterns and by whoever stands in. Pure: no database, no clock."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
IsHoliday = Callable[[date], bool]


@dataclass(frozen=True)
class Span:
    """A person answers from a moment up to but not at another; the earlier `place` is told first."""

    person: int
    place: int
    starts: datetime
    ends: datetime
    rota: int | None = None


@dataclass(frozen=True)
class Pattern:
    """From when to when on which weekdays (0: Monday), and who in each week; after the last week comes the first.

    `holidays` is "every" (like any other day), "not" or "only". Nothing is said about the time before `begun`.
    """

    rota: int
    weekdays: Collection[int]
    starts: time
    ends: time
    since: date
    until: date | None
    begun: datetime
    weeks: Sequence[Sequence[tuple[int, int]]]  # of each week: place and person
    holidays: str = "every"

    def on(self, day: date, is_holiday: IsHoliday) -> Sequence[tuple[int, int]]:
        """Who begins on this day."""
        if day.weekday() not in self.weekdays or day < self.since or (self.until and day >= self.until):
            return ()
        if self.holidays != "every" and is_holiday(day) != (self.holidays == "only"):
            return ()
        return self.weeks[week_of(self.since, day) % len(self.weeks)]


@dataclass(frozen=True)
class Change:
    """In a span of time somebody answers in place of another (None: of everybody), or nobody does (on: None)."""

    off: int | None
    on: int | None
    since: datetime
    until: datetime


def week_of(since: date, day: date) -> int:
    """How many weeks, from Monday to Sunday, lie between two days.

    >>> week_of(date(2026, 11, 25), date(2026, 11, 29)), week_of(date(2026, 11, 25), date(2026, 11, 30))
    (0, 1)
    """
    return ((day - timedelta(days=day.weekday())) - (since - timedelta(days=since.weekday()))).days // 7


def moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The moment of a local time. One that the clocks jump over is the moment of the jump; of two it is the first.

    So the order of times stays the order of moments, and what follows without a gap by the clock does so in truth.

    >>> moment(date(2026, 3, 29), time(2, 30), ZoneInfo("Europe/Berlin")).isoformat()
    '2026-03-29T01:00:00+00:00'
    """
    local = datetime.combine(day, at.replace(fold=0), zone)
    late, early = local.astimezone(UTC), local.replace(fold=1).astimezone(UTC)
    if early >= late:
        return late
    before = early.astimezone(zone).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + timedelta(seconds=int((late - early).total_seconds()) // 2)
        if middle.astimezone(zone).utcoffset() == before:
            early = middle
        else:
            late = middle
    return late


def spans(pattern: Pattern, first: date, last: date, zone: ZoneInfo, is_holiday: IsHoliday) -> Iterator[Span]:
    """What a pattern says about the days from the first to the last. An end not after the start is on the next day."""
    for day in (first + n * DAY for n in range((last - first).days + 1)):
        begins = max(moment(day, pattern.starts, zone), pattern.begun)
        ends = moment(day if pattern.ends > pattern.starts else day + DAY, pattern.ends, zone)
        for place, person in pattern.on(day, is_holiday) if ends > begins else ():
            yield Span(person, place, begins, ends, pattern.rota)


def changed(spans: Iterable[Span], changes: Iterable[Change]) -> list[Span]:
    """The spans after the changes, one after the other."""
    found = list(spans)
    for change in changes:
        found = [piece for span in found for piece in cut(span, change)]
    return found


def cut(span: Span, change: Change) -> Iterator[Span]:
    """What a change leaves of a span: the part before, the part after, and between them whoever stands in.

    Who stands in for everybody answers the whole time, whoever it was before: that is no part of any span.
    """
    if change.off not in (None, span.person) or span.ends <= change.since or span.starts >= change.until:
        yield span
        return
    if span.starts < change.since:
        yield replace(span, ends=change.since)
    if change.off is not None and change.on is not None:
        starts, ends = max(span.starts, change.since), min(span.ends, change.until)
        yield replace(span, person=change.on, starts=starts, ends=ends)
    if span.ends > change.until:
        yield replace(span, starts=change.until)


def once(spans: Iterable[Span], taken: Iterable[Span] = ()) -> list[Span]:
    """The spans so that nobody answers twice at one moment: what is taken already stays, then the earlier place."""
    busy: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    for span in taken:
        busy[span.person].append((span.starts, span.ends))
    found = []
    for span in sorted(spans, key=lambda s: (s.place, s.starts, s.ends, s.rota or 0)):
        free = uncovered(span.starts, span.ends, busy[span.person])
        found += [replace(span, starts=starts, ends=ends) for starts, ends in free]
        busy[span.person].append((span.starts, span.ends))
    return found


def uncovered(
    since: datetime, until: datetime, spans: Iterable[tuple[datetime, datetime]]
) -> list[tuple[datetime, datetime]]:
    """The parts of a stretch of time that no span covers.

    >>> uncovered(0, 10, [(2, 4), (3, 5), (8, 12)])
    [(0, 2), (5, 8)]
    """
    left: list[tuple[datetime, datetime]] = []
    for start, end in sorted(spans):
        if since >= until:
            return left
        if start > since:
            left.append((since, min(start, until)))
        since = max(since, end)
    return [*left, (since, until)] if since < until else left
