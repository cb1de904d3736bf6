"""Several reports in one request: each counts by itself, and none holds up another."""

import gzip
import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from dure import clock
from dure.care.models import Sighting
from dure.duty.models import Duty, Report
from dure.duty.reports import take_up
from dure.field.sealed import public, seal
from dure.health.models import Fault
from dure.offices.acting import act
from dure.people.models import Device
from dure.urls import ACT
from tests import make
from tests.field.test_api import envelope, put
from tests.field.world import World, day

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(moved) -> World:
    moved(make.NOON)
    return day()


def post(world: World, content: Any, packed: bool = False, token: str = "") -> Any:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    heads = {"Authorization": f"Bearer {token or world.key}"} | ({"Content-Encoding": "gzip"} if packed else {})
    try:
        return Client().post(
            "/api/field/v1/reports", gzip.compress(raw) if packed else raw, "application/json", headers=heads
        )
    finally:
        act(world.office.pk)


def three(world: World) -> list[dict[str, Any]]:
    return [{"key": str(uuid4()), **envelope(visit.ref)} for visit in world.visits]


def watched(world: World, moved: Any) -> None:
    """The watch has looked, with no more rights than it has."""
    moved(make.NOON + make.MINUTE)
    make.role("engine")
    while take_up(clock.now(), ACT):
        pass
    make.role("app")
    act(world.office.pk)


@pytest.mark.parametrize("packed", [True, False])
def test_they_count_once_each_however_they_are_sent(world, moved, packed):
    reports = three(world)

    first = post(world, {"sent_at": make.NOON.isoformat(), "reports": reports}, packed)
    again = post(world, {"sent_at": "2026-11-23T04:00:00Z", "reports": reports[::-1]}, packed)
    alone = put(world, reports[0]["key"], {name: reports[0][name] for name in reports[0] if name != "key"})

    assert (first.status_code, again.status_code, alone.status_code) == (200, 200, 200)
    assert [each["ok"] for each in first.json()["reports"]] == [True] * 3
    assert Report.objects.count() == 3 > Sighting.objects.count() == 1  # put alone it is acted on at once
    watched(world, moved)
    assert Report.objects.count() == Sighting.objects.count() == 3
    assert {report.sent_at for report in Report.objects.all()} == {make.NOON}


def test_one_that_is_not_taken_holds_up_no_other(world):
    reports = three(world)
    reports[0] |= {"key": "no key"}
    reports[1] |= {"body": None}

    answer = post(world, {"reports": reports}).json()["reports"]

    assert [each["ok"] for each in answer] == [False, False, True]
    assert all(each["ok"] or each["message"].endswith(".") for each in answer)
    assert Report.objects.count() == 1


def test_sealed_they_open_under_their_own_key_alone(world, moved):
    mine, other = uuid4(), uuid4()
    sealed = seal(mine, json.dumps({**envelope(world.visits[0].ref), "sent_at": None}).encode(), public())

    post(world, {"sent_at": make.NOON.isoformat(), "reports": [{"key": str(mine), "sealed": sealed}]})
    post(world, {"sent_at": make.NOON.isoformat(), "reports": [{"key": str(other), "sealed": sealed}]})

    watched(world, moved)
    assert Report.objects.get(key=mine).understood_at is not None
    assert Report.objects.get(key=other).kind == "sealed"
    assert Duty.objects.filter(kind="field.unread", about=other).count() == 1


def test_what_is_urgent_is_acted_on_before_the_answer(world):
    reports = three(world)
    reports[1] |= envelope(world.visits[1].ref, outcome="no_reply")

    post(world, {"reports": reports})

    assert Report.objects.get(understood_at__isnull=False).about == world.visits[1].ref
    assert Duty.objects.filter(kind="case.answer", closed_at=None).count() == 1


@pytest.mark.parametrize("said", [
    {"outcome": "seen_well", "handed": "in_person", "leftover": True},
    {"outcome": "seen_with_concern", "signs": ["walking", "mind"], "worried": True, "handed": "in_person"},
    {"outcome": "known_safe", "who": "이웃", "handed": "not_handed"},
    {"outcome": "not_attempted", "why": "road", "handed": "not_handed"},
])  # fmt: skip
@pytest.mark.parametrize("revoked", [False, True])
def test_the_watch_does_with_it_what_would_have_been_done_at_once(world, moved, said, revoked):
    visits = world.visits[:2]
    if revoked:
        Device.objects.filter(person=world.worker).update(revoked_at=make.NOON - make.MINUTE)
    post(world, {"reports": [{"key": str(uuid4()), **envelope(visits[0].ref, **said)}]})
    put(world, uuid4(), envelope(visits[1].ref, **said))

    watched(world, moved)

    assert not Report.objects.filter(understood_at=None).exists()
    assert not Fault.objects.exists()
    one, other = ([(each.outcome, each.signs) for each in Sighting.objects.filter(visit=it)] for it in visits)
    assert one == other
    owed = [sorted(Duty.objects.filter(about__in=found).values_list("kind", "outcome")) for found in (
        [visits[0].ref, *Report.objects.filter(about=visits[0].ref).values_list("key", flat=True)],
        [visits[1].ref, *Report.objects.filter(about=visits[1].ref).values_list("key", flat=True)],
    )]  # fmt: skip
    assert owed[0] == owed[1]


@pytest.mark.parametrize(("raw", "packed", "status"), [
    (b"", False, 400), (b"[]", False, 400), (b'{"reports": {}}', False, 400), (b'{"reports": [1]}', False, 400),
    (b"\xff", True, 400), (b"[" * 90_000, False, 400), (b"x" * 2_000_000, True, 413), (b"x" * 2_000_000, False, 413),
    (json.dumps({"reports": [{}] * 101}).encode(), False, 413),
])  # fmt: skip
def test_what_cannot_be_read_gets_a_sentence(world, raw, packed, status):
    answer = post(world, raw, packed)
    assert answer.status_code == status
    assert answer.json()["message"].endswith(".")


def test_what_is_packed_badly_gets_a_sentence(world):
    heads = {"Authorization": f"Bearer {world.key}", "Content-Encoding": "gzip"}
    for raw in [b"", b"{}", gzip.compress(b'{"reports": []}')[:-12]]:
        assert Client().post("/api/field/v1/reports", raw, "application/json", headers=heads).status_code == 400
    assert post(world, {"reports": three(world)}, token="x").status_code == 401
