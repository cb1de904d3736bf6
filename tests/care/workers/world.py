"""A day with two courses of one provider, two workers with phones that are long past their trial; all invented."""

import json
import uuid
from datetime import datetime, time, timedelta
from typing import Any

from dure.care.models import Course, Recipient, Route, Visit
from dure.care.opening import open_day
from dure.care.workers.reports import reported
from dure.duty.models import Duty, Report
from dure.duty.reports import Envelope, hand_in
from dure.field.phones import Told, heard
from dure.people.models import Device, Person
from dure.urls import TAKERS
from tests.care import world
from tests.care.world import DAY, World, watch
from tests.make import MINUTE

STARTS_AT = world.DUE - timedelta(hours=1)  # 10:30, as lunch is owed by 11:30


def build(stops: int = 2, phones: bool = True, days: int = 40) -> World:
    """One course of the first worker; a provider that has driven for some weeks."""
    made = world.build()
    for number in range(stops):
        stop(made, made.route, time(11, 30 + 10 * number))
    earlier = DAY - timedelta(days=days)
    starts_at = STARTS_AT - timedelta(days=days)
    Course.objects.create(
        office=made.office, provider=made.provider, route=made.route, day=earlier, meal="lunch", starts_at=starts_at,
        started_at=starts_at, finished_at=starts_at + timedelta(hours=2),
    )  # fmt: skip
    if phones:
        for person in (made.worker, made.other):
            phone(person, enrolled_at=starts_at)
    open_day(made.office.pk, DAY, now=world.MORNING)
    return made


def stop(of: World, route: Route, by_time: time) -> Recipient:
    return world.recipient(of, by_time=by_time, route=route)


def phone(person: Person, *, enrolled_at: datetime, heard_at: datetime | None = None) -> Device:
    return Device.objects.create(
        office=person.office, person=person, name="시험 전화", key_sha256=uuid.uuid4().hex * 2, enrolled_at=enrolled_at,
        heard_at=heard_at or world.MORNING,
    )  # fmt: skip


def course_of(of: World, route: Route | None = None) -> Course:
    return Course.objects.get(route=route or of.route, day=DAY)


def visits_of(of: World) -> list[Visit]:
    return list(Visit.objects.filter(day=DAY, course__route=of.route).order_by("due_at", "pk"))


def poll(person: Person, now: datetime) -> None:
    """The phone asks for something."""
    device = Device.objects.select_related("person", "phone").filter(person=person).latest("pk")
    heard(device, Told(), now=now)


def says(
    person: Person, kind: str, about: Any, body: dict[str, Any], now: datetime, *, seen: datetime | None = None,
    sent: datetime | None = None, key: uuid.UUID | None = None,
) -> Report:  # fmt: skip
    """The phone hands something in, and is heard by that."""
    poll(person, now)
    envelope = Envelope(
        key=key or uuid.uuid4(), kind=kind, version=2, body=json.dumps(body), about=about.ref if about else None,
        seen_at=seen or now, sent_at=sent or now,
    )  # fmt: skip
    report = hand_in(envelope, TAKERS, by=person, device=None, now=now)
    reported(report, now=now)
    return report


def starts(of: World, now: datetime, person: Person | None = None, **times: Any) -> None:
    says(person or of.worker, "care.course", course_of(of), {"did": "started"}, now, **times)


def well(visit: Visit, now: datetime, person: Person, **times: Any) -> None:
    says(person, "care.visit", visit, {"outcome": "seen_well", "handed": "in_person"}, now, **times)


def owed(kind: str) -> list[Duty]:
    """What is open of a kind."""
    return list(Duty.objects.filter(kind=kind, closed_at=None).order_by("pk"))


def raised(kind: str) -> bool:
    return Duty.objects.filter(kind=kind, closed_at=None, raised_at__isnull=False).exists()


def pass_time(since: datetime, until: datetime, step: timedelta = MINUTE) -> None:
    """The watch looks every minute."""
    while since <= until:
        watch(since)
        since += step
