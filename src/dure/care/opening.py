"""Which visits a day owes, and opening them: safe to run again, at any hour, for any day."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop

from dure import clock
from dure.care import fit, on_the_road
from dure.care.days import calendar
from dure.care.models import WAITING, Absence, Course, MealPlan, Move, Recipient, Visit
from dure.cases.models import Tier
from dure.duty.models import Duty
from dure.duty.opening import Owed, open_duties
from dure.offices.acting import acting

GRACE = {Tier.RED: timedelta(minutes=15), Tier.AMBER: timedelta(minutes=30), Tier.GREEN: timedelta(minutes=30)}
NOT_REPORTED = gettext_noop("A visit in %(dong)s by %(time)s hasn't been reported. Call the worker and the recipient.")
ABSENT: dict[str, str] = {
    Absence.Why.HOSPITAL: gettext_noop("hospital stay"),
    Absence.Why.AWAY: gettext_noop("away"),
    Absence.Why.PAUSED: gettext_noop("paused"),
    Absence.Why.OTHER: gettext_noop("absent"),
}
PLAN_CHANGED = gettext_noop("the meal plan was changed")
CLOSED_DAY = gettext_noop("no meals on this day")
BEFORE_FIRST = timedelta(hours=1)  # a course starts this long before its first stop is due
PLANNED = ["provider", "course", "order", "worker", "due_at", "meals"]  # what a visit has from the plan
Courses = Mapping[tuple[int | None, str], Course]


@dataclass(frozen=True)
class Planned:
    """One visit that a day owes."""

    recipient: Recipient
    meal: str
    due_at: datetime
    meals: int


def planned(office: int, day: date, recipients: Collection[int] | None = None) -> list[Planned]:
    """The visits that a day owes: who has a meal on this weekday, is served, isn't away, and isn't closed.

    Asked for some recipients, it says only theirs.
    """
    runs = (Q(until=None) | Q(until__gt=day)) & Q(since__lte=day)
    served = Q(recipient__started_on__lte=day) & (Q(recipient__ended_on=None) | Q(recipient__ended_on__gt=day))
    plans = MealPlan.objects.filter(runs, served, office_id=office)
    if recipients is not None:
        plans = plans.filter(recipient__in=recipients)
    weeks: dict[tuple[int, str], set[int]] = defaultdict(set)
    for recipient, meal, weekday in plans.values_list("recipient_id", "meal", "weekday"):
        weeks[recipient, meal].add(weekday)
    today = plans.filter(weekday=day.weekday()).select_related("recipient__place__area", "recipient__route")
    away = set(absences_on(office, day).values_list("recipient_id", flat=True))
    days = calendar(office, day, day)
    moves = Move.objects.filter(WAITING, office_id=office, day__lte=day).select_related("route")
    moving = {move.recipient_id: move for move in moves}
    once = {(p.recipient_id, p.meal): p for p in today.order_by("since", "id")}  # the newest plan of a meal
    return [
        Planned(r, meal, at(day, p.by_time), days.meals(r.provider_id, day, weeks[pk, meal]))
        for (pk, meal), p in once.items()
        if pk not in away
        and (r := as_moved(p.recipient, moving.get(pk))) is not None
        and not days.why_closed(r.provider_id, day)
    ]


def as_moved(recipient: Recipient, move: Move | None) -> Recipient | None:
    """The recipient with the provider and course of a day on which a move that waits will hold; none: meals end."""
    if move is None or move.was_id != recipient.provider_id:
        return recipient
    if move.provider_id is None:
        return None
    recipient.provider_id, recipient.route, recipient.route_order = move.provider_id, move.route, move.order
    return recipient


def absences_on(office: int, day: date) -> QuerySet[Absence]:
    """Who is known to be away on a day."""
    runs = Q(since__lte=day) & (Q(until=None) | Q(until__gt=day))
    return Absence.objects.filter(runs, office_id=office, taken_back_at=None)


def at(day: date, when: time) -> datetime:
    """A time of day on a day, where the office is."""
    return datetime.combine(day, when, clock.zone())


def one_at_a_time(office: int) -> None:
    """Until this transaction has ended nobody else opens visits of the office, or moves what is opened."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('care.open_day'), %s)", [office])


@transaction.atomic
def open_day(office: int, day: date, *, now: datetime, recipients: Collection[int] | None = None) -> int:
    """Open the visits of a day that aren't open yet; how many. Running it twice opens nothing twice.

    A visit excused for an absence, a closure or a plan that is no longer so is owed again. Asked for some recipients,
    it opens only theirs. Whoever asks: what another provider brings by then is opened too, which they can't see.
    """
    with acting(office):
        return _open_day(office, day, now, recipients)


