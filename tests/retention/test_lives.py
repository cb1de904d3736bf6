"""Random lives, a run killed at a random point and begun again: the same end, and nobody with an open matter touched.

What should go is reckoned here a second time, by hand and in Python, from what was put in.
"""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dure.care.models import Contact, Recipient
from dure.cases.models import Source
from dure.cases.opening import Alarm, open_case
from dure.duty.opening import publish_ladder
from dure.offices.acting import acting
from dure.retention import actions
from dure.retention.letting_go import batch, begin
from tests import make
from tests.care import world as w
from tests.make import NOON

NOBODY_HOLDS = st.sampled_from(["nothing", "nothing", "nothing", "case", "hold", "complaint", "month"])
LIVES = st.lists(
    st.tuples(st.one_of(st.none(), st.integers(0, 2400)), NOBODY_HOLDS), min_size=1, max_size=6
)  # days since meals ended, or served; and what is open


def five_years_after(day: date) -> date:
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + 5, day=28 if leap else day.day)


def open_matter(world: w.World, of: Recipient, what: str) -> None:
    """What keeps somebody's data."""
    if what == "case":
        alarm = Alarm(programme="care", subject=of.ref, source=Source.NEIGHBOUR, card={"name": of.name})
        open_case(world.office.pk, alarm, at=NOON, by=world.officer, now=NOON)
    if what == "hold":
        actions.hold("recipient", of.ref, "x", NOON.date(), by=world.officer, now=NOON)
    if what == "complaint":
        complain(world, of)
    if what == "month":
        unsettled(world, of)


def complain(world: w.World, of: Recipient) -> None:
    from dure.care.complaints import actions as complaints
    from dure.care.complaints.models import Complaint

    said = Complaint(
        kind="grievance", way="phone", received_on=NOON.date(), title="x", text="x", recipient=of,
        desk=make.house(world.office),
    )  # fmt: skip
    complaints.receive(said, by=world.officer, now=NOON)


def unsettled(world: w.World, of: Recipient) -> None:
    from dure.care.models import Visit
    from dure.care.money.models import Settlement
    from dure.duty.actions import close

    day = NOON.date().replace(day=1)
    with acting(world.office.pk):
        Settlement.objects.get_or_create(office=world.office, provider=world.provider, month=day)
        duty = make.duty(world.officer)
        close([duty], by=world.officer, outcome="kept", now=NOON)
        Visit.objects.create(
            office=world.office, recipient=of, provider=world.provider, day=day, meal="lunch", due_at=NOON, duty=duty,
            outcome="seen_well", reported_at=NOON,
        )  # fmt: skip


def left(world: w.World) -> dict[int, tuple[bool, bool, bool]]:
    """Of each: whether name, health and contact are still there."""
    return {
        r.pk: (r.name != "—", r.health == "x", Contact.objects.filter(recipient=r).exists())
        for r in Recipient.objects.filter(office=world.office)
    }


def killed_after(world: w.World, run: Any, keys: list[tuple[str, str]], folder: Path, at_once: int, point: int) -> None:
    """So many batches are made, and the next one is taken back half way: as after a crash of the machine."""
    make.role("engine")
    with acting(world.office.pk):
        todo = [(key, table) for key, table in keys for _ in range(4)]
        for key, table in todo[:point]:
            batch(run, key, table, NOON, folder=folder, real=NOON, at_once=at_once)
        with transaction.atomic():
            for key, table in todo[point : point + 1]:
                batch(run, key, table, NOON, folder=folder, real=NOON, at_once=at_once)
            transaction.set_rollback(True)
    make.role("app")


@pytest.mark.django_db
@settings(
    max_examples=25, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(lives=LIVES, at_once=st.integers(1, 3), point=st.integers(0, 12))
def test_the_same_end_wherever_it_was_killed(
    moved: Any, tmp_path: Path, lives: list[tuple[int | None, str]], at_once: int, point: int
) -> None:
    with transaction.atomic():
        moved(NOON)
        world = w.build()
        rung = [{"who": "officer", "of": "office", "wait": 3600, "channels": []}]
        publish_ladder(world.office.pk, "paper", rung, by=None, now=NOON)
        expected = {}
        for days, what in lives:
            ended = None if days is None else NOON.date() - timedelta(days=days)
            somebody = w.recipient(world, "가나다", ended_on=ended, ended_why="x" if ended else "", health="x")
            Contact.objects.create(office=world.office, recipient=somebody, name="딸", phone="1")
            open_matter(world, somebody, what)
            free = days is not None and what == "nothing"
            years = ended is not None and five_years_after(ended) <= NOON.date()
            kept_health = not (free and days >= 90)
            expected[somebody.pk] = (not (free and years), kept_health, kept_health)

        make.role("engine")
        with acting(world.office.pk):
            run = begin(world.office.pk)
        make.role("app")
        if run.waits:
            actions.confirm(run, by=world.officer, now=NOON)
            run.refresh_from_db()
        keys = [("contacts", "care_contact"), ("health", "care_recipient"), ("identity", "care_recipient")]
        killed_after(world, run, keys, tmp_path, at_once, point)
        from tests.retention.lives import tonight

        done = tonight(world.office, NOON, tmp_path, at_once)
        assert left(world) == expected
        assert done.gone == done.found
        with connection.cursor() as cursor:  # each row went once: the record counts as many as the run
            cursor.execute(
                "SELECT split_part(why, ' ', 1), sum(split_part(why, ' ', 2)::int) FROM audit_entry"
                " WHERE did = 'let go' AND about = %s GROUP BY 1", [f"run {run.ref}"]
            )  # fmt: skip
            assert dict(cursor.fetchall()) == done.gone
        transaction.set_rollback(True)
