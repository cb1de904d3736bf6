"""Who works in the demo office: its house, 21 centres, 5 providers, their people, rosters and contact orders."""

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import make_password

from dure import __version__, clock
from dure.care.standard import publish
from dure.demo import invented
from dure.field.models import Phone
from dure.offices.models import Office
from dure.people.models import Address, Channel, Device, Membership, Organisation, Person, Role, Roster, Shift
from dure.places.models import Area, sort_key

ROSTERS_BEFORE, ROSTERS_AHEAD = 7, 60  # days
DEAD = "000-0000-0000"  # a number that no carrier takes
LANDLINE = "062-000-0119"


@dataclass
class Staff:
    """Everybody and everything of the office but its recipients."""

    office: Office
    house: Organisation
    dongs: list[Area] = field(default_factory=list)
    centres: list[Organisation] = field(default_factory=list)
    providers: list[Organisation] = field(default_factory=list)
    workers: dict[int, list[Person]] = field(default_factory=dict)  # by provider
    desks: dict[int, list[Person]] = field(default_factory=dict)  # by organisation
    officers: list[Person] = field(default_factory=list)


class Hiring:
    """Makes persons with a log-in, a role, and the ways to reach them."""

    def __init__(self, office: Office, given: Iterator[str], password: str, day: date) -> None:
        self.office, self.given, self.numbers = office, given, invented.numbers()
        self.password = make_password(password)
        self.since = day - timedelta(days=400)
        self.people: list[Person] = []
        self.memberships: list[Membership] = []
        self.addresses: list[Address] = []

    def hire(
        self, username: str, role: Role, at: Organisation, post: str, *ways: tuple[str, str], name: str = ""
    ) -> Person:
        """Somebody new. Without a way of their own they are reached by a text message, and always on screen."""
        phone = next(self.numbers)
        person = Person(
            office=self.office, username=username, name=name or next(self.given), post=post, phone=phone,
            password=self.password,
        )  # fmt: skip
        self.people.append(person)
        self.memberships.append(
            Membership(office=self.office, person=person, organisation=at, role=role, since=self.since)
        )
        for channel, value in (*(ways or ((Channel.SMS, phone),)), (Channel.SCREEN, "")):
            self.addresses.append(Address(office=self.office, person=person, channel=channel, value=value))
        return person

    def write(self) -> None:
        """Keep them all."""
        Person.objects.bulk_create(self.people)
        Membership.objects.bulk_create(self.memberships)
        Address.objects.bulk_create(self.addresses)


def found(given: Iterator[str], password: str, day: date, now: datetime) -> Staff:
    """The office with everybody who works there, rosters around the clock, and its contact orders."""
    office = Office.objects.create(name=invented.OFFICE, is_demo=True)
    house = Organisation.objects.create(
        office=office, kind="office", name=f"{invented.OFFICE} 통합돌봄과", phone="062-000-0100", night_phone=LANDLINE
    )
    staff = Staff(office, house)
    _organisations(staff)
    hiring = Hiring(office, given, password, day)
    nights = _hire(staff, hiring)
    hiring.write()
    workers = [worker for of in staff.workers.values() for worker in of]
    known = Device.objects.bulk_create(_phone(worker, now) for worker in workers)
    Phone.objects.bulk_create(_said(device, number, now) for number, device in enumerate(known))
    Shift.objects.bulk_create(_shifts(staff, nights, day))
    publish(office.pk, by=staff.officers[0], now=now)
    return staff


def _phone(worker: Person, now: datetime) -> Device:
    """An invented phone: nobody knows its key, so that nobody can hand anything in with it."""
    nobody_knows = hashlib.sha256(secrets.token_bytes(32)).hexdigest()
    return Device(office_id=worker.office_id, person=worker, key_sha256=nobody_knows, enrolled_at=now)


def _said(device: Device, number: int, now: datetime) -> Phone:
    """What the phone last said of itself; now and then one has something left to send."""
    left = 2 if number % 20 == 3 else 0
    return Phone(
        office_id=device.office_id, device=device, two_keys=True, read_sha256=device.key_sha256, version=__version__,
        unsent=left, unsent_since=now - timedelta(minutes=7) if left else None, told_at=now,
    )  # fmt: skip


