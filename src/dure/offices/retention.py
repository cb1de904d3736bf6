"""How long what is kept, and for what: each box says it of its own tables in a module `retention`.

Nothing here asks the data base. What is written down is made into functions of the data base when it is migrated
(`dure.retention.install`), so that a statement typed by hand is held to it as well.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps

GONE = "—"  # stands where a name or a text was
CHECK = "(확인 필요)"
PRIVACY = "개인정보 보호법 제21조(목적 달성 시 지체 없이 파기)"


@dataclass(frozen=True)
class Period:
    """How long something is kept after its purpose began to run out. An office's own rule of this name goes first."""

    rule: str
    what: str  # message id
    count: int
    unit: str  # days or months
    source: str


@dataclass(frozen=True)
class Purpose:
    """What is kept for one purpose in one table, from when its time runs, and how it is let go.

    SQL is about a row `t` of the table, with whatever `join` adds. `since` is a day or a moment; null: not yet.
    `refs` are those whom the row is about: nothing is let go of whom a hold names, or who is at issue. Without
    anything in `empties` and `to` the whole row goes; with it these fields are emptied, and the row stays as a figure.
    """

    key: str
    what: str  # message id
    period: Period
    table: str
    since: str
    stays: str = ""  # message id: what stays, and for what
    join: str = ""
    where: str = "true"
    refs: str = "'{}'::uuid[]"
    empties: tuple[str, ...] = ()
    to: Mapping[str, str] = field(default_factory=dict)  # a field, and in SQL what becomes of it
    of_a_person: bool = False  # lets go of somebody, so nothing at all may be owed to them
    office: str = "t.office_id"
    many: int = 10_000  # more than so many in one night asks a person

    @property
    def deletes(self) -> bool:
        """Whether the row goes."""
        return not self.empties and not self.to


@dataclass(frozen=True)
class Retention:
    """What a box keeps: its purposes, what is let go by a job of its own, and which tables hold nobody's data.

    `at_issue` and `owed` are SQL about `refs`: whether something is being cleared up, or is still owed to somebody.
    """

    purposes: tuple[Purpose, ...] = ()
    elsewhere: Mapping[str, str] = field(default_factory=dict)  # table, and how long and by what
    excused: Mapping[str, str] = field(default_factory=dict)  # table, and why nothing of it has to go
    at_issue: tuple[str, ...] = ()
    owed: tuple[str, ...] = ()


def declared() -> list[Retention]:
    """What all boxes say, from the bottom of the house to its top."""
    names = [app.name for app in apps.get_app_configs() if app.name.startswith("dure.")]
    return [import_module(f"{name}.retention").RETENTION for name in names if _says(name)]


def _says(name: str) -> bool:
    return find_spec(f"{name}.retention") is not None and hasattr(import_module(f"{name}.retention"), "RETENTION")


def purposes() -> list[Purpose]:
    """Every purpose, in the order of the boxes."""
    return [each for box in declared() for each in box.purposes]
