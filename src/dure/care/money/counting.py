"""What a provider's month comes to: reckoned anew while it is open, read from the books when it is closed.

It is reckoned for the whole office whoever looks: a provider that has handed a recipient over to another one
delivered the meals of the days before all the same.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Case, Exists, F, Min, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import TruncMonth

from dure.care.models import Handed, Outcome, Scheme, Visit
from dure.care.money import sums
from dure.care.money.models import Belonging, Booking, Settlement, Terms, next_month
from dure.care.money.sums import Difference, Entry, Line, Meal
from dure.offices.acting import acting

NOBODY_THERE = (Outcome.NO_REPLY, Outcome.KNOWN_SAFE)  # brought, and nobody took it
READ = ("pk", "recipient_id", "day", "way", "meals")


def way(before: str = "") -> Case:
    """How what was brought was handed over, as far as it is said. `before`: the way to the visit, e.g. `visit__`."""
    return Case(
        When(~Q(**{f"{before}handed": ""}), then=F(f"{before}handed")),
        When(Q(**{f"{before}outcome__in": NOBODY_THERE}), then=Value(str(Handed.NOT_HANDED))),
        default=Value(""),
    )


@dataclass(frozen=True)
class Reckoned:
    """A provider's month: every reported visit as it counts, and visits of closed months that count otherwise now."""

    entries: Sequence[Entry] = ()
    corrections: Sequence[Difference] = ()
    unreported: int = 0  # visits of the month of which nobody has said anything
    unclear: int = 0  # seen, and not said whether the meal was handed over

    @cached_property
    def lines(self) -> list[Line]:
        """By scheme and price."""
        return sums.lines(self.entries)

    @property
    def meals(self) -> int:
        """The meals of the month that count."""
        return sum(line.meals for line in self.lines)

    @property
    def amount(self) -> int:
        """What the office pays for them, in won."""
        return sum(line.amount for line in self.lines)

    @property
    def corrected(self) -> int:
        """What is paid more (below 0: less) for months closed before, in won."""
        return sum(each.won for each in self.corrections)

    @property
    def total(self) -> int:
        """What is paid in all, in won."""
        return self.amount + self.corrected

    @property
    def left_out(self) -> list[tuple[str, int]]:
        """Meals that were brought and don't count, by how it ended."""
        found = Counter[str]()
        for each in self.entries:
            if not each.meals and each.scheme:
                found[each.way] += each.brought
        return sorted(found.items())

    @property
    def without_scheme(self) -> list[Entry]:
        """Meals that belong to no scheme: nobody can say who pays for them."""
        after = [*self.entries, *(each.after for each in self.corrections)]
        return [each for each in after if each.scheme is None and each.way in sums.BY_DEFAULT]

    @cached_property
    def fingerprint(self) -> str:
        """What somebody agrees on."""
        return sums.fingerprint(self.entries, self.corrections)


@dataclass
class Prices:
    """The prices of all schemes of an office, read once."""

    of: dict[int, list[sums.Terms]] = field(default_factory=dict)

    @classmethod
    def read(cls, office: int) -> "Prices":
        """What was said of each scheme; what was said first holds for the days before it too."""
        of: dict[int, list[sums.Terms]] = {}
        for terms in Terms.objects.filter(office_id=office, replaced_at=None).order_by("since", "pk"):
            said, plain = of.setdefault(terms.scheme_id, []), terms.plain()
            said.append(plain if said else replace(plain, since=date.min))
        return cls(of)


def reckon(office: int, settlements: Iterable[Settlement]) -> dict[int, Reckoned]:
    """What each of these settlements of one month comes to, by its key. A fixed number of queries."""
    with acting(office):
        return _reckoned(office, list(settlements))


def _reckoned(office: int, settlements: Sequence[Settlement]) -> dict[int, Reckoned]:
    closed = [each.pk for each in settlements if each.closed_at]
    found = _from_the_books(closed) if closed else {}
    waiting = [each for each in settlements if not each.closed_at]
    if not waiting:
        return found
    meals, unreported, unclear = _visits(office, waiting)
    corrected, first = _candidates(office, {each.provider_id for each in waiting}), _first_open(waiting)
    everybody = {each.recipient for mine in meals.values() for each in mine}
    counted = _counting(office, everybody | _people(corrected))
    for each in waiting:
        pairs = corrected.get(each.provider_id, []) if first[each.provider_id] == each.month else []
        found[each.pk] = Reckoned(
            [counted(meal) for meal in meals[each.pk]],
            sums.differences((before, counted(meal)) for before, meal in pairs),
            unreported[each.pk],
            unclear[each.pk],
        )
    return found


def _people(corrected: Mapping[int, Sequence[tuple[Entry | None, Meal]]]) -> set[int]:
    return {meal.recipient for pairs in corrected.values() for _, meal in pairs}


def _counting(office: int, recipients: Iterable[int]) -> Callable[[Meal], Entry]:
    """What says how a visit to one of these counts today."""
    prices, belongings = Prices.read(office).of, belongings_of(recipients)
    return lambda meal: sums.entry(meal, belongings.get(meal.recipient, ()), prices)


def corrected_afterwards(office: int) -> list[int]:
    """Providers that have ended: every month is closed, no other comes, and something counts otherwise by now."""
    settled = Settlement.objects.filter(office=office)
    closed = set(settled.values_list("provider", flat=True)) - set(
        settled.filter(closed_at=None).values_list("provider", flat=True)
    )
    corrected = _candidates(office, closed)
    counted = _counting(office, _people(corrected))
    pairs = {p: [(before, counted(meal)) for before, meal in each] for p, each in corrected.items()}
    return sorted(provider for provider, each in pairs.items() if sums.differences(each))


