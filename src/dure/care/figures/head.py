"""What is seen first: a few figures, with their goal and how they were once earlier."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _

from dure import clock
from dure.care.figures import emergencies, gaps, visits
from dure.care.figures.asked import Asked, By
from dure.care.figures.tables import added
from dure.care.figures.times import percent
from dure.people.actions import Standing

SEEN = ("seen_well", "seen_with_concern")
Counts = Mapping[str, int]


@dataclass(frozen=True)
class First:
    """One figure as it is seen first."""

    name: str
    value: str
    aside: str = ""  # of how many
    before: str = ""  # what it was once earlier
    tone: str = ""
    of: str = ""


def head(whole: Counts, earlier: Counts | None) -> list[First]:
    """The figures that a head of section wants in twenty seconds."""
    seen = {**whole, "seen": sum(whole[each] for each in SEEN)}
    then = {**earlier, "seen": sum(earlier[each] for each in SEEN)} if earlier else None
    return [
        _share(_("Persons seen"), "seen", "planned", seen, then, of="planned"),
        _share(_("Handed over in person"), "in_person", "given", seen, then),
        _count(_("Emergencies"), "opened", seen, then),
        _share(_("Seen within 45 minutes"), "seen_45", "to_see", seen, then, goal=90),
        _count(_("Seen after 90 minutes or not yet"), "over_90", seen, then, tone="danger"),
        _count(_("Care gaps"), "gaps", seen, then),
        _count(_("Paid by the office (won)"), "office_pays", seen, then),
    ]


def _share(
    name: str, part: str, whole: str, now: Counts, then: Counts | None, of: str = "", goal: float | None = None
) -> First:
    share, old = percent(now[part], now[whole]), percent(then[part], then[whole]) if then else None
    missed = goal is not None and share is not None and share < goal
    before = _("before: %(value)s") % {"value": f"{old}%"} if old is not None else ""
    aside = f"{now[part]:,} / {now[whole]:,}"
    if goal is not None:
        aside += " · " + _("goal %(percent)s%%") % {"percent": f"{goal:g}"}
    return First(
        name, "—" if share is None else f"{share}%", aside if now[whole] else "", before, "warn" if missed else "",
        (of or part) if now[of or part] else "",
    )  # fmt: skip


def _count(name: str, key: str, now: Counts, then: Counts | None, tone: str = "") -> First:
    before = _("before: %(value)s") % {"value": f"{then[key]:,}"} if then else ""
    return First(name, f"{now[key]:,}", "", before, tone if now[key] else "", key if now[key] else "")


def once_earlier(standing: Standing, asked: Asked, now: datetime) -> Counts | None:
    """The same figures of the span before; none while the days that are asked about aren't over."""
    if asked.last >= clock.local(now).date():
        return None
    before = replace(asked.before, by=By.ALL)
    found = emergencies.emergencies(standing, before, now)
    by_reason = added(gaps.counted(standing, before, clock.local(now).date()), gaps.MEASURES)
    every = {
        **visits.counted(standing, before)[""],
        **{key: sum(map(test, found)) for key, test in emergencies.TESTS.items()},
        **by_reason,
    }
    return every if every["planned"] or every["opened"] else None
