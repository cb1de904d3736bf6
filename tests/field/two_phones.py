"""Two phones say different things of one person: both are kept, the graver counts, the desk sees both.

Each run is made from a number and leaves nothing behind. What should count is worked out here by a list of its own.
"""

import json
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from dure.care import settling
from dure.care.models import Sighting, Visit
from dure.offices.acting import act
from dure.people.models import Person, Role
from tests import make
from tests.field.world import World, day, phone

GRAVEST_FIRST = ("danger", "no_reply", "seen_with_concern", "not_attempted", "known_safe", "seen_well")
COUNTS_AS = {"seen_well": "seen_with_concern", "known_safe": "no_reply", "not_attempted": "no_reply"}  # with danger
SEEN = """SELECT r.key::text, s.outcome, s.who, s.at, v.outcome
    FROM duty_report r JOIN care_sighting s ON s.report_id = r.id
    JOIN care_visit v ON v.id = s.visit_id WHERE v.ref = %s"""
DISAGREE = "SELECT count(*) FROM duty_duty WHERE kind = 'care.disagree' AND about = %s AND closed_at IS NULL"


@dataclass
class Two:
    """A world with a second worker, who knows the same doors."""

    world: World
    keys: dict[Person, str]
    desk: Client


@dataclass(frozen=True)
class Told:
    """What one of them says."""

    key: str
    by: Person
    outcome: str
    danger: bool
    at: datetime
    mark: str

    def envelope(self, about: uuid.UUID) -> dict[str, Any]:
        body = {"outcome": self.outcome, "handed": "not_handed", "who": f"누구 {self.mark}", "danger": self.danger,
                "note": f"말 {self.mark}"}  # fmt: skip
        return {"kind": "care.visit", "version": 1, "about": str(about), "gravity": self.outcome,
                "body": json.dumps(body), "seen_at": self.at.isoformat(), "sent_at": make.NOON.isoformat()}  # fmt: skip


def build() -> Two:
    """The clock has to stand at noon."""
    world = day()
    other = make.person(world.office, "남배달", Role.WORKER, world.provider)
    _device, key = phone(other, by=world.desk)
    act(world.office.pk)
    return Two(world, {world.worker: world.key, other: key}, make.signed_in(world.desk))


def story(two: Two, seed: int) -> tuple[Visit, list[Told]]:
    """At which door, and what is said of it, in the order in which it arrives; some of it twice."""
    chance = random.Random(seed)
    told = []
    for n, by in enumerate([*two.keys, *chance.choices(list(two.keys), k=chance.randrange(2))]):
        outcome = chance.choice(GRAVEST_FIRST[1:])
        at = make.NOON - timedelta(minutes=chance.randrange(60), seconds=n)
        key = str(uuid.UUID(int=chance.getrandbits(128), version=4))
        told.append(Told(key, by, outcome, chance.random() < 0.15, at, f"{seed}-{n}"))
    chance.shuffle(told)
    return chance.choice(two.world.visits), [*told, *chance.sample(told, chance.randrange(2))]


def live(two: Two, seed: int) -> list[str]:
    """What was found wrong in this run."""
    visit, told = story(two, seed)
    with transaction.atomic():
        for each in told:
            raw = json.dumps(each.envelope(visit.ref)).encode()
            head = {"Authorization": f"Bearer {two.keys[each.by]}"}
            answer = Client().put(f"/api/field/v1/reports/{each.key}", raw, "application/json", headers=head)
            if answer.status_code not in (200, 201):
                return [f"REFUSED: {answer.status_code} {each}"]
        page = two.desk.get(reverse("care:visit", args=[visit.ref])).content.decode()
        act(two.world.office.pk)
        wrong = _wrong(visit, list({each.key: each for each in told}.values()), page)
        transaction.set_rollback(True)
    act(two.world.office.pk)
    return wrong


def _wrong(visit: Visit, told: list[Told], page: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(SEEN, [visit.ref])
        rows = cursor.fetchall()
        cursor.execute(DISAGREE, [visit.ref])
        ((asked,),) = cursor.fetchall()
    there = sorted((key, outcome, who, at) for key, outcome, who, at, _counts in rows)
    wrong = (
        [] if there == sorted((t.key, t.outcome, f"누구 {t.mark}", t.at) for t in told) else [f"OVERWRITTEN: {there}"]
    )
    if {row[4] for row in rows} != {what_counts(told)}:
        wrong.append(f"COUNTS: {rows[0][4] if rows else None}, not {what_counts(told)}")
    if len({each.outcome for each in standing(told)}) > 1 and not any(each.danger for each in told) and not asked:
        wrong.append("SILENT: nobody is asked to look at both")
    for each in told:
        if any(escape(words) not in page for words in (f"말 {each.mark}", f"누구 {each.mark}", each.by.name)):
            wrong.append(f"NOT SEEN by the desk: {each}")
    return wrong


def standing(told: list[Told]) -> list[Told]:
    """Who didn't go saw nothing: whoever went afterwards knows better."""
    went = [each for each in told if each.outcome != "not_attempted"]
    return [
        each for each in told
        if each.danger or each.outcome != "not_attempted" or not any(one.at > each.at for one in went)
    ]  # fmt: skip


def what_counts(told: list[Told]) -> str:
    """The outcome by which the visit has to stand."""
    worst = min(
        standing(told), key=lambda each: (GRAVEST_FIRST.index("danger" if each.danger else each.outcome), each.at)
    )
    return COUNTS_AS.get(worst.outcome, worst.outcome) if worst.danger else worst.outcome


def _last_counts() -> None:
    settling.what_counts = lambda sightings: sightings[-1]  # type: ignore[assignment]


def _silent() -> None:
    settling.contradicted = lambda fresh, sightings: []


def _first_alone() -> None:
    keep = settling._keep

    def over(visit: Visit, *of: Any) -> Sighting:
        return visit.sightings.first() or keep(visit, *of)

    settling._keep = over


SABOTAGES: dict[str, Callable[[], None]] = {
    "last counts": _last_counts, "silent": _silent, "first alone": _first_alone
}  # fmt: skip
