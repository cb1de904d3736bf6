"""What a roster's next two weeks look like: its weekly rotas in words, its shifts, and where nobody answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from dure import clock
from dure.care import morning
from dure.care.readiness import Gap
from dure.people.actions import Standing, still_there
from dure.people.models import Holidays, Person, Roster, Rota, Shift
from dure.people.rota import spans, week_of
from dure.people.rotas import pattern

AHEAD = timedelta(days=15)  # on a Friday the whole of next week


@dataclass(frozen=True)
class Day:
    """One day of a roster: the shifts that begin on it, and when nobody answers."""

    day: date
    shifts: Sequence[Shift]
    gaps: Sequence[Gap]


def plan(roster: Roster, standing: Standing, now: datetime) -> list[Day]:
    """The next two weeks of a roster, day by day; only days with something to say."""
    coming = Shift.objects.filter(roster=roster, ends_at__gt=now, starts_at__lt=now + AHEAD)
    shifts = list(still_there(coming, clock.local(now).date()).select_related("person"))
    holes = [g for g in morning.answered(standing, now, now + AHEAD).serious if g.roster == roster]
    days = {max(clock.local(each), clock.local(now)).date() for each in [s.starts_at for s in shifts]}
    days |= {clock.local(gap.since).date() for gap in holes}
    return [
        Day(
            day,
            [s for s in shifts if max(clock.local(s.starts_at), clock.local(now)).date() == day],
            [g for g in holes if clock.local(g.since).date() == day],
        )
        for day in sorted(days)
    ]


@dataclass(frozen=True)
class Line:
    """A weekly rota in words, and who answers in which week; `this` is the week that runs now."""

    rota: Rota
    words: str
    weeks: Sequence[tuple[bool, Sequence[Person]]]


def lines(roster: Roster, now: datetime) -> list[Line]:
    """The weekly rotas of a roster that run or are to come."""
    today = clock.local(now).date()
    found = Rota.objects.filter(roster=roster).prefetch_related("turns__person")
    return [
        Line(rota, sentence(rota), _weeks(rota, today)) for rota in found if rota.until is None or rota.until > today
    ]


def _weeks(rota: Rota, today: date) -> list[tuple[bool, list[Person]]]:
    turns: dict[int, list[Person]] = {}
    for turn in rota.turns.all():
        turns.setdefault(turn.week, []).append(turn.person)
    runs = week_of(rota.since, max(today, rota.since)) % len(turns)
    return [(week == runs and len(turns) > 1, turns[week]) for week in sorted(turns)]


def sentence(rota: Rota) -> str:
    """On which days and from when to when a weekly rota runs."""
    days = ", ".join(str(WEEKDAYS_ABBR[each]) for each in sorted(rota.weekdays))
    said = {"days": _("every day") if len(rota.weekdays) == 7 else days, "from": f"{rota.starts:%H:%M}",
            "until": f"{rota.ends:%H:%M}"}  # fmt: skip
    over = rota.ends <= rota.starts
    words = (_("%(days)s %(from)s – %(until)s of the next day") if over else _("%(days)s %(from)s – %(until)s")) % said
    return words if rota.holidays == Holidays.EVERY else f"{words}, {rota.get_holidays_display()}"


def beside(rota: Rota) -> list[Rota]:
    """Other weekly rotas of the same roster that answer at some of the same times in the next two weeks."""
    first = max(rota.since, clock.local(rota.made_at).date())

    def times(each: Rota) -> list[tuple[datetime, datetime]]:
        holidays_only = each.holidays == Holidays.ONLY
        found = spans(pattern(each), first, first + AHEAD, clock.zone(), lambda day: holidays_only)
        return [(span.starts, span.ends) for span in found]

    mine, others = times(rota), Rota.objects.filter(roster=rota.roster_id).exclude(pk=rota.pk)
    return [
        other for other in others.prefetch_related("turns__person")
        if Holidays.EVERY in (rota.holidays, other.holidays) or rota.holidays == other.holidays
        if any(a < d and c < b for a, b in mine for c, d in times(other))
    ]  # fmt: skip
