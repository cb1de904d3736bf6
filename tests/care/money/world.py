"""An office with two providers and a scheme, whose November is over: it is the 1st of December, ten in the morning."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db import connection

from dure.care.models import Recipient, Scheme, Visit
from dure.care.money import actions
from dure.care.money.counting import Reckoned, reckon
from dure.care.money.models import Settlement, Side
from dure.care.opening import open_day
from dure.duty.opening import publish_ladder
from dure.people.models import Organisation, Person, Role
from tests import make
from tests.care import world as care
from tests.care.world import MORNING

FIRST = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)
DAY = timedelta(days=1)


@dataclass
class World:
    care: care.World
    scheme: Scheme
    ours: Organisation
    desk: Person
    theirs: Organisation
    other_desk: Person
    officer: Person


def build() -> World:
    made = care.build()
    publish_ladder(made.office.pk, "paper", care.rungs(("officer", "office"), wait=86400), by=None, now=MORNING)
    scheme = care.scheme(made.officer, "식사지원", 9000, 1000)
    theirs = make.organisation(made.office, "provider")
    other_desk = make.person(made.office, "다른소장", Role.PROVIDER, theirs)
    return World(made, scheme, made.provider, made.desk, theirs, other_desk, made.officer)


def served(world: World, name: str = "", provider: Organisation | None = None, **values) -> Recipient:
    """Somebody of the scheme, served since October."""
    said = {"scheme": world.scheme, "started_on": date(2026, 10, 1), "route": None, **values}
    return care.recipient(world.care, name, provider=provider or world.ours, **said)


def visit(who: Recipient, day: date, handed: str = "in_person", meals: int = 1, outcome: str = "") -> Visit:
    """A lunch of that day as it was reported; `handed` empty and no outcome: nobody has said anything."""
    plan = who.meals.first()
    if not who.meals.filter(weekday=day.weekday()).exists():
        who.meals.create(office=who.office, weekday=day.weekday(), by_time=plan.by_time, since=date(2026, 10, 1))
    who.meals.update(since=date(2026, 10, 1))
    open_day(who.office_id, day, now=MORNING, recipients=[who.pk])
    made = Visit.objects.get(recipient=who, day=day)
    reported = outcome or ("seen_well" if handed else "")
    Visit.objects.filter(pk=made.pk).update(
        handed=handed, meals=meals, outcome=reported, reported_at=FIRST if reported else None
    )
    return Visit.objects.get(pk=made.pk)


def again(what: Visit, **values) -> None:
    """What was reported of a visit is another now."""
    Visit.objects.filter(pk=what.pk).update(**values)


def november(world: World, provider: Organisation | None = None) -> Settlement:
    """The provider's month, as the jobs open it on the 1st."""
    actions.owe_settlements(world.care.office.pk, FIRST)
    return Settlement.objects.get(provider=provider or world.ours, month=NOVEMBER)


def december(world: World, provider: Organisation | None = None) -> Settlement:
    """The month after, likewise."""
    month = {"office": world.care.office, "provider": provider or world.ours, "month": DECEMBER}
    return Settlement.objects.get_or_create(**month)[0]


def count(settlement: Settlement) -> Reckoned:
    return reckon(settlement.office_id, [settlement])[settlement.pk]


def both_agree(world: World, settlement: Settlement, now: datetime = FIRST) -> None:
    desk = world.desk if settlement.provider_id == world.ours.pk else world.other_desk
    for side, by in ((Side.PROVIDER, desk), (Side.OFFICE, world.officer)):
        actions.agree(settlement, side, seen=count(settlement).fingerprint, by=by, now=now)


def closed(world: World, settlement: Settlement, now: datetime = FIRST) -> Settlement:
    both_agree(world, settlement, now)
    return actions.close(settlement, by=world.officer, now=now)


def sql(query: str, *values) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()
