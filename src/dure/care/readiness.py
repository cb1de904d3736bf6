"""The morning check, and what isn't as it should be while the day runs: gaps, nobody to reach, nobody on the way."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from dure import clock
from dure.care.models import WAITING, Contact, Course, Move, Recipient, Visit
from dure.care.opening import at
from dure.duty.models import Duty, Ladder
from dure.people.actions import Standing, addresses_of, still_there, wakes
from dure.people.models import Device, Organisation, Person, Roster, Shift
from dure.people.rota import uncovered

AHEAD = timedelta(hours=24)
LATE_START = timedelta(minutes=15)
NOT_HEARD = timedelta(minutes=20)


@dataclass(frozen=True)
class Gap:
    """A stretch of time in which nobody who can be reached answers for something that the contact order names.

    Without a roster nobody ever does. `on` names who is on shift but can't be reached.
    """

    organisation: Organisation
    answers_for: str
    roster: Roster | None
    since: datetime
    until: datetime
    on: tuple[Person, ...] = ()


def gaps(standing: Standing, now: datetime, until: datetime | None = None) -> list[Gap]:
    """Every roster that a contact order names, over the next 24 hours or until then. In a fixed number of queries."""
    until = until or now + AHEAD
    spans = _spans(standing, now, until)
    named = _named(standing, spans)
    rosters: dict[tuple[int, str], Roster] = {}
    for roster in Roster.objects.filter(office=standing.office, retired_at=None).select_related("organisation"):
        rosters[roster.organisation_id, roster.answers_for] = roster
    running = Shift.objects.filter(roster__in=rosters.values(), starts_at__lt=until, ends_at__gt=now)
    shifts = list(still_there(running, clock.local(now).date()).select_related("person"))
    ways = addresses_of({s.person_id for s in shifts})
    found = []
    for organisation, answers_for, channels in named:
        answers = rosters.get((organisation.pk, answers_for))
        mine = [s for s in shifts if answers and s.roster_id == answers.pk]
        answered = [(s.starts_at, s.ends_at) for s in mine if reached(ways.get(s.person_id, []), channels)]
        for start, end in uncovered(*spans.get(organisation.pk, (now, until)), answered):
            on = tuple(s.person for s in mine if s.starts_at < end and s.ends_at > start)
            found.append(Gap(organisation, answers_for, answers, start, end, on))
    return list(dict.fromkeys(found))


def reached(ways: Iterable[tuple[str, str]], channels: Collection[str]) -> bool:
    """Whether somebody hears of it when told on these channels (none named: on every one)."""
    return wakes((channel, value) for channel, value in ways if not channels or channel in channels)


def _spans(standing: Standing, now: datetime, until: datetime) -> dict[int, tuple[datetime, datetime]]:
    """Of providers that begin or end by a change that is decided: from when, or until when somebody has to answer."""
    spans: dict[int, tuple[datetime, datetime]] = {}
    served = Recipient.objects.seen_by(standing).served()
    coming = Move.objects.filter(WAITING, office=standing.office, day__lte=clock.local(until).date())
    with_whom = dict(served.values_list("provider").annotate(n=Count("pk")).order_by())
    leaving: dict[int, list[date]] = defaultdict(list)
    for move in coming.order_by("-day").values("day", "was", "provider"):
        leaving[move["was"]].append(move["day"])
        if move["provider"] and move["provider"] not in with_whom:
            spans[move["provider"]] = (max(at(move["day"], time()), now), until)
    for provider, days in leaving.items():
        if len(days) == with_whom.get(provider):
            spans[provider] = (now, max(min(at(days[0], time()), until), now))
    return spans


def _named(standing: Standing, coming: Collection[int]) -> list[tuple[Organisation, str, tuple[str, ...]]]:
    """Who has to answer, by the contact orders in force: organisation, what it answers for, told on which channels."""
    mine = Organisation.objects.filter(office=standing.office, kind__in=["office", "centre", "provider"])
    if standing.organisations is not None:
        mine = mine.filter(pk__in=standing.organisations)
    of, steps = {"organisation": "provider", "area": "centre", "office": "office"}, rungs(standing.office)
    wanted = {(of[rung["of"]], rung["who"], tuple(rung["channels"])) for rung in steps if "who" in rung}
    served = set(Recipient.objects.seen_by(standing).served().values_list("provider_id", flat=True))
    served.update(coming)
    by_name = [
        (organisation, answers_for, channels)
        for organisation in mine.order_by("kind", "name", "id")
        for kind, answers_for, channels in sorted(wanted)
        if organisation.kind == kind and (kind != "provider" or organisation.pk in served)
    ]
    asked = {(rung["roster"], tuple(rung["channels"])) for rung in steps if rung.get("roster")}
    direct = Roster.objects.filter(pk__in=[roster for roster, _ in asked]).select_related("organisation")
    found = {r.pk: r for r in direct}
    return [*by_name, *((found[r].organisation, found[r].answers_for, c) for r, c in sorted(asked) if r in found)]


def rungs(office: int) -> list[dict[str, Any]]:
    """The steps of the contact orders in force: of the newest versions, and of those by which something still runs."""
    versions = Ladder.objects.filter(office=office).order_by("name", "-version")
    still = Duty.objects.filter(office=office, closed_at=None).values("ladder")
    return [rung for ladder in [*versions.distinct("name"), *versions.filter(pk__in=still)] for rung in ladder.rungs]


def untested(standing: Standing) -> QuerySet[Contact]:
    """The contacts' numbers that nobody has ever tested, of people who are served."""
    served = Recipient.objects.seen_by(standing).served()
    never = Contact.objects.filter(recipient__in=served, tested_at=None, dead_at=None)
    return never.select_related("recipient").order_by("recipient__name", "order", "id")


