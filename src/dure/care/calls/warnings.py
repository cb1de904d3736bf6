"""Heat and cold warnings: what one would bring, switching it on, extending it, switching it off."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dure import clock
from dure.audit.actions import note
from dure.care.calls import owing
from dure.care.calls.models import Call, Home, Practice, Switch, WeatherWarning
from dure.care.calls.opening import open_calls
from dure.care.opening import one_at_a_time
from dure.duty.actions import close
from dure.duty.models import Outcome
from dure.errors import Refused
from dure.people.models import Person

DAY = timedelta(days=1)
LONGEST = 14  # days: a warning that was forgotten ends
OVER = gettext_noop("the warning is over")


@dataclass(frozen=True)
class Preview:
    """What a warning would bring: how many people, of how many of them it isn't known, and calls of the first day."""

    people: int
    unknown: int
    calls: int
    first_day: date


def first_day(warning: WeatherWarning, now: datetime) -> date:
    """Today, unless it is too late to ring anybody up."""
    today = clock.local(now).date()
    return today if owing.contacts(warning, today, now) else today + DAY


def _prepared(warning: WeatherWarning, now: datetime) -> WeatherWarning:
    warning.since_at = now
    warning.first_day = first_day(warning, now)
    today = clock.local(now).date()
    if warning.until < warning.first_day:
        raise Refused(
            _("It is too late to call anybody today. Let it run until tomorrow at least.")
            if warning.until == today else _("Its last day has passed. Choose today or a later day.")
        )  # fmt: skip
    if warning.until >= today + timedelta(days=LONGEST):
        raise Refused(_("A warning runs for two weeks at most. Extend it when it goes on."))
    return warning


def preview(warning: WeatherWarning, *, now: datetime) -> Preview:
    """What it would bring if it were switched on now. Nothing is kept."""
    _prepared(warning, now)
    mine = owing.people_of(warning, warning.office_id, warning.first_day)
    sure = WeatherWarning(**{f.attname: getattr(warning, f.attname) for f in warning._meta.concrete_fields})
    sure.unknown = False
    people, known = mine.count(), owing.people_of(sure, warning.office_id, warning.first_day).count()
    calls = people * len(owing.contacts(warning, warning.first_day, now))
    return Preview(people, people - known, calls, warning.first_day)


@transaction.atomic
def switch_on(
    warning: WeatherWarning, *, expected: int, why: str, by: Person, now: datetime
) -> tuple[WeatherWarning, bool]:
    """From now on those chosen are owed extra contacts. Who is second gets the one that is on (False)."""
    if not why.strip():
        raise Refused(_("Say why, e.g. which warning was issued."))
    _prepared(warning, now)
    one_at_a_time(warning.office_id)
    end_over(warning.office_id, now)
    known = WeatherWarning.objects.filter(office=warning.office_id, kind=warning.kind, ended_at=None).first()
    if known:
        return known, False
    people = owing.people_of(warning, warning.office_id, warning.first_day).count()
    if not people:
        raise Refused(_("Nobody is in these groups. Choose more of them."))
    warning.save(force_insert=True)
    open_calls(warning.office_id, clock.local(now).date(), now=now)
    open_calls(warning.office_id, clock.local(now).date() + DAY, now=now)
    calls = Call.objects.filter(warning=warning, day=warning.first_day).count()
    _switched(warning, Switch.Did.ON, by, now, expected=expected, people=people, calls=calls, why=why)
    return warning, True


def _switched(
    warning: WeatherWarning, did: Switch.Did, by: Person, now: datetime, *, why: str, expected: int = 0,
    people: int = 0, calls: int = 0,
) -> None:  # fmt: skip
    Switch.objects.create(
        office_id=warning.office_id, warning=warning, did=did, at=now, by=by, until=warning.until,
        expected=expected, people=people, calls=calls, why=why.strip()[:200],
    )  # fmt: skip
    note(at=now, who=by, did=f"warning {did}", about=warning)


def _locked(warning: WeatherWarning) -> WeatherWarning:
    one_at_a_time(warning.office_id)
    return WeatherWarning.objects.select_for_update(no_key=True).get(pk=warning.pk)


@transaction.atomic
def extend(warning: WeatherWarning, *, until: date, by: Person, now: datetime) -> bool:
    """It goes on a day longer than `until`, which the page had shown. Pressed twice, or by two, it is one day."""
    warning, today = _locked(warning), clock.local(now).date()
    if not warning.runs(today):
        raise Refused(_("This warning is over. Switch on a new one."))
    if warning.until != until:
        return False
    warning.until += DAY
    if warning.until >= today + timedelta(days=LONGEST):
        raise Refused(_("A warning runs for two weeks at most. Extend it when it goes on."))
    warning.save(update_fields=["until"])
    for day in (today, today + DAY):
        open_calls(warning.office_id, day, now=now)
    people = owing.people_of(warning, warning.office_id, warning.until).count()
    _switched(warning, Switch.Did.EXTENDED, by, now, people=people, why="")
    return True


@transaction.atomic
def switch_off(warning: WeatherWarning, *, why: str, by: Person, now: datetime) -> int:
    """It is over: contacts to come are owed no more; how many. Who didn't answer, or is overdue, stays."""
    warning = _locked(warning)
    if warning.ended_at:
        raise Refused(_("This warning is over already."))
    waiting = Call.objects.filter(warning=warning, duty__closed_at=None, duty__raised_at=None, duty__due_at__gt=now)
    waiting = waiting.select_related("duty")
    duties = [call.duty for call in waiting if not call.duty.values["tried"]]
    over = close(duties, by=by, outcome=Outcome.EXCUSED, now=now, note=OVER)
    warning.ended_at, warning.ended_by = now, by
    warning.save(update_fields=["ended_at", "ended_by"])
    people = len({duty.about for duty in over})
    _switched(warning, Switch.Did.OFF, by, now, people=people, calls=len(over), why=why)
    return len(over)


@transaction.atomic
def end_over(office: int, now: datetime) -> int:
    """Warnings whose last day has passed are over by themselves. Contacts still owed of it stay owed."""
    past = WeatherWarning.objects.filter(office=office, ended_at=None, until__lt=clock.local(now).date())
    over = list(past.select_for_update(no_key=True))
    past.update(ended_at=now)
    Switch.objects.bulk_create(
        Switch(office_id=office, warning=each, did=Switch.Did.OFF, at=now, until=each.until) for each in over
    )
    return len(over)


@transaction.atomic
def keep_home(home: Home, *, by: Person, now: datetime) -> None:
    """What counts in heat and cold, of one recipient. Whom it makes one of those chosen is owed contacts at once."""
    one_at_a_time(home.office_id)
    known = Home.objects.filter(recipient=home.recipient_id).first()
    home.pk = known.pk if known else None
    home.save()
    note(at=now, who=by, did="changed", about=home.recipient, why="home")
    open_calls(home.office_id, clock.local(now).date(), now=now)


@transaction.atomic
def keep_practice(practice: Practice, *, by: Person, now: datetime) -> None:
    """How the office calls from now on. Whom it makes one of those called is on today's list at once."""
    one_at_a_time(practice.office_id)
    known = Practice.objects.filter(office=practice.office_id).first()
    practice.pk = known.pk if known else None
    practice.save()
    note(at=now, who=by, did="changed", about=practice)
    for day in (clock.local(now).date(), clock.local(now).date() + DAY):
        open_calls(practice.office_id, day, now=now)
