"""A provider with a worker, a phone and stops for today; everybody is invented."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from dure.care.models import Contact, MealPlan, Recipient, Route, Visit
from dure.care.opening import open_day
from dure.care.standard import LADDERS
from dure.field.actions import enrol, take_code
from dure.field.phones import read_with
from dure.offices.acting import act
from dure.offices.models import Office
from dure.people.models import Device, Organisation, Person, Role
from dure.places.models import Place
from tests import make

MORNING = make.NOON - timedelta(hours=4)


READ_KEY = "x" * 43  # with which phones of tests read


@dataclass
class World:
    office: Office
    provider: Organisation
    officer: Person
    desk: Person
    worker: Person
    route: Route
    visits: list[Visit]
    device: Device
    key: str
    read_key: str = READ_KEY


def day(stops: int = 3, now: datetime = MORNING, **of: Any) -> World:
    """An office with everybody whom a day needs; the worker's phone is known. Acts for the office."""
    office = make.office(**of)
    area = make.area(office)
    centre = make.organisation(office, "centre", "첨단1동 행정복지센터", area=area, phone="062-000-0001")
    provider = make.organisation(office, "provider", "시험밥상", phone="062-000-0002")
    officer, clerk = make.person(office, "한담당"), make.person(office, "김동장", Role.CENTRE, centre)
    desk = make.person(office, "박수행", Role.PROVIDER, provider)
    for name in LADDERS:
        make.ladder(office, desk, clerk, officer, name=name)
    worker = make.person(office, "이배달", Role.WORKER, provider)
    route = Route.objects.create(office=office, provider=provider, name="첨단 1코스", worker=worker)
    for number in range(stops):
        recipient(office, provider, route, area, centre, number)
    open_day(office.pk, make.DAY, now=now)
    visits = list(Visit.objects.select_related("recipient", "duty").filter(office=office).order_by("order"))
    device, key = phone(worker, by=desk, now=now)
    act(office.pk)
    return World(office, provider, officer, desk, worker, route, visits, device, key)


def phone(worker: Person, *, by: Person, now: datetime = MORNING) -> tuple[Device, str]:
    """A known phone with its key; the connection acts for its owner afterwards."""
    device, key = take_code(enrol(worker, by=by, now=now), "시험 전화", now=now)
    read_with(device, READ_KEY, now=now)
    return Device.objects.select_related("person", "phone").get(pk=device.pk), key


def recipient(office: Office, provider: Organisation, route: Route, area: Any, centre: Any, number: int) -> Recipient:
    """Somebody who gets lunch every day, with a slow way to the door, a dog and a daughter."""
    place = Place.objects.create(
        office=office, area=area, address=f"없는길 {number + 1}", entrance="파란 대문", floor="2층",
        key_place="우편함 안",
        hazard="개 조심" if number == 1 else "", slow_minutes=3 if number == 0 else 0,
    )  # fmt: skip
    names = ["최순례", "정복남", "윤말순", "김영자", "이복례", "박수철"]
    made = Recipient.objects.create(
        office=office, name=names[number % 6], provider=provider, centre=centre, place=place, route=route,
        route_order=number + 1, phone=f"010-0000-11{number:02}", diet="저염식",
        started_on=make.DAY - timedelta(days=90),
        tier=["red", "amber", "green"][number % 3],
    )  # fmt: skip
    Contact.objects.create(office=office, recipient=made, name="최딸", relation="딸", phone=f"010-0000-22{number:02}")
    MealPlan.objects.bulk_create(
        MealPlan(office=office, recipient=made, weekday=each, by_time=time(12, 30), since=made.started_on)
        for each in range(7)
    )
    return made
