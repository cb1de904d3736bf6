"""Who has looked at whose data: one line of the record for each page opened, with everybody who was shown on it.

A page doesn't say whom it shows. Rows that tell of a person are held while a page is made, and whoever of them stands
in what goes out has been shown. A page that asks again by itself and shows nobody new writes nothing.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import escape
from typing import Any, Self
from uuid import UUID

from django.db import models
from django.urls import ResolverMatch

from dure.audit.models import Entry

LOOKED, DOWNLOADED, PRINTED = "looked", "took along", "printed"
A_DAYS_WORK = timedelta(hours=12)  # who was shown on a live page since then isn't newly shown


@dataclass
class Held:
    """Whose data were read while a page was made."""

    rows: list["Subject"] = field(default_factory=list)
    also: set[UUID] = field(default_factory=set)
    named: bool = True
    why: str = ""

    def everybody(self) -> set[UUID]:
        """All of them: of a file it can't be seen who stands in it."""
        return {ref for ref, _ in self._named()} | self.also if self.named else set()

    def standing_in(self, page: str) -> set[UUID]:
        """Those who are named on this page, in full or masked."""
        return {ref for ref, names in self._named() if any(escape(name) in page for name in names)} | self.also

    def _named(self) -> set[tuple[UUID, tuple[str, ...]]]:
        return {(ref, tuple(filter(None, names))) for row in self.rows for ref, names in [row.shown_as()] if ref}


_held: ContextVar[Held | None] = ContextVar("held", default=None)


class Subject(models.Model):
    """A row that tells of a person who is served: pages that show it are looks at that person."""

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **how: Any) -> Self:
        made = super().from_db(db, field_names, values, **how)
        if (found := _held.get()) is not None:
            found.rows.append(made)
        return made

    def shown_as(self) -> tuple[UUID | None, Collection[str]]:
        """Who it is, and how pages name them. Asks the data base for nothing."""
        raise NotImplementedError


@contextmanager
def holding() -> Iterator[Held]:
    """While a page is made."""
    found = Held()
    token = _held.set(found)
    try:
        yield found
    finally:
        _held.reset(token)


def because(why: str) -> None:
    """Why somebody takes along what is made now, in their own words; it stands on the record with the look."""
    if (found := _held.get()) is not None:
        found.why = why


def also(refs: Iterable[UUID]) -> None:
    """What goes out was made before, and these persons stand in it."""
    if (found := _held.get()) is not None:
        found.also.update(refs)


def without_names() -> None:
    """The file that is made now names nobody."""
    if (found := _held.get()) is not None:
        found.named = False


@dataclass(frozen=True)
class Look:
    """Somebody at a page: who, when, from where, what."""

    office: int
    who: int
    at: datetime
    source: str
    page: str
    did: str = LOOKED

    @staticmethod
    def page_of(match: ResolverMatch) -> str:
        """How the record names a page: `page care:visit 6f1c…`."""
        captured = getattr(match, "captured_kwargs", {})
        given = (each for name, each in captured.items() if name != "token")  # a token is a key
        return " ".join(["page", match.view_name, *map(str, given)])[:80]

    def lately(self) -> set[UUID]:
        """Whom this person was shown on this page in the last hours."""
        mine = Entry.objects.filter(who_id=self.who, at__gt=self.at - A_DAYS_WORK, about=self.page, did=self.did)
        return {ref for whose in mine.values_list("whose", flat=True) for ref in whose}

    def new(self, shown: Collection[UUID]) -> set[UUID]:
        """Those of them whom this person hasn't been shown on this page in the last hours."""
        return set(shown) - self.lately() if shown else set()

    def write(self, shown: Collection[UUID], why: str = "") -> None:
        """Put it on the record."""
        Entry.objects.create(
            office_id=self.office, who_id=self.who, at=self.at, source=self.source, about=self.page,
            did=self.did, whose=sorted(shown), why=why[:200],
        )  # fmt: skip
