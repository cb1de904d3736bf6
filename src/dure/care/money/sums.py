"""What the meals of a month cost: which of them count, at which price, and what has come out otherwise since. Pure.

Amounts are whole won. Of each meal that counts the office pays the unit price less the recipient's own share.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar

ALWAYS = frozenset({"in_person", "proxy"})
BY_DEFAULT = ALWAYS | {"at_door"}  # refused, or brought and not handed over, only where a scheme says so


class Dated(Protocol):
    """Something that holds from a day on."""

    @property
    def since(self) -> date: ...


D = TypeVar("D", bound=Dated)


@dataclass(frozen=True)
class Terms:
    """What a scheme pays from a day on: won a meal, the own share in it, and the ways of handing over that count."""

    since: date
    unit_price: int
    own_share: int
    pays: frozenset[str] = BY_DEFAULT


@dataclass(frozen=True)
class Belonging:
    """The scheme that a recipient belongs to from a day on (None: to none)."""

    since: date
    scheme: int | None


@dataclass(frozen=True)
class Meal:
    """One visit as it was reported: how what was brought was handed over. `way` empty: nothing was said about it."""

    visit: int
    recipient: int
    day: date
    way: str
    brought: int


@dataclass(frozen=True)
class Entry:
    """One visit as it stands in the books: so many meals that count (0: it doesn't count), each at this price."""

    visit: int
    day: date
    way: str
    brought: int
    scheme: int | None = None
    meals: int = 0
    unit_price: int = 0
    own_share: int = 0

    @property
    def amount(self) -> int:
        """What the office pays for it, in won."""
        return self.meals * (self.unit_price - self.own_share)

    @property
    def shares(self) -> int:
        """What the recipient pays for it, in won."""
        return self.meals * self.own_share

    @property
    def worth(self) -> tuple[int | None, int, int, int] | None:
        """All that is paid for; None when nothing is."""
        return (self.scheme, self.meals, self.unit_price, self.own_share) if self.meals else None


@dataclass(frozen=True)
class Line:
    """The meals of one scheme at one price."""

    scheme: int
    unit_price: int
    own_share: int
    meals: int

    @property
    def gross(self) -> int:
        """What the meals cost, in won."""
        return self.meals * self.unit_price

    @property
    def shares(self) -> int:
        """What the recipients pay themselves, in won."""
        return self.meals * self.own_share

    @property
    def amount(self) -> int:
        """What the office pays, in won."""
        return self.gross - self.shares


@dataclass(frozen=True)
class Difference:
    """A visit of a closed month that counts otherwise now. `before` None: it didn't stand in the books at all."""

    before: Entry | None
    after: Entry

    @property
    def meals(self) -> int:
        """How many meals more (or, below 0, fewer) are paid for."""
        return self.after.meals - (self.before.meals if self.before else 0)

    @property
    def won(self) -> int:
        """How much more (or, below 0, less) the office pays, in won."""
        return self.after.amount - (self.before.amount if self.before else 0)


def on(dated: Iterable[D], day: date) -> D | None:
    """What holds on a day: the last that began by then; of two from the same day the one said later.

    >>> prices = [Terms(date(2026, 1, 1), 9000, 1000), Terms(date(2026, 11, 16), 9500, 1000)]
    >>> [held.unit_price for day in (15, 16) if (held := on(prices, date(2026, 11, day)))]
    [9000, 9500]
    >>> on(prices, date(2025, 12, 31)) is None
    True
    """
    found: D | None = None
    for each in dated:
        if each.since <= day and (found is None or each.since >= found.since):
            found = each
    return found


def entry(meal: Meal, belongings: Sequence[Belonging], terms: Mapping[int, Sequence[Terms]]) -> Entry:
    """A visit as it counts today: in the recipient's scheme on that day, at the scheme's price on that day.

    >>> meal = Meal(visit=1, recipient=7, day=date(2026, 11, 20), way="proxy", brought=2)
    >>> mine = [Belonging(date(2026, 3, 1), 5)]
    >>> counted = entry(meal, mine, {5: [Terms(date(2026, 1, 1), 9000, 1000)]})
    >>> counted.meals, counted.amount
    (2, 16000)
    >>> entry(Meal(1, 7, meal.day, "refused", 1), mine, {5: [Terms(date(2026, 1, 1), 9000, 1000)]}).meals
    0
    >>> entry(meal, [], {}).scheme is None
    True
    """
    belongs = on(belongings, meal.day)
    scheme = belongs.scheme if belongs else None
    held = on(terms.get(scheme, ()), meal.day) if scheme else None
    if held is None:
        return Entry(meal.visit, meal.day, meal.way, meal.brought)
    counts = meal.brought if meal.way in held.pays else 0
    return Entry(meal.visit, meal.day, meal.way, meal.brought, scheme, counts, held.unit_price, held.own_share)


def lines(entries: Iterable[Entry]) -> list[Line]:
    """One line for each scheme and price.

    >>> day, brought = date(2026, 11, 2), dict(way="in_person", brought=1, scheme=5, meals=1, own_share=1000)
    >>> [line.amount for line in lines([Entry(n, day, unit_price=9000, **brought) for n in range(3)])]
    [24000]
    """
    meals: Counter[tuple[int, int, int]] = Counter()
    for each in entries:
        if each.meals and each.scheme:
            meals[each.scheme, each.unit_price, each.own_share] += each.meals
    return [Line(*key, meals[key]) for key in sorted(meals)]


def by_day(entries: Iterable[Entry]) -> dict[date, int]:
    """How many meals count on each day."""
    days: dict[date, int] = defaultdict(int)
    for each in entries:
        days[each.day] += each.meals
    return dict(sorted(days.items()))


def differences(pairs: Iterable[tuple[Entry | None, Entry]]) -> list[Difference]:
    """What is paid for otherwise now than it stands in the books, in the order of the days.

    >>> was = Entry(1, date(2026, 11, 2), "in_person", 1, 5, 1, 9000, 1000)
    >>> now = Entry(1, date(2026, 11, 2), "refused", 1, 5, 0, 9000, 1000)
    >>> [(d.meals, d.won) for d in differences([(was, now), (now, now), (None, was)])]
    [(-1, -8000), (1, 8000)]
    """
    found = [Difference(b, a) for b, a in pairs if a.worth != (b.worth if b else None)]
    return sorted(found, key=lambda each: (each.after.day, each.after.visit))


def fingerprint(entries: Iterable[Entry], corrections: Iterable[Difference]) -> str:
    """What was agreed on, in a word: it is another as soon as one meal counts otherwise.

    >>> one = Entry(1, date(2026, 11, 2), "in_person", 1, 5, 1, 9000, 1000)
    >>> fingerprint([one], []) == fingerprint([one, Entry(2, date(2026, 11, 2), "refused", 1, 5)], [])
    True
    >>> fingerprint([one], []) == fingerprint([], [])
    False
    """
    counted = sorted([each.visit, *each.worth] for each in entries if each.worth)
    corrected = sorted([d.after.visit, d.before and d.before.worth, d.after.worth] for d in corrections)
    return hashlib.sha256(json.dumps([counted, corrected]).encode()).hexdigest()
