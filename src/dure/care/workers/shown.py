"""What the desk sees of its workers: who is on the road, what was heard last, what is left, how often it was nothing.

Where somebody is isn't known: the last stop is the one that was reported last.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L

from dure import clock
from dure.care.models import Course, Sighting, Visit
from dure.care.on_the_road import BY_WHO_DRIVES, SILENT, STARTS, TO_MAKE, driven
from dure.care.workers.actions import HELP, KINDS
from dure.care.workers.models import Found, Silence
from dure.duty.models import Duty, Report
from dure.people.actions import Standing
from dure.people.models import Device, Person

A_DAY, A_MONTH, NOT_HEARD = timedelta(days=1), timedelta(days=30), timedelta(minutes=30)
NAMES = {HELP: L("Help button"), SILENT: L("Phone not heard"), STARTS: L("Course not started")}


@dataclass(frozen=True)
class OnTheRoad:
    """One worker's day: the courses, the last report, the next stop, what is left, when the phone was heard."""

    worker: Person
    courses: Sequence[Course]
    last: Sighting | None
    next: Visit | None
    left: int
    heard_at: datetime | None
    running: bool
    now: datetime

    @property
    def silent(self) -> int | None:
        """For how many minutes a phone on the road hasn't been heard, when that is long."""
        if not self.running or self.heard_at is None or self.now - self.heard_at < NOT_HEARD:
            return None
        return int((self.now - self.heard_at).total_seconds() // 60)


def on_the_road(standing: Standing, day: date, now: datetime, only: Person | None = None) -> list[OnTheRoad]:
    """Everybody with a course or a stop on a day, who isn't heard first. Five queries, however many there are."""
    visits = Visit.objects.seen_by(standing).filter(day=day, worker__isnull=False)
    visits = visits.filter(worker=only) if only else visits
    made = visits.filter(excused_at=None).annotate(out=driven("course"), open=Exists(_open()))
    stops: dict[Person, list[Any]] = {}
    found = made.select_related("worker", "course__route", "recipient__place__area").order_by("due_at", "order", "pk")
    for visit in found:
        if visit.worker:
            stops.setdefault(visit.worker, []).append(visit)
    heard, last = heard_at([each.pk for each in stops]), _last(stops, day)
    lines = [_line(worker, mine, heard, last, now) for worker, mine in stops.items()]
    return sorted(lines, key=lambda each: (-(each.silent or 0), each.worker.name, each.worker.pk))


def _open() -> Any:
    return Visit.objects.filter(TO_MAKE, pk=OuterRef("pk"))


def _line(worker: Person, mine: Sequence[Any], heard: Mapping[int, datetime], last: Mapping[int, Sighting],
          now: datetime) -> OnTheRoad:  # fmt: skip
    left = [each for each in mine if each.open and not each.outcome]
    courses = {each.course.pk: each.course for each in mine if each.course}
    running = any(each.out and each.course and not each.course.finished_at for each in left)
    return OnTheRoad(
        worker, list(courses.values()), last.get(worker.pk), left[0] if left else None, len(left),
        heard.get(worker.pk), running, now,
    )  # fmt: skip


def heard_at(workers: Collection[int]) -> dict[int, datetime]:
    """When the phone of each of these was heard last."""
    live = Device.objects.filter(person__in=workers, revoked_at=None, heard_at__isnull=False).order_by("heard_at")
    return {person: at for person, at in live.values_list("person_id", "heard_at") if at}


def _last(workers: Collection[Person], day: date) -> dict[int, Sighting]:
    """What each of these reported last at a door."""
    said = Sighting.objects.filter(BY_WHO_DRIVES, visit__day=day, by__in=workers).order_by("by_id", "-at", "-pk")
    return {each.by_id: each for each in said.distinct("by_id").select_related("visit__recipient__place__area")}


def silent_now(standing: Standing, now: datetime) -> dict[int, int]:
    """By worker on the road, for how many minutes the phone hasn't been heard, when that is long."""
    return {
        each.worker.pk: each.silent
        for each in on_the_road(standing, clock.local(now).date(), now)
        if each.silent is not None
    }


def open_matters(standing: Standing) -> list[Duty]:
    """What is asked about workers at this moment, the gravest first."""
    raised = Duty.objects.seen_by(standing).filter(kind__in=KINDS, closed_at=None, raised_at__isnull=False)
    return sorted(raised, key=lambda duty: (KINDS.index(duty.kind), duty.raised_at or duty.due_at))


def pressed(standing: Standing, worker: Person, now: datetime) -> list[tuple[datetime, Visit | None]]:
    """When she pressed help within a day, and on the page of which door, if one was open."""
    found = [
        (report.received_at, _stop_in(report.body))
        for report in Report.objects.filter(kind=HELP, by=worker, received_at__gte=now - A_DAY).order_by("received_at")
    ]
    refs = [ref for _at, ref in found if ref]
    visits = Visit.objects.seen_by(standing).filter(ref__in=refs).select_related("recipient__place__area")
    known = {visit.ref: visit for visit in visits}
    return [(at, known.get(ref) if ref else None) for at, ref in found]


def _stop_in(body: str) -> UUID | None:
    try:
        return UUID(dict(json.loads(body))["stop"])
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


@dataclass(frozen=True)
class Figure:
    """How often something was asked in a month, how often for nothing, and what else it was."""

    name: str
    asked: int
    false_alarms: int
    helped: int
    by_herself: int
    counted_only: int


def figures(standing: Standing, now: datetime) -> list[Figure]:
    """What was asked in the last 30 days. A silence that the worker ended by a report was a false alarm; by pressing
    help it was none."""
    mine = Duty.objects.seen_by(standing).filter(kind__in=KINDS, raised_at__gte=now - A_MONTH, drill=False)
    pressed_help = Duty.objects.filter(kind=HELP, about=OuterRef("about"), raised_at=OuterRef("closed_at"))
    alone = Q(~Exists(pressed_help), closed_at__isnull=False, worker_ending=None)
    rows = mine.order_by().values("kind").annotate(
        asked=Count("pk"), said=Count("pk", filter=Q(worker_ending__false_alarm=True)),
        helped=Count("pk", filter=Q(worker_ending__found=Found.HELPED)), alone=Count("pk", filter=alone),
    )  # fmt: skip
    known = {row["kind"]: row for row in rows}
    quiet = Silence.objects.filter(office=standing.office, until__gte=now - A_MONTH)
    if standing.organisations is not None:
        quiet = quiet.filter(provider__in=standing.organisations)
    counted = quiet.count()
    nothing = {"asked": 0, "said": 0, "helped": 0, "alone": 0}
    return [
        Figure(
            str(NAMES[kind]), row["asked"], row["said"] + (row["alone"] if kind == SILENT else 0), row["helped"],
            row["alone"], counted if kind == SILENT else 0,
        )
        for kind in KINDS
        for row in [known.get(kind, nothing)]
    ]  # fmt: skip


def sentence(duty: Duty) -> str:
    """What is asked, in words."""
    return str(_(duty.what) % duty.values)
