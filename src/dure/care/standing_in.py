"""Somebody stands in on a roster: put in, asked for, answered, or for all of today; whom it concerns is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dure import clock
from dure.care import rosters
from dure.care.models import Course
from dure.errors import Refused
from dure.outbox.actions import ordinary_try_at, owe
from dure.outbox.models import Message
from dure.people import stand_ins
from dure.people.actions import Standing, addresses_of
from dure.people.models import Channel, Person, Roster, Shift, StandIn

SOON = timedelta(hours=12)  # what begins so soon doesn't wait for the morning
YOU_ANSWER = gettext_noop("You answer for %(roster)s from %(since)s to %(until)s (entered by %(by)s).")
YOU_ARE_OFF = gettext_noop("You don't answer for %(roster)s from %(since)s to %(until)s (entered by %(by)s).")
ASKED = gettext_noop("%(by)s asks you to answer for %(roster)s from %(since)s to %(until)s. Say yes or no.")
AGREED = gettext_noop("%(by)s said yes: %(on)s answers for %(roster)s from %(since)s to %(until)s.")
DECLINED = gettext_noop("%(by)s said no: the shift for %(roster)s from %(since)s to %(until)s stays with %(off)s.")


@transaction.atomic
def put_in(stand_in: StandIn, *, by: Person, now: datetime) -> None:
    """Somebody answers in place of another, or of everybody; all of them are told."""
    off = _off(stand_in, now)
    stand_ins.put_in(stand_in, rosters.holidays(stand_in.roster, now), by=by, now=now)
    _tell(stand_in.on, YOU_ANSWER, stand_in, by, now)
    for person in off:
        _tell(person, YOU_ARE_OFF, stand_in, by, now)


def _off(stand_in: StandIn, now: datetime) -> list[Person]:
    """In whose place somebody answers: one, or everybody who is on then."""
    if stand_in.off:
        return [stand_in.off]
    then = Shift.objects.filter(
        roster=stand_in.roster, starts_at__lt=stand_in.until, ends_at__gt=max(stand_in.since, now)
    )
    return list(Person.objects.filter(pk__in=then.values("person")).exclude(pk=stand_in.on_id or 0).order_by("pk"))


@transaction.atomic
def ask(shift: Shift, on: Person, *, why: str, by: Person, now: datetime) -> StandIn:
    """A person asks another to take a shift; who is asked is told."""
    wish = stand_ins.ask(shift, on, why=why, by=by, now=now)
    _tell(on, ASKED, wish, by, now)
    return wish


@transaction.atomic
def answer(wish: StandIn, agrees: bool, *, by: Person, now: datetime) -> None:
    """Yes or no to what was asked; whoever asked, and whose shift it was, is told."""
    stand_ins.answer(wish, agrees, rosters.holidays(wish.roster, now), by=by, now=now)
    wish.refresh_from_db()
    for person in {wish.asked_by, wish.off, wish.on}:
        _tell(person, AGREED if agrees else DECLINED, wish, by, now)


def _tell(person: Person | None, what: str, of: StandIn, by: Person, now: datetime) -> None:
    """Owe a person a message, unless it is who did it."""
    if person is None or person == by:
        return
    values = {
        "roster": str(of.roster), "by": str(by), "off": str(of.off or ""), "on": str(of.on or ""),
        **{key: f"{clock.local(at):%m-%d %H:%M}" for key, at in (("since", of.since), ("until", of.until))},
    }  # fmt: skip
    soon = of.since - now < SOON
    owe(
        Message(
            office_id=of.office_id, person=person, channel=channel, address=value, urgent=soon, template=what,
            values=values, language=person.language, page="/care/shifts/", created_at=now, stale_at=of.until,
            try_at=now if soon else ordinary_try_at(now, clock.zone().key),
        )
        for channel, value in addresses_of([person.pk]).get(person.pk, [])
        if channel != Channel.CALL
    )  # fmt: skip


@dataclass(frozen=True)
class Out:
    """Somebody with something to do today: shifts on rosters, courses, and who could take the shifts."""

    person: Person
    shifts: Sequence[Shift]
    courses: Sequence[Course]
    takers: Sequence[Person]


def today(standing: Standing, now: datetime) -> list[Out]:
    """Who has something to do today or in the coming night, in case that one of them doesn't come."""
    shifts: dict[Person, list[Shift]] = {}
    for shift in of_today(standing, now).select_related("person", "roster__organisation"):
        shifts.setdefault(shift.person, []).append(shift)
    courses: dict[Person, list[Course]] = {}
    mine = Course.objects.seen_by(standing).filter(day=clock.local(now).date(), finished_at=None)
    for course in mine.exclude(worker=None).select_related("worker", "route", "provider").order_by("starts_at", "pk"):
        if course.worker:
            courses.setdefault(course.worker, []).append(course)
    people = sorted({*shifts, *courses}, key=lambda p: (p.name, p.pk))
    able = rosters.able({shift.roster for each in shifts.values() for shift in each})
    return [Out(p, shifts.get(p, []), courses.get(p, []), takers(p, shifts.get(p, []), able)) for p in people]


def of_today(standing: Standing, now: datetime) -> QuerySet[Shift]:
    """The shifts that run, or begin before midnight, on the rosters that somebody sees."""
    midnight = datetime.combine(clock.local(now).date() + timedelta(days=1), time(), clock.zone())
    return Shift.objects.filter(roster__in=rosters.seen_by(standing), ends_at__gt=now, starts_at__lt=midnight)


def takers(person: Person, shifts: Sequence[Shift], able: Mapping[Roster, set[Person]]) -> list[Person]:
    """Who could take all of these shifts of a person, by who is able to stand on their rosters."""
    found = set.intersection(*(able[shift.roster] for shift in shifts)) - {person} if shifts else set()
    return sorted(found, key=lambda p: (p.name, p.pk))


@transaction.atomic
def out_today(person: Person, on: Person | None, standing: Standing, *, by: Person, now: datetime) -> int:
    """A person doesn't come today: all of today's shifts go to another, or nobody takes them; how many.

    Of a shift that runs for weeks only the next 24 hours are given away.
    """
    shifts = list(of_today(standing, now).filter(person=person).select_related("roster__organisation", "person"))
    if not shifts:
        raise Refused(_("%(person)s has no shift today any more.") % {"person": person})
    if on and on not in takers(person, shifts, rosters.able({shift.roster for shift in shifts})):
        raise Refused(_("%(person)s can't take these shifts. Choose somebody else.") % {"person": on})
    for shift in shifts:
        since = max(shift.starts_at, now)
        until = min(shift.ends_at, since + timedelta(days=1))
        meanwhile = Shift.objects.filter(roster=shift.roster, starts_at__lt=until, ends_at__gt=since)
        if not meanwhile.filter(person=person).exists():
            continue  # two of one roster at the same time: both went with the first
        there = Q(starts_at__lte=since, ends_at__gte=until)
        stands = on and Shift.objects.filter(there, roster=shift.roster, person=on).exists()
        stand_in = StandIn(
            office_id=shift.office_id, roster=shift.roster, off=person, on=None if stands else on,
            since=since, until=until, why=_("absent today"),
        )  # fmt: skip
        put_in(stand_in, by=by, now=now)
    return len(shifts)


def wishes(standing: Standing, person: Person, now: datetime) -> QuerySet[StandIn]:
    """What was asked and isn't answered: of one's own, and on the rosters that one runs."""
    mine = Q(off=person) | Q(on=person) | Q(roster__in=rosters.seen_by(standing))
    return stand_ins.open_wishes(now).filter(mine, office=standing.office).select_related("asked_by").order_by("since")
