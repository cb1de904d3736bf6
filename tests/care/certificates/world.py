"""The small office of care's tests, with the standard rules of certificates; a Monday at noon."""

from datetime import date, timedelta
from decimal import Decimal

from dure.care.certificates.actions import New, enter
from dure.care.certificates.holding import Holding, book
from dure.care.certificates.models import Certificate, Kind
from dure.care.certificates.standard import begin
from dure.duty.opening import publish_ladder
from dure.people.models import Person
from tests.care import world as w
from tests.make import DAY, NOON

A_DAY = timedelta(days=1)
World = w.World


def build() -> World:
    world = w.build()
    publish_ladder(world.office.pk, "paper", w.rungs(("officer", "office"), wait=86400), by=None, now=w.MORNING)
    begin(world.office.pk, now=w.MORNING)
    return world


def kind(code: str = "health") -> Kind:
    return Kind.objects.get(code=code)


def examined(world: World, who: Person, day: date, now=NOON) -> Certificate:
    return enter(New(who, kind(), day), by=world.desk, now=now)


def trained(world: World, who: Person, day: date, hours: float, now=NOON) -> Certificate:
    return enter(New(who, kind("hygiene"), day, Decimal(str(hours))), by=world.desk, now=now)


def holding(world: World, who: Person, code: str = "health", day: date = DAY) -> Holding | None:
    found = book(world.office.pk, [who], day).holdings(who)
    return next((each for each in found if each.kind.code == code), None)
