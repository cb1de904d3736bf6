"""The morning check: is everybody in place for the next day and night, and can they be reached?"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from dure import clock
from dure.care import rosters
from dure.care.models import Contact, Recipient, Visit
from dure.care.orders import latest
from dure.care.readiness import AHEAD, Gap, gaps, reached, rungs
from dure.care.standard import HOLDS
from dure.cases.hours import working_time
from dure.people.actions import Standing, addresses_of, wakes
from dure.people.models import Address, Channel, Device, Person, Shift

COMING = timedelta(days=7)  # numbers of whoever answers in this time are tested
LATELY = timedelta(days=1)
KINDS = {"organisation": "provider", "area": "centre", "office": "office"}


@dataclass(frozen=True)
class Gaps:
    """Times at which nobody answers: those that matter, and those that the next in the contact order covers."""

    serious: Sequence[Gap]
    closed: Sequence[Gap]


def answered(standing: Standing, now: datetime, until: datetime | None = None) -> Gaps:
    """A centre that is closed at night is no alarm; one that nobody comes after, or in working hours, is."""
    last = {
        (KINDS[rung["of"]], rung["who"])
        for order in latest(standing.office)
        if order.name not in HOLDS  # what has time waits for the morning
        for rung in order.rungs[-1:]
        if "who" in rung
    }
    coming = Visit.objects.seen_by(standing).filter(due_at__range=(now, until or now + AHEAD), duty__closed_at=None)
    due: dict[int | None, set[datetime]] = defaultdict(set)
    for at, provider, centre in coming.values_list("due_at", "provider", "recipient__centre"):
        due[provider].add(at)
        due[centre].add(at)
    serious: list[Gap] = []
    closed: list[Gap] = []
    for gap in gaps(standing, now, until):
        whose = gap.organisation
        visits = any(gap.since <= at < gap.until for at in due[whose.pk])
        ends = (whose.kind, gap.answers_for) in last or gap.roster is None or bool(gap.on)
        hours = working_time(gap.since, gap.until) > timedelta(0)
        (serious if ends or hours or visits else closed).append(gap)
    return Gaps(serious, closed)


@dataclass(frozen=True)
class Lost:
    """Somebody on a roster of the next day and night who can't be reached; or only while looking at the screen."""

    person: Person
    rosters: Sequence[str]
    on_screen: bool


def unreachable(standing: Standing, now: datetime) -> list[Lost]:
    """Who answers in the next day and night, or is named in a contact order, and has no number that works."""
    shifts = _coming(standing, now, AHEAD)
    ways = addresses_of({shift.person_id for shift in shifts})
    found: dict[Person, dict[str, None]] = {}
    for shift in shifts:
        if not wakes(ways.get(shift.person_id, [])):
            found.setdefault(shift.person, {})[f"{shift.roster.organisation} · {shift.roster}"] = None
    return [Lost(p, list(names), bool(ways.get(p.pk))) for p, names in found.items()] + named(standing)


def named(standing: Standing) -> list[Lost]:
    """Who is named in a contact order in person, and isn't reached by it."""
    steps = [rung for rung in rungs(standing.office) if rung.get("person")]
    if standing.organisations is not None or not steps:
        return []
    people = Person.objects.in_bulk({rung["person"] for rung in steps})
    ways = addresses_of(people)
    lost = {r["person"] for r in steps if not reached(ways.get(r["person"], []), r["channels"])}
    return [Lost(people[pk], [_("contact order")], bool(ways.get(pk))) for pk in sorted(lost & set(people))]


def _coming(standing: Standing, now: datetime, ahead: timedelta) -> list[Shift]:
    mine = Shift.objects.filter(roster__in=rosters.seen_by(standing), ends_at__gt=now, starts_at__lt=now + ahead)
    live = mine.filter(person__left_at=None).select_related("person", "roster__organisation")
    return list(live.order_by("person__name", "starts_at", "id"))


def never_tested(standing: Standing, now: datetime) -> list[Address]:
    """Numbers of people on the rosters of the next days that nobody has ever called to see whether they work."""
    people = {shift.person_id for shift in _coming(standing, now, COMING)}
    numbers = Address.objects.filter(person__in=people, channel__in=[Channel.SMS, Channel.CALL], dead_at=None)
    return list(numbers.filter(tested_at=None).select_related("person").order_by("person__name", "id"))


def dead_contacts(standing: Standing) -> QuerySet[Contact]:
    """Numbers of recipients' own people that don't work any more."""
    served = Recipient.objects.seen_by(standing).served()
    dead = Contact.objects.filter(recipient__in=served, dead_at__isnull=False)
    return dead.select_related("recipient").order_by("recipient__name", "order", "id")


@dataclass(frozen=True)
class Phone:
    """A worker with stops today whose phone isn't known here, or hasn't been heard lately."""

    worker: Person
    known: bool
    heard_at: datetime | None


def phones(standing: Standing, now: datetime) -> list[Phone]:
    """Whose phone of today's workers is missing: no report could come from it."""
    today = Visit.objects.seen_by(standing).filter(day=clock.local(now).date(), excused_at=None, duty__closed_at=None)
    workers = Person.objects.filter(pk__in=today.values("worker")).order_by("name", "id")
    known = Device.objects.filter(person__in=workers, revoked_at=None).values_list("person")
    heard = dict(known.annotate(heard=Max("heard_at")))
    return list(_missing(workers, heard, now - LATELY))


def _missing(workers: Iterable[Person], heard: dict[int, datetime | None], since: datetime) -> Iterable[Phone]:
    for worker in workers:
        at = heard.get(worker.pk)
        if at is None or at < since:
            yield Phone(worker, worker.pk in heard, at)