def _first_open(settlements: Iterable[Settlement]) -> dict[int, date]:
    """The first month of each provider that is still open: corrections are settled with that one."""
    waiting = Settlement.objects.filter(provider__in={each.provider_id for each in settlements}, closed_at=None)
    return dict(waiting.order_by().values("provider").annotate(first=Min("month")).values_list("provider", "first"))


def _from_the_books(settlements: Sequence[int]) -> dict[int, Reckoned]:
    """What stands in the books of closed months."""
    entries: dict[int, list[Entry]] = {pk: [] for pk in settlements}
    corrections: dict[int, list[Difference]] = {pk: [] for pk in settlements}
    booked = Booking.objects.filter(settlement__in=settlements).select_related("settlement", "previous")
    for each in booked.order_by("day", "visit_id"):
        if each.day >= each.settlement.month:
            entries[each.settlement_id].append(each.plain())
        else:
            before = each.previous.plain() if each.previous else None
            corrections[each.settlement_id].append(Difference(before, each.plain()))
    return {pk: Reckoned(entries[pk], corrections[pk]) for pk in settlements}


def _visits(office: int, settlements: Sequence[Settlement]) -> tuple[dict[int, list[Meal]], Counter[int], Counter[int]]:
    """The reported visits of each month, how many weren't reported, and how many were without a word on the meal."""
    of = {(each.provider_id, each.month): each.pk for each in settlements}
    meals: dict[int, list[Meal]] = {pk: [] for pk in of.values()}
    unreported, unclear = Counter[int](), Counter[int]()
    first, last = min(each.month for each in settlements), max(each.ends for each in settlements)
    mine = Visit.objects.filter(office_id=office, day__gte=first, day__lt=last, provider__in={p for p, _ in of})
    rows = mine.annotate(way=way()).values_list(*READ, "provider_id", "outcome", "excused_at")
    for pk, recipient, day, how, brought, provider, outcome, excused in rows:
        key = of.get((provider, day.replace(day=1)))
        if key is None:
            continue
        if how:
            meals[key].append(Meal(pk, recipient, day, how, brought))
        elif outcome in (Outcome.SEEN_WELL, Outcome.SEEN_WITH_CONCERN):
            unclear[key] += 1
        elif not outcome and not excused:
            unreported[key] += 1
    return meals, unreported, unclear


def _candidates(office: int, providers: set[int]) -> dict[int, list[tuple[Entry | None, Meal]]]:
    """Visits of closed months that may count otherwise now, by provider: what stands in the books, and what is so now.

    What was booked was reckoned with the prices and belongings up to a number; only what was reported otherwise, or
    of which a later price or belonging speaks, is looked at again.
    """
    found: dict[int, list[tuple[Entry | None, Meal]]] = defaultdict(list)
    for booking in _booked(office, providers):
        visit, before, now = booking.visit, booking.plain(), booking.way_now  # type: ignore[attr-defined]
        still = visit.provider_id == booking.settlement.provider_id
        meal = Meal(visit.pk, visit.recipient_id, visit.day, now if still else "", visit.meals)
        found[booking.settlement.provider_id].append((before, meal))
    closed = Settlement.objects.filter(provider=OuterRef("provider"), month=OuterRef("its"), closed_at__isnull=False)
    known = Booking.objects.filter(visit=OuterRef("pk"), settlement__provider=OuterRef("provider"))
    late = Visit.objects.filter(office_id=office, provider__in=providers).annotate(way=way(), its=TruncMonth("day"))
    late = late.exclude(way="").filter(Exists(closed), ~Exists(known))
    for *row, provider in late.values_list(*READ, "provider_id"):
        found[provider].append((None, Meal(*row)))
    return found


def _booked(office: int, providers: set[int]) -> QuerySet[Booking]:
    newest = Booking.objects.filter(office_id=office, settlement__provider__in=providers, next=None)
    belonging = Belonging.objects.filter(
        recipient=OuterRef("visit__recipient"), pk__gt=OuterRef("settlement__belongings_seen")
    )
    terms = Terms.objects.filter(office_id=office, pk__gt=OuterRef("settlement__terms_seen"))
    same = Q(way=F("way_now"), brought=F("visit__meals"), visit__provider=F("settlement__provider"))
    found = newest.annotate(way_now=way("visit__"))
    found = found.filter(~same | Exists(belonging) | Exists(terms.filter(since__lte=OuterRef("day"))))
    return found.select_related("visit", "settlement")


def belongings_of(recipients: Iterable[int]) -> dict[int, list[sums.Belonging]]:
    """To which schemes these recipients have belonged, each from a day on."""
    found: dict[int, list[sums.Belonging]] = defaultdict(list)
    rows = Belonging.objects.filter(recipient__in=list(recipients)).order_by("since", "pk")
    for recipient, since, scheme in rows.values_list("recipient_id", "since", "scheme_id"):
        found[recipient].append(sums.Belonging(since, scheme))
    return found


def months_with_meals(office: int, first: date) -> list[tuple[int, date]]:
    """The providers that were to bring meals in this month or the next, each with the month."""
    ends = next_month(next_month(first))
    rows = Visit.objects.filter(office_id=office, day__gte=first, day__lt=ends).annotate(its=TruncMonth("day"))
    return sorted(set(rows.values_list("provider_id", "its").distinct().order_by()))


def last_day(month: date) -> date:
    """The last day of a month."""
    return next_month(month) - timedelta(days=1)


def named(lines: Iterable[Line], schemes: Mapping[int, Scheme]) -> list[dict[str, Any]]:
    """Lines with the scheme's name, for a page."""
    return [{"line": line, "scheme": schemes[line.scheme]} for line in lines]
