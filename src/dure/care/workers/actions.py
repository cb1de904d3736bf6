"""Looking after the workers: she asks for help, her phone is heard again, and what a person found out."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dure import clock
from dure.audit.actions import note as record_line
from dure.care.models import Course
from dure.care.on_the_road import (
    SILENT,
    STARTS,
    employer,
    expected,
    follow,
    minutes,
    start_of,
)
from dure.care.on_the_road import heard as heard_on_the_road
from dure.care.workers.models import Ending, Found, Silence
from dure.duty.actions import close_one
from dure.duty.models import Duty, Outcome
from dure.duty.opening import Owed, open_duties
from dure.errors import Refused
from dure.offices.acting import acting
from dure.people.models import Device, Person

HELP, ORDER = "care.help", "worker_help"
KINDS = (HELP, SILENT, STARTS)
ASKS = gettext_noop("%(person)s asks for help (pressed at %(time)s). Call at once: %(phone)s")
UNSURE = timedelta(minutes=3)  # how far behind a phone's clock may be unnoticed
SHORTEST = timedelta(minutes=5)  # no silence is shorter; then nothing has to be looked up
MAY_BE_FOUND = {  # what can be found out, by what was asked
    HELP: (Found.WELL, Found.HELPED),
    SILENT: (Found.WELL, Found.HELPED),
    STARTS: (Found.ON_THE_WAY, Found.OTHERS, Found.HELPED),
}
OUTCOMES = {
    Found.WELL: Outcome.KEPT, Found.ON_THE_WAY: Outcome.KEPT, Found.HELPED: Outcome.PASSED_ON,
    Found.OTHERS: Outcome.EXCUSED,
}  # fmt: skip


@transaction.atomic
def ask_for_help(person: Person, *, at: datetime, now: datetime, surely: bool = True) -> None:
    """She pressed help: her desk is told at once. Pressed again, or sent late, it is the same as long as it is open,
    and what she had surely pressed before somebody reached her needs nobody once more. A phone's clock may be a little
    behind, and a text message says only the minute: rather called once too often.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('care.help'), %s)", [person.pk])
    mine = Duty.objects.filter(kind=HELP, about=person.ref)
    answered = mine.filter(opened_at__lte=at, closed_at__gte=at + UNSURE)
    if mine.filter(closed_at=None).exists() or (surely and answered.exists()):
        return
    values = {"person": str(person), "phone": person.phone or "—", "time": f"{clock.local(at):%H:%M}"}
    owed = Owed(
        kind=HELP, what=ASKS, values=values, due_at=now, ladder=ORDER, page=f"/care/workers/{person.ref}/",
        organisation=employer(person), about=person.ref, urgent=True, raised_why="help",
    )  # fmt: skip
    open_duties(person.office_id, [owed], by=person, now=now)


def heard(device: Device, *, now: datetime) -> None:
    """A worker's phone has asked for something; `device` still says when it was heard before.

    On trial nobody would have been told of the silence that ends now, if it was one: it is only counted.
    """
    before = device.heard_at or now
    if heard_on_the_road(device.person, now=now) or now - before < SHORTEST:
        return
    each = expected([device.person_id], now).get(device.person_id)
    if each and each.trial and max(each.stop_at, before) + each.patience < now:
        Silence.objects.get_or_create(
            person=device.person, since=before,
            defaults={"office_id": device.office_id, "provider_id": each.provider, "until": now},
        )  # fmt: skip


@transaction.atomic
def found_out(
    duty: Duty, found: str, *, false_alarm: bool = False, note: str = "", by: Person, now: datetime
) -> Ending:
    """A person has asked how it is with the worker. Who is still on the road, or starts soon, is expected anew."""
    if duty.kind not in KINDS or Found(found) not in MAY_BE_FOUND[duty.kind]:
        raise Refused(_("This can't be found out here. Choose one of the answers on the page."))
    if found == Found.HELPED and (not note.strip() or false_alarm):
        raise Refused(_("Say what is being done. Who needed help was no false alarm."))
    close_one(duty, by=by, outcome=OUTCOMES[Found(found)], now=now, note=str(Found(found).label))
    made = Ending.objects.create(
        office_id=duty.office_id, duty=duty, found=found, false_alarm=false_alarm, note=note.strip()[:300], by=by,
        at=now,
    )  # fmt: skip
    record_line(at=now, who=by, did="asked a worker", about=duty, why=found)
    if duty.about:
        with acting(duty.office_id, by.pk):
            _expected_anew(duty, duty.about, found, by, now)
    return made


def _expected_anew(duty: Duty, about: UUID, found: str, by: Person, now: datetime) -> None:
    if duty.kind == STARTS and found == Found.ON_THE_WAY:
        course = Course.objects.select_related("route").get(ref=about)
        again = start_of(course, minutes(duty.office_id, "worker-start", now), now)
        open_duties(duty.office_id, [again], by=by, now=now)
    elif duty.kind == SILENT:
        follow(Person.objects.filter(ref=about).values_list("pk", flat=True), by=by, now=now)
