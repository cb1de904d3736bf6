"""In the afternoon: does somebody answer at every hour until tomorrow night? A gap has to be mended before it."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext_noop

from dure import clock
from dure.care import morning
from dure.care.readiness import Gap
from dure.care.rosters import end_of_tomorrow
from dure.health.actions import fault, mended
from dure.health.models import Fault
from dure.people.actions import Standing
from dure.people.models import Role

AT = time(15)  # from then on tomorrow is looked at too: late enough to be planned, early enough to be mended
DAY = timedelta(days=1)
KEY = "roster "
NOBODY = gettext_noop("%(day)s, %(hours)s: nobody answers for %(roster)s. Add a shift, or let somebody stand in.")
LOST = gettext_noop(
    "%(day)s, %(hours)s: on %(roster)s only who can't be reached (%(people)s). Enter a number that works, or let"
    " somebody stand in."
)
NO_ROSTER = gettext_noop("%(roster)s has no roster, although the contact order asks for one. Make one and add shifts.")
NAMED = gettext_noop("%(people)s stands in the contact order and can't be reached. Enter a number that works.")
Wanted = dict[str, tuple[str, dict[str, Any]]]


def check(office: int, now: datetime) -> int:
    """Say of every gap that it must be mended, and of those that were filled that they are; how many there are."""
    wanted = _wanted(Standing(office, frozenset([Role.ADMIN]), None), now)
    known = {f.key: f for f in Fault.objects.filter(office=office, mended_at=None, key__startswith=KEY)}
    for key, (what, values) in wanted.items():
        if key not in known:
            fault(key, what, values, now=now, office=office)
        elif (known[key].what, known[key].values) != (what, values):
            Fault.objects.filter(pk=known[key].pk).update(what=what, values=values, last_at=now)
    for key in known.keys() - wanted.keys():
        mended(key, now=now, office=office)
    return len(wanted)


def _wanted(standing: Standing, now: datetime) -> Wanted:
    """By its key, what has to be mended: of each roster and day, and of each person named in a contact order."""
    today = clock.local(now).date()
    start = datetime.combine(today, time(), clock.zone())
    until = end_of_tomorrow(now) if clock.local(now).time() >= AT else end_of_tomorrow(now - DAY)
    found: Wanted = {}
    holes: dict[tuple[int, str, date], list[Gap]] = {}
    for gap in morning.answered(standing, start, until).serious:
        if gap.roster is None:
            found[f"{KEY}{gap.organisation.pk} {gap.answers_for}"] = (NO_ROSTER, {"roster": str(gap.organisation)})
            continue
        for day in (today, today + DAY):
            begins, ends = _part(gap, day)
            if begins < ends:
                holes.setdefault((gap.organisation.pk, gap.answers_for, day), []).append(gap)
    for (organisation, answers_for, day), gaps in holes.items():
        if max(_part(gap, day)[1] for gap in gaps) > now:
            found[f"{KEY}{organisation} {answers_for} {day}"] = _said(day, gaps)
    for lost in morning.named(standing):
        found[f"{KEY}person {lost.person.pk}"] = (NAMED, {"people": str(lost.person)})
    return found


def _said(day: date, gaps: Iterable[Gap]) -> tuple[str, dict[str, Any]]:
    """What has to be mended on a roster on one day."""
    gaps = list(gaps)
    people = sorted({person.name for gap in gaps for person in gap.on})
    hours = ", ".join(dict.fromkeys(_hours(*_part(gap, day)) for gap in gaps))
    [roster] = {f"{gap.organisation} · {gap.roster}" for gap in gaps}
    values: dict[str, Any] = {"day": f"{day:%m-%d}", "hours": hours, "roster": roster}
    return (LOST, values | {"people": ", ".join(people)}) if people else (NOBODY, values)


def _part(gap: Gap, day: date) -> tuple[datetime, datetime]:
    """What of a gap lies on a day; nothing when the end isn't after the beginning."""
    midnight, next_one = (datetime.combine(each, time(), clock.zone()) for each in (day, day + DAY))
    return max(gap.since, midnight), min(gap.until, next_one)


def _hours(since: datetime, until: datetime) -> str:
    """From one time of a day to another; its last midnight is 24:00."""
    ends = f"{clock.local(until):%H:%M}"
    return f"{clock.local(since):%H:%M}–{'24:00' if ends == '00:00' else ends}"
