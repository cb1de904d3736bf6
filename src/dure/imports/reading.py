"""Reading the rows of a list: what each cell means, what stands for what is above it, what belongs together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dure.imports.keeping import plain
from dure.imports.kinds import Column, Kind, Row, Values
from dure.sheets import cells, ditto, headers
from dure.sheets.cells import Besides
from dure.sheets.problems import N_, Problem
from dure.sheets.resident import BLOT, BLOTTED
from dure.sheets.tables import Sheet, Value
from dure.sheets.words import as_text

EMPTY = N_("'%(column)s' is empty. Fill it in.")
AS_ABOVE = N_("'%(value)s' stands here instead of '%(column)s'. Write it out.")
STRUCK = N_("This is struck through. If it no longer holds, delete it; otherwise take the line away.")
OTHERWISE = N_("Here it says '%(here)s', but in the column '%(column)s' something else. Correct one of the two.")


@dataclass
class Read:
    """One row as it was understood: its cells with the marks for "as above" filled in, and what is wrong in which."""

    row: Row
    cells: Sequence[Value]
    wrong: list[tuple[int, Problem]] = field(default_factory=list)  # column counted from 0
    leaves: tuple[int, str] | None = None  # where and in which words it says that it isn't taken in


class Reader:
    """Reads the rows of one sheet for one kind of list."""

    def __init__(self, kind: Kind, columns: Sequence[Column], mapping: Mapping[int, str], sheet: Sheet) -> None:
        by_key = {column.key: column for column in columns}
        self.kind, self.by_key, self.sheet = kind, by_key, sheet
        self.takes = {index: by_key[key] for index, key in mapping.items() if key in by_key}
        self.parts = [(index, column) for index, column in self.takes.items() if column.part_of]
        self.known: dict[Any, object] = {}  # most cells of a list stand in it many times

    def rows(self, header: headers.Header) -> tuple[list[Read], list[headers.Passed]]:
        """Every row of data, and what was passed over."""
        first = next(iter(self.by_key))
        name_at = next((index for index, column in self.takes.items() if column.key == first), None)
        body, passed_over = headers.body(self.sheet, header, name_at)
        return list(self._each(header, body, passed_over)), passed_over

    def _each(
        self, header: headers.Header, body: Sequence[tuple[int, Sequence[Value]]], passed_over: Sequence[headers.Passed]
    ) -> Iterator[Read]:
        title = " ".join(
            dict.fromkeys(as_text(v) for row in self.sheet.rows[: header.first - 1] for v in row if v is not None)
        )
        headings = iter([each for each in passed_over if each.heading])
        following, under, above = next(headings, None), self.sheet.name, None
        for number, values in body:
            while following and following.number < number:
                under, above, following = following.words, None, next(headings, None)
            whole = self._as_above(values, above)
            yield self._row(number, whole, [under, self.sheet.name, title])
            above = whole

    def _as_above(self, row: Sequence[Value], above: Sequence[Value] | None) -> Sequence[Value]:
        marked = [i for i, value in enumerate(row) if isinstance(value, str) and self._marks(i, value)]
        if not marked or above is None:
            return row
        whole = list(row)
        for index in marked:
            whole[index] = above[index]
        return whole

    def _marks(self, index: int, value: Value) -> bool:
        """Whether this cell says "as above": 상동 does, unless it is among what may be chosen here (a dong)."""
        column = self.takes.get(index)
        if column and column.own:
            return False
        if ditto.is_mark(value) or not ditto.is_word(value):
            return ditto.is_mark(value)
        return not (column and column.words and not isinstance(column.read(value), Problem))

    def _row(self, number: int, values: Sequence[Value], under: Sequence[str]) -> Read:
        read = Read(Row(number, under=under), values)
        besides: list[tuple[int, Besides]] = []
        for index, column in self.takes.items():
            meant = self._cell(number, index, column, values[index] if index < len(values) else None)
            if isinstance(meant, Besides):
                besides.append((index, meant))
                meant = meant.value
            if isinstance(meant, Problem):
                read.wrong.append((index, meant))
            elif column.leaves and meant is not None:
                read.leaves = index, str(meant)
            elif meant is not None:
                read.row.values[column.key] = plain(meant)
        self._join(read)
        for index, each in besides:
            read.wrong += [(index, problem) for problem in self._beside(read.row.values, each)]
        self._notes(read)
        read.wrong.sort(key=lambda each: each[0])
        return read

    def _cell(self, number: int, index: int, column: Column, value: Value) -> object:
        if value is not None and (number, index + 1) in self.sheet.struck:
            return Problem(STRUCK)
        key = column.key, type(value), value
        if key not in self.known:
            self.known[key] = self._meant(column, value)
        meant = self.known[key]
        return Problem(EMPTY, column=str(column.label)) if meant is None and column.must else meant

    def _meant(self, column: Column, value: Value) -> object:
        if isinstance(value, str) and (ditto.is_mark(value) or (column.own and ditto.is_word(value))):
            return Problem(AS_ABOVE, value=value, column=str(column.label))
        return cells.wrong_anywhere(value) or column.read(value)

    def _join(self, read: Read) -> None:
        """A column for each day: the marks together say the days."""
        if not self.parts:
            return
        whole = self.parts[0][1].part_of
        marked = sorted(column.part for _, column in self.parts if read.row.values.pop(column.key, False))
        already = read.row.values.get(whole)
        if already is not None and marked and already != marked:
            label = str(self.by_key[whole].label)
            read.wrong.append((self.parts[0][0], Problem(OTHERWISE, here="O", column=label)))
        elif marked:
            read.row.values[whole] = marked
        elif already is None and not any(index == i for i, _ in self.parts for index, _ in read.wrong):
            read.wrong.append((self.parts[0][0], Problem(EMPTY, column=str(self.by_key[whole].label))))

    def _beside(self, values: Values, said: Besides) -> Iterator[Problem]:
        for key, value in said.others.items():
            column = self.by_key[key]
            if values.setdefault(key, value) != value:
                here = column.words[str(value)][0] if str(value) in column.words else str(value)
                yield Problem(OTHERWISE, here=here, column=str(column.label))

    def _notes(self, read: Read) -> None:
        """What stands in the columns that aren't taken, and resident numbers anywhere."""
        named = {index for index, _ in read.wrong}
        for index, value in enumerate(read.cells):
            if not isinstance(value, str) or index in named:
                continue
            if BLOT in value:
                read.wrong.append((index, BLOTTED))
            elif index not in self.takes and (problem := self.kind.remark(as_text(value))):
                read.wrong.append((index, problem))


def missing(columns: Sequence[Column], chosen: Sequence[str]) -> list[str]:
    """The columns that have to be there and weren't chosen, nor any part of them."""
    parts = {column.part_of for column in columns if column.key in chosen}
    return [str(c.label) for c in columns if c.must and c.key not in chosen and c.key not in parts]
