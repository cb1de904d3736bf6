"""People as they were served, years ago: with everything that is kept of somebody."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection

from dure import clock
from dure.care.models import Absence, Contact, Recipient, Visit
from dure.duty import actions as duties
from dure.duty.models import Duty
from dure.offices.acting import acting
from dure.retention.letting_go import let_go
from dure.retention.models import Run
from tests import make
from tests.care import world as w
from tests.make import NOON

YEAR = timedelta(days=366)
SECRET = "비밀한마디"


def tonight(office: Any, now: datetime, folder: Path, at_once: int = 1_000) -> Run:
    """The run of one night, by the engine, as the jobs do it."""
    make.role("engine")
    with acting(office.pk):
        run = let_go(office.pk, now, folder=folder, real=clock.real(), at_once=at_once)
    make.role("app")
    assert run
    return run


def served(world: w.World, **values: Any) -> Recipient:
    """Somebody with all that can be known."""
    made = w.recipient(
        world, SECRET, phone=SECRET, health=SECRET, medicines=SECRET, hospital=SECRET, planned_response=SECRET,
        born_on=clock.today(), **values,
    )  # fmt: skip
    place = made.place
    place.door_code = place.key_place = place.hazard = SECRET
    place.address = f"{SECRET} 1"
    place.lon, place.lat = 126.8, 35.2
    place.save()
    Contact.objects.create(office=world.office, recipient=made, name=SECRET, phone=SECRET)
    Absence.objects.create(
        office=world.office, recipient=made, why="away", since=NOON.date(), until=NOON.date() + timedelta(days=1),
        told_by=SECRET, told_at=NOON, entered_by=world.desk,
    )  # fmt: skip
    return made


def ended(recipient: Recipient, world: w.World, at: datetime = NOON) -> Recipient:
    """Meals end: nothing is owed any more."""
    visits = Visit.objects.filter(recipient=recipient)
    open_now = Duty.objects.filter(pk__in=visits.values("duty"), closed_at=None)
    duties.close(list(open_now), by=world.officer, outcome="excused", now=at)
    Recipient.objects.filter(pk=recipient.pk).update(ended_on=at.date(), ended_why=SECRET)
    recipient.refresh_from_db()
    return recipient


def everything() -> str:
    """Every row of every table, in words: where something still stands that should be gone."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE dure_owner")
        cursor.execute("SELECT c.oid::regclass::text FROM pg_class c WHERE relkind = 'r'"
                       " AND relnamespace = 'public'::regnamespace")  # fmt: skip
        found = []
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT t::text FROM {table} t")
            found += [f"{table}: {row[0]}" for row in cursor.fetchall()]
    make.role("app")
    return "\n".join(found)


def where(word: str = SECRET) -> set[str]:
    """In which tables a word still stands."""
    return {line.split(":")[0] for line in everything().splitlines() if word in line}
