"""A small office that serves meals: one provider with its desk and two workers, one dong, one recipient."""

import uuid as uuid
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import count
from typing import Any

from dure.care import alarms
from dure.care.models import MealPlan, Outcome, Recipient, Route, Scheme, Visit
from dure.care.money.actions import set_up
from dure.care.money.models import Terms
from dure.care.opening import open_day
from dure.care.settling import Seen, settle
from dure.cases import actions as actions
from dure.cases.models import Case, Source
from dure.cases.models import Finding as Finding
from dure.duty.models import Duty
from dure.duty.opening import publish_ladder
from dure.duty.watch import sweep
from dure.offices.acting import acting as acting
from dure.offices.models import Office
from dure.people.models import Organisation, Person
from dure.places.models import Area, Place
from tests import make
from tests.make import MINUTE, NOON

HOOKS = {"care.visit": alarms.on_silence}
DAY = date(2026, 11, 23)  # the Monday of make.NOON
MORNING = NOON - timedelta(hours=5)
DUE = NOON - timedelta(minutes=30)  # lunch is owed by 11:30
_numbers = count(1)


@dataclass
class World:
    office: Office
    dong: Area
    centre_house: Organisation
    provider: Organisation
    worker: Person
    other: Person  # another worker of the provider
    desk: Person
    centre: Person
    oncall: Person
    officer: Person
    route: Route

    @cached_property
    def recipient(self) -> Recipient:
        return recipient(self, "홍길동")

    @cached_property
    def visit(self) -> Visit:
        """The lunch that is owed to the recipient today."""
        self.recipient  # noqa: B018
        open_day(self.office.pk, DAY, now=MORNING)
        return Visit.objects.get(recipient=self.recipient, day=DAY)


def rungs(*who: tuple[str, str], wait: int = 300) -> list[dict[str, Any]]:
    return [{"who": answers, "of": of, "wait": wait, "channels": []} for answers, of in who]


LADDERS = {
    "visit": rungs(("desk", "organisation"), ("centre", "area"), ("oncall", "office")),
    "case": rungs(("desk", "organisation"), ("centre", "area"), ("oncall", "office")),
    "oncall": rungs(("oncall", "office")),
    "centre": rungs(("centre", "area"), ("oncall", "office")),
    "followup": rungs(("desk", "organisation"), ("centre", "area"), wait=1800),
    "call": rungs(("centre", "area"), ("oncall", "office")),
    "call_holiday": rungs(("oncall", "office")),
    "call_list": rungs(("centre", "area"), ("oncall", "office"), wait=3600),
    "call_list_office": rungs(("oncall", "office"), wait=3600),
    "office": rungs(("officer", "office"), wait=3600),
    "worker": rungs(("desk", "organisation"), ("oncall", "office"), wait=600),
    "worker_help": rungs(("desk", "organisation"), ("oncall", "office"), wait=180),
}


def build(**values: Any) -> World:
    office = make.office()
    dong = make.area(office, "첨단1동")
    centre_house = make.organisation(office, "centre", area=dong)
    provider = make.organisation(office, "provider")
    worker, other = (make.person(office, as_="worker", at=provider) for _ in range(2))
    desk = make.person(office, "급식소장", as_="provider", at=provider)
    centre = make.person(office, "동담당", as_="centre", at=centre_house)
    oncall, officer = make.person(office, "당직", as_="officer"), make.person(office, "담당", as_="officer")
    make.roster(office, desk, answers_for="desk", at=provider)
    make.roster(office, centre, answers_for="centre", at=centre_house)
    make.roster(office, oncall, answers_for="oncall")
    make.roster(office, officer, answers_for="officer")
    for name, order in LADDERS.items():
        publish_ladder(office.pk, name, order, by=None, now=MORNING - timedelta(days=9))
    route = Route.objects.create(office=office, provider=provider, name="1코스", worker=worker)
    return World(office, dong, centre_house, provider, worker, other, desk, centre, oncall, officer, route)


def scheme(by: Person, name: str, unit_price: int, own_share: int = 0, year: int = 2026) -> Scheme:
    """A scheme that pays so many won a meal from the first day of its year on."""
    terms = Terms(unit_price=unit_price, own_share=own_share)
    return set_up(Scheme(name=name, year=year, funder="구비"), terms, by=by, now=MORNING)


def recipient(
    world: World, name: str = "", weekdays: range = range(5), by_time: time = time(11, 30), **values: Any
) -> Recipient:
    """Somebody who is served lunch on these weekdays."""
    place = Place.objects.create(office=world.office, address=f"첨단중앙로 {next(_numbers)}", area=world.dong)
    made = Recipient.objects.create(
        office=world.office, name=name or f"가상{next(_numbers)}", place=place,
        **{
            "provider": world.provider, "centre": world.centre_house, "route": world.route,
            "started_on": DAY - timedelta(days=30), **values,
        },
    )  # fmt: skip
    for weekday in weekdays:
        MealPlan.objects.create(
            office=world.office, recipient=made, weekday=weekday, by_time=by_time, since=DAY - timedelta(days=30)
        )
    return made


def watch(at: datetime) -> None:
    """The watch does all that is due at a moment."""
    make.role("engine")
    while sweep(at, HOOKS):
        pass
    make.role("app")


def says(
    world: World, outcome: str, at: datetime = DUE, by: Person | None = None, now: datetime | None = None, **values: Any
) -> Visit:
    """Somebody reports on the visit."""
    if outcome == Outcome.KNOWN_SAFE:
        values.setdefault("who", "딸")
    settle(world.visit, Seen(Outcome(outcome), at, **values), by=by or world.worker, report=None, now=now or at)
    return fresh(world)


def fresh(world: World) -> Visit:
    return Visit.objects.select_related("duty").get(pk=world.visit.pk)


def case_of(world: World) -> Case | None:
    return Case.objects.filter(subject=world.recipient.ref, closed_at=None).first()


def owed(about: Any) -> set[str]:
    """The kinds of what is still owed about a thing."""
    return set(Duty.objects.filter(about=about.ref, closed_at=None).values_list("kind", flat=True))


# The states in which a visit can be when somebody reports on it.


def still_open(world: World) -> None:
    assert world.visit.duty.is_open


def raised_by_silence(world: World) -> None:
    assert world.visit
    watch(DUE + 30 * MINUTE)


def closed_well(world: World) -> None:
    says(world, "seen_well", DUE - 10 * MINUTE, by=world.other)


def passed_on(world: World) -> None:
    """A witness couldn't reach the person: the case is open."""
    says(world, "no_reply", DUE - 10 * MINUTE, by=world.other)


def excused(world: World) -> None:
    alarms.excuse([world.visit], why="cleared up", by=world.officer, now=MORNING)


def known_away(world: World) -> None:
    from dure.care.models import Absence

    absence = Absence(
        office=world.office, recipient=world.recipient, why="away", since=DAY, told_by="딸", entered_by=world.officer
    )
    assert world.visit
    alarms.absent(absence, now=MORNING)


def reached_by_nobody(world: World, **values: Any) -> Case:
    """The provider's desk says that the recipient can't be reached."""
    now = values.pop("now", NOON)
    return alarms.cannot_reach(world.recipient, Source.DESK, by=world.desk, now=now, **values)
