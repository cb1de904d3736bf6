"""Receiving a complaint, asking the provider, extending, passing on, answering, and taking it up again."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dure import clock
from dure.audit.actions import note
from dure.care.complaints.models import Complaint, Statement
from dure.care.complaints.periods import MORNING, days, last_day, working_day_before
from dure.care.opening import at
from dure.care.recipients import centre_of
from dure.cases.hours import is_working_day
from dure.duty.actions import close
from dure.duty.models import Duty, Outcome
from dure.duty.opening import Owed, amend, open_duties
from dure.errors import Refused
from dure.gatherings.telling import tell_agencies
from dure.offices.acting import acting
from dure.people.models import Organisation, Person

ANSWER = gettext_noop("Complaint %(number)s: it has to be answered by %(day)s.")
STATE = gettext_noop("Complaint %(number)s: say by %(day)s what happened.")


@transaction.atomic
def receive(complaint: Complaint, *, by: Person, now: datetime, follows: Complaint | None = None) -> Complaint:
    """A complaint has come: from now on its answer is owed by the day that its kind says."""
    if complaint.received_on > clock.local(now).date():
        raise Refused(_("This day is still to come. Look at the date."))
    complaint.office_id, complaint.entered_at, complaint.entered_by = by.office_id, now, by
    complaint.centre = _centre(complaint)
    allowed = days(by.office_id, complaint.kind, complaint.received_on, now=now)
    complaint.answer_by = last_day(complaint.received_on, allowed)
    complaint.number = _number(complaint)
    complaint.follows = follows
    with acting(by.office_id, by.pk):
        owed = replace(_owed(complaint, follows.duty if follows else None), owner=by)
        [complaint.duty] = open_duties(by.office_id, [owed], by=by, now=now)
        complaint.save()
    note(at=now, who=by, did="received", about=complaint)
    return complaint


def _centre(complaint: Complaint) -> Organisation | None:
    """The centre that sees it: of the dong that was named, or where the recipient lives."""
    if complaint.recipient:
        complaint.area = complaint.area or complaint.recipient.place.area
        complaint.provider = complaint.provider or complaint.recipient.provider
    found = Organisation.objects.filter(office=complaint.office_id, kind="centre", area=complaint.area_id)
    return found.first() if complaint.area_id else centre_of(complaint.recipient.place) if complaint.recipient else None


def _number(complaint: Complaint) -> str:
    """How people name it: year and month in which it came, and which one of that month."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('care.complaint'), %s)", [complaint.office_id])
    month = f"{complaint.received_on:%y%m}"
    with acting(complaint.office_id):  # also those that who enters it can't see
        count = Complaint.objects.filter(office=complaint.office_id, number__startswith=f"{month}-").count()
    return f"{month}-{count + 1:02}"


def _owed(complaint: Complaint, follows: Duty | None = None) -> Owed:
    """Reminded of on the working day before, while there is still time; then every day until it is answered."""
    return Owed(
        kind="care.complaint", what=ANSWER, due_at=at(working_day_before(complaint.answer_by), MORNING), ladder="paper",
        values={"number": complaint.number, "day": f"{complaint.answer_by:%m-%d}"}, page=complaint.page,
        organisation=complaint.desk_id, area=complaint.area_id, about=complaint.ref, follows=follows,
    )  # fmt: skip


def _locked(complaint: Complaint) -> Complaint:
    found = Complaint.objects.select_for_update(no_key=True).get(pk=complaint.pk)
    if found.ended_at:
        raise Refused(_("This complaint is closed already. If they aren't content, take it up again."))
    return found


@transaction.atomic
def ask(complaint: Complaint, provider: Organisation, due_on: date, *, by: Person, now: datetime) -> Statement:
    """A provider is to say what happened. It sees the complaint from now on; who complained only if that is agreed."""
    complaint = _locked(complaint)
    if not clock.local(now).date() <= due_on <= complaint.answer_by:
        raise Refused(_("Choose a day from today until the complaint has to be answered."))
    if complaint.statements.filter(organisation=provider).exists():
        raise Refused(_("%(provider)s has been asked already.") % {"provider": provider})
    owed = Owed(
        kind="care.statement", what=STATE, due_at=at(working_day(due_on), MORNING), ladder="followup",
        values={"number": complaint.number, "day": f"{due_on:%m-%d}"}, page=complaint.page, organisation=provider.pk,
        area=complaint.area_id, about=complaint.ref,
    )  # fmt: skip
    with acting(by.office_id, by.pk):
        [duty] = open_duties(by.office_id, [owed], by=by, now=now)
        asked = Statement.objects.create(
            office_id=by.office_id, complaint=complaint, organisation=provider, due_on=due_on, duty=duty, asked_at=now,
            asked_by=by,
        )  # fmt: skip
    note(at=now, who=by, did="asked", about=complaint, why=str(provider.ref))
    tell_agencies([provider], STATE, dict(owed.values), complaint.page, by, now)
    return asked


def working_day(day: date) -> date:
    """This day, or the working day before it: nobody is reminded on a holiday."""
    return day if is_working_day(day) else working_day_before(day)


