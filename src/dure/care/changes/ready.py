"""Whether a provider can begin: its people, who answers at every hour, numbers, phones, courses, contract."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Min
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dure import clock
from dure.audit.actions import note
from dure.care.changes.models import UNDONE, Change, Contract
from dure.care.models import Route
from dure.care.numbers import untested
from dure.care.opening import at
from dure.people.models import Device, Membership, Organisation, Person, Role, Roster, Shift
from dure.people.rota import DAY, uncovered

A_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Item:
    """One thing that has to be there: whether it is, and what is missing."""

    name: str
    missing: str
    page: str

    @property
    def done(self) -> bool:
        """Whether nothing of it is missing."""
        return not self.missing


def first_day(provider: Organisation, today: date, *, drafts: bool = True) -> date:
    """The day on which a provider begins: of the first change to it, else of its contract, else tomorrow.

    A provider itself hears of no draft.
    """
    coming = Change.objects.filter(UNDONE, day__gt=today, destinations__to=provider)
    coming = coming if drafts else coming.exclude(confirmed_at=None)
    first = coming.aggregate(first=Min("day"))["first"]
    held = contract(provider)
    begins: date = first or (held.since if held and held.since > today else today + DAY)
    return begins


def contract(provider: Organisation) -> Contract | None:
    """The newest contract."""
    return Contract.objects.filter(provider=provider).order_by("-entered_at", "-pk").first()


def checklist(provider: Organisation, now: datetime, *, drafts: bool = True) -> Sequence[Item]:
    """Everything that has to be there before the first day, with what is missing. A fixed number of queries."""
    begins = first_day(provider, clock.local(now).date(), drafts=drafts)
    held = Membership.objects.on(begins).filter(organisation=provider, person__left_at=None)
    roles = list(held.values_list("role", "person"))
    desks, workers = ({p for r, p in roles if r == role} for role in (Role.PROVIDER, Role.WORKER))
    known = set(Device.objects.filter(person__in=workers, revoked_at=None).values_list("person", flat=True))
    routes = list(Route.objects.filter(provider=provider).values_list("worker", flat=True))
    numbers = f"/care/numbers/{provider.ref}/"
    return [
        Item(_("People at the desk"), "" if desks else _("Nobody yet. Upload the list of staff."), "/imports/"),
        Item(_("Workers"), "" if workers else _("Nobody yet. Upload the list of staff."), "/imports/"),
        Item(_("Somebody answers at every hour of the first week"), _unanswered(provider, begins), "/care/rosters/"),
        Item(_("Numbers tested"), _untested(provider, desks, now), numbers),
        Item(_("Phones of the workers"), _without(len(workers - known), bool(workers)), "/field/phones/"),
        Item(_("Courses with a worker"), _courses(routes), "/imports/"),
        Item(_("Contract"), _contract(contract(provider), begins), ""),
    ]


def _unanswered(provider: Organisation, begins: date) -> str:
    roster = Roster.objects.filter(organisation=provider, answers_for="desk", retired_at=None).first()
    if roster is None:
        return _("There is no roster. Make one and add shifts.")
    start, end = at(begins, datetime.min.time()), at(begins + A_WEEK, datetime.min.time())
    shifts = Shift.objects.filter(roster=roster, ends_at__gt=start, starts_at__lt=end, person__left_at=None)
    gaps = uncovered(start, end, shifts.values_list("starts_at", "ends_at"))
    if not gaps:
        return ""
    said = {"since": f"{clock.local(gaps[0][0]):%m-%d %H:%M}", "n": len(gaps)}
    return ngettext("Nobody from %(since)s.", "Nobody from %(since)s, and at %(n)s times in all.", len(gaps)) % said


def _untested(provider: Organisation, desks: set[int], now: datetime) -> str:
    n = len(untested([provider.pk], now)[provider.pk])
    if n:
        return ngettext("%(n)s number wasn't called on trial.", "%(n)s numbers weren't called on trial.", n) % {"n": n}
    return "" if desks else _("Nobody is there to be called.")


def _without(n: int, any_worker: bool) -> str:
    if not any_worker:
        return _("There are no workers yet.")
    return ngettext("%(n)s worker has no phone.", "%(n)s workers have no phone.", n) % {"n": n} if n else ""


def _courses(workers: Sequence[int | None]) -> str:
    if not workers:
        return _("There is no course yet. Courses come with the list of recipients, or on their pages.")
    n = sum(each is None for each in workers)
    return ngettext("%(n)s course has no worker.", "%(n)s courses have no worker.", n) % {"n": n} if n else ""


def _contract(held: Contract | None, begins: date) -> str:
    if held is None:
        return _("Not entered yet.")
    if not held.since <= begins or (held.until and held.until < begins):
        return _("It doesn't cover the first day (%(day)s).") % {"day": f"{begins:%Y-%m-%d}"}
    return ""


@transaction.atomic
def sign(made: Contract, provider: Organisation, *, by: Person, now: datetime) -> None:
    """A contract is entered; those before stay on the record."""
    made.office_id, made.provider, made.entered_at, made.entered_by = provider.office_id, provider, now, by
    made.save()
    note(at=now, who=by, did="entered a contract", about=provider)
