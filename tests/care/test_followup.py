"""What was noted at a visit: somebody looks at it, without hurry. Danger doesn't wait for that."""

from datetime import datetime, time, timedelta
from importlib import import_module

import pytest
from django.db import connection

from dure import clock
from dure.care.models import Outcome
from dure.care.standard import LADDERS, publish
from dure.duty.models import Duty, Ladder, Telling
from tests import make
from tests.care import world as w
from tests.care.pages import signed_in
from tests.care.world import DUE
from tests.make import MINUTE, NOON

pytestmark = pytest.mark.django_db
NAMED = ("rungs", "claim_seconds", "version")


def told() -> list[tuple[int, str]]:
    """Who was told, and how many minutes after it was due."""
    [duty] = Duty.objects.exclude(kind__in=["care.visit", "care.course"])
    mine = Telling.objects.filter(duty=duty).select_related("person").order_by("at", "id")
    return [(int((t.at - duty.due_at) / MINUTE), t.person.name) for t in mine]


def test_what_a_worker_noted_is_looked_at_in_half_hours():
    world = w.build()
    publish(world.office.pk, by=None, now=NOON)
    w.says(world, Outcome.SEEN_WITH_CONCERN, signs=("vigour",))
    [concern] = Duty.objects.filter(kind="care.concern")
    for minutes in range(0, 200, 5):
        w.watch(concern.due_at + minutes * MINUTE)
    desk, centre = world.desk.name, world.centre.name
    assert not concern.urgent and told()[:2] == [(0, desk), (30, centre)]
    assert {minute for minute, _ in told()[2:]} == {60, 120, 180}


def test_a_no_reply_of_somebody_who_is_away_is_asked_about_without_hurry():
    world = w.build()
    w.known_away(world)
    w.says(world, Outcome.NO_REPLY)
    [away] = Duty.objects.filter(kind="care.away")
    assert (away.urgent, away.ladder.name) == (False, "followup")


@pytest.mark.parametrize(("noted", "told_after"), [(time(15, 30), 4 * 60), (time(17, 40), 140), (time(20, 30), 0)])
def test_what_was_noted_by_the_evening_is_not_left_lying_until_the_morning(noted, told_after):
    world = w.build()
    at = datetime.combine(w.DAY, noted, clock.zone())
    w.says(world, "seen_with_concern", at, signs=("breath",))
    for minutes in range(0, 13 * 60, 10):
        w.watch(at + timedelta(minutes=minutes))
    first = Telling.objects.filter(duty__kind="care.concern").order_by("at").first()
    assert first.at == at + timedelta(minutes=told_after)


def test_danger_noted_at_the_door_doesnt_wait():
    world = w.build()
    w.says(world, Outcome.SEEN_WITH_CONCERN, signs=("fall",), danger=True)
    w.watch(DUE)
    assert Telling.objects.filter(duty__kind="case.call_119", at=DUE).exists()


def test_an_office_that_works_already_gets_the_order_once():
    old, begun = make.office(), make.office()
    publish(begun.pk, by=None, now=NOON)
    make.role("owner")
    for _ in range(2):
        with connection.cursor() as cursor:
            cursor.execute(import_module("dure.care.migrations.0008_followup").FOLLOWUP)
    given = {
        office: Ladder.objects.filter(office=office, name="followup").values_list(*NAMED) for office in (old, begun)
    }
    assert list(given[old]) == list(given[begun]) == [(LADDERS["followup"], 3600, 1)]


def test_every_step_with_which_an_office_begins_can_be_edited(moved):
    moved(NOON)
    office = make.office()
    admin = make.person(office, as_="admin")
    publish(office.pk, by=None, now=NOON)
    client = signed_in(admin)
    for name, rungs in LADDERS.items():
        page = client.get(f"/care/orders/{name}/").content.decode()
        assert page.count(" selected") >= len(rungs), name
    assert "officer (office)" not in client.get("/care/orders/").content.decode()
