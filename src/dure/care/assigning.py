"""A worker doesn't come, or has to leave: the stops are given to others by hand, and what is done stays done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Max, Q, QuerySet
from django.utils.translation import gettext as _

from dure import clock
from dure.audit.actions import line, write
from dure.care import fit, on_the_road
from dure.care.models import Course, Visit
from dure.errors import Refused
from dure.people.models import Membership, Person, Role

UNFINISHED = Q(excused_at=None, duty__closed_at=None)


@dataclass(frozen=True)
class Taker:
    """Somebody who could take stops over: how many are still to be made, and until when."""

    person: Person
    stops: int
    until: datetime | None
    why_not: str = ""  # what keeps them from it


def unfinished(course: Course) -> QuerySet[Visit]:
    """The stops of a course that are still to be made, in their order."""
    mine = Visit.objects.filter(UNFINISHED, course=course).select_related("recipient__place__area", "worker", "duty")
    return mine.order_by("due_at", "order", "id")


def takers(course: Course) -> list[Taker]:
    """Who of the provider could take stops of this course, the least busy first; last, who can't and why."""
    held = Membership.objects.on(course.day).filter(organisation=course.provider_id, role=Role.WORKER)
    people = Person.objects.filter(pk__in=held.values("person"), left_at=None).exclude(pk=course.worker_id or 0)
    waiting = Visit.objects.filter(UNFINISHED, worker__in=people, day=course.day).values("worker")
    rows = waiting.annotate(stops=Count("pk"), until=Max("due_at")).values_list("worker", "stops", "until")
    busy = {worker: (stops, until) for worker, stops, until in rows}
    kept_out = fit.hindered(list(people.values_list("pk", flat=True)), course.day)
    found = [
        Taker(p, *busy.get(p.pk, (0, None)), fit.said(why) if (why := kept_out.get(p.pk)) else "")
        for p in people.order_by("name", "id")
    ]
    return sorted(found, key=lambda taker: (bool(taker.why_not), taker.stops))


@transaction.atomic
def give_course(course: Course, to: Person, *, by: Person, now: datetime) -> list[Visit]:
    """The whole course, as far as it isn't done, goes to somebody else."""
    given = give(list(unfinished(course)), to, by=by, now=now)
    Course.objects.filter(pk=course.pk).update(worker=to)
    return given


@transaction.atomic
def share_out(course: Course, among: Sequence[Person], *, by: Person, now: datetime) -> dict[int, list[Visit]]:
    """The course is shared among several, in its order: each gets stops that follow each other."""
    stops = list(unfinished(course))
    if not among:
        raise Refused(_("Choose who takes the stops."))
    each, more = divmod(len(stops), len(among))
    shares: dict[int, list[Visit]] = {}
    for place, person in enumerate(among):
        size = each + (place < more)
        share, stops = stops[:size], stops[size:]
        shares[person.pk] = give(share, person, by=by, now=now) if share else []
    return shares


@transaction.atomic
def give(stops: Sequence[Visit], to: Person, *, by: Person, now: datetime) -> list[Visit]:
    """These stops go to somebody else; those finished meanwhile stay as they are. Who had them stays on record."""
    asked = Visit.objects.filter(pk__in=[stop.pk for stop in stops])
    locked = asked.select_for_update(no_key=True, of=("self",)).select_related("worker", "provider").order_by("pk")
    given = [visit for visit in locked.filter(UNFINISHED)]
    if not given:
        raise Refused(_("All of these stops are finished already."))
    _may_take(given, to, now)
    before = {visit.pk: visit.worker.ref if visit.worker else "-" for visit in given}
    Visit.objects.filter(pk__in=before).update(worker=to)
    write(line(at=now, who=by, did="reassigned", about=v, why=f"{before[v.pk]} {to.ref}") for v in given)
    before_them = {visit.worker_id for visit in given}
    for visit in given:
        visit.worker = to
    on_the_road.changed({visit.course_id for visit in given}, also={*before_them, to.pk}, by=by, now=now)
    return given


def _may_take(stops: Sequence[Visit], to: Person, now: datetime) -> None:
    today = clock.local(now).date()
    if any(stop.day < today for stop in stops):
        raise Refused(_("This day is over. Give today's stops or those to come."))
    held = Membership.objects.on(max(stop.day for stop in stops)).filter(person=to, role=Role.WORKER)
    if not to.is_active or {s.provider_id for s in stops} - set(held.values_list("organisation_id", flat=True)):
        raise Refused(_("%(person)s doesn't work for this provider on that day.") % {"person": to})
    day, providers = max(stop.day for stop in stops), {stop.provider_id for stop in stops}
    there = Membership.objects.on(day).filter(organisation__in=providers, role=Role.WORKER)
    others = Person.objects.filter(pk__in=there.values("person"), left_at=None).order_by("name", "id")
    fit.must_be_fit(to, day, others)
