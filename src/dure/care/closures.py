"""Days without meals: a provider closes, the office closes, a public holiday is opened after all."""

import calendar as months
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from dure import clock
from dure.audit.actions import note
from dure.care.alarms import calendar_changed
from dure.care.models import Closure
from dure.care.opening import CLOSED_DAY, one_at_a_time
from dure.cases.hours import public_holidays
from dure.errors import Refused
from dure.people.models import Person


@dataclass(frozen=True)
class Day:
    """One day of a month's calendar."""

    day: date
    inside: bool  # of this month
    holiday: str
    closures: list[Closure]


def month(office: int, first: date) -> list[list[Day]]:
    """The weeks of a month from Monday to Sunday, with holidays and what the office and its providers say."""
    weeks = months.Calendar().monthdatescalendar(first.year, first.month)
    said: dict[date, list[Closure]] = {}
    window = (weeks[0][0], weeks[-1][-1])
    for closure in Closure.objects.filter(office=office, day__range=window).select_related("provider").order_by("id"):
        said.setdefault(closure.day, []).append(closure)
    return [
        [Day(d, d.month == first.month, public_holidays(d.year).get(d, ""), said.get(d, [])) for d in week]
        for week in weeks
    ]


@transaction.atomic
def keep(closure: Closure, *, by: Person, now: datetime) -> None:
    """Keep what is said about a day. Visits that are open already are excused, or opened after all."""
    today = clock.local(now).date()
    if closure.day < today:
        raise Refused(_("This day has been. Choose today or a later day."))
    one_at_a_time(closure.office_id)  # two say it at once: the later one counts
    same = Closure.objects.filter(office=closure.office_id, provider=closure.provider_id, day=closure.day)
    old = same.first()
    if old:
        closure.pk = old.pk
    closure.save()
    note(at=now, who=by, did="closed a day" if not closure.serves else "opened a day", about=closure)
    calendar_changed(closure.office_id, closure.day, why=CLOSED_DAY, by=by, now=now)


@transaction.atomic
def take_back(closure: Closure, *, by: Person, now: datetime) -> None:
    """The day is as the calendar has it."""
    if closure.day < clock.local(now).date():
        raise Refused(_("This day has been. It stays as it was."))
    note(at=now, who=by, did="took back a closure", about=closure)
    office, day = closure.office_id, closure.day
    closure.delete()
    calendar_changed(office, day, why=CLOSED_DAY, by=by, now=now)
