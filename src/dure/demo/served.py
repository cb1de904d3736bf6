"""Whom the demo office serves: 300 invented recipients at invented doors in real dongs, with plans and contacts."""

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from dure import clock
from dure.care.calls.models import Home
from dure.care.models import (
    Absence,
    Contact,
    Meal,
    MealPlan,
    OtherService,
    Reach,
    Recipient,
    Route,
    Scheme,
)
from dure.care.money.models import Terms
from dure.cases.models import Tier
from dure.demo import invented
from dure.demo.staff import Staff
from dure.people.models import Organisation, Person
from dure.places.models import Place

STOPS = 15  # a course
FIRST_STOP, MINUTES_A_STOP = time(11, 5), 8
DINNER = time(17, 30)
WEEKDAYS = range(5)
TIERS = [Tier.RED] * 3 + [Tier.AMBER] * 7 + [Tier.GREEN] * 5  # of a course; shuffled


class Serving:
    """Makes recipients with all that hangs on them, and writes them in a few statements."""

    def __init__(self, staff: Staff, given: Iterator[str], chance: random.Random, day: date) -> None:
        self.staff, self.given, self.chance, self.day = staff, given, chance, day
        self.numbers = (f"010-0000-{n:04}" for n in range(2000, 9999))
        self.scheme = Scheme.objects.create(office=staff.office, name=invented.SCHEME, year=day.year, funder="구비")
        Terms.objects.create(
            office=staff.office, scheme=self.scheme, since=date(day.year, 1, 1), unit_price=9000, own_share=1000,
            said_at=datetime.combine(day, time(9), clock.zone()),
        )  # fmt: skip
        self.places: list[Place] = []
        self.recipients: list[Recipient] = []
        self.contacts: list[Contact] = []
        self.services: list[OtherService] = []
        self.meals: list[MealPlan] = []

    def course(self, provider: Organisation, number: int, worker: Person, dongs: list[int]) -> None:
        """One worker's course with its recipients."""
        route = Route.objects.create(office=self.staff.office, provider=provider, name=f"{number}코스", worker=worker)
        tiers = list(TIERS)
        self.chance.shuffle(tiers)
        for stop in range(STOPS):
            self._recipient(provider, route, stop, tiers[stop], dongs[stop * len(dongs) // STOPS])

    def _recipient(self, provider: Organisation, route: Route, stop: int, tier: Tier, dong: int) -> None:
        chance, office = self.chance, self.staff.office
        recipient = Recipient(
            office=office, name=next(self.given), born_on=date(chance.randint(1932, 1958), chance.randint(1, 12), 15),
            sex=chance.choice("ffm"), scheme=self.scheme, provider=provider, centre=self.staff.centres[dong],
            place=self._place(dong), route=route, route_order=stop + 1, phone=next(self.numbers), tier=tier,
            health=chance.choice(invented.HEALTH), medicines=chance.choice(invented.MEDICINES),
            hospital=invented.HOSPITAL if chance.random() < 0.4 else "",
            diet=chance.choice(["", "", "", "당뇨식", "저염식", "다진식"]),
            allergies=chance.choice(["", "", "", "", "갑각류", "우유", "땅콩"]),
            planned_response=chance.choice(invented.AGREED) if tier == Tier.RED or chance.random() < 0.2 else "",
            consent_on=self.day - timedelta(days=chance.randint(30, 300)), consent_version="2026-1",
            reviewed_on=self.day - timedelta(days=chance.randint(5, 170)),
            started_on=self.day - timedelta(days=chance.randint(20, 400)),
        )  # fmt: skip
        if "청각장애" in recipient.health:
            recipient.reach = chance.choice([Reach.TEXT, Reach.NO_DOORBELL])
        recipient.registered_119 = recipient.phone if chance.random() < 0.5 else ""
        self.recipients.append(recipient)
        self._people_of(recipient)
        self._services_of(recipient, tier, stop)
        self._meals_of(recipient, stop)

    def _place(self, dong: int) -> Place:
        chance, area = self.chance, self.staff.dongs[dong]
        hazard = chance.choice([*[""] * 15, "개 있음", "계단 가파름"])
        place = Place(
            office=self.staff.office, area=area,
            address=f"광산구 {area.name} 두레길 {chance.randint(1, 99)} (가상 주소)",
            entrance=chance.choice(["", "", "파란 대문", "뒷문으로", "2호 라인"]),
            floor=chance.choice(["1", "2", "3", "5"]),
            door_code=chance.choice(["", "", f"{chance.randint(0, 9999):04}*"]),
            key_place=chance.choice(["", "", "", "옆집 통장이 보관"]), hazard=hazard,
            slow_minutes=chance.choice([0, 0, 0, 3, 5]),
            lon=round((area.lon or 0) + chance.uniform(-0.004, 0.004), 5),
            lat=round((area.lat or 0) + chance.uniform(-0.004, 0.004), 5),
        )  # fmt: skip
        self.places.append(place)
        return place

    def _people_of(self, recipient: Recipient) -> None:
        for order in (1, 2):
            relation = self.chance.choice(invented.RELATIONS)
            self.contacts.append(
                Contact(
                    office=self.staff.office, recipient=recipient, order=order, name=next(self.given),
                    relation=relation, phone=next(self.numbers), has_key=relation in {"이웃", "통장"},
                )
            )  # fmt: skip

    def _services_of(self, recipient: Recipient, tier: Tier, stop: int) -> None:
        for service, agency, days in self.chance.sample(invented.SERVICES, self.chance.choice([0, 1, 1, 2])):
            self.services.append(
                OtherService(office=self.staff.office, recipient=recipient, service=service, agency=agency, days=days)
            )
        if tier == Tier.RED and stop % 2 == 0:  # and nobody has noticed yet
            service, agency, days = invented.SERVICES[0]
            self.services = [s for s in self.services if s.recipient is not recipient or s.service != service]
            self.services.append(
                OtherService(
                    office=self.staff.office, recipient=recipient, service=service, agency=agency, days=days,
                    stopped_on=self.day - timedelta(days=self.chance.randint(10, 40)),
                )
            )  # fmt: skip

    def _meals_of(self, recipient: Recipient, stop: int) -> None:
        minute = FIRST_STOP.hour * 60 + FIRST_STOP.minute + stop * MINUTES_A_STOP
        owed = [(Meal.LUNCH, time(*divmod(minute, 60)))]
        if stop in (3, 9):
            owed.append((Meal.DINNER, time(DINNER.hour, DINNER.minute + stop * 3)))
        self.meals += [
            MealPlan(
                office=self.staff.office, recipient=recipient, weekday=weekday, meal=meal, by_time=by,
                since=recipient.started_on,
            )
            for weekday in (range(7) if recipient.tier == Tier.RED else WEEKDAYS)  # at high risk: every day
            for meal, by in owed
        ]  # fmt: skip

    def write(self) -> None:
        """Keep them all."""
        Place.objects.bulk_create(self.places)
        Recipient.objects.bulk_create(self.recipients)
        Contact.objects.bulk_create(self.contacts)
        OtherService.objects.bulk_create(self.services)
        MealPlan.objects.bulk_create(self.meals)
        Home.objects.bulk_create(_homes(self.recipients))


def _homes(recipients: list[Recipient]) -> Iterator[Home]:
    """What counts in heat and cold; of every ninth nobody has entered it yet."""
    for n, recipient in enumerate(recipients):
        if n % 9:
            yield Home(
                office_id=recipient.office_id, recipient=recipient, alone=n % 6 != 0, homebound=n % 5 == 0,
                no_cooling=n % 7 == 0, no_heating=n % 11 == 0,
            )  # fmt: skip


def serve(staff: Staff, given: Iterator[str], chance: random.Random, day: date, now: datetime) -> list[Recipient]:
    """300 recipients: five providers, four courses each, fifteen stops a course, in dongs near one another."""
    serving = Serving(staff, given, chance, day)
    near = sorted(range(len(staff.dongs)), key=lambda n: staff.dongs[n].lon or 0)
    share = len(near) / (len(staff.providers) * 4)
    for n, provider in enumerate(staff.providers):
        for k, worker in enumerate(staff.workers[provider.pk]):
            first = int((n * 4 + k) * share)
            serving.course(provider, k + 1, worker, sorted({near[first], near[min(first + 1, len(near) - 1)]}))
    serving.write()
    _away(serving, now)
    return serving.recipients


def _away(serving: Serving, now: datetime) -> None:
    """Some are known to be away, and nobody is sent to them."""
    away = serving.recipients[14::60]
    reasons = [(Absence.Why.HOSPITAL, "딸"), (Absence.Why.AWAY, "본인"), (Absence.Why.PAUSED, "행정복지센터")]
    Absence.objects.bulk_create(
        Absence(
            office=serving.staff.office, recipient=recipient, why=reasons[n % 3][0], told_by=reasons[n % 3][1],
            since=serving.day - timedelta(days=2), until=serving.day + timedelta(days=3 + n), told_at=now,
            entered_by=serving.staff.desks[recipient.provider_id][0],
        )
        for n, recipient in enumerate(away)
    )  # fmt: skip
