"""Provider, course, risk or meals of a recipient change in the middle of a day: visits that are open already follow.

What is due or under way stays as it is: somebody is on the way with the meal.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery

from dure import clock
from dure.care import calling_off, on_the_road, reviews
from dure.care.alarms import excuse
from dure.care.models import Course, Recipient, Visit
from dure.care.opening import (
    PLAN_CHANGED,
    PLANNED,
    Courses,
    Planned,
    courses_of,
    one_at_a_time,
    open_day,
    owed,
    planned,
    put,
)
from dure.duty.opening import Owed, amend
from dure.offices.acting import acting
from dure.people.models import Person


@transaction.atomic
def follow(office: int, recipients: Collection[int], *, by: Person, now: datetime) -> None:
    """Visits of these recipients become as they are planned now: those open already, and those not opened yet.

    Whoever asks: visits that another provider makes by then follow too.
    """
    with acting(office, by.pk):
        _follow_all(office, recipients, by, now)


def _follow_all(office: int, recipients: Collection[int], by: Person, now: datetime) -> None:
    today = clock.local(now).date()
    one_at_a_time(office)
    reviews.follow(recipients, by=by, now=now)
    calling_off.follow(recipients, by=by, now=now)
    waiting = Visit.objects.filter(office_id=office, recipient__in=recipients, day__gte=today, due_at__gt=now)
    waiting = waiting.filter(duty__closed_at=None, duty__raised_at=None)
    days: dict[date, list[Visit]] = defaultdict(list)
    for visit in waiting.select_related("duty", "course", "recipient"):
        days[visit.day].append(visit)
    for day, visits in days.items():
        _follow(office, day, visits, by, now)
    opened = Visit.objects.filter(office_id=office, day__gt=today).values_list("day", flat=True)
    for day in sorted({today, *opened}):
        open_day(office, day, now=now, recipients=recipients)
    calling_off.a_meal_comes(office, today, by=by, now=now)
    _stays_today(office, recipients, today)


def _follow(office: int, day: date, visits: Sequence[Visit], by: Person, now: datetime) -> None:
    wanted = {(p.recipient.pk, p.meal): p for p in planned(office, day, [v.recipient_id for v in visits])}
    courses = courses_of(office, day, list(wanted.values()))
    pairs: list[tuple[Visit, Planned]] = []
    gone: list[Visit] = []
    for visit in visits:
        p = wanted.get((visit.recipient_id, visit.meal))
        if p is None:
            moved = visit.provider_id != visit.recipient.provider_id
            gone += [] if moved and under_way(visit.course, now) else [visit]
        elif p.due_at > now:
            pairs.append((visit, p))
    excuse(gone, why=PLAN_CHANGED, by=by, now=now)
    before = {v.course_id for v in visits}
    kept = {v.pk: (v.provider_id, v.course, v.worker_id, v.order) for v, p in pairs if _stays(v, p, courses, now)}
    for visit, p in pairs:
        put(visit, p, courses)
        if visit.pk in kept:
            visit.provider_id, visit.course, visit.worker_id, visit.order = kept[visit.pk]
    changed = [(v.duty, new) for v, p in pairs if _differs(v, new := owed(v, p))]
    amend(changed, by=by, now=now)  # duties before visits, as everybody takes them
    Visit.objects.bulk_update([v for v, _ in pairs], PLANNED)
    on_the_road.changed({*before, *(v.course_id for v in visits)}, by=by, now=now)


def _differs(visit: Visit, new: Owed) -> bool:
    old = visit.duty
    was = (old.due_at, old.organisation_id, old.area_id, old.values)
    return was != (new.due_at, new.organisation, new.area, dict(new.values))


def _stays(visit: Visit, p: Planned, courses: Courses, now: datetime) -> bool:
    """Whether the meal comes with the old course all the same: that, or the new one, has left already."""
    course = courses.get((p.recipient.route_id, p.meal))
    return visit.course != course and (under_way(visit.course, now) or under_way(course, now))


def under_way(course: Course | None, now: datetime) -> bool:
    """Whether the worker has left with the meals, or was to have left by now."""
    return course is not None and (course.started_at is not None or course.starts_at <= now)


def _stays_today(office: int, recipients: Collection[int], today: date) -> None:
    """Who still brings today's meal, or hasn't said what became of the last, sees for whom."""
    left = Visit.objects.filter(office_id=office, day__lte=today, recipient=OuterRef("pk"), duty__closed_at=None)
    still = left.exclude(provider=OuterRef("provider")).order_by("due_at").values("provider")[:1]
    Recipient.objects.filter(pk__in=recipients).update(still_with=Subquery(still))


def let_go(office: int, now: datetime) -> None:
    """Whoever brought the last meal before a change of provider sees that recipient no more on the next day.

    Unless it is still asked what became of that meal: who is called about a visit has to see it.
    """
    asked = Q(duty__closed_at=None) & (Q(duty__raised_at__isnull=False) | Q(duty__due_at__gt=now))
    mine = Visit.objects.filter(asked | Q(day__gte=clock.local(now).date()), office_id=office)
    still = mine.filter(provider=F("recipient__still_with")).values("recipient")
    Recipient.objects.filter(office_id=office).exclude(still_with=None).exclude(pk__in=still).update(still_with=None)