def _organisations(staff: Staff) -> None:
    dongs = [
        Area(office=staff.office, code=d.code, name=d.name, sort_key=sort_key(d.name), lon=d.lon, lat=d.lat)
        for d in invented.dongs()
    ]
    staff.dongs = Area.objects.bulk_create(dongs)
    staff.centres = Organisation.objects.bulk_create(
        Organisation(
            office=staff.office, kind="centre", name=f"{area.name} 행정복지센터", area=area,
            phone=f"062-000-02{n:02}", night_phone=LANDLINE,
        )
        for n, area in enumerate(staff.dongs)
    )  # fmt: skip
    staff.providers = Organisation.objects.bulk_create(
        Organisation(
            office=staff.office, kind="provider", name=name, phone=f"062-000-030{n}", night_phone=f"062-000-031{n}"
        )
        for n, name in enumerate(invented.PROVIDERS)
    )
    Organisation.objects.create(office=staff.office, kind="hospital", name=invented.HOSPITAL, phone="062-000-0500")
    Organisation.objects.bulk_create(
        Organisation(office=staff.office, kind="agency", name=agency) for _, agency, _ in invented.SERVICES
    )


def _hire(staff: Staff, hiring: Hiring) -> list[Person]:
    """Everybody; the night desk and the night officer are returned."""
    house = staff.house
    staff.officers = [hiring.hire("admin", Role.ADMIN, house, "총괄")]
    staff.officers += [hiring.hire(f"officer{n}", Role.OFFICER, house, "통합돌봄 담당") for n in (1, 2, 3)]
    landline = (Channel.CALL, LANDLINE)
    nights = [
        hiring.hire("night", Role.OFFICER, house, "야간 당직실", landline, name="야간 당직실"),
        staff.officers[3],
    ]
    for n, centre in enumerate(staff.centres, 1):
        staff.desks[centre.pk] = [hiring.hire(f"centre{n}", Role.CENTRE, centre, "맞춤형복지 담당")]
    for n, provider in enumerate(staff.providers, 1):
        # the second provider's first number is dead: the next way of the same person is tried at once
        dead = ((Channel.SMS, DEAD), (Channel.EMAIL, f"desk{n}@example.org")) if n == 2 else ()
        staff.desks[provider.pk] = [
            hiring.hire(f"desk{n}", Role.PROVIDER, provider, "사무실", *dead),
            hiring.hire(f"chief{n}", Role.PROVIDER, provider, "센터장"),
        ]
        staff.workers[provider.pk] = [
            hiring.hire(f"worker{n}{k}", Role.WORKER, provider, "배달·현장 종사자") for k in range(1, 5)
        ]
    return nights


def _shifts(staff: Staff, nights: list[Person], day: date) -> Iterator[Shift]:
    """Day, night and weekend: by day the desk, the centre, the officers; else the chief and the night desk."""
    first = day - timedelta(days=ROSTERS_BEFORE)
    days = [first + timedelta(days=n) for n in range(ROSTERS_BEFORE + ROSTERS_AHEAD)]
    for provider in staff.providers:
        desk, chief = staff.desks[provider.pk]
        roster = _roster(staff, provider, "desk", f"{provider.name} 근무표")
        yield from _around(roster, days, 8, 20, [desk], [chief], weekends=True)
    for centre in staff.centres:
        roster = _roster(staff, centre, "centre", f"{centre.name} 당직표")
        yield from _around(roster, days, 9, 18, staff.desks[centre.pk], nights)
    roster = _roster(staff, staff.house, "oncall", "지자체 당직표")
    yield from _around(roster, days, 9, 18, [staff.officers[1]], nights)
    roster = _roster(staff, staff.house, "officer", "통합돌봄 담당")
    yield from _around(roster, days, 9, 18, [staff.officers[2]], nights[1:])


def _roster(staff: Staff, of: Organisation, answers_for: str, name: str) -> Roster:
    return Roster.objects.create(office=staff.office, organisation=of, answers_for=answers_for, name=name)


def _around(
    roster: Roster,
    days: list[date],
    opens: int,
    closes: int,
    by_day: list[Person],
    by_night: list[Person],
    weekends: bool = False,
) -> Iterator[Shift]:
    """Somebody answers at every hour: one set of people while it is open, the other while it isn't."""
    for day in days:
        midnight = datetime(day.year, day.month, day.day, tzinfo=clock.zone())
        start, end = midnight + timedelta(hours=opens), midnight + timedelta(hours=closes)
        tomorrow = midnight + timedelta(days=1)
        if weekends or day.weekday() < 5:
            spans = [(midnight, start, by_night), (start, end, by_day), (end, tomorrow, by_night)]
        else:
            spans = [(midnight, tomorrow, by_night)]
        for since, until, people in spans:
            for place, person in enumerate(people):
                yield Shift(
                    office_id=roster.office_id, roster=roster, person=person, starts_at=since, ends_at=until,
                    place=place,
                )  # fmt: skip
