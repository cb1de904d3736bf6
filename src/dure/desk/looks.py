"""Who has looked at whose data, in words: month by month for whoever has to review it, and for one recipient."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Func, IntegerField, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from dure.audit.looks import DOWNLOADED, LOOKED, PRINTED
from dure.audit.models import Entry
from dure.care.money.models import next_month
from dure.care.opening import at
from dure.desk.places import GROUPS
from dure.people.models import Person

VERBS = {LOOKED: _("opened"), DOWNLOADED: _("downloaded"), PRINTED: _("printed")}
NIGHT = Q(at__hour__gte=22) | Q(at__hour__lt=6)
ALONE = Q(whose__len=1)
OWN = {"account": _("My account"), "rights": _("History of rights"), "places": _("All pages"), "person": _("Accounts")}
ONLY = {
    "night": NIGHT,
    "one": ALONE,
    "downloads": Q(did=DOWNLOADED),
    "prints": Q(did=PRINTED),
}


@dataclass(frozen=True)
class Line:
    """One look, as a person reads it."""

    at: datetime
    who: str
    did: Any
    page: Any
    people: int
    source: str
    why: str


def of_month(office: int, month: date) -> QuerySet[Entry]:
    """All looks of a month."""
    start, end = at(month, time()), at(next_month(month), time())
    return Entry.objects.filter(office_id=office, did__in=VERBS, at__gte=start, at__lt=end)


def of_person(office: int, ref: UUID) -> QuerySet[Entry]:
    """Every time that somebody was shown this person's data."""
    return Entry.objects.filter(office_id=office, whose__contains=[ref]).exclude(whose=[]).order_by("-id")


def by_person(looks: QuerySet[Entry]) -> list[dict[str, Any]]:
    """How often each person looked, at how many, how much of it at night, and what they took along; the most first."""
    many = Func(F("whose"), function="cardinality", output_field=IntegerField())
    counted = looks.values("who_id").annotate(
        pages=Count("id"), people=Sum(many), sources=Count("source", distinct=True),
        **{name: Count("id", filter=which) for name, which in ONLY.items()},
    )  # fmt: skip
    found = list(counted.order_by("-people", "who_id"))
    names = Person.objects.in_bulk([each["who_id"] for each in found])
    return [{**each, "who": names.get(each["who_id"])} for each in found]


def lines(entries: Iterable[Entry]) -> list[Line]:
    """The same in words."""
    entries, places = list(entries), _places()
    names = Person.objects.in_bulk({entry.who_id for entry in entries})
    return [
        Line(
            entry.at, str(names.get(entry.who_id or 0) or "—"), VERBS.get(entry.did, entry.did),
            _in_words(entry.about, places), len(entry.whose), entry.source, entry.why,
        )
        for entry in entries
    ]  # fmt: skip


def _places() -> Mapping[str, Any]:
    """What the pages are called, by the name of their address."""
    return OWN | {name: label for _title, places in GROUPS for name, label in places}


def _in_words(about: str, places: Mapping[str, Any]) -> Any:
    """The page, or the part of the product in which it lies."""
    name = about.split()[1] if about.startswith("page ") else about.split()[0]
    return next((places[each] for each in _nearest(name) if each in places), _("Another page"))


def _nearest(name: str) -> Iterator[str]:
    """`care:visit` is looked for as itself, as its list, and as the first page of its part."""
    yield name
    yield f"{name}s"
    box, _, _last = name.rpartition(":")
    yield from (f"{box}:{each}" for each in ("index", "show", "plans", "uploads") if box)
    yield f"care:{name.split('_')[0]}s"


def before(month: date) -> date:
    """The first day of the month before."""
    return date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)
