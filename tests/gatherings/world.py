"""An office with two agencies and a dong's centre that are invited to a meeting; a Monday at noon."""

from dataclasses import dataclass
from datetime import timedelta

from dure.care.standard import publish
from dure.cases.hours import is_working_day
from dure.gatherings import actions, sending
from dure.gatherings.models import Agreed, Circular, Gathering
from dure.offices.models import Office
from dure.people.models import Organisation, Person, Role
from tests import make
from tests.make import DAY, NOON

HOUR = timedelta(hours=1)
BEGINS = NOON + 2 * HOUR
DUE = DAY + timedelta(days=3)  # Thursday
REMINDED = NOON + timedelta(days=3, hours=22)  # Friday, ten in the morning


@dataclass
class World:
    office: Office
    officer: Person
    providers: list[Organisation]
    desks: list[Person]
    centre: Organisation
    clerk: Person


def build() -> World:
    office = make.office()
    officer = make.person(office, "한담당")
    area = make.area(office)
    providers = [make.organisation(office, "provider", area=area) for _ in range(2)]
    desks = [
        make.person(office, name, Role.PROVIDER, at) for name, at in zip(("박하나", "김둘"), providers, strict=True)
    ]
    centre = make.organisation(office, "centre", area=area)
    clerk = make.person(office, "동담당", Role.CENTRE, centre)
    make.roster(office, officer, answers_for="officer")
    make.roster(office, clerk, answers_for="centre", at=centre)
    publish(office.pk, by=None, now=NOON - timedelta(days=1))
    return World(office, officer, providers, desks, centre, clerk)


def meeting(world: World, *invited: Organisation, begins=BEGINS) -> Gathering:
    new = Gathering(
        programme="care",
        kind="meeting",
        title="수행기관 간담회",
        begins_at=begins,
        ends_at=begins + HOUR,
        place="회의실",
    )
    return actions.arrange(new, invited or world.providers, by=world.officer, now=NOON)


def agreed(world: World, gathering: Gathering, owner: Person, what: str = "보온 가방 교체") -> Agreed:
    return actions.agree(gathering, what, owner, DUE, works=is_working_day, by=world.officer, now=BEGINS)


def circular(world: World, *to: Organisation) -> Circular:
    new = Circular(programme="care", title="대면 전달 원칙", text="직접 만나서 전달합니다.", answer_by=DUE)
    return sending.send(new, to or world.providers, works=is_working_day, by=world.officer, now=NOON)
