"""What the pages show: how much is due of which purpose; whom rows are about, masked; when copies are gone."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from dure.care.models import Recipient
from dure.care.support.models import Waiting
from dure.cases.models import Case
from dure.health import backup
from dure.offices.retention import Period, Purpose, purposes
from dure.people.masking import masked_name
from dure.people.models import Person
from dure.retention.models import Hold, Run
from dure.retention.periods import standard
from dure.rules.actions import rules
from dure.rules.models import Unit

SOON = timedelta(days=30)


@dataclass(frozen=True)
class Due:
    """One purpose: how much is to go now, how much within thirty days, and since when the oldest is."""

    purpose: Purpose
    now: int = 0
    soon: int = 0
    oldest: date | None = None

    @property
    def what(self) -> str:
        return _(self.purpose.what)

    @property
    def stays(self) -> str:
        return _(self.purpose.stays) if self.purpose.stays else ""


@dataclass(frozen=True)
class Kept:
    """A period with all that is kept for it."""

    period: Period
    value: Decimal
    of: list[Due]

    @property
    def what(self) -> str:
        return _(self.period.what)

    @property
    def unit(self) -> str:
        return str(Unit(self.period.unit).label)


def kept(office: int, today: date) -> list[Kept]:
    """All purposes under their periods. Two queries."""
    counted = _counts(today + SOON)
    said = rules(office, standard())
    together: dict[Period, list[Due]] = {}
    for each in sorted(purposes(), key=_last):
        together.setdefault(each.period, []).append(Due(each, *counted.get(each.key, (0, 0, None))))
    return [Kept(period, said.on(period.rule, today), of) for period, of in together.items()]


def _last(purpose: Purpose) -> bool:
    """What is about those who are served stands first, what is about the office's own people and machines last."""
    return not purpose.table.startswith(("care_", "calls_", "support_", "places_", "complaints_", "cases_", "changes_"))


def _counts(by_day: date) -> dict[str, tuple[int, int, date | None]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT key, due, soon, oldest FROM dure_retention_counts(%s)", [by_day])
        return {key: (due, soon, oldest) for key, due, soon, oldest in cursor.fetchall()}


@dataclass(frozen=True)
class Row:
    """One row that is due: since when, and whom it is about."""

    number: int
    day: date | None
    who: str


def listed(key: str, today: date, most: int) -> list[Row]:
    """The oldest of one purpose that are due within thirty days, masked. Five queries."""
    day = "nullif(until, '-infinity')"  # of no day: nothing names it any more
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, {day}, refs FROM dure_retention_due(%s, %s, %s)", [key, today + SOON, most])
        found = cursor.fetchall()
    names = named({ref for *_rest, refs in found for ref in refs})
    return [Row(number, day, ", ".join(dict.fromkeys(_told(names, refs)))) for number, day, refs in found]


def _told(names: dict[UUID, str], refs: Iterable[UUID]) -> Iterator[str]:
    return (names[ref] for ref in refs if ref in names)


def named(refs: set[UUID]) -> dict[UUID, str]:
    """How lists call those whom these refs are about: a masked name, or a case's number."""
    names: dict[UUID, str] = {}
    for model in (Recipient, Waiting, Person):  # as rows, not as values: who is shown is looked at
        found: Any = model._default_manager.filter(ref__in=refs).only("ref", "name")
        names |= {each.ref: masked_name(each.name) for each in found}
    cases = Case.objects.filter(ref__in=refs).values_list("ref", "number")
    return names | {ref: _("Case %(number)s") % {"number": number} for ref, number in cases}


def of_run(run: Run) -> list[tuple[str, int, int]]:
    """By purpose what a run found and what went."""
    known = {each.key: _(each.what) for each in purposes()}
    return [(known.get(key, key), found, run.gone.get(key, 0)) for key, found in run.found.items()]


def gone_from_copies(run: Run) -> date | None:
    """From when on no back-up holds any more what this run let go of."""
    return (run.ended_at + timedelta(days=settings.DURE_BACKUPS_DAYS + 1)).date() if run.ended_at else None


def oldest_copy() -> datetime | None:
    """When the oldest back-up was begun, where this machine sees them."""
    copies = backup.copies(Path(settings.DURE_BACKUPS))
    return backup.made_at(copies[0]) if copies else None


def holds(office: int) -> list[tuple[Hold, str]]:
    """What is held back, with whom it is about. Five queries."""
    found = list(Hold.objects.live().filter(office=office).select_related("made_by"))
    names = named({each.about for each in found})
    return [(each, names.get(each.about, "—")) for each in found]
