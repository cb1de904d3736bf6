"""What was changed of one recipient, in words: when, by whom, which field, from what to what."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, Model, QuerySet
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L

from dure.audit.models import Change
from dure.audit.values import changes
from dure.care.forms import recipient as forms
from dure.care.models import Absence, Contact, MealPlan, OtherService, Recipient
from dure.people.models import Person
from dure.places.models import Place
from dure.sealing.box import is_sealed, unseal

PARTS: tuple[type[Model], ...] = (Recipient, Place, Contact, OtherService, MealPlan, Absence)
TABLES = {model._meta.db_table: model for model in PARTS}
SILENT = {"id", "ref", "office_id", "recipient_id"}  # say nothing to a person
ELSE = {  # fields that stand in no form
    "still_with": L("Provider of today"), "centre": L("Centre"), "place": L("Place"), "ended_on": L("Served until"),
    "ended_why": L("Why it ended"), "ended_how": L("How it ended"), "lon": L("Longitude"), "lat": L("Latitude"),
    "order": L("Order"), "tested_at": L("Number tested at"), "dead_at": L("Number found dead at"),
    "untold_at": L("Not to be told since"), "weekday": L("Weekday"), "meal": L("Meal"), "by_time": L("Time by which"),
    "since": L("From"), "until": L("Until"), "why": L("Why"), "told_by": L("Told by"), "told_at": L("Told at"),
    "entered_by": L("Entered by"), "taken_back_at": L("Taken back at"),
}  # fmt: skip
ADDED, DELETED = Change.Did.ADDED, Change.Did.DELETED


@dataclass(frozen=True)
class Line:
    """One value that was changed."""

    at: datetime
    who: str
    did: Any
    field: Any
    before: str
    after: str


def ids_of(recipient: Recipient) -> dict[str, set[int]]:
    """Which rows are the recipient's, by table."""
    found = {Recipient._meta.db_table: {recipient.pk}, Place._meta.db_table: {recipient.place_id}}
    for mine in (recipient.contacts, recipient.services, recipient.meals, recipient.absences):
        found[mine.model._meta.db_table] = set(mine.values_list("pk", flat=True))
    return found


def of_rows(mine: Mapping[str, Collection[int]]) -> QuerySet[Change]:
    """Every change of these rows, the latest first."""
    return changes((TABLES[table], ids) for table, ids in mine.items())


def lines(found: Iterable[Change], mine: Mapping[str, Collection[int]]) -> list[Line]:
    """The same in words; what only lies otherwise than before is no change."""
    found = list(found)
    names = Person.objects.in_bulk({line.who_id for line in found if line.who_id})
    labels = _labels()
    return [
        Line(line.at, str(names.get(line.who_id or 0) or "—"), line.get_did_display(), label, before, after)
        for line in found
        for row in line.rows
        if row in mine[line.kind]
        for label, before, after in _values(line, row, labels)
    ]


def _values(line: Change, row: int, labels: Mapping[str, Any]) -> Iterator[tuple[Any, str, str]]:
    model = TABLES[line.kind]
    for column, (old, new) in line.of(row).items():
        field = _field(model, column)
        before, after = (_said(line.kind, column, field, value) for value in (old, new))
        if column not in SILENT and before != after:
            yield (labels.get(field.name) or field.verbose_name) if field else column, before or "—", after or "—"


def _field(model: type[Model], column: str) -> "Field[Any, Any] | None":
    try:
        return model._meta.get_field(column.removesuffix("_id"))  # type: ignore[return-value]
    except FieldDoesNotExist:
        return None


def _said(table: str, column: str, field: "Field[Any, Any] | None", value: Any) -> str:
    if value is None or value == "":
        return ""
    if is_sealed(value):
        read = unseal(value, f"{table}.{column}")
        return _("(can't be read)") if read is None else read.decode()
    if column == "weekday":
        return str(WEEKDAYS[value])
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(dict(field.flatchoices).get(value, value)) if field else str(value)


def _labels() -> dict[str, Any]:
    """How the fields are called, as in the forms where they stand in one."""
    named: dict[str, Any] = dict(ELSE)
    for form in (forms.ContactForm, forms.ServiceForm, forms.PlaceForm, forms.RecipientForm):
        named |= {name: field.label for name, field in form.base_fields.items() if field.label}
    return named
