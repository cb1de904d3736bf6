"""What a list would do: calculated first, shown, and only then done."""

import hashlib
import json
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dure.imports.kinds import Column, Item, Kind, Row, Scope, Values
from dure.imports.models import Action
from dure.imports.reading import Read, Reader
from dure.sheets import headers
from dure.sheets.problems import N_, Problem
from dure.sheets.tables import Sheet, letters

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


@dataclass(frozen=True)
class Left:
    """A row that says of somebody that it has ended: it isn't taken in."""

    number: int
    who: str
    words: str


@dataclass
class Plan:
    """What the whole list would do."""

    rows: list[Planned]
    passed_over: list[headers.Passed]
    left: list[Left]

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
    where = {key: index for index, key in mapping.items()}
    name_at = where.get(columns[0].key, 0)
    where |= {c.key: where.get(c.near, name_at) for c in columns if c.key not in where}
    read, passed_over = Reader(kind, columns, mapping, sheet).rows(header)
    _identify(kind, [each.row for each in read if each.leaves is None], columns[0].key)
    read, left = _left_out(kind, scope, read, columns[0].key)
    found = [Planned(each.row, Action.ADDED, wrong=each.wrong) for each in read]
    kind.check(scope, [each.row for each in found if not each.wrong and not each.row.wrong])
    for each in found:
        each.wrong += [(where.get(key, name_at), problem) for key, problem in each.row.wrong]
        if each.wrong:
            each.action = Action.REFUSED
    _hold_against_what_is_kept(kind, scope, [each for each in found if not each.wrong])
    return Plan(found, passed_over, left)


def _left_out(kind: Kind, scope: Scope, rows: Sequence[Read], first: str) -> tuple[list[Read], list[Left]]:
    """Who has ended isn't taken in. Who is still served by what is kept is asked about."""
    ended = [each for each in rows if each.leaves]
    for each in ended:
        each.row.identity = kind.identify(each.row.values)
    go_on = {each.row.identity for each in rows if not each.leaves}
    asked = {each.row.identity for each in ended if each.row.identity} - go_on
    kept = kind.find(scope, asked) if asked else {}
    left, stay = [], []
    for each in rows:
        if not each.leaves:
            stay.append(each)
        elif each.row.identity in kept:
            each.wrong = [(each.leaves[0], Problem(kind.still_kept, value=each.leaves[1]))]
            stay.append(each)
        else:
            left.append(Left(each.row.number, str(each.row.values.get(first, "")), each.leaves[1]))
    return stay, left


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
