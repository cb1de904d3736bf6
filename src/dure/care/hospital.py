"""A hospital stay of a recipient: meals stop, the other services are told, and the day of return is watched."""

from datetime import date, datetime, timedelta

from django.db import transaction

from dure import clock
from dure.care.alarms import PROGRAMME, absent
from dure.care.models import Absence, Recipient
from dure.cases.aftermath import in_hospital
from dure.cases.models import Case
from dure.people.models import Person

ASK_AFTER = timedelta(days=7)


@transaction.atomic
def admitted(case: Case, *, name: str, back_on: date | None, by: Person, now: datetime) -> None:
    """The person of the case is in hospital. Nobody rings the door; the visits come again when somebody says so."""
    today = clock.local(now).date()
    in_hospital(case, back_on=back_on or today + ASK_AFTER, by=by, now=now)
    if case.drill or case.programme != PROGRAMME:
        return
    recipient = Recipient.objects.get(ref=case.subject)
    runs = Absence.objects.filter(recipient=recipient, why=Absence.Why.HOSPITAL, until=None, taken_back_at=None)
    if not runs.exists():
        absence = Absence(
            office_id=case.office_id, recipient=recipient, why=Absence.Why.HOSPITAL, since=today, told_by=name,
            entered_by=by,
        )  # fmt: skip
        absent(absence, now=now)
