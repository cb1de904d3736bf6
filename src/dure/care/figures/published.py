"""Figures to be given out: counts without persons, small ones left out so that nobody can work them out either.

Whole months and years only, all of the office, one comparison at a time: whoever gives out the same month by dong and
by risk should look at both together.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L

from dure.care.figures import emergencies, gaps, visits
from dure.care.figures.asked import Asked, By, the_month
from dure.care.figures.page import Figures, figures
from dure.care.figures.suppressing import left_out, with_sums
from dure.care.figures.tables import Measure, Table, Text
from dure.cases.models import Finding
from dure.people.actions import Standing

NOT_SEEN = Measure("not_seen", L("Not seen"), L(
    "Visits of any other outcome, cleared up without a visit, or not reported."
))  # fmt: skip
Column = tuple[Measure, frozenset[str]]  # as it is called, and what it adds up


def _of(measures: Sequence[Measure], *keys: str) -> list[Column]:
    return [(each, frozenset([each.key])) for each in measures if each.key in keys]


# No row in two columns, and no column that says, alone or added up, what another table says: what is left out of one
# could be read in the other.
PARTS: dict[str, Sequence[Column]] = {
    "visits": [
        *_of(visits.OUTCOMES, "seen_well", "seen_with_concern"),
        (NOT_SEEN, frozenset(each.key for each in visits.OUTCOMES[3:])),
    ],
    "handed": _of(visits.HANDED, "in_person", "proxy", "at_door"),
    "findings": _of(emergencies.FINDINGS, *Finding.values, "still_open"),
    "gaps": _of(gaps.EVERY, "gap_closed", "gap_hospital", "gap_away", "gap_paused", "gap_other"),
}


@dataclass(frozen=True)
class Given:
    """A table as it is given out: None stands where a number is left out. The last of each line is its sum."""

    title: Text
    columns: Sequence[Measure]
    lines: Sequence[tuple[str, Sequence[int | None]]]

    @property
    def shown(self) -> list[tuple[str, list[str]]]:
        """The lines as people read them."""
        return [
            (name, [_("not shown") if value is None else f"{value:,}" for value in values])
            for name, values in self.lines
        ]


def to_publish(asked: Asked) -> Asked:
    """What of it may be given out: the whole month or year, all of the office."""
    whole = asked if asked.kind in ("month", "year") else the_month(asked.last)
    return Asked(whole.first, whole.last, asked.by)


def published(standing: Standing, asked: Asked, now: datetime) -> list[Given]:
    """The tables that may be given out."""
    found = figures(standing, replace(to_publish(asked)), now)
    return [_given(found, found.table(key), columns) for key, columns in PARTS.items()]


def _given(found: Figures, table: Table, parts: Sequence[Column]) -> Given:
    columns = [each for each, _keys in parts]
    places = [[n for n, each in enumerate(table.columns) if each.key in keys] for _each, keys in parts]
    lines = table.lines if found.asked.by != By.ALL else [table.whole]
    counts = [[sum(int(line.cells[n].value or 0) for n in at) for at in places] for line in lines]
    if not counts:
        return Given(table.title, columns, [])
    out, full = left_out(counts), with_sums(counts)
    shown = [[None if (r, c) in out else value for c, value in enumerate(row)] for r, row in enumerate(full)]
    names = [*(line.name for line in lines), _("Together")]
    rows = list(zip(names, shown, strict=True))
    return Given(table.title, columns, rows if found.asked.by != By.ALL else rows[-1:])
