"""Every visit of any days as a spreadsheet: as it was settled, or as it counts now; without names unless asked for."""

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from dure import clock
from dure.audit import looks
from dure.care.models import Handed, Meal, Outcome, Recipient, Scheme, Visit
from dure.care.money import sums
from dure.care.money.counting import Prices, belongings_of, way
from dure.care.money.models import Booking
from dure.offices.acting import acting
from dure.people.actions import Standing
from dure.people.models import Organisation
from dure.sheets.tables import Value
from dure.sheets.write import Column, Page, write

READ = (
    "pk", "recipient_id", "day", "way", "meals", "meal", "outcome", "excused_at", "provider__name",
    "recipient__place__area__name",
)  # fmt: skip


@dataclass
class Period:
    """Days that are exported, as the record names them."""

    office_id: int
    first: date
    last: date

    @property
    def ref(self) -> str:
        """Which days."""
        return f"{self.first} {self.last}"


def export(
    standing: Standing, first: date, last: date, provider: Organisation | None, *, named: bool, now: datetime
) -> bytes:
    """The workbook. Recipients have a number that means nothing outside this one file."""
    names = dict(Recipient.objects.seen_by(standing).values_list("pk", "name")) if named else {}
    with acting(standing.office):
        rows = list(_rows(standing, first, last, provider, names if named else None))
    notes = [
        f"{first} – {last} · {clock.local(now):%Y-%m-%d %H:%M}",
        _("Closed months stand here as they were settled last; all others as they count now. Amounts in won."),
    ]
    titles = [
        _("Day"), _("Meal"), _("Scheme"), _("Provider"), _("Dong"), _("Recipient no."), *([_("Name")] if named else []),
        _("Outcome"), _("How handed over"), _("Brought"), _("Meals that count"), _("Unit price"), _("Own share"),
        _("Amount"), _("Closed in the books"),
    ]  # fmt: skip
    title = _("Meals, visit by visit")
    return write([Page(title, [Column(each) for each in titles], rows, title=title, notes=notes)])


def _rows(
    standing: Standing, first: date, last: date, provider: Organisation | None, names: Mapping[int, str] | None
) -> Iterator[list[Value]]:
    mine = Visit.objects.filter(office=standing.office, day__range=(first, last))
    if standing.organisations is not None:
        mine = mine.filter(provider__in=standing.organisations)
    if provider:
        mine = mine.filter(provider=provider)
    visits = list(mine.annotate(way=way()).order_by("day", "due_at", "pk").values_list(*READ))
    people = {row[1] for row in visits}
    if names:
        looks.also(Recipient.objects.filter(pk__in=people & names.keys()).values_list("ref", flat=True))
    numbers, prices, known = pseudonyms(people), Prices.read(standing.office).of, belongings_of(people)
    booked = Booking.objects.filter(
        day__range=(first, last), next=None, settlement__provider_id__in=mine.values("provider")
    )
    books = {each.visit_id: each.plain() for each in booked}
    schemes = {each.pk: str(each) for each in Scheme.objects.filter(office=standing.office)}
    for pk, recipient, day, how, brought, meal, outcome, excused, where, dong in visits:
        now = sums.entry(sums.Meal(pk, recipient, day, how, brought), known.get(recipient, ()), prices)
        each = books.get(pk, now)
        yield [
            day, str(Meal(meal).label), schemes.get(each.scheme or 0, ""), where, dong or "", numbers[recipient],
            *([names.get(recipient, "")] if names is not None else []),
            str(Outcome(outcome).label) if outcome else _("not owed after all") if excused else "",
            words(each.way), brought, each.meals, each.unit_price, each.own_share,
            each.amount, pk in books,
        ]  # fmt: skip


def words(way: str) -> str:
    """How a meal was handed over; nothing when nobody has said so."""
    if way == Handed.REFUSED:
        return _("Refused by the recipient")
    return str(Handed(way).label) if way in Handed.values else ""


def pseudonyms(people: Iterable[int]) -> dict[int, int]:
    """A number for each, drawn anew for every file: nobody can lay two files side by side."""
    mixed = sorted(people)
    random.SystemRandom().shuffle(mixed)
    return {person: number for number, person in enumerate(mixed, 1)}
