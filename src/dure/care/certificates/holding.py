"""How somebody stands with each certificate on a day: computed from what is entered and the rules of the office."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from dure import clock
from dure.care.certificates.dates import Window, trained_until, valid_until
from dure.care.certificates.models import WORK, Certificate, Counted, Kind, Packed, Work
from dure.gatherings.models import Attendance
from dure.people.models import Membership, Organisation, Person, Role
from dure.rules.actions import Rules, rules

DAY = timedelta(days=1)
HEALTH = gettext_noop("The health certificate is valid until %(until)s and has to be renewed by %(last)s.")
HYGIENE = gettext_noop("Hygiene training counts until %(until)s; %(done)s of %(needed)s hours are done this year.")
OWN = gettext_noop("“%(kind)s” is valid until %(until)s.")
NO_HEALTH = gettext_noop("No health certificate is entered.")
NO_HYGIENE = gettext_noop("No hygiene training is entered.")


class State(models.TextChoices):
    """How it stands with one certificate, the most pressing first."""

    LAPSED = "lapsed", _("lapsed")
    OVER = "over", _("ended, can still be renewed")
    SOON = "soon", _("ends soon")
    MISSING = "missing", _("none entered")
    VALID = "valid", _("valid")
    NOT_NEEDED = "not_needed", _("not needed")


@dataclass(frozen=True)
class Holding:
    """One kind of certificate of one person. `last` is the last day on which it may still be renewed."""

    person: Person
    kind: Kind
    state: State
    until: date | None = None
    last: date | None = None
    latest: date | None = None  # the last examination or training
    done: Decimal = Decimal(0)  # hours of this year
    needed: Decimal = Decimal(0)
    told_from: date | None = None
    bars_from: date | None = None

    @property
    def what(self) -> str:
        """The sentence for it, in English, to be filled with `values`."""
        missing = self.until is None
        sentences = {Kind.HEALTH: NO_HEALTH if missing else HEALTH, Kind.HYGIENE: NO_HYGIENE if missing else HYGIENE}
        return sentences.get(self.kind.code, OWN)

    @property
    def values(self) -> dict[str, str]:
        """What fills the sentence."""
        return {
            "kind": self.kind.name, "until": str(self.until), "last": str(self.last),
            "done": f"{self.done.normalize():f}", "needed": f"{self.needed.normalize():f}",
        }  # fmt: skip


@dataclass
class Of:
    """What is known of one person."""

    person: Person
    held: list[Membership] = field(default_factory=list)
    work: Work | None = None
    entered: dict[int, list[Certificate]] = field(default_factory=lambda: defaultdict(list))
    counted: dict[int, list[tuple[date, Decimal]]] = field(default_factory=lambda: defaultdict(list))

    def at_work(self, today: date) -> list[Membership]:
        """Where the person handles food today: workers do, and whoever of a desk cooks."""
        cooks = bool(self.work and self.work.cooks)
        now = [m for m in self.held if m.since <= today and (m.until is None or m.until > today)]
        return [m for m in now if m.role == Role.WORKER or cooks]

    def began(self) -> date | None:
        """When the person began with food, as far as is known."""
        if self.work and self.work.began_on:
            return self.work.began_on
        return min((m.since for m in self.held), default=None)

    def hours(self, kind: Kind) -> list[tuple[date, Decimal]]:
        """Every training of a kind: its day and hours, those of gatherings too."""
        own = [(each.day, each.hours or Decimal(0)) for each in self.entered[kind.pk]]
        return own + self.counted[kind.pk]

    def by(self, day: date) -> "Of":
        """The same without what has happened since that day."""
        entered = {kind: [each for each in mine if each.day <= day] for kind, mine in self.entered.items()}
        counted = {kind: [each for each in mine if each[0] <= day] for kind, mine in self.counted.items()}
        return replace(self, entered=defaultdict(list, entered), counted=defaultdict(list, counted))


class Book:
    """Everything that decides how people stand, read in a fixed number of queries."""

    def __init__(self, office: int, people: Collection[Person], today: date) -> None:
        self.today, self.rules = today, rules(office)
        self.kinds = list(Kind.objects.filter(office=office, retired_at=None))
        self.packed = set(Packed.objects.filter(office=office).values_list("organisation", flat=True))
        self.of = {person.pk: Of(person) for person in people}
        self._read()

    def _read(self) -> None:
        provider = Organisation.Kind.PROVIDER
        held = Membership.objects.filter(person__in=self.of, organisation__kind=provider, role__in=WORK)
        for membership in held:
            self.of[membership.person_id].held.append(membership)
        for work in Work.objects.filter(person__in=self.of):
            self.of[work.person_id].work = work
        for each in Certificate.objects.filter(person__in=self.of, withdrawn_at=None):
            self.of[each.person_id].entered[each.kind_id].append(each)
        counted = {c.gathering_id: c for c in Counted.objects.filter(gathering__cancelled_at=None)}
        came = Attendance.objects.filter(gathering__in=counted, person__in=self.of).select_related("gathering")
        for each_came in came:
            if each_came.person_id:
                training, day = counted[each_came.gathering_id], clock.local(each_came.gathering.begins_at).date()
                if day <= self.today:
                    self.of[each_came.person_id].counted[training.kind_id].append((day, training.hours))

    def holdings(self, person: Person) -> list[Holding]:
        """How the person stands with every kind that is asked of them, or that was ever entered."""
        of = self.of[person.pk]
        return [found for kind in self.kinds if (found := self._holding(of, kind))]

    def on(self, day: date, person: Person) -> list[Holding]:
        """How the person stood on an earlier day, as is known now; what was done later had not happened then."""
        then = copy(self)
        then.today, then.of = day, {person.pk: self.of[person.pk].by(day)}
        return then.holdings(person)

    def _holding(self, of: Of, kind: Kind) -> Holding | None:
        if kind.code == Kind.HEALTH:
            return self._health(of, kind)
        if kind.code == Kind.HYGIENE:
            return self._hygiene(of, kind)
        return self._own(of, kind)

    def _needs_health(self, of: Of) -> bool:
        """Who cooks does; who carries does, unless everything carried is fully packed."""
        at = of.at_work(self.today)
        if of.work and (of.work.cooks or of.work.packed_only):
            return bool(at) and of.work.cooks
        return any(membership.organisation_id not in self.packed for membership in at)

    def _health(self, of: Of, kind: Kind) -> Holding | None:
        entered, needed = of.entered[kind.pk], self._needs_health(of)
        until = valid_until((each.day, window(self.rules, each.day)) for each in entered)
        last = until + window(self.rules, self.today).after * DAY if until else None
        latest = max((each.day for each in entered), default=None)
        since = min((m.since for m in of.at_work(self.today)), default=self.today)
        bars = None
        if last and self.rules.on("health-bars", self.today):
            bars = last + DAY
        elif until is None and self.rules.on("health-missing-bars", self.today):
            bars = since
        return self._made(of, kind, needed, until, last, latest, bars, told=since)

    def _hygiene(self, of: Of, kind: Kind) -> Holding | None:
        done: dict[int, Decimal] = defaultdict(Decimal)
        for day, hours in of.hours(kind):
            done[day.year] += hours
        began = of.began()
        needs = {year: needed_hours(self.rules, of, began, year) for year in {*done, self.today.year}}
        until = trained_until(done, needs)
        if done:  # who is on the way has the first year to its end
            until = max(until or date.min, date(max(min(done), began.year if began else 0), 12, 31))
        latest = max((day for day, _hours in of.hours(kind)), default=None)
        bars = until + DAY if until and self.rules.on("hygiene-bars", self.today) else None
        told = date(self.today.year, 12, 31) - self._remind() * DAY
        this = (done[self.today.year], needs[self.today.year])
        return self._made(of, kind, bool(of.at_work(self.today)), until, until, latest, bars, told=told, hours=this)

    def _own(self, of: Of, kind: Kind) -> Holding | None:
        entered = of.entered[kind.pk]
        if not entered:
            return None
        latest = max(each.day for each in entered)
        if kind.months is None:
            return Holding(of.person, kind, State.VALID, latest=latest)
        until = valid_until((each.day, Window(kind.months, 0, 0)) for each in entered)
        bars = until + DAY if until and kind.bars else None
        return self._made(of, kind, bool(of.at_work(self.today)), until, until, latest, bars, told=self.today)

    def _remind(self) -> int:
        return self.rules.number("certificate-remind", self.today)

    def _made(
        self, of: Of, kind: Kind, needed: bool, until: date | None, last: date | None, latest: date | None,
        bars: date | None, *, told: date, hours: tuple[Decimal, Decimal] = (Decimal(0), Decimal(0)),
    ) -> Holding | None:  # fmt: skip
        if not needed:
            return Holding(of.person, kind, State.NOT_NEEDED, until, last, latest) if latest else None
        told_from = until - self._remind() * DAY if until else told
        state = _state(self.today, until, last, told_from)
        return Holding(of.person, kind, state, until, last, latest, *hours, min(told_from, bars or told_from), bars)


def _state(today: date, until: date | None, last: date | None, told_from: date) -> State:
    if until is None or last is None:
        return State.MISSING
    if today > last:
        return State.LAPSED
    if today > until:
        return State.OVER
    return State.SOON if today >= told_from else State.VALID


def window(rules: Rules, day: date) -> Window:
    """The rule of health certificates as it holds on a day."""
    return Window(*(rules.number(f"health-{each}", day) for each in ("months", "before", "after")))


def needed_hours(rules: Rules, of: Of, began: date | None, year: int) -> Decimal:
    """How many hours of training a year asks of somebody, by the rule of its last day."""
    named = "hygiene-hours"
    if of.work and of.work.qualified:
        named = "hygiene-hours-qualified"
    elif began and began.year == year:
        named = "hygiene-hours-new"
    return rules.on(named, date(year, 12, 31))


def concerned(office: int, today: date) -> Iterator[Person]:
    """Everybody of whom certificates are asked today, or were ever entered."""
    held = Membership.objects.on(today).filter(office=office, organisation__kind=Organisation.Kind.PROVIDER)
    asked = models.Q(pk__in=held.filter(role=Role.WORKER).values("person")) | models.Q(food_work__cooks=True)
    entered = models.Q(pk__in=Certificate.objects.filter(office=office).values("person"))
    yield from Person.objects.filter(asked | entered, office=office, left_at=None).distinct().order_by("pk")


def book(office: int, people: Iterable[Person], today: date) -> Book:
    """What decides how these people stand today."""
    return Book(office, list(people), today)
