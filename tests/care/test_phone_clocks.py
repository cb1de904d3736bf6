"""Due-ness is the server's alone: whatever a phone believes the time to be, no deadline moves."""

import json
import random
from datetime import UTC, datetime, time, timedelta, timezone
from uuid import uuid4

import pytest

from dure.care import phone
from dure.duty.models import Duty
from dure.duty.reports import Envelope, hand_in
from tests.care import world as w
from tests.care.world import DUE
from tests.make import MINUTE

pytestmark = pytest.mark.django_db
SAID = [
    {"outcome": "seen_well"},
    {"outcome": "seen_with_concern", "worried": True, "signs": ["walking"]},
    {"outcome": "no_reply"},
    {"outcome": "not_attempted"},
    {"outcome": "seen_with_concern", "danger": True},
]


def owed_after(body: dict, at: datetime, seen: datetime | None, sent: datetime | None) -> list[tuple]:
    """What is owed and was owed in an office of its own after a report that came at this moment."""
    world = w.build()
    w.recipient(world, by_time=time(17, 30))  # somebody else, whose meal is still to come
    made = Envelope(
        uuid4(), "care.visit", 1, json.dumps(body), about=world.visit.ref, seen_at=seen, sent_at=sent
    )  # fmt: skip
    hand_in(made, phone.TAKERS, by=world.worker, device=None, now=at)
    w.watch(at + 7 * MINUTE)
    moments = ("kind", "due_at", "look_at", "raised_at", "closed_at", "outcome", "step", "turn")
    return sorted(Duty.objects.filter(office=world.office).values_list(*moments), key=str)


def clocks() -> list[tuple[timedelta, timedelta, timezone]]:
    """How wrong a phone's clock is when something is seen and when it is sent, and in which zone it is set."""
    chance = random.Random(3)
    days = [timedelta(hours=hours) for hours in (-24, -1, 9, 24)]
    steady = [(off, off, UTC) for off in days]
    jumps = [(chance.choice(days), chance.choice(days), UTC) for _ in range(3)]
    zones = [(timedelta(0), timedelta(0), timezone(timedelta(minutes=m))) for m in (-720, 345)]
    return steady + jumps + zones


@pytest.mark.parametrize("body", SAID, ids=lambda body: "danger" if body.get("danger") else body["outcome"])
def test_no_deadline_moves_whatever_a_phone_believes_the_time_to_be(body):
    at = DUE - 20 * MINUTE
    right = owed_after(body, at, at - MINUTE, at)
    for seen, sent, zone in clocks():
        wrong = owed_after(body, at, (at - MINUTE + seen).astimezone(zone), (at + sent).astimezone(zone))
        assert set(right) <= set(wrong), (seen, sent, zone)
        if seen == sent:  # a clock that jumped meanwhile may look like an old report: then somebody has to go as well
            assert wrong == right, (seen, sent, zone)
    assert owed_after(body, at, None, None) == right
