"""A hospital stay of a recipient: meals stop, the other services are told, and the day of return is watched."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from dure import clock
from dure.care.alarms import absent, back_again
from dure.care.away import ASK_WITHIN, nobody_asks
from dure.care.models import PROGRAMME, Absence, Recipient
from dure.cases.aftermath import back, in_hospital
from dure.cases.models import Case
from dure.duty.models import Outcome
from dure.people.models import Person


@transaction.atomic
def admitted(case: Case, *, name: str, back_on: date | None, by: Person, now: datetime) -> None:
    """The person of the case is in hospital. Nobody rings the door; the visits come again when somebody says so."""
    today = clock.local(now).date()
    in_hospital(case, back_on=back_on or today + ASK_WITHIN, by=by, now=now)
    if case.drill or case.programme != PROGRAMME:
        return
    recipient = Recipient.objects.get(ref=case.subject)
    runs = list(_stays(recipient))
    nobody_asks(runs, by=by, outcome=Outcome.PASSED_ON, now=now)  # the case asks
    if not runs:
        absence = Absence(
            office_id=case.office_id, recipient=recipient, why=Absence.Why.HOSPITAL, since=today, told_by=name,
            entered_by=by,
        )  # fmt: skip
        absent(absence, now=now)


@transaction.atomic
def discharged(case: Case, *, on: date, by: Person, now: datetime) -> None:
    """The person of the case is back from hospital: meals come again from this day, and nobody asks any more."""
    if not case.drill and case.programme == PROGRAMME:
        for absence in _stays(Recipient.objects.get(ref=case.subject)):
            back_again(absence, on=on, by=by, now=now)
    back(case, by=by, now=now)


def _stays(recipient: Recipient) -> QuerySet[Absence]:
    """The stays in hospital of which nobody knows the end."""
    runs = Absence.objects.filter(recipient=recipient, why=Absence.Why.HOSPITAL, until=None, taken_back_at=None)
    return runs.select_related("recipient")
