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

MEASURES = {**visits.MEASURES, **emergencies.MEASURES, **gaps.MEASURES}
Counts = Mapping[str, int]


@dataclass(frozen=True)
class First:
    """One figure as it is seen first."""

    name: str
    means: str
    value: str
    aside: str = ""  # of how many
    before: str = ""  # what it was once earlier
    tone: str = ""
    of: str = ""


def head(whole: Counts, earlier: Counts | None) -> list[First]:
    """The figures that a head of section wants in twenty seconds."""
    return [
        _share("seen", "planned", whole, earlier),
        replace(_share("in_person", "given", whole, earlier), name=_("Handed over in person")),
        _count("opened", whole, earlier),
        _share("seen_45", "to_see", whole, earlier, goal=90),
        _count("over_90", whole, earlier, tone="danger"),
        _count("gaps", whole, earlier),
        _count("office_pays", whole, earlier),
    ]


def _share(part: str, whole: str, now: Counts, then: Counts | None, goal: float | None = None) -> First:
    share, old = percent(now[part], now[whole]), percent(then[part], then[whole]) if then else None
    missed = goal is not None and share is not None and share < goal
    before = _("before: %(value)s") % {"value": f"{old}%"} if old is not None else ""
    aside = f"{now[part]:,} / {now[whole]:,}"
    if goal is not None:
        aside += " · " + _("goal %(percent)s%%") % {"percent": f"{goal:g}"}
    return First(
        str(MEASURES[part].name), str(MEASURES[part].means), "—" if share is None else f"{share}%",
        aside if now[whole] else "", before, "warn" if missed else "", part if now[part] else "",
    )  # fmt: skip


def _count(key: str, now: Counts, then: Counts | None, tone: str = "") -> First:
    before = _("before: %(value)s") % {"value": f"{then[key]:,}"} if then else ""
    measure, of = MEASURES[key], key if now[key] else ""
    return First(str(measure.name), str(measure.means), f"{now[key]:,}", "", before, tone if of else "", of)


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
