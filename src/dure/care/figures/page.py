"""All figures of the days asked about, as tables, charts and the few that are seen first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dure import clock
from dure.care.figures import emergencies, gaps, training, visits
from dure.care.figures.asked import NONE, Asked, By
from dure.care.figures.emergencies import Emergency
from dure.care.figures.tables import Cell, Counts, Groups, Line, Measure, Table, Text, added, cell
from dure.care.figures.times import Spread, minutes, spread
from dure.care.models import Scheme
from dure.cases.models import Tier
from dure.people.actions import Standing
from dure.people.models import Organisation
from dure.places.models import Area

FEW = gettext_lazy("too few")
SHARES = {  # of what a number is a share
    **{each.key: "planned" for each in visits.OUTCOMES if each.key != "planned"},
    "in_person": "given", "proxy": "given", "at_door": "given",
    "by_phone": "settled", "seen_45": "to_see", "seen_60": "to_see",
    **{each.key: "gaps" for each in gaps.REASONS}, **{each.key: "apart" for each in gaps.NO_REASONS},
}  # fmt: skip


@dataclass(frozen=True)
class Took:
    """How long one thing took on one line: middle, nine in ten, nineteen in twenty, of how many."""

    measure: Measure
    times: Spread

    @property
    def of(self) -> str:
        """The rows behind it; none of nothing."""
        return f"time_{self.measure.key}" if self.times.n else ""

    @property
    def percentiles(self) -> list[str]:
        """Median, p90 and p95 in minutes, or that there are too few."""
        found = [self.times.within(percent) for percent in (50, 90, 95)]
        return [minutes(each) if each is not None else str(FEW) if self.times.n else "—" for each in found]

    @property
    def values(self) -> list[float | None]:
        """The same as numbers of minutes with one decimal."""
        found = [self.times.within(percent) for percent in (50, 90, 95)]
        return [round(each.total_seconds() / 60, 1) if each is not None else None for each in found]


@dataclass(frozen=True)
class TimeLine:
    """All times of one line."""

    key: str
    name: str
    took: Sequence[Took]


@dataclass(frozen=True)
class Figures:
    """Everything about the days that are asked about. `lines` are what is compared, in order."""

    asked: Asked
    tables: Sequence[Table]
    times: Sequence[TimeLine]
    whole_times: TimeLine
    whole: Counts
    found: Sequence[Emergency]
    exercises: int
    held: Table | None

    def table(self, key: str) -> Table:
        """One of the tables."""
        return next(each for each in self.tables if each.key == key)


def figures(standing: Standing, asked: Asked, now: datetime) -> Figures:
    """Count everything once. A fixed number of queries."""
    today = clock.local(now).date()
    found = emergencies.emergencies(standing, asked, now)
    lines = emergencies.by_line(found, asked.by)
    groups: list[Groups] = [
        visits.counted(standing, asked.until(today)),
        {key: {of: sum(map(test, mine)) for of, test in emergencies.TESTS.items()} for key, mine in lines.items()},
        gaps.counted(standing, asked, today),
    ]
    keys = sorted({key for group in groups for key in group}) if asked.by != By.ALL else []
    named = in_order(keys, names(asked.by, standing))
    every = {key: _all_of(groups, key) for key, _name in named}
    whole = {key: n for group in groups for key, n in added(group, _known(group)).items()}
    whole = {**dict.fromkeys(_KEYS, 0), **whole}
    return Figures(
        asked, [_table(*each, named, every, whole) for each in _tables()],
        [TimeLine(key, name, _took(lines.get(key, []))) for key, name in named],
        TimeLine("", _("Together"), _took(found)), whole, found,
        emergencies.exercises(standing, asked), _held(standing, asked),
    )  # fmt: skip


def _tables() -> list[tuple[str, Text, Sequence[Measure], Text]]:
    by_today = gettext_lazy("The scheme is the recipient's of that day; dong and risk are those of today.")
    by_then = gettext_lazy("Provider, scheme, dong and risk are those of that moment.")
    return [
        ("visits", gettext_lazy("Visits"), visits.OUTCOMES, by_today),
        ("handed", gettext_lazy("Meals handed over"), visits.HANDED, by_today),
        ("found", gettext_lazy("Finding people"), emergencies.FOUND, by_then),
        ("findings", gettext_lazy("How emergencies ended"), emergencies.FINDINGS, by_then),
        ("gaps", gettext_lazy("Meals not given"), gaps.EVERY, by_today),
        ("cost", gettext_lazy("Cost"), visits.COST, by_today),
    ]


_KEYS = [*visits.KNOWN, *emergencies.TESTS, *gaps.MEASURES]


def _known(group: Groups) -> Iterable[str]:
    return next(iter(group.values()), {}).keys()


def _all_of(groups: Iterable[Groups], key: str) -> dict[str, int]:
    found = dict.fromkeys(_KEYS, 0)
    for group in groups:
        found.update(group.get(key, {}))
    return found


def _table(
    key: str,
    title: Text,
    columns: Sequence[Measure],
    hint: Text,
    named: Sequence[tuple[str, str]],
    every: Mapping[str, Counts],
    whole: Counts,
) -> Table:
    lines = [Line(line, name, _cells(columns, every[line])) for line, name in named]
    return Table(key, title, columns, lines, Line("", _("Together"), _cells(columns, whole)), hint)


def _cells(columns: Sequence[Measure], counts: Counts) -> list[Cell]:
    return [
        cell(each.key, counts[each.key], counts[SHARES[each.key]] if each.key in SHARES else None) for each in columns
    ]


def _took(found: Sequence[Emergency]) -> list[Took]:
    return [Took(each, spread(emergency.took(each.key) for emergency in found)) for each in emergencies.TIMES]


def _held(standing: Standing, asked: Asked) -> Table | None:
    """Meetings and training; none when something is meant of which they say nothing."""
    if asked.dong or asked.scheme or asked.tier or asked.by not in (By.ALL, By.PROVIDER):
        return None
    groups = training.counted(standing, asked)
    whole = training.counted(standing, replace(asked, by=By.ALL))[""]
    known = dict(Organisation.objects.filter(office=standing.office).values_list("pk", "name"))
    agencies = in_order([key for key in groups if key], {str(pk): name for pk, name in known.items()})
    lines = [Line(key, name, _cells(training.HELD, groups[key])) for key, name in agencies]
    title = _("Meetings and training")
    hint = _("Not by scheme, dong or risk.")
    return Table("training", title, training.HELD, lines, Line("", _("Together"), _cells(training.HELD, whole)), hint)


def names(by: By, standing: Standing) -> dict[str, str]:
    """What is compared, by its key, in the order in which it is listed."""
    if by == By.TIER:
        return {each.value: str(each.label) for each in Tier}
    of_office = {"office": standing.office}
    rows = {
        By.ALL: [],
        By.SCHEME: Scheme.objects.filter(**of_office).order_by("-year", "name") if by == By.SCHEME else [],
        By.PROVIDER: Organisation.objects.filter(**of_office).order_by("name") if by == By.PROVIDER else [],
        By.DONG: Area.objects.filter(**of_office) if by == By.DONG else [],
    }[by]
    return {str(each.pk): str(each) for each in rows}


def in_order(keys: Iterable[str], known: Mapping[str, str]) -> list[tuple[str, str]]:
    """The lines with their names, in order; what belongs to none comes last."""
    place = {key: n for n, key in enumerate(known)}
    return [
        (key, known.get(key, "—") if key != NONE else _("none known"))
        for key in sorted(keys, key=lambda key: (key == NONE, place.get(key, len(place)), key))
    ]