def without_worker(standing: Standing, now: datetime) -> QuerySet[Visit]:
    """Visits of today and tomorrow that nobody is to make."""
    today = clock.local(now).date()
    owed = Visit.objects.seen_by(standing).filter(Q(worker=None), duty__closed_at=None, excused_at=None)
    coming = owed.filter(day__range=(today, today + timedelta(days=1)))
    return coming.select_related("recipient__place__area", "provider").order_by("due_at", "id")


def not_started(standing: Standing, now: datetime) -> QuerySet[Course]:
    """Today's courses that should be under way, and of which nothing has been heard."""
    open_stops = Visit.objects.filter(duty__closed_at=None, excused_at=None).values("course")
    heard = Visit.objects.filter(reported_at__isnull=False).exclude(course=None).values("course")
    late = Course.objects.seen_by(standing).filter(
        day=clock.local(now).date(),
        started_at=None,
        finished_at=None,
        starts_at__lte=now - LATE_START,
        pk__in=open_stops,
    )
    return late.exclude(pk__in=heard).select_related("route", "provider", "worker").order_by("starts_at", "id")


@dataclass(frozen=True)
class Unheard:
    """A worker on the way whose phone hasn't been heard: since when (None: never)."""

    worker: Person
    courses: Sequence[Course]
    since: datetime | None


def unheard(standing: Standing, now: datetime) -> list[Unheard]:
    """Who is on the way with open stops, and whose phone hasn't been heard for a while."""
    mine = Visit.objects.seen_by(standing).filter(
        day=clock.local(now).date(), duty__closed_at=None, excused_at=None, worker__isnull=False,
        course__started_at__isnull=False, course__finished_at=None,
    )  # fmt: skip
    running: dict[Person, dict[int, Course]] = {}
    for visit in mine.select_related("worker", "course__route"):
        if visit.worker and visit.course:
            running.setdefault(visit.worker, {})[visit.course.pk] = visit.course
    phones = Device.objects.filter(person__in=running, revoked_at=None).values("person").annotate(heard=Max("heard_at"))
    heard = {row["person"]: row["heard"] for row in phones}
    lost = [Unheard(p, list(c.values()), heard.get(p.pk)) for p, c in running.items()]
    earliest = now - NOT_HEARD
    return sorted(
        (u for u in lost if u.since is None or u.since < earliest), key=lambda u: (str(u.since), u.worker.name)
    )
