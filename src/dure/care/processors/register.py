"""The register as it stands: providers from their contracts, trainings and certificates; the others as entered."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from dure import clock
from dure.care.changes.models import Certificate, Contract
from dure.care.processors.models import Processor
from dure.gatherings.models import Attendance, Kind
from dure.people.models import Organisation

PROVIDES = _("Cooking, delivering meals and looking after people")
PROVIDED = _("Name, address and way in, phone, health, diet, contacts, meals")


@dataclass(frozen=True)
class Line:
    """One processor."""

    name: str
    task: Any
    items: Any
    since: date | None
    until: date | None
    trained_on: date | None
    destroyed_on: date | None
    ref: Any = None  # to be changed by hand


def register(office: int) -> list[Line]:
    """Providers first, then the others. A fixed number of queries."""
    return [*_providers(office), *_others(office)]


def _providers(office: int) -> list[Line]:
    mine = list(Organisation.objects.filter(office=office, kind=Organisation.Kind.PROVIDER).order_by("name", "id"))
    contracts: dict[int, list[Contract]] = {}
    for contract in Contract.objects.filter(office=office).order_by("entered_at", "id"):
        contracts.setdefault(contract.provider_id, []).append(contract)
    ended = Certificate.objects.filter(office=office, change__ends=True)
    destroyed = dict(ended.order_by("day").values_list("change__provider", "day"))
    came = Attendance.objects.filter(office=office, gathering__kind=Kind.TRAINING, gathering__cancelled_at=None)
    trained = dict(
        came.filter(person__memberships__organisation__in=mine)
        .values_list("person__memberships__organisation")
        .annotate(last=Max("gathering__begins_at"))
        .order_by()
    )
    return [
        Line(
            each.name, PROVIDES, PROVIDED, held[0].since if held else None, held[-1].until if held else None,
            clock.local(trained[each.pk]).date() if each.pk in trained else None, destroyed.get(each.pk),
        )
        for each in mine
        for held in [contracts.get(each.pk, [])]
    ]  # fmt: skip


def _others(office: int) -> list[Line]:
    return [
        Line(
            each.name, " · ".join(filter(None, [str(each.get_task_display()), each.what])), each.items, each.since,
            each.until, each.trained_on, each.destroyed_on, each.ref,
        )
        for each in Processor.objects.filter(office=office)
    ]  # fmt: skip
