"""What a programme declares so that a list of its things can be taken in from a spreadsheet."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar

from django_stubs_ext import StrOrPromise

from dure.people.models import Organisation, Person, Role
from dure.sheets.problems import Problem
from dure.sheets.tables import Value

FOR = (Role.PROVIDER, Role.OFFICER, Role.ADMIN)
Values = dict[str, Any]  # column key -> text, number, true/false, list; a date as "1941-03-05"


@dataclass(frozen=True)
class Column:
    """One column: the header we write, the headers we know it by, and how its cells are read."""

    key: str
    label: StrOrPromise
    read: Callable[[Value], object]
    names: Sequence[str] = ()
    must: bool = False
    hint: StrOrPromise = ""  # how to write it, for the template
    words: Mapping[str, Sequence[str]] = field(default_factory=dict)  # key -> how it is written, when one is chosen
    near: str = ""  # where it is said that this is missing, when the list has no such column
    own: bool = False  # never the same as in the row above, whatever a mark says
    leaves: bool = False  # a value here says that the row isn't taken in: its meals have ended
    part_of: str = ""  # a mark here stands for one value of that other column: a column for each day
    part: int = 0

    @property
    def choices(self) -> list[str]:
        """What the template offers to choose from."""
        return [ways[0] for ways in self.words.values()]


@dataclass(frozen=True)
class Scope:
    """Who takes a list in, whose list it is (a provider's, or else the whole office's), and when."""

    by: Person
    organisation: Organisation | None
    now: datetime
    today: date
    whole: bool = True  # whether the person may see the whole office; else only that organisation

    @property
    def office(self) -> int:
        """The office whose list it is."""
        return self.by.office_id


@dataclass
class Row:
    """One row of the list: its number in the sheet, what was understood, and what is wrong in which column."""

    number: int
    values: Values = field(default_factory=dict)
    wrong: list[tuple[str, Problem]] = field(default_factory=list)
    identity: Hashable | None = None
    under: Sequence[str] = ()  # the heading above it, the name of the sheet, the title

    def refuse(self, key: str, problem: Problem) -> None:
        """Something is wrong with this column of the row; the row isn't taken in."""
        self.wrong.append((key, problem))


@dataclass(frozen=True)
class Item:
    """One thing to write: `subject` says which (None: a new one), `values` what of it is new; None empties it."""

    subject: str | None
    values: Values


class Kind(ABC):
    """One kind of list. A subject is the name by which the record knows a thing: "recipient 6f1c…"."""

    title: StrOrPromise
    roles: ClassVar[Collection[str]] = FOR  # whose list it may be; a provider's desk only uploads its own
    still_kept: ClassVar[str] = ""  # what is said of a row that is left out although it is kept as going on

    @abstractmethod
    def columns(self, scope: Scope) -> Sequence[Column]:
        """The columns, in the order of the template."""

    @abstractmethod
    def identify(self, values: Values) -> Hashable | None:
        """By what a row is known again next time, e.g. name and date of birth; None when that is missing."""

    @abstractmethod
    def find(self, scope: Scope, wanted: Collection[Hashable]) -> Mapping[Hashable, str]:
        """The subjects that are there already, by what identifies them. One query, not one per row."""

    @abstractmethod
    def current(self, scope: Scope, subjects: Collection[str]) -> Mapping[str, Values]:
        """What is kept of each of these subjects now, as plain values under the keys of the columns."""

    @abstractmethod
    def save(self, scope: Scope, items: Sequence[Item]) -> Sequence[str]:
        """Write them all, new and changed, in bulk; the subjects in the same order."""

    @abstractmethod
    def remove(self, scope: Scope, subjects: Collection[str]) -> Mapping[str, Problem]:
        """Take back what an import has added; for each that must stay, why."""

    def remark(self, words: str) -> Problem | None:
        """What a note in a column that isn't taken may mean for its row, so that nobody overlooks it."""
        return None

    def check(self, scope: Scope, rows: Sequence[Row]) -> None:  # noqa: B027  # most kinds have nothing to add
        """Refuse what is wrong between the columns of a row, or between rows."""
