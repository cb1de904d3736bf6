"""Joining, moving, leaving: who has which role where, from when to when; and the history of it, which nobody alters."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from dure import clock
from dure.audit.actions import note
from dure.errors import Refused
from dure.people.actions import Standing
from dure.people.models import Grant, Membership, Organisation, Person, Role
from dure.sheets.write import Column, Page, write

FITS = {  # which roles there are where
    Organisation.Kind.OFFICE: (Role.OFFICER, Role.ADMIN),
    Organisation.Kind.CENTRE: (Role.CENTRE,),
    Organisation.Kind.PROVIDER: (Role.PROVIDER, Role.WORKER),
}


def held_by(person: Person, day: date) -> QuerySet[Membership]:
    """What somebody holds on this day or is to hold later."""
    still = Membership.objects.filter(Q(until=None) | Q(until__gt=day), person=person)
    return still.select_related("organisation").order_by("since", "id")


def history(standing: Standing, of: Person | None = None) -> QuerySet[Grant]:
    """Who was given or lost which role, when and by whom, the latest first; of one person or of the whole office."""
    lines = Grant.objects.filter(office=standing.office).select_related("person", "organisation", "by")
    return lines.filter(person=of) if of else lines


@transaction.atomic
def give(person: Person, organisation: Organisation, role: str, since: date, *, by: Person, now: datetime) -> None:
    """Somebody has a role at an organisation from a day on."""
    if not person.is_active:
        raise Refused(_("%(person)s has left.") % {"person": person})
    if role not in FITS.get(Organisation.Kind(organisation.kind), ()):
        raise Refused(_("There is no such role at %(organisation)s.") % {"organisation": organisation})
    if since < clock.local(now).date():
        raise Refused(_("A role can't be given for days that are over. Choose today or later."))
    later = held_by(person, since).filter(organisation=organisation, role=role)
    if later.exists():
        raise Refused(_("%(person)s has this role already.") % {"person": person})
    Membership.objects.create(
        office_id=person.office_id, person=person, organisation=organisation, role=role, since=since
    )
    note(at=now, who=by, did="gave a role", about=person, why=role)


@transaction.atomic
def end(held: Membership, *, by: Person, now: datetime) -> None:
    """The role ends now. What was done in it stays."""
    today = clock.local(now).date()
    if held.role == Role.ADMIN and held.person_id == by.pk:
        raise Refused(_("Somebody else has to end your own rights."))
    still = Membership.objects.filter(Q(until=None) | Q(until__gt=today), pk=held.pk)
    if still.update(until=Greatest(F("since"), Value(today))):
        note(at=now, who=by, did="ended a role", about=held.person, why=held.role)


def workbook(lines: QuerySet[Grant]) -> bytes:
    """The history as a workbook."""
    columns = [
        Column(_("When"), 18), Column(_("Who"), 14), Column(_("What was done"), 16), Column(_("Where"), 26),
        Column(_("Role"), 18), Column(_("From"), 12), Column(_("Until"), 12), Column(_("Until then"), 12),
        Column(_("Given or taken by"), 14),
    ]  # fmt: skip
    rows = [
        [
            clock.local(line.at).replace(tzinfo=None), line.person.name, line.get_did_display(),
            str(line.organisation or ""), line.get_role_display() if line.role else "", line.since, line.until,
            line.was_until, str(line.by or ""),
        ]
        for line in lines.iterator(chunk_size=2000)
    ]  # fmt: skip
    return write([Page(_("History of rights"), columns, rows, title=_("History of rights"))])
