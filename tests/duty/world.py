"""A small office in which every kind of row of the kernel exists, for attacks past our code."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from tests import make
from tests.make import MINUTE, NOON

from dure.audit.actions import seal
from dure.duty import actions
from dure.duty.models import Exercise, Outcome, Participant, Telling
from dure.duty.reports import Envelope, keep
from dure.duty.watch import sweep
from dure.health.actions import beat, fault
from dure.offices.models import Office
from dure.outbox.models import Message, Receipt, Reply
from dure.people.models import CalendarLink, Device, Person, ShiftNote, StandIn
from dure.places.models import Place


def watch(at: Any, hooks: Any = None) -> int:
    """A sweep with the rights of the watch, as often as there is something to do."""
    make.role("engine")
    try:
        moved = total = sweep(at, hooks)
        while moved:
            moved = sweep(at, hooks)
            total += moved
        return total
    finally:
        make.role("app")


def build() -> dict[str, Any]:
    """The ids of one row of each kind. `open`, `raised` and `closed` are duties; the connection acts as the app."""
    office = make.office()
    area = make.area(office)
    place = Place.objects.create(office=office, address="첨단중앙로 1", area=area)
    one, two = make.person(office), make.person(office, channels=("sms", "screen"))
    desk = make.roster(office, one)
    ladder = make.ladder(office, desk, two)
    opened = make.duty(on=ladder, due_at=NOON + timedelta(hours=9), organisation=make.house(office).pk)
    raised, closed, plain = (make.duty(on=ladder, urgent=True) for _ in range(3))
    actions.close([closed], by=one, outcome=Outcome.KEPT, now=NOON - MINUTE)
    watch(NOON)
    claim = actions.claim(raised, by=two, next_step="전화", until=NOON + 5 * MINUTE, now=NOON + MINUTE)
    key = UUID(int=office.pk)
    report, _ = keep(Envelope(key, "t", 1, "{}"), by=one, device=None, now=NOON)
    Device.objects.create(office=office, person=one, key_sha256=f"{office.pk:064}", enrolled_at=NOON)
    make.rota(desk, [one])
    StandIn.objects.create(
        office=office, roster=desk, off=one, on=two, since=NOON, until=NOON + MINUTE, asked_at=NOON, asked_by=one
    )
    ShiftNote.objects.create(office=office, roster=desk, text="-", at=NOON, by=one)
    _exercise(office, one)
    CalendarLink.objects.create(office=office, person=one, token_sha256=f"{office.pk:064}", made_at=NOON, made_by=one)
    fault("mend", "Mend this.", now=NOON, office=office.pk)
    said = {"office": office, "at": NOON, "heard_at": NOON}
    Receipt.objects.create(**said, message=Message.objects.filter(telling__duty=raised)[0], status="accepted")
    Reply.objects.create(**said, person=one, number="010", text="1")
    make.role("engine")
    beat("watch", real=NOON, clock_at=NOON)
    seal(NOON)
    make.role("app")
    return {
        "office": office.pk, "area": area.pk, "place": place.pk, "one": one.pk, "two": two.pk, "roster": desk.pk,
        "ladder": ladder.pk, "open": opened.pk, "raised": raised.pk, "closed": closed.pk, "plain": plain.pk,
        "claim": claim.pk, "report": report.pk, "key": str(key), "house": make.house(office).pk, "now": NOON,
        "message": Message.objects.get(telling__duty=raised).pk,
        "telling": Telling.objects.get(duty=raised).pk,
    }  # fmt: skip


def _exercise(office: Office, one: Person) -> None:
    """An exercise that is under way."""
    exercise = Exercise.objects.create(
        office=office, what="-", started_at=NOON, started_by=one, ends_at=NOON + timedelta(hours=1)
    )
    Participant.objects.create(office=office, exercise=exercise, person=one)


def become(role: str, office: int | Office | None = None, organisations: str = "*", person: int = 0) -> None:
    """The connection as a role (`postgres` is a superuser), acting for an office (none: for nobody)."""
    number = office.pk if isinstance(office, Office) else office
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE" if role == "postgres" else f"SET ROLE dure_{role}")
        if role == "postgres":
            cursor.execute("SET ROLE postgres")
        cursor.execute(
            "SELECT set_config('dure.office', %s, false), set_config('dure.organisations', %s, false),"
            " set_config('dure.person', %s, false), set_config('dure.key', '', false)",
            [str(number or ""), organisations if number else "", str(person or "")],
        )
