"""What a list would do: calculated first, shown, and only then done."""

import hashlib
import json
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dure.imports.keeping import plain
from dure.imports.kinds import Column, Item, Kind, Row, Scope, Values
from dure.imports.models import Action
from dure.sheets import cells, headers
from dure.sheets.problems import N_, Problem
from dure.sheets.resident import BLOT, BLOTTED
from dure.sheets.tables import Sheet, Value, letters

EMPTY = N_("'%(column)s' is empty. Fill it in.")
TWICE = N_("The same as row %(row)d. Delete one of the two rows.")


@dataclass
class Planned:
    """What one row would do, and to whom."""

    row: Row
    action: str
    subject: str | None = None
    before: Values = field(default_factory=dict)
    wrong: list[tuple[int, Problem]] = field(default_factory=list)  # column counted from 0

    @property
    def differs(self) -> list[tuple[str, Any, Any]]:
        """Which values an update changes: key, before, after."""
        return [(k, self.before.get(k), v) for k, v in self.row.values.items() if self.before.get(k) != v]


@dataclass
class Plan:
    """What the whole list would do."""

    rows: list[Planned]
    passed_over: list[int]

    @property
    def counts(self) -> Counter[str]:
        """How many rows would be added, updated, left as they are, refused."""
        return Counter({action: 0 for action in Action.values} | Counter(each.action for each in self.rows))

    @property
    def refused(self) -> list[Planned]:
        """The rows that can't be taken in."""
        return [each for each in self.rows if each.action == Action.REFUSED]

    @property
    def writes(self) -> list[Planned]:
        """The rows that change something."""
        return [each for each in self.rows if each.action in (Action.ADDED, Action.UPDATED)]

    @property
    def digest(self) -> str:
        """Tells whether what is applied is still what was looked at."""
        lines = [[each.row.number, each.action, each.subject, each.before, each.row.values] for each in self.rows]
        return hashlib.sha256(json.dumps(lines, sort_keys=True).encode()).hexdigest()[:32]


def plan(
    kind: Kind,
    scope: Scope,
    columns: Sequence[Column],
    sheet: Sheet,
    header: headers.Header,
    mapping: Mapping[int, str],
) -> Plan:
    """Read every row, hold it against what is kept, and say what it would do. Nothing is written."""
    by_key = {column.key: column for column in columns}
    where = {key: index for index, key in mapping.items()}
    body, passed_over = headers.body(sheet, header)
    takes = [(index, by_key[key]) for index, key in mapping.items() if key in by_key]
    known: dict[Any, object] = {}  # most cells of a list stand in it many times
    found = [_read(number, values, takes, known) for number, values in body]
    _identify(kind, [each.row for each in found], columns[0].key)
    kind.check(scope, [each.row for each in found if not each.wrong and not each.row.wrong])
    for each in found:
        each.wrong += [(where.get(key, 0), problem) for key, problem in each.row.wrong]
        if each.wrong:
            each.action = Action.REFUSED
    _hold_against_what_is_kept(kind, scope, [each for each in found if not each.wrong])
    return Plan(found, passed_over)


def _read(number: int, row: Sequence[Value], takes: Sequence[tuple[int, Column]], known: dict[Any, object]) -> Planned:
    planned = Planned(Row(number), Action.ADDED)
    for index, column in takes:
        value = row[index] if index < len(row) else None
        cell = column.key, type(value), value
        if cell not in known:
            known[cell] = cells.wrong_anywhere(value) or column.read(value)
        meant = known[cell]
        if meant is None and column.must:
            meant = Problem(EMPTY, column=str(column.label))
        if isinstance(meant, Problem):
            planned.wrong.append((index, meant))
        elif meant is not None:
            planned.row.values[column.key] = plain(meant)
    if any(isinstance(value, str) and BLOT in value for value in row):
        named = {index for index, _ in planned.wrong}
        planned.wrong += [(i, BLOTTED) for i, v in enumerate(row) if i not in named and BLOT in str(v)]
        planned.wrong.sort(key=lambda each: each[0])
    return planned


def _identify(kind: Kind, rows: Sequence[Row], first: str) -> None:
    """By what each row is known again; a row that is already in the list is refused, in its first column."""
    seen: dict[Hashable, int] = {}
    for row in rows:
        row.identity = kind.identify(row.values)
        if row.identity is None:
            continue
        if row.identity in seen:
            row.refuse(first, Problem(TWICE, row=seen[row.identity]))
        seen.setdefault(row.identity, row.number)


def _hold_against_what_is_kept(kind: Kind, scope: Scope, rows: Sequence[Planned]) -> None:
    known = kind.find(scope, {each.row.identity for each in rows if each.row.identity is not None})
    kept = kind.current(scope, set(known.values()))
    for each in rows:
        each.subject = known.get(each.row.identity)
        if each.subject is not None:
            each.before = kept.get(each.subject, {})
            each.action = Action.UPDATED if each.differs else Action.UNCHANGED


def items(rows: Sequence[Planned]) -> list[Item]:
    """What the rows would write: everything of who is new, only what differs of who is known."""
    return [
        Item(each.subject, {k: v for k, _, v in each.differs} if each.subject else each.row.values) for each in rows
    ]


def cell_name(index: int, row: int) -> str:
    """What people call the cell, from the column counted from 0."""
    return f"{letters(index + 1)}{row}"