@transaction.atomic
def state(statement: Statement, text: str, *, by: Person, now: datetime) -> None:
    """The provider says what happened. It may say it anew until the complaint is closed; the last words count."""
    complaint = Complaint.objects.select_for_update(no_key=True).get(pk=statement.complaint_id)
    if complaint.ended_at:
        raise Refused(_("This complaint is closed already. Nothing more is asked of you."))
    Statement.objects.filter(pk=statement.pk).update(text=text.strip(), stated_at=now, stated_by=by)
    with acting(by.office_id, by.pk):
        close([statement.duty], by=by, outcome=Outcome.KEPT, now=now)
    note(at=now, who=by, did="stated", about=complaint)


@transaction.atomic
def extend(complaint: Complaint, until: date, why: str, *, by: Person, now: datetime) -> None:
    """The answer takes longer, once, by at most as long again; who complained has to be told why."""
    complaint = _locked(complaint)
    if complaint.extended_at:
        raise Refused(_("This was extended once already. Answer it, even if the answer isn't the last word."))
    latest = last_day(complaint.answer_by, days(by.office_id, complaint.kind, complaint.received_on, now=now) + 1)
    if not complaint.answer_by < until <= latest:
        raise Refused(_("It can be extended until %(day)s at the latest.") % {"day": f"{latest:%Y-%m-%d}"})
    complaint.first_answer_by, complaint.answer_by = complaint.answer_by, until
    complaint.extended_at, complaint.extended_by, complaint.extended_why = now, by, why.strip()[:200]
    complaint.save(update_fields=["first_answer_by", "answer_by", "extended_at", "extended_by", "extended_why"])
    with acting(by.office_id, by.pk):
        _owe_later(complaint, by, now)
    note(at=now, who=by, did="extended", about=complaint)


def _owe_later(complaint: Complaint, by: Person, now: datetime) -> None:
    """The reminder moves along; one that has been sent already is over, and another one follows it."""
    if complaint.duty.raised_at is None:
        amend([(complaint.duty, _owed(complaint))], by=by, now=now)
        return
    close([complaint.duty], by=by, outcome=Outcome.EXCUSED, now=now, note="extended")
    [complaint.duty] = open_duties(by.office_id, [_owed(complaint, complaint.duty)], by=by, now=now)
    complaint.save(update_fields=["duty"])


@transaction.atomic
def answer(complaint: Complaint, text: str, how: str, on: date, *, by: Person, now: datetime) -> None:
    """It is answered: what was said, how it was told, and when."""
    complaint = _locked(complaint)
    if not complaint.received_on <= on <= clock.local(now).date():
        raise Refused(_("The answer was given between the day on which it came and today. Look at the date."))
    complaint.answer, complaint.told_how, complaint.answered_on = text.strip(), how, on
    _end(complaint, Outcome.KEPT, ["answer", "told_how", "answered_on"], by, now)
    note(at=now, who=by, did="answered", about=complaint)


@transaction.atomic
def pass_on(complaint: Complaint, to: str, why: str, *, by: Person, now: datetime) -> None:
    """Another agency answers it: which, and why. Who complained is told."""
    complaint = _locked(complaint)
    complaint.passed_to, complaint.passed_why = to.strip()[:100], why.strip()[:200]
    _end(complaint, Outcome.PASSED_ON, ["passed_to", "passed_why"], by, now)
    note(at=now, who=by, did="passed on", about=complaint)


def _end(complaint: Complaint, outcome: Outcome, changed: Collection[str], by: Person, now: datetime) -> None:
    complaint.ended_at, complaint.ended_by = now, by
    complaint.save(update_fields=[*changed, "ended_at", "ended_by"])
    left = complaint.statements.filter(stated_at=None, dropped_at=None)
    with acting(by.office_id, by.pk):  # the duties may lie at an agency that who ends it doesn't work for
        close([complaint.duty], by=by, outcome=outcome, now=now)
        close([each.duty for each in left.select_related("duty")], by=by, outcome=Outcome.EXCUSED, now=now)
        left.update(dropped_at=now, dropped_by=by)


@transaction.atomic
def take_up_again(complaint: Complaint, text: str, on: date, *, by: Person, now: datetime) -> Complaint:
    """They aren't content: another complaint follows, owed anew; who answered the first is told first."""
    old = Complaint.objects.select_for_update(no_key=True).get(pk=complaint.pk)
    if old.ended_at is None:
        raise Refused(_("This is still open: answer it as it stands."))
    if Complaint.objects.filter(follows=old).exists():
        raise Refused(_("This was taken up again already. Go on there."))
    again = Complaint(
        kind=old.kind, way=old.way, received_on=on, name=old.name, phone=old.phone, title=old.title, text=text.strip(),
        named_to_provider=old.named_to_provider, provider=old.provider, area=old.area, worker=old.worker,
        recipient=old.recipient, desk=old.desk,
    )  # fmt: skip
    return receive(again, by=by, now=now, follows=old)
