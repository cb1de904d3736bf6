"""A provider that may end, and the one to which its recipients may go."""

from datetime import timedelta

from dure.care.changes import actions
from dure.care.changes.models import Change
from dure.care.models import Route
from dure.care.opening import open_day
from dure.duty.opening import publish_ladder
from tests import make
from tests.care import world as w
from tests.care.world import DAY, MORNING
from tests.make import MINUTE

THEN = DAY + timedelta(days=1)
MIDNIGHT = MORNING + timedelta(hours=17)  # Tuesday, 00:00
AFTER = MIDNIGHT + 5 * MINUTE


def build():
    """A provider with three recipients whose Monday and Tuesday are opened, and the one to which they may go."""
    made = w.build()
    publish_ladder(made.office.pk, "paper", w.rungs(("officer", "office"), wait=86400), by=None, now=MORNING)
    made.next = make.organisation(made.office, "provider", "새 기관")
    made.next_desk = make.person(made.office, "새소장", as_="provider", at=made.next)
    make.roster(made.office, made.next_desk, answers_for="desk", at=made.next)
    made.next_worker = make.person(made.office, as_="worker", at=made.next)
    made.next_route = Route.objects.create(
        office=made.office, provider=made.next, name="2코스", worker=made.next_worker
    )
    made.people = [w.recipient(made, f"가상{n}", route_order=n) for n in range(1, 4)]
    for day in (DAY, THEN):
        open_day(made.office.pk, day, now=MORNING)
    return made


def planned(world, **values) -> Change:
    said = {"provider": world.provider, "day": THEN, "ends": True, "why": "계약 종료"} | values
    extra = {name: said.pop(name) for name in ("area", "recipient") if name in said}
    return actions.plan(Change(**said), by=world.officer, now=MORNING, **extra)


def sent(world, change, to=True, **values) -> int:
    where = {"to": world.next, "route": world.next_route} if to else {"why": "타 지역 전출"}
    return actions.send(change, list(actions.undecided(change)), **(where | values), by=world.officer, now=MORNING)


def confirmed(world) -> Change:
    change = planned(world)
    sent(world, change)
    actions.confirm(change, by=world.officer, now=MORNING)
    return fresh(change)


def fresh(change) -> Change:
    return Change.objects.select_related("provider", "owed", "confirmed_by").get(pk=change.pk)
