"""The contact orders with which an office begins; each office changes them on its own pages."""

from datetime import datetime
from typing import Any

from dure.duty.opening import publish_ladder
from dure.people.models import Person

MINUTE = 60


def _step(who: str, of: str, minutes: int) -> dict[str, Any]:
    return {"who": who, "of": of, "wait": minutes * MINUTE, "channels": []}


DESK, CENTRE, ONCALL = _step("desk", "organisation", 5), _step("centre", "area", 5), _step("oncall", "office", 5)
LADDERS = {
    "visit": [DESK, CENTRE, ONCALL],
    "case": [DESK, CENTRE, ONCALL],
    "oncall": [ONCALL],
    "centre": [CENTRE, ONCALL],
    "followup": [_step("desk", "organisation", 30), _step("centre", "area", 30), _step("officer", "office", 60)],
    "call": [CENTRE, ONCALL],
    "call_holiday": [ONCALL],
    "call_list": [_step("centre", "area", 60), _step("oncall", "office", 60)],
    "call_list_office": [_step("oncall", "office", 60)],
    "office": [_step("officer", "office", 60), _step("oncall", "office", 60)],
    "paper": [_step("officer", "office", 24 * 60)],
    "dong": [_step("centre", "area", 24 * 60), _step("officer", "office", 24 * 60)],
    "worker": [_step("desk", "organisation", 10), _step("oncall", "office", 10)],
    "worker_help": [_step("desk", "organisation", 3), _step("oncall", "office", 3)],
}
HOLDS = {  # who takes on what has time needn't go on within minutes
    "followup": 60 * MINUTE,
    "call_list": 60 * MINUTE,
    "call_list_office": 60 * MINUTE,
    "paper": 24 * 60 * MINUTE,
    "dong": 24 * 60 * MINUTE,
}


def publish(office: int, *, by: Person | None, now: datetime) -> None:
    """An office begins with these orders."""
    for name, rungs in LADDERS.items():
        publish_ladder(office, name, rungs, by=by, now=now, claim_seconds=HOLDS.get(name, 10 * MINUTE))
