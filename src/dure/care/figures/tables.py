"""Figures as tables: a column has a name and what it means, a cell a number and the rows to which it leads."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import Q
from django.utils.functional import Promise

Text = str | Promise
Number = int | float | None


@dataclass(frozen=True)
class Measure:
    """Something that is counted: its name, and in one sentence what is counted, from which fact, and what isn't."""

    key: str
    name: Text
    means: Text
    where: Q | None = None  # what of the visits it counts


@dataclass(frozen=True)
class Cell:
    """One number as it is shown. `value` is what a spreadsheet gets; `aside` stands behind it in small."""

    value: Number
    text: str = ""
    aside: str = ""
    of: str = ""  # what of the rows it counts; empty: it leads nowhere

    @property
    def shown(self) -> str:
        """The number as people read it."""
        if self.text or self.value is None:
            return self.text or "—"
        return f"{self.value:,}"


@dataclass(frozen=True)
class Line:
    """The cells of one provider, dong, scheme or risk; or of all (`key` empty)."""

    key: str
    name: str
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Table:
    """A part of the figures."""

    key: str
    title: Text
    columns: Sequence[Measure]
    lines: Sequence[Line]
    whole: Line
    hint: Text = ""

    @property
    def used(self) -> "Table":
        """The same without the columns in which nothing was counted; the first stays."""
        kept = [n for n, each in enumerate(self.whole.cells) if n == 0 or each.value]

        def of(line: Line) -> Line:
            return replace(line, cells=[line.cells[n] for n in kept])

        columns = [self.columns[n] for n in kept]
        return replace(self, columns=columns, lines=[of(line) for line in self.lines], whole=of(self.whole))

    @property
    def pairs(self) -> Iterable[tuple[Measure, Cell]]:
        """Each measure with its number for all."""
        return zip(self.columns, self.whole.cells, strict=True)


Counts = Mapping[str, int]  # by measure
Groups = Mapping[str, Counts]  # by line


def added(groups: Groups, keys: Iterable[str]) -> dict[str, int]:
    """All lines in one."""
    return {key: sum(counts[key] for counts in groups.values()) for key in keys}


def cell(of: str, n: int, share_of: int | None = None) -> Cell:
    """A count, with its share of another one beside it. Nothing leads to no rows."""
    aside = f"{100 * n / share_of:.1f}%" if n and share_of else ""
    return Cell(n, aside=aside, of=of if n else "")
