"""That calls are to be made is owed as a whole too: somebody is told when they begin, not only when one is overdue.

One duty for the calls of a day, a dong and a warning's contact; on weekends and holidays one for the whole office.
"""

from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dure import clock
from dure.care.calls.models import Call
from dure.care.calls.owing import HOUR, MORNING
from dure.care.opening import at
from dure.cases.hours import is_working_day
from dure.duty.actions import close, progress
from dure.duty.models import Duty, Outcome
from dure.duty.opening import Owed, amend, open_duties
from dure.errors import Refused
from dure.offices.acting import acting
from dure.people.models import Membership, Person, Role

KIND = "care.call_list"
TO_CALL = gettext_noop("Welfare calls (%(dong)s): everybody on the list is called by %(time)s. Open it and begin.")
TO_CALL_FOR_ALL = gettext_noop("Welfare calls: everybody on the list is called by %(time)s. Open it and begin.")
CALLING = gettext_noop("Calling everybody on the list")
Key = tuple[str, int | None, int | None, int]


@transaction.atomic
def owe_lists(office: int, day: date, now: datetime) -> int:
    """Whoever answers for the calls of a day is told at nine, or when they begin later; how many lists are new.

    Runs where the calls are opened, one at a time in an office.
    """
    with acting(office):  # also where a provider has entered what makes one of its own be called
        return _owe(office, day, now)


def _owe(office: int, day: date, now: datetime) -> int:
    waiting = Call.objects.filter(office=office, day=day, duty__closed_at=None).select_related("duty__area", "warning")
    lists: dict[Key, list[Call]] = defaultdict(list)
    for call in waiting.order_by("due_at", "pk"):
        lists[_key(call)].append(call)
    known = {_key_of(duty): duty for duty in _open(office).filter(values__day=str(day))}
    owed = {key: _owed(key, calls, now) for key, calls in lists.items()}
    changed = [(known[key], each) for key, each in owed.items() if key in known and known[key].due_at > each.due_at]
    amend(changed, by=None, now=now)
    return len(open_duties(office, [each for key, each in owed.items() if key not in known], by=None, now=now))


def _open(office: int) -> QuerySet[Duty]:
    return Duty.objects.filter(office=office, kind=KIND, closed_at=None)


def _key(call: Call) -> Key:
    """Of which list a call is one: a dong's on working days, else the office's, which then has one person on call."""
    area = call.duty.area_id if is_working_day(call.day) else None
    return str(call.day), area, call.warning_id, call.number


def _key_of(duty: Duty) -> Key:
    return duty.values["day"], duty.area_id, duty.values["warning"], duty.values["number"]


def _owed(key: Key, calls: list[Call], now: datetime) -> Owed:
    """Told at nine, an hour before the first is due at the latest; not before the contact begins, nor in the past."""
    day, area, warning, number = key
    first = calls[0]
    morning = min(at(first.day, MORNING), first.due_at - HOUR)
    where = calls[0].duty.area if area else None
    values = {
        "time": _time(first.due_at, now), "day": day, "warning": warning, "number": number,
        **({"dong": where.name} if where else {}),
    }  # fmt: skip
    return Owed(
        kind=KIND, what=TO_CALL if where else TO_CALL_FOR_ALL, values=values,
        due_at=max(morning, first.since_at, now), area=area,
        ladder="call_list" if area else "call_list_office", page=f"/care/calls/?day={day}",
    )  # fmt: skip


def _time(moment: datetime, now: datetime) -> str:
    """The time; with its day when that isn't today."""
    local = clock.local(moment)
    return f"{local:%H:%M}" if local.date() == clock.local(now).date() else f"{local:%m-%d %H:%M}"


def go_on(call: Call, *, by: Person, now: datetime) -> None:
    """A centre or the office that calls has the list in hand; with the last call it is done, whoever makes it.

    A provider calls its own and not the dong's others: what it does holds up nobody who is told of the list.
    """
    with acting(call.office_id, by.pk):
        if call.since_at <= now and _calls_for_all(by, clock.local(now).date()):
            for duty in _open(call.office_id):
                if _key_of(duty) == _key(call):
                    with suppress(Refused):  # done meanwhile by somebody else: what was heard counts all the same
                        progress(duty, by=by, next_step=_(CALLING), now=now)
        end_lists(call.office_id, now=now, day=call.day)


def _calls_for_all(by: Person, today: date) -> bool:
    held = Membership.objects.on(today).filter(person=by, role__in=[Role.CENTRE, Role.OFFICER, Role.ADMIN])
    return held.exists()


@transaction.atomic
def end_lists(office: int, *, now: datetime, day: date | None = None) -> int:
    """Lists on which nobody is left are done, by whoever settled the last call; how many."""
    duties = [duty for duty in _open(office) if day is None or duty.values["day"] == str(day)]
    calls: dict[Key, list[Duty]] = defaultdict(list)
    of_day: dict[str, list[Duty]] = defaultdict(list)
    days = {duty.values["day"] for duty in duties}
    for call in Call.objects.filter(office=office, day__in=days).select_related("duty__closed_by"):
        calls[_key(call)].append(call.duty)
        of_day[str(call.day)].append(call.duty)
    over = 0
    for duty in duties:
        mine = calls[_key_of(duty)]  # none: everybody on it lives in another dong by now
        last = _last(mine) or _last(of_day[duty.values["day"]])
        if last and last.closed_by and not any(each.is_open for each in mine):
            kept = any(each.outcome != Outcome.EXCUSED for each in mine)
            close([duty], by=last.closed_by, outcome=Outcome.KEPT if kept else Outcome.EXCUSED, now=now)
            over += 1
    return over


def _last(duties: Iterable[Duty]) -> Duty | None:
    closed = [(duty.closed_at, duty.pk, duty) for duty in duties if duty.closed_at]
    return max(closed)[2] if closed else None
