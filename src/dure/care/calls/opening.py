"""Opening the calls of a day: safe to run again, at any hour, by any number at once."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_noop

from dure import clock
from dure.care import calling_off
from dure.care.alarms import BY_CASE
from dure.care.calls import owing
from dure.care.calls.beginning import end_lists, owe_lists
from dure.care.calls.models import Call
from dure.care.opening import one_at_a_time
from dure.cases.hours import is_working_day
from dure.cases.models import Case, Finding
from dure.duty.models import Duty, Outcome
from dure.duty.opening import Owed, open_duties

NOT_MADE = gettext_noop("A welfare call in %(dong)s by %(time)s brought nothing. Call now, or go and look.")
PAGE = "/care/calls/"


@transaction.atomic
def open_calls(office: int, day: date, *, now: datetime) -> int:
    """Open the calls of a day that aren't open yet; how many. Running it twice opens nothing twice.

    One that was called off for what is no longer so (an absence, a meal) is owed again.
    """
    one_at_a_time(office)
    mine = Call.objects.filter(office=office, day=day).select_related("duty")
    known = {owing.key(call): call for call in mine}
    wanted = owing.wanted(office, day, now)
    fresh = [each for each in wanted if each.key not in known]
    again = [(known[w.key], w) for w in wanted if w.key in known and _called_off(known[w.key])]
    calls = [
        Call(
            office_id=office, recipient=w.recipient, day=day, warning=w.warning, number=w.number,
            since_at=w.since_at, due_at=w.due_at,
        )
        for w in fresh
    ]  # fmt: skip
    duties = open_duties(office, [owed(call) for call in calls], by=None, now=now)
    for call, duty in zip(calls, duties, strict=True):
        call.duty = duty
    Call.objects.bulk_create(calls)
    for call, w in again:
        call.recipient, call.due_at = w.recipient, max(w.due_at, call.due_at)
    reopen([call for call, _ in again], now=now)
    owe_lists(office, day, now)
    return len(calls) + len(again)


def _called_off(call: Call) -> bool:
    return call.duty.outcome == Outcome.EXCUSED and call.duty.note != BY_CASE


def reopen(calls: Sequence[Call], *, now: datetime) -> None:
    """These calls are owed after all. What was closed stays closed: another duty follows it."""
    if not calls:
        return
    before = [call.duty for call in calls]
    followed = set(Duty.objects.filter(follows__in=before).values_list("follows_id", flat=True))
    again = [replace(owed(call), follows=None if call.duty_id in followed else call.duty) for call in calls]
    for call, duty in zip(calls, open_duties(calls[0].office_id, again, by=None, now=now), strict=True):
        call.duty = duty
    Call.objects.bulk_update(calls, ["duty", "due_at"])


def owed(call: Call, *, due_at: datetime | None = None, tried: bool = False) -> Owed:
    """What somebody owes with a call: that the person is reached. `tried`: somebody didn't answer already."""
    due = due_at or call.due_at
    values = {
        "time": f"{clock.local(call.due_at):%H:%M}", "day": str(call.day), "since": call.since_at.isoformat(),
        "warning": call.warning_id is not None, "tried": tried,
    }  # fmt: skip
    order = "call" if is_working_day(clock.local(due).date()) else "call_holiday"
    said = Owed(
        kind=calling_off.KIND, what=NOT_MADE, values=values, due_at=due, ladder=order, page=PAGE,
        about=call.recipient.ref, urgent=True,
    )  # fmt: skip
    return calling_off.moved(said, call.recipient)


@transaction.atomic
def mistaken(office: int, *, now: datetime) -> int:
    """A case that was a mistake saw nobody: calls that were passed on to it since yesterday are owed again."""
    one_at_a_time(office)
    today = clock.local(now).date()
    passed = Call.objects.filter(office=office, day__gte=today - timedelta(days=1), duty__outcome=Outcome.PASSED_ON)
    calls = list(passed.select_related("duty", "recipient__place__area", "recipient__centre__area"))
    cases = Case.objects.filter(office=office, number__in=[c.duty.note for c in calls], finding=Finding.MISTAKE)
    numbers = set(cases.values_list("number", flat=True))
    here = set(owing.served(office, today).filter(pk__in=[c.recipient_id for c in calls]).values_list("pk", flat=True))
    again = [call for call in calls if call.duty.note in numbers and call.recipient_id in here]
    for call in again:
        call.due_at = owing.no_later(today, clock.local(call.due_at).time(), now)
    reopen(again, now=now)
    return len(again)


def days(now: datetime) -> Iterable[date]:
    """The days that are opened: today and tomorrow."""
    today = clock.local(now).date()
    return today, today + timedelta(days=1)


@transaction.atomic
def open_all(office: int, now: datetime) -> int:
    """What today and tomorrow owe, as things stand now; how many calls were opened."""
    one_at_a_time(office)
    people = Call.objects.filter(office=office, duty__closed_at=None, duty__raised_at=None)
    calling_off.follow(list(people.values_list("recipient", flat=True)), by=None, now=now)
    end_lists(office, now=now)
    return mistaken(office, now=now) + sum(open_calls(office, day, now=now) for day in days(now))
