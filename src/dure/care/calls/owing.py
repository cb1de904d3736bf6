"""Who is owed a call on a day: at high risk without a meal, or chosen by a heat or cold warning."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet

from dure.care.calling_off import NOT_AT_HOME
from dure.care.calls.models import Call, Practice, Weather, WeatherWarning
from dure.care.models import Recipient, Visit
from dure.care.opening import absences_on, at, planned

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATEST, MORNING = time(20), time(9)  # nobody is rung up later, or earlier
Key = tuple[int, int | None, int]


@dataclass(frozen=True)
class Wanted:
    """One call that a day owes."""

    recipient: Recipient
    warning: WeatherWarning | None
    number: int
    since_at: datetime
    due_at: datetime

    @property
    def key(self) -> Key:
        """What it is known by on its day."""
        return self.recipient.pk, self.warning.pk if self.warning else None, self.number


def key(call: Call) -> Key:
    """What a call is known by on its day."""
    return call.recipient_id, call.warning_id, call.number


def practice_of(office: int) -> Practice:
    """How the office calls; as everybody begins with until it says otherwise."""
    return Practice.objects.filter(office=office).first() or Practice(office_id=office)


def served(office: int, day: date) -> QuerySet[Recipient]:
    """Who is served on a day and not known to be somewhere else. Whose meals only pause is at home, and counts."""
    away = absences_on(office, day).filter(why__in=NOT_AT_HOME)
    runs = Q(started_on__lte=day) & (Q(ended_on=None) | Q(ended_on__gt=day))
    return Recipient.objects.filter(runs, office=office).exclude(pk__in=away.values("recipient"))


def without_meal(office: int, day: date) -> list[Recipient]:
    """Who is at high risk and gets no meal on a day: no plan for this weekday, a closure, a holiday."""
    people = served(office, day).filter(tier__in=practice_of(office).tiers)
    mine = list(people.select_related("place__area", "centre__area"))
    pks = [recipient.pk for recipient in mine]
    made = Q(excused_at=None) | Q(unplanned=False)  # cleared up by a case: the person was seen in it
    visited = Visit.objects.filter(made, recipient__in=pks, day=day).values_list("recipient", flat=True)
    meals = {p.recipient.pk for p in planned(office, day, pks)} | set(visited)
    return [recipient for recipient in mine if recipient.pk not in meals]


def chosen(warning: WeatherWarning) -> Q:
    """Whom a warning is about. Of whom nobody knows whether it is so counts as well, unless it says otherwise."""
    equipped = "no_cooling" if warning.kind == Weather.HEAT else "no_heating"
    asked = [("alone", warning.alone), ("homebound", warning.homebound), (equipped, warning.unequipped)]
    found = Q(tier__in=[tier for tier in ("red", "amber", "green") if getattr(warning, tier)])
    for name, meant in asked:
        if meant:
            found |= Q(**{f"home__{name}": True})
            if warning.unknown:
                found |= Q(**{f"home__{name}": None})
    return found


def people_of(warning: WeatherWarning, office: int, day: date) -> QuerySet[Recipient]:
    """Whom a warning is about on a day."""
    return served(office, day).filter(chosen(warning))


def running(office: int, day: date) -> list[WeatherWarning]:
    """The warnings that are on, on a day."""
    return list(WeatherWarning.objects.filter(office=office, ended_at=None, first_day__lte=day, until__gte=day))


def wanted(office: int, day: date, now: datetime) -> list[Wanted]:
    """The calls that a day owes, seen from this moment: nothing is to be done within less than an hour."""
    start = at(day, time(0))
    by = no_later(day, practice_of(office).by_time, now)
    found = [Wanted(recipient, None, 1, start, by) for recipient in without_meal(office, day)]
    for warning in running(office, day):
        mine = people_of(warning, office, day).select_related("place__area", "centre__area")
        slots = list(contacts(warning, day, now)) or [late_contact(warning, day, now)]
        found += [Wanted(recipient, warning, *slot) for recipient in mine for slot in slots]
    return found


Slot = tuple[int, datetime, datetime]  # which contact of the day, from when on somebody seen counts, by when


def contacts(warning: WeatherWarning, day: date, now: datetime) -> list[Slot]:
    """The contacts of a day that can still be made.

    When all times are over there is one within the hour, unless it is too late to ring anybody up.
    """
    times, soonest = [at(day, each) for each in warning.times], now + HOUR
    begins = _begins(warning, day)
    left = [(n, begins[n - 1], due) for n, due in enumerate(times, 1) if due >= soonest]
    return left or ([(len(times), begins[-1], soonest)] if soonest <= at(day, LATEST) else [])


def late_contact(warning: WeatherWarning, day: date, now: datetime) -> Slot:
    """The contact of who is chosen only when it is too late to ring anybody up: first thing next morning."""
    return len(warning.times), _begins(warning, day)[-1], no_later(day, LATEST, now)


def _begins(warning: WeatherWarning, day: date) -> list[datetime]:
    """From when on each contact of a day counts: since the one before, and since the warning is on."""
    before = [at(day, time(0)), *(at(day, each) for each in warning.times[:-1])]
    return [max(since, warning.since_at) for since in before]


def no_later(day: date, by: time, now: datetime) -> datetime:
    """By when a call of a day is made: as the office says; within the hour; or first thing next morning."""
    soonest = now + HOUR
    if at(day, by) >= soonest:
        return at(day, by)
    if soonest <= at(day, LATEST):
        return soonest
    return max(at(day + DAY, MORNING), soonest)
