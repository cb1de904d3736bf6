"""What a change means beside the recipients: what is open at the provider, and who of its people leaves."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from dure.care.changes.leaving import for_good, who
from dure.care.changes.models import Change
from dure.cases.models import Case
from dure.duty.models import Duty
from dure.people.models import Device, Person

SHOWN = 20


@dataclass(frozen=True)
class OpenMatter:
    """Something that is still to be done at the provider, and who goes on with it after the day."""

    duty: Duty
    then: str


@dataclass(frozen=True)
class Around:
    """Open emergencies, what else is to be done, and the people of the provider with what ends for them."""

    cases: Sequence[Case]
    matters: Sequence[OpenMatter]
    more: int
    people: Sequence[Person]
    for_good: frozenset[int]
    phones: int


def around(change: Change) -> Around:
    """What is open and who leaves. A fixed number of queries."""
    mine = Duty.objects.filter(organisation=change.provider_id, closed_at=None, drill=False)
    mine = mine.exclude(Q(kind="care.visit", raised_at=None) | Q(kind__startswith="case.")).order_by("due_at", "pk")
    duties, gone = list(mine[: SHOWN + 1]), set(for_good(change).values_list("pk", flat=True))
    people = list(who(change).prefetch_related("memberships"))
    cases = Case.objects.filter(organisation=change.provider_id, closed_at=None, drill=False).select_related("area")
    return Around(
        cases=list(cases.order_by("opened_at")),
        matters=[OpenMatter(duty, _then(change, duty)) for duty in duties[:SHOWN]],
        more=max(mine.count() - SHOWN, 0),
        people=people,
        for_good=frozenset(gone),
        phones=Device.objects.filter(person__in=gone, revoked_at=None).count(),
    )


def _then(change: Change, duty: Duty) -> str:
    """Who goes on with it."""
    if duty.kind == "care.visit":
        return _("centre of the dong, then the office")
    if duty.kind == "care.numbers":
        return _("not needed any more") if change.ends else change.provider.name
    if duty.kind.startswith(("care.concern", "care.review", "care.away", "care.disagree", "case.")):
        return _("the new provider")
    return _("the office") if change.ends else change.provider.name
