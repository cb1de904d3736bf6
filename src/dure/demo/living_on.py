"""While the demo office is only looked at, its workers go on with their courses: nearly every visit is reported."""

from datetime import datetime, timedelta

from django.db.models import F, Q

from dure.care.models import Course, Handed, Outcome, Visit
from dure.care.on_the_road import changed
from dure.care.settling import Seen, settle
from dure.offices.acting import acting
from dure.offices.models import Office
from dure.people.models import Device

EARLY = timedelta(minutes=3)  # before a visit's time the worker is at the door
NOT_REPORTED = Q(worker__username="worker12", order=7) | Q(worker__username="worker31", order=11)  # for the board
A_TIME = 50  # visits


def go_on(now: datetime) -> int:
    """What the demo office's workers have done until now; how many visits they have reported since the last time."""
    return sum(_of(office, now) for office in Office.objects.filter(is_demo=True))


def _of(office: Office, now: datetime) -> int:
    with acting(office.pk):
        begun = Course.objects.filter(office=office, starts_at__lte=now)
        fresh = list(begun.filter(started_at=None, worker__isnull=False).select_related("worker"))
        begun.filter(started_at=None).update(started_at=F("starts_at"))
        for course in fresh:
            if course.worker:
                changed([course.pk], by=course.worker, now=now)
        on_the_road = begun.filter(finished_at=None).values("worker")
        Device.objects.filter(person__in=on_the_road, revoked_at=None).update(heard_at=now)
        waiting = Visit.objects.filter(
            office=office, due_at__lte=now + EARLY, duty__closed_at=None, reported_at=None, worker__isnull=False
        ).exclude(NOT_REPORTED)
        reported = list(waiting.select_related("worker").order_by("due_at")[:A_TIME])
        for visit in reported:
            _report(visit, now)
        done = begun.filter(finished_at=None).exclude(visits__duty__closed_at=None)
        done.update(finished_at=now)
    return len(reported)


def _report(visit: Visit, now: datetime) -> None:
    assert visit.worker is not None  # those without one are somebody's to give away
    seen = Seen(Outcome.SEEN_WELL, at=min(now, visit.due_at - EARLY), handed=Handed.IN_PERSON)
    settle(visit, seen, by=visit.worker, report=None, now=now)
