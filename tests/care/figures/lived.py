"""A small office with some months behind it, in which all that can be odd is: for figures to be held against."""

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection

from dure.care.models import Absence, Closure, Contact, MealPlan, Recipient, Scheme, Visit
from dure.care.money import actions as money
from dure.care.money.models import Terms
from dure.care.standard import LADDERS
from dure.cases.models import Case
from dure.demo import past
from dure.offices.models import Office
from dure.people.models import Organisation, Person, Role
from dure.places.models import Area, Place
from tests import make
from tests.care import world as care

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@dataclass
class Lived:
    office: Office
    officer: Person
    providers: list[Organisation]
    dongs: list[Area]
    centres: list[Organisation]
    schemes: list[Scheme]
    desk: Person
    clerk: Person
    recipients: list[Recipient]


def office(people: int, first: date, seed: int = 1) -> Lived:
    """Two providers, three dongs, two schemes; some in no scheme and no dong, some with two meals."""
    chance = random.Random(seed)
    house = make.office()
    dongs = [make.area(house, f"{n}동") for n in range(1, 4)]
    centres = [make.organisation(house, "centre", area=dong) for dong in dongs]
    providers = [make.organisation(house) for _ in range(2)]
    officer, desk = make.person(house), make.person(house, as_=Role.PROVIDER, at=providers[0])
    clerk = make.person(house, as_=Role.CENTRE, at=centres[0])
    for name in LADDERS:
        make.ladder(house, officer, name=name)
    schemes = [care.scheme(officer, f"사업{n}", 8000 + n * 1000, n * 500) for n in range(2)]
    found = Lived(house, officer, providers, dongs, centres, schemes, desk, clerk, [])
    found.recipients = [_served(found, chance, first, n) for n in range(people)]
    return found


def _served(of: Lived, chance: random.Random, first: date, n: int) -> Recipient:
    which = chance.choice([0, 0, 1, 2, None])
    place = Place.objects.create(
        office=of.office, address=f"없는길 {n}", area=of.dongs[which] if which is not None else None
    )
    starts = first + chance.choice([-9, 0, 20]) * DAY
    served = Recipient.objects.create(
        office=of.office, name=f"가상{n}", place=place, provider=chance.choice(of.providers),
        centre=of.centres[which] if which is not None else None, scheme=chance.choice([None, *of.schemes]),
        tier=chance.choice(["red", "amber", "green"]), started_on=starts,
        ended_on=starts + chance.randint(20, 300) * DAY if chance.random() < 0.2 else None, ended_why="이사",
    )  # fmt: skip
    Contact.objects.create(office=of.office, recipient=served, name="딸", phone=f"010-0000-{n:04}")
    MealPlan.objects.bulk_create(
        MealPlan(office=of.office, recipient=served, weekday=weekday, meal=meal, by_time=at, since=starts)
        for weekday in range(chance.choice([5, 7]))
        for meal, at in [("lunch", time(11, 30)), ("dinner", time(17, 30))][: chance.choice([1, 1, 2])]
    )
    for _ in range(chance.choice([0, 1, 2])):
        since = first + chance.randint(0, 120) * DAY
        Absence.objects.create(
            office=of.office, recipient=served, why=chance.choice(["hospital", "away", "paused", "other"]), since=since,
            until=since + chance.randint(1, 12) * DAY, told_by="딸", entered_by=of.officer,
            told_at=datetime.combine(since, time(9), make.NOON.tzinfo),
            taken_back_at=make.NOON if chance.random() < 0.2 else None,
        )  # fmt: skip
    return served


def live(of: Lived, first: date, last: date, seed: int = 2, usual: int = 700) -> None:
    """Days as the invented office lives them, with closed days, and then what people never should have made of it."""
    chance = random.Random(seed)
    for n in range(0, (last - first).days, 17):
        Closure.objects.create(
            office=of.office, provider=chance.choice([None, *of.providers]), day=first + n * DAY, why="김장",
            double_before=chance.random() < 0.5, serves=chance.random() < 0.2,
        )  # fmt: skip
    kept, past.USUAL = past.USUAL, usual
    try:
        past.live(of.office.pk, first, last, of.officer, chance)
    finally:
        past.USUAL = kept
    _odd(chance)
    _priced(of, first, last, chance)
    make.role("owner")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # what was written just now is known to no plan yet
    make.role("app")


def _priced(of: Lived, first: date, last: date, chance: random.Random) -> None:
    """Prices that change in the midst of months, what is paid for that changes, and recipients who change schemes."""
    some = [first + chance.randint(0, (last - first).days) * DAY for _ in range(6)]
    for since in some[:4]:
        unit = chance.randrange(7000, 11000, 100)
        terms = Terms(
            scheme=chance.choice(of.schemes), since=since, unit_price=unit, own_share=chance.randrange(0, unit, 500),
            pays_at_door=chance.random() < 0.7, pays_refused=chance.random() < 0.4,
            pays_not_handed=chance.random() < 0.4,
        )  # fmt: skip
        money.say_terms(terms, by=of.officer, now=make.NOON)
    for since in some:
        to = chance.choice([None, *of.schemes])
        money.belongs(chance.choice(of.recipients), to, since, by=of.officer, now=make.NOON)


def _odd(chance: random.Random) -> None:
    """What isn't as usual: visits of another outcome, excused, taken back, gone; emergencies open, exercises, odd."""
    visits = list(Visit.objects.order_by("pk").values_list("pk", flat=True))
    odd: list[dict[str, Any]] = [
        {"outcome": "", "handed": "", "reported_at": None},
        {"outcome": "", "handed": "", "reported_at": None, "excused_at": make.NOON, "excused_why": "통화함"},
        {"outcome": "", "handed": "", "reported_at": None, "excused_at": make.NOON, "excused_why": "부재",
         "unplanned": True},
        {"unplanned": True, "excused_at": make.NOON, "excused_why": "부재"},
        {"outcome": "seen_with_concern", "handed": "", "reported_at": make.NOON},
        {"outcome": "not_attempted", "handed": "not_handed", "reported_at": make.NOON},
        {"meals": 2},
        {"outcome": "known_safe", "handed": "proxy", "reported_at": make.NOON},
    ]  # fmt: skip
    for change in odd:
        Visit.objects.filter(pk__in=chance.sample(visits, len(visits) // 40)).update(**change)
    gone = chance.sample(visits, len(visits) // 40)
    make.role("owner")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM care_visit WHERE id = ANY (%s)", [gone])
    make.role("app")
    cases = list(Case.objects.order_by("pk").values_list("pk", flat=True))
    for change in (
        {"drill": True}, {"on_site": True}, {"family_told_at": make.NOON - 300 * DAY}, {"organisation": None},
        {"area": None}, {"source": "silence"},
    ):  # fmt: skip
        Case.objects.filter(pk__in=chance.sample(cases, len(cases) // 12)).update(**change)
    for pk in chance.sample(cases, len(cases) // 12):
        others = Case.objects.filter(closed_at=None, subject=Case.objects.get(pk=pk).subject)
        if not others.exists():
            Case.objects.filter(pk=pk).update(
                closed_at=None, closed_by=None, finding="", seen_at=None, whereabouts="", drill=False
            )