def _open_day(office: int, day: date, now: datetime, recipients: Collection[int] | None) -> int:
    one_at_a_time(office)
    opened = Visit.objects.filter(office_id=office, day=day).select_related("duty", "recipient__place__area")
    if recipients is not None:
        opened = opened.filter(recipient__in=recipients)
    known = {(v.recipient_id, v.meal): v for v in opened}
    wanted = [(known.get((p.recipient.pk, p.meal)), p) for p in planned(office, day, recipients)]
    fresh = [p for visit, p in wanted if visit is None]
    again = [(v, p) for v, p in wanted if v and v.excused_at and v.unplanned and not v.outcome]
    courses = courses_of(office, day, [*fresh, *(p for _, p in again)])
    for visit, p in again:
        put(visit, p, courses)
    reopen([visit for visit, _ in again], now=now)
    visits = [_visit(office, day, p, courses) for p in fresh]
    duties = open_duties(office, [owed(v, p) for v, p in zip(visits, fresh, strict=True)], by=None, now=now)
    for visit, duty in zip(visits, duties, strict=True):
        visit.duty = duty
    Visit.objects.bulk_create(visits)
    on_the_road.owe_starts(office, day, now=now)
    return len(visits) + len(again)


def reopen(visits: Sequence[Visit], *, now: datetime) -> None:
    """These visits are owed after all. What was closed stays closed: a new duty follows it."""
    followed = set(Duty.objects.filter(follows__in=[v.duty_id for v in visits]).values_list("follows_id", flat=True))
    again = [
        replace(
            owed(v, Planned(v.recipient, v.meal, v.due_at, v.meals)),
            follows=None if v.duty_id in followed else v.duty,
        )
        for v in visits
    ]
    duties = open_duties(visits[0].office_id, again, by=None, now=now) if visits else []
    for visit, duty in zip(visits, duties, strict=True):
        visit.duty, visit.excused_at, visit.excused_why, visit.unplanned = duty, None, "", False
    Visit.objects.bulk_update(visits, ["duty", "excused_at", "excused_why", "unplanned", *PLANNED])
    for day in {visit.day for visit in visits}:
        on_the_road.owe_starts(visits[0].office_id, day, now=now)
    on_the_road.expect_again(visits, now=now)


def no_longer_planned(visits: Iterable[Visit]) -> list[Visit]:
    """Those of these visits that their day doesn't owe any more."""
    by_day: dict[tuple[int, date], list[Visit]] = defaultdict(list)
    for visit in visits:
        by_day[visit.office_id, visit.day].append(visit)
    gone: list[Visit] = []
    for (office, day), mine in by_day.items():
        wanted = {(p.recipient.pk, p.meal) for p in planned(office, day, [v.recipient_id for v in mine])}
        gone += [visit for visit in mine if (visit.recipient_id, visit.meal) not in wanted]
    return gone


def courses_of(office: int, day: date, fresh: Sequence[Planned]) -> dict[tuple[int | None, str], Course]:
    """The courses of the day, in the order given by the provider; made when their first stop is.

    Whose usual worker can't be given stops is made without a worker: its visits are owed all the same.
    """
    first: dict[tuple[int, str], Planned] = {}
    for p in sorted(fresh, key=lambda p: p.due_at):
        if p.recipient.route_id:
            first.setdefault((p.recipient.route_id, p.meal), p)
    known = {(c.route_id, c.meal) for c in Course.objects.filter(office_id=office, day=day)}
    routes = [p.recipient.route for p in first.values() if p.recipient.route]
    kept_out = fit.hindered({route.worker_id for route in routes if route.worker_id}, day)
    usual = {route.pk: route.worker_id for route in routes if route.worker_id not in kept_out}
    Course.objects.bulk_create(
        Course(
            office_id=office, provider_id=p.recipient.provider_id, route=p.recipient.route, day=day, meal=meal,
            worker_id=usual.get(route), starts_at=p.due_at - BEFORE_FIRST,
        )
        for (route, meal), p in first.items()
        if (route, meal) not in known and p.recipient.route
    )  # fmt: skip
    return {(c.route_id, c.meal): c for c in Course.objects.filter(office_id=office, day=day)}


def _visit(office: int, day: date, p: Planned, courses: Courses) -> Visit:
    visit = Visit(office_id=office, recipient=p.recipient, day=day, meal=p.meal)
    put(visit, p, courses)
    return visit


def put(visit: Visit, p: Planned, courses: Courses) -> None:
    """What is planned of a visit, onto it. Who was given it by hand keeps it, unless the course is another now."""
    course = courses.get((p.recipient.route_id, p.meal))
    if visit.provider_id != p.recipient.provider_id or visit.course_id != (course.pk if course else None):
        visit.course, visit.worker_id = course, course.worker_id if course else None
    visit.provider_id, visit.order = p.recipient.provider_id, p.recipient.route_order
    visit.due_at, visit.meals = p.due_at, p.meals


def owed(visit: Visit, p: Planned) -> Owed:
    """What somebody owes with a visit: that it is reported some time after it was to be made."""
    area = p.recipient.place.area
    return Owed(
        kind="care.visit",
        what=NOT_REPORTED,
        values={"dong": area.name if area else "—", "time": f"{clock.local(p.due_at):%H:%M}"},
        due_at=p.due_at + GRACE[Tier(p.recipient.tier)],
        ladder="visit",
        page=f"/care/visits/{visit.ref}/",
        organisation=visit.provider_id,
        area=area.pk if area else None,
        about=visit.ref,
        urgent=True,
    )


def recipients_without_course(visits: Iterable[Visit]) -> list[Visit]:
    """Visits that no course carries: somebody must be given them by hand."""
    return [visit for visit in visits if visit.course_id is None and visit.worker_id is None]
