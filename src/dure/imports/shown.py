"""What the pages of an import show, made ready for the templates."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.utils.dates import WEEKDAYS_ABBR

from dure import clock
from dure.health.actions import silent
from dure.imports.actions import table
from dure.imports.asking import AGAIN
from dure.imports.keeping import said, spoken, unpack
from dure.imports.kinds import Column
from dure.imports.models import Action, Change, Upload
from dure.imports.planning import Plan, Planned, cell_name
from dure.sheets import headers
from dure.sheets.headers import Header
from dure.sheets.tables import Sheet, Value, letters
from dure.sheets.words import as_text, squash

WAYS = 6  # of writing the same kind of thing, shown for a column
MOST = 100  # rows with errors, changes: the rest is counted and in the workbook


@dataclass(frozen=True)
class Line:
    """One thing to mend: in which row, whose, in which cell, what stands there, what is wrong and what to do."""

    row: int
    who: str
    cell: str
    words: str
    problem: str


@dataclass
class Reading:
    """One way in which cells of a column were understood otherwise than as they stand: an example, and how often."""

    column: Column
    words: str
    meant: str
    row: int
    times: int = 1


class Preview:
    """What the list would do."""

    def __init__(self, upload: Upload, columns: Sequence[Column], plan: Plan) -> None:
        self.plan, self.columns = plan, {column.key: column for column in columns}
        self.sheet, self.header = table(upload)
        self.upload = upload
        self.counts = plan.counts
        self.good = len(plan.writes)
        self.more = max(0, len(plan.refused) - MOST)

    @property
    def lines(self) -> Iterator[Line]:
        """What is to be mended, cell by cell."""
        first = next((int(i) for i, key in self.upload.mapping.items() if key == next(iter(self.columns))), 0)
        for planned in islice(self.plan.refused, MOST):
            number = planned.row.number
            row = self.sheet.rows[number - 1]
            for i, problem in planned.wrong:
                yield Line(number, _short(row[first]), cell_name(i, number), _short(row[i]), spoken(problem))

    @property
    def readings(self) -> list[tuple[list[Reading], int]]:
        """Per column how its cells were read, one example for each way of writing, and how many more ways there are.

        Nothing that was understood, rather than copied, goes in without standing here."""
        mapping = {key: int(index) for index, key in self.upload.mapping.items()}
        found: dict[str, dict[str, Reading]] = {}
        for planned in self.plan.rows:
            if planned.action in (Action.ADDED, Action.UPDATED):
                for key, value in planned.row.values.items():
                    raw = self.sheet.rows[planned.row.number - 1][mapping[key]] if key in mapping else None
                    self._note_reading(found, planned, key, raw if raw is not None else "", value)
        known = ((key, found[key]) for key in self.columns if key in found)
        return [(list(ways.values())[:WAYS], max(0, len(ways) - WAYS)) for _, ways in known]

    def _note_reading(
        self, found: dict[str, dict[str, Reading]], of: Planned, key: str, raw: Value, value: Any
    ) -> None:
        column = self.columns.get(key)
        if column is None or (squash(as_text(raw)) == squash(meant := _plain(column, value))):
            return
        words = _short(raw)
        ways = found.setdefault(key, {})
        spread = column.own or "(" in words or " " in words
        shape = re.sub(r"[가-힣]+", "가", words) if spread else words
        shape = re.sub(r"\d", "9", re.sub(r"(?<!\d)\d{1,2}(?!\d)", "9", shape or meant))
        if shape in ways:
            ways[shape].times += 1
        else:
            ways[shape] = Reading(column, words, meant, of.row.number)

    @property
    def updates(self) -> Iterator[tuple[int, str, list[tuple[Column, str, str]]]]:
        """What would change: row, who (its first column), and per column what it is now and what it becomes."""
        first = next(iter(self.columns))
        updated = (each for each in self.plan.writes if each.action == Action.UPDATED)
        for each in islice(updated, MOST):
            known = [(self.columns[key], old, new) for key, old, new in each.differs if key in self.columns]
            changes = [(column, _plain(column, old), _plain(column, new)) for column, old, new in known]
            yield each.row.number, str(each.row.values.get(first, "")), changes


class Result:
    """What an applied list has done."""

    def __init__(self, upload: Upload) -> None:
        changes = list(upload.changes.only("row", "action", "wrong", "undone_at", "stays"))
        self.counts = {action: sum(c.action == action for c in changes) for action in Action.values}
        self.refused = [(c.row, _reasons(c)) for c in islice((c for c in changes if c.wrong), MOST)]
        self.undone = sum(c.undone_at is not None for c in changes)
        tables = [] if upload.forgotten_at else unpack(upload.tables)
        self.others = [(i, s.name) for i, s in enumerate(tables) if i != upload.sheet and s.rows and not s.hidden]
        self.stays = [(c.row, said(*c.stays)) for c in changes if c.stays]


def in_hand(upload: Upload) -> dict[str, bool]:
    """Of a list that somebody asked to apply or to take back: whether it is late, and whether its work has stopped."""
    late = upload.asked_at is not None and clock.now() - upload.asked_at > AGAIN
    return {"late": late, "stopped": bool(silent(["jobs"], real=clock.real()))}


def _reasons(change: Change) -> list[tuple[str, str]]:
    return [(cell_name(index, change.row), said(text, values)) for index, text, values in change.wrong]


def first_rows(sheet: Sheet, most: int) -> list[tuple[int, list[str]]]:
    """The top of a sheet, to point at its header."""
    return [(n, [_short(v) for v in row[:20]]) for n, row in enumerate(sheet.rows[:most], 1)]


def samples(sheet: Sheet, header: Header) -> list[tuple[str, list[str]]]:
    """For each column its letter and what stands in its first rows."""
    rows = [row for _, row in headers.body(sheet, header)[0][:40]]
    found = []
    for index in range(len(header.names)):
        words = dict.fromkeys(_short(row[index]) for row in rows if row[index] is not None)
        found.append((letters(index + 1), list(words)[:3]))
    return found


def _short(value: Value) -> str:
    words = as_text(value).replace("\ufffc", "")
    return words if len(words) <= 30 else f"{words[:29]}…"


def _plain(column: Column, value: object) -> str:
    if value is None or value == "" or value == []:
        return "–"
    if isinstance(value, bool):
        return "O" if value else "X"
    if isinstance(value, list):
        days = [str(WEEKDAYS_ABBR[each]) if isinstance(each, int) else str(each) for each in value]
        return ", ".join(days)
    return column.words[value][0] if isinstance(value, str) and value in column.words else str(value)
