"""An office with two agencies and a centre that are invited to a meeting."""

from dataclasses import dataclass
from datetime import timedelta

from dure.gatherings import actions
from dure.gatherings.models import Circular, Gathering
from dure.offices.models import Office
from dure.people.models import Organisation, Person, Role
from tests import make
from tests.make import DAY, NOON

HOUR = timedelta(hours=1)
BEGINS = NOON + 2 * HOUR


@dataclass
class World:
    office: Office
    officer: Person
    providers: list[Organisation]
    desks: list[Person]


def build() -> World:
    office = make.office()
    officer = make.person(office, "한담당")
    providers = [make.organisation(office, "provider") for _ in range(2)]
    desks = [
        make.person(office, name, Role.PROVIDER, at) for name, at in zip(("박하나", "김둘"), providers, strict=True)
    ]
    for name in ("office", "followup"):
        make.ladder(office, officer, name=name)
    return World(office, officer, providers, desks)


def meeting(world: World, *invited: Organisation, kind: str = "meeting") -> Gathering:
    new = Gathering(
        programme="care", kind=kind, title="수행기관 간담회", begins_at=BEGINS, ends_at=BEGINS + HOUR, place="회의실"
    )
    return actions.arrange(new, invited or world.providers, by=world.officer, now=NOON)


def circular(world: World, *to: Organisation) -> Circular:
    new = Circular(
        programme="care", title="대면 전달 원칙", text="직접 만나서 전달합니다.", answer_by=DAY + timedelta(days=3)
    )
    return actions.send(new, to or world.providers, by=world.officer, now=NOON)
