"""The permission matrix's ground: every page of the product, people of every role, and things of three owners."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.urls import URLPattern, URLResolver

from dure import clock
from dure.care import phone
from dure.care.models import Absence, Closure, Contact, Course, MealPlan, Recipient, Route, Visit
from dure.care.opening import open_day
from dure.care.rosters import leave_note
from dure.care.standard import LADDERS
from dure.cases.aftermath import refer
from dure.cases.hours import is_working_day
from dure.cases.models import Case, Source
from dure.cases.opening import Alarm, open_case
from dure.duty import applying
from dure.duty.models import Exercise
from dure.duty.opening import Owed, open_duties
from dure.duty.reports import Envelope, hand_in
from dure.field import apart
from dure.gatherings import actions as gatherings
from dure.gatherings import sending
from dure.gatherings.models import Circular, Gathering
from dure.health.actions import fault
from dure.health.models import Fault
from dure.imports.actions import take_in
from dure.imports.kinds import Scope
from dure.offices.models import Office
from dure.outbox.models import Message
from dure.people.models import CalendarLink, Device, Organisation, Person, Role, Roster, Shift, StandIn
from dure.places.models import Place
from dure.sheets.write import Column, write
from dure.sheets.write import Page as Sheet
from dure.urls import KINDS
from tests import make, nouns

PART = re.compile(r"<(?:\w+:)?(\w+)>")

SLUG = "recipients"
LIST = write(
    [Sheet("명단", [Column("성명"), Column("연락처"), Column("주소")], [["시험", "010-0000-0001", "첨단로 1"]])]
)


@dataclass(frozen=True)
class Page:
    """One address of the product. A parameter is named by the last fixed part before it: `cases/ref`."""

    route: str
    view: Callable[..., Any]

    @property
    def parameters(self) -> list[tuple[str, str]]:
        found, before = [], ""
        for part in self.route.split("/"):
            if names := PART.findall(part):
                found += [(name, f"{before}/{name}") for name in names]
            elif part:
                before = part
        return found

    @property
    def roles(self) -> frozenset[str] | None:
        """For whom it is, as its door says; None: it has no door."""
        return getattr(self.view, "roles", None)

    def address(self, things: dict[str, Any]) -> str:
        filled = self.route
        for name, key in self.parameters:
            filled = re.sub(rf"<(?:\w+:)?{name}>", str(things[key]), filled, count=1)
        return f"/{filled}"


def pages(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[Page]:
    """Every address, however deep it is included."""
    for each in patterns:
        route = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from pages(each.url_patterns, route)
        else:
            yield Page(route, each.callback)


# What stands in an address and belongs to nobody in particular.
GENERAL: dict[str, Any] = {
    "imports/slug": SLUG,
    "again/number": 0,
    "l/token": "nothing",
    "calendars/token": "nothing",
    "orders/name": "visit",
    "rules/name": "health-months",
    "due/key": "identity",
    "field/rest": "nothing",
}


def people(office: Office, provider: Organisation, centre: Organisation) -> dict[str, Person]:
    """Somebody of each role."""
    where = {Role.WORKER: provider, Role.PROVIDER: provider, Role.CENTRE: centre}
    return {role: make.person(office, as_=role, at=where.get(Role(role))) for role in Role.values}


def side(office: Office, provider: Organisation, centre: Organisation) -> dict[str, Any]:
    """Something of each kind that a provider has, by the parameter in the address."""
    now, desk = clock.now(), make.person(office, as_=Role.PROVIDER, at=provider)
    recipient, visit = _served(office, provider, centre)
    case = _case(office, recipient, desk)
    absence = Absence.objects.create(
        office=office, recipient=recipient, why="away", since=clock.today() + timedelta(days=3), told_by="딸",
        told_at=now, entered_by=desk,
    )  # fmt: skip
    fault(f"mend {provider.pk}", "Mend this.", now=now, office=office.pk)
    worker = make.person(office, as_=Role.WORKER, at=provider)
    device = Device.objects.create(office=office, person=worker, key_sha256=uuid4().hex * 2, enrolled_at=now)
    roster = make.roster(office, desk, answers_for="desk", at=provider)
    upload = take_in(SLUG, KINDS[SLUG], Scope(desk, provider, now, clock.today(), whole=False), "명단.xlsx", LIST)
    return {
        "recipients/ref": recipient.ref,
        "contacts/number": Contact.objects.create(office=office, recipient=recipient, name="딸", phone="1").pk,
        "visits/ref": visit.ref,
        "courses/ref": Course.objects.get(provider=provider).ref,
        "absences/ref": absence.ref,
        "calendar/number": Closure.objects.create(office=office, provider=provider, day=_later(), why="정비").pk,
        "cases/ref": case.ref,
        "exercises/ref": _practised(office, desk, case).ref,
        "referrals/ref": refer(case, agency="센터", service="돌봄", stopped_on=None, by=desk, now=now).ref,
        **_owed(office, provider, centre, desk, visit),
        "faults/number": Fault.objects.get(key=f"mend {provider.pk}").pk,
        "numbers/ref": provider.ref,
        "numbers/number": desk.addresses.get().pk,
        "rosters/ref": roster.ref,
        "weekly/ref": make.rota(roster, [desk]).ref,
        "stand-ins/ref": _asked(roster, desk, now).ref,
        "links/number": _calendar(roster, desk).pk,
        "notes/number": leave_note(roster, "-", by=desk, now=now).pk,
        "shifts/number": Shift.objects.get(roster=roster).pk,
        "phones/ref": {"code": worker.ref, "revoke": device.ref},
        "people/ref": worker.ref,
        "imports/ref": upload.ref,
        **_together(office, provider, desk, now),
        **nouns.things(nouns.Whose(office, provider, centre, recipient, worker, desk, now)),
    }


def _sent_by_a_lost_phone(worker: Person, visit: Visit, now: datetime) -> UUID:
    """A report that is set apart, until somebody has asked the worker."""
    seen = json.dumps({"outcome": "seen_well", "handed": "in_person"})
    sent = Envelope(key=uuid4(), kind="care.visit", version=1, body=seen, about=visit.ref)
    hand_in(sent, apart.takers(phone.TAKERS), by=worker, device=None, now=now)
    return sent.key


def _later() -> date:
    return clock.today() + timedelta(days=9)


def _together(office: Office, provider: Organisation, desk: Person, now: datetime) -> dict[str, Any]:
    """What is between a provider and the office: a meeting, what was agreed there with a file, a circular, a month."""
    today = clock.today()
    meeting = Gathering(programme="care", kind="meeting", title="x", begins_at=now, ends_at=now + timedelta(hours=1))
    gatherings.arrange(meeting, [provider], by=desk, now=now)
    sent, works = Circular(programme="care", title="x", text="x", answer_by=today), is_working_day
    return {
        "gatherings/ref": meeting.ref,
        "agreed/ref": gatherings.agree(meeting, "x", desk, today, works=works, by=desk, now=now).ref,
        "circulars/ref": sending.send(sent, [provider], works=works, by=desk, now=now).ref,
        "material/ref": gatherings.add_material(meeting, "x.txt", b"x", by=desk, now=now).ref,
    }


def _practised(office: Office, desk: Person, case: Case) -> Exercise:
    """An exercise that is over."""
    now = clock.now()
    return Exercise.objects.create(
        office=office, what="x", about=case.ref, started_at=now, started_by=desk, ends_at=now + timedelta(hours=1),
        ended_at=now,
    )  # fmt: skip


def _calendar(roster: Roster, desk: Person) -> CalendarLink:
    """A roster that somebody has in a calendar."""
    return CalendarLink.objects.create(
        office=roster.office, roster=roster, token_sha256=uuid4().hex, made_at=clock.now(), made_by=desk
    )


def _asked(roster: Roster, desk: Person, now: datetime) -> StandIn:
    """Somebody is asked to take a shift."""
    colleague = make.person(roster.office, as_=Role.PROVIDER, at=roster.organisation)
    return StandIn.objects.create(
        office=roster.office, roster=roster, off=desk, on=colleague, since=now, until=now + timedelta(hours=9),
        asked_at=now, asked_by=desk,
    )  # fmt: skip


def _served(office: Office, provider: Organisation, centre: Organisation) -> tuple[Recipient, Visit]:
    today = clock.today()
    place = Place.objects.create(office=office, address="첨단중앙로 1", area=centre.area)
    route = Route.objects.create(office=office, provider=provider, name="1코스")
    recipient = Recipient.objects.create(
        office=office, name="시험 대상", provider=provider, centre=centre, place=place, route=route,
        started_on=make.DAY,
    )  # fmt: skip
    for ahead in (0, 1):  # whichever day it is: today is served
        MealPlan.objects.create(
            office=office, recipient=recipient, weekday=(today + timedelta(days=ahead)).weekday(),
            by_time=time(23, 30), since=min(make.DAY, today),
        )  # fmt: skip
    open_day(office.pk, today, now=clock.now())
    return recipient, Visit.objects.get(recipient=recipient, day=today)


def _case(office: Office, recipient: Recipient, by: Person) -> Case:
    now = clock.now()
    alarm = Alarm(
        programme="care", subject=recipient.ref, source=Source.DESK, organisation=recipient.provider_id,
        area=recipient.place.area_id, place=recipient.place_id, dong="시험동",
    )  # fmt: skip
    return open_case(office.pk, alarm, by=by, at=now, now=now)


def _owed(office: Office, provider: Organisation, centre: Organisation, desk: Person, visit: Visit) -> dict[str, Any]:
    """What is owed: a look at a visit, a report to be read, and a number to be rung by hand."""
    now, key = clock.now(), uuid4()
    given = {"due_at": now, "ladder": "visit", "organisation": provider.pk, "area": centre.area_id}
    owed = [
        Owed(kind="care.concern", what="Something is owed.", about=visit.ref, **given),
        Owed(kind="field.unread", what="Read it.", about=key, **given),
        Owed(kind="care.concern", what="Something is owed.", raised_why="by hand", **given),
    ]
    duties = open_duties(office.pk, owed, by=None, now=now)
    telling, message = applying.telling(duties[2], 0, desk.pk, "call", "062-000-0001", "ko", now)
    applying.tell([(telling, message)])
    Message.objects.filter(pk=message.pk).update(try_at=None, sent_at=now, text="…")
    lost = _sent_by_a_lost_phone(make.person(office, as_=Role.WORKER, at=provider), visit, now)
    return {"duties/ref": duties[0].ref, "reports/key": key, "calls/number": telling.pk, "apart/key": lost}


def house(name: str, providers: int) -> tuple[Office, list[tuple[Organisation, Organisation]]]:
    """An office with its orders, and providers each in a dong of its own with its centre."""
    office = make.office(name)
    officer = make.person(office)
    for ladder in LADDERS:
        make.ladder(office, officer, name=ladder)
    pairs = []
    for number in range(providers):
        area = make.area(office, f"{number + 1}동")
        centre = make.organisation(office, "centre", area=area)
        pairs.append((make.organisation(office, "provider"), centre))
    return office, pairs


def size() -> str:
    """How large the matrix is, and which addresses it leaves out: `python -m pytest -s` shows it."""
    from tests.test_permissions import OPEN, PAGES, door

    doors = [page for page in PAGES if door(page) == "roles"]
    holes = [page.route for page in doors if not page.roles]
    asked = sum(2 * len(Role.values) * (1 + 2 * bool(page.parameters)) for page in doors)
    return (
        f"{len(PAGES)} addresses: {len(doors)} by role, {len(OPEN)} open with a reason, the rest by a phone's key; "
        f"{asked} requests of {len(Role.values)} roles for own, neighbours' and foreign things; "
        f"{len(holes)} holes {holes or ''}"
    ).strip()
