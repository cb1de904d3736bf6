"""Those who work for a provider that ends: as of its day they see nothing, answer for nothing, have nothing in hand."""

from datetime import datetime, time

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from dure import clock
from dure.audit.actions import note
from dure.care import numbers
from dure.care.changes.models import Change, Leaving
from dure.care.rosters import write
from dure.duty.actions import close, gone
from dure.duty.models import Duty, Outcome
from dure.people import rotas
from dure.people.accounts import leave as end_account
from dure.people.models import Membership, Person, Roster, Shift

MORNING = time(10)


@transaction.atomic
def announce(change: Change) -> None:
    """Their places end with the day, whether a machine runs then or not."""
    later = Q(until=None) | Q(until__gt=change.day)
    places = Membership.objects.filter(later, organisation=change.provider_id, since__lt=change.day).order_by("pk")
    known = change.leaving.values("membership")
    found = list(places.exclude(pk__in=known))
    Leaving.objects.bulk_create(
        Leaving(office_id=change.office_id, change=change, membership=each, was_until=each.until) for each in found
    )
    Membership.objects.filter(pk__in=[each.pk for each in found]).update(until=change.day)


@transaction.atomic
def call_off(change: Change) -> None:
    """The provider goes on: their places are as they were."""
    for each in change.leaving.select_related("membership"):
        Membership.objects.filter(pk=each.membership_id, until=change.day).update(until=each.was_until)
    change.leaving.all().delete()


def who(change: Change) -> QuerySet[Person]:
    """Everybody who works for the provider until the day."""
    held = Membership.objects.filter(organisation=change.provider_id, since__lt=change.day)
    held = held.filter(Q(until=None) | Q(until__gte=change.day))
    return Person.objects.filter(left_at=None, pk__in=held.values("person")).order_by("name", "pk")


def for_good(change: Change) -> QuerySet[Person]:
    """Those of them who work nowhere else by then: their accounts and phones end."""
    others = Membership.objects.filter(person=OuterRef("pk")).exclude(organisation=change.provider_id)
    still = others.filter(Q(until=None) | Q(until__gt=change.day))
    return who(change).exclude(Exists(still))


@transaction.atomic
def leave(change: Change, now: datetime) -> None:
    """The day has come: rosters, what they had in hand, accounts and phones. What is owed goes on without them."""
    assert change.confirmed_by is not None
    by = change.confirmed_by
    announce(change)  # who came since
    everybody = list(who(change).values_list("pk", flat=True))
    _empty_rosters(change, by, now)
    tests = Duty.objects.filter(kind=numbers.KIND, about=change.provider.ref, closed_at=None)
    close(list(tests), by=by, outcome=Outcome.EXCUSED, now=now)
    gone(everybody, by=by, now=now)
    for person in for_good(change).exclude(pk=by.pk):
        end_account(person, by=by, now=now)
    Change.objects.filter(pk=change.pk).update(left_at=now)
    note(at=now, who=by, did="left", about=change)


def _empty_rosters(change: Change, by: Person, now: datetime) -> None:
    today = clock.local(now).date()
    for roster in Roster.objects.filter(organisation=change.provider_id, retired_at=None).order_by("pk"):
        for rota in roster.rotas.filter(Q(until=None) | Q(until__gt=today), since__lte=today):
            rotas.end(rota, today, by=by, now=now)
        roster.rotas.filter(since__gt=today).update(until=F("since"))
        rotas.take_off(Shift.objects.filter(roster=roster, ends_at__gt=now), now=now)
        write(roster, now)
