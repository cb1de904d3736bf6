"""Care gaps among the figures, as `care/support` counts them; here by scheme too, which is the one of that day."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext_lazy as _

from dure.care.figures.asked import Asked, By
from dure.care.figures.tables import Groups, Measure
from dure.care.figures.visits import line_of
from dure.care.money.counting import belongings_of
from dure.care.money.sums import on
from dure.care.support.gaps import APART, GAPS, LABELS, Decided, State, rows, tally
from dure.people.actions import Standing

_ABSENT = _("No meal because this absence was told beforehand.")
_REPORTED = _("No meal was given, and this is what was reported.")
MEANS = {
    State.HOSPITAL: _ABSENT,
    State.AWAY: _ABSENT,
    State.PAUSED: _ABSENT,
    State.OTHER: _ABSENT,
    State.CLOSED: _("A holiday or closed day for which the meal wasn't brought the day before."),
    State.NO_MEAL: _("The person was seen, and no meal handed over was reported."),
    State.EXCUSED: _("A person ended the visit with a reason."),
    State.UNREPORTED: _("Nothing was reported of the visit."),
    State.NEVER_OPENED: _("A plan asks for the meal, and there is no visit."),
}
CARE_GAPS = Measure("gaps", _("Care gaps"), _(
    "Meals that were decided and not given although the recipient was there and didn't refuse, from the office's first "
    "visit until today. Each is counted once, by the first reason that holds."
))  # fmt: skip
NO_GAPS = Measure("apart", _("Because of the recipient"), _(
    "Meals that were decided and not given because the recipient was away or refused. They are no care gaps."
))  # fmt: skip
_OF = {each: Measure(f"gap_{each}", LABELS[each], MEANS.get(each, _REPORTED)) for each in (*GAPS, *APART)}
REASONS, NO_REASONS = [_OF[each] for each in GAPS], [_OF[each] for each in APART]
EVERY = [CARE_GAPS, *REASONS, NO_GAPS, *NO_REASONS]
MEASURES = {each.key: each for each in EVERY}
STATES: dict[str, tuple[State, ...]] = {CARE_GAPS.key: GAPS, NO_GAPS.key: APART} | {
    f"gap_{each}": (each,) for each in (*GAPS, *APART)
}


def counted(standing: Standing, asked: Asked, today: date) -> Groups:
    """The meals not given by reason, a line for each that is compared. A fixed number of queries."""
    found: dict[str, dict[str, int]] = {}
    for line, state, n in _tallied(standing, asked, today):
        counts = found.setdefault(line, dict.fromkeys(MEASURES, 0))
        for key in (f"gap_{state}", CARE_GAPS.key if state in GAPS else NO_GAPS.key):
            counts[key] += n
    return found


def _tallied(standing: Standing, asked: Asked, today: date) -> Iterable[tuple[str, State, int]]:
    """Line, reason and number."""
    if asked.by != By.SCHEME and not asked.scheme:
        columns = [] if asked.by == By.ALL else [asked.by.value]
        counts = tally(standing, asked, today, columns, (*GAPS, *APART))
        return [(line_of(key[0]) if key else "", state, n) for *key, state, n in counts]
    return [(_line(each, scheme, asked.by), each.state, 1) for each, scheme in _with_scheme(standing, asked, today)]


def _with_scheme(
    standing: Standing, asked: Asked, today: date, states: Iterable[State] = (*GAPS, *APART)
) -> list[tuple[Decided, int | None]]:
    """The meals not given that are meant, each with the recipient's scheme of that day."""
    meals = rows(standing, asked, today, tuple(states))
    belongings = belongings_of({each.recipient for each in meals})
    found = []
    for each in meals:
        belongs = on(belongings.get(each.recipient, ()), each.day)
        scheme = belongs.scheme if belongs else None
        if not asked.scheme or scheme == asked.scheme:
            found.append((each, scheme))
    return found


def _line(each: Decided, scheme: int | None, by: By) -> str:
    keys = {By.SCHEME: scheme, By.PROVIDER: each.provider, By.DONG: each.dong, By.TIER: each.tier}
    return line_of(keys[by]) if by in keys else ""


def behind(standing: Standing, asked: Asked, today: date, of: str, line: str) -> list[Decided]:
    """The meals behind a number, the latest first."""
    found = _with_scheme(standing, asked.only(line), today, STATES[of])
    return [each for each, scheme in found if line in ("", _line(each, scheme, asked.by))]
