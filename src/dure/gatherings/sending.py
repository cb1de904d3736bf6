"""Circulars: sent, acknowledged by each agency for itself, or ended by an officer."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dure import clock
from dure.audit.actions import note
from dure.duty.actions import close
from dure.duty.models import Outcome
from dure.duty.opening import Owed, open_duties
from dure.errors import Refused
from dure.gatherings.actions import Works, next_morning
from dure.gatherings.models import Circular, Copy
from dure.gatherings.telling import answering, tell_agencies
from dure.people.models import Organisation, Person

NEW_CIRCULAR = gettext_noop("New circular “%(title)s”: acknowledge it by %(day)s.")
UNREAD = gettext_noop("The circular “%(title)s” was to be acknowledged by %(day)s, and isn't yet (%(organisation)s).")


@transaction.atomic
def send(
    circular: Circular, organisations: Collection[Organisation], *, works: Works, by: Person, now: datetime
) -> Circular:
    """Every agency addressed gets it, and owes it to say by a day that it has read it."""
    if not organisations:
        raise Refused(_("Choose who gets it."))
    if circular.answer_by < clock.local(now).date():
        raise Refused(_("The day by which it is acknowledged has passed. Look at the date."))
    circular.office_id, circular.sent_at, circular.sent_by = by.office_id, now, by
    circular.save()
    values = {"title": circular.title, "day": str(circular.answer_by)}
    owners = {held.organisation_id: held.person for held in answering(organisations, now).select_related("person")}
    owed = [
        Owed(
            kind="gatherings.circular", what=UNREAD, values={**values, "organisation": each.name}, ladder="paper",
            due_at=next_morning(circular.answer_by, works), page=page(circular), about=circular.ref,
            organisation=each.pk, owner=owners.get(each.pk),
        )
        for each in organisations
    ]  # fmt: skip
    duties = open_duties(by.office_id, owed, by=by, now=now)
    Copy.objects.bulk_create(
        Copy(office_id=by.office_id, circular=circular, organisation=each, duty=duty)
        for each, duty in zip(organisations, duties, strict=True)
    )
    note(at=now, who=by, did="sent", about=circular)
    tell_agencies(organisations, NEW_CIRCULAR, values, page(circular), by, now)
    return circular


def page(circular: Circular) -> str:
    """Where a circular is read and acknowledged."""
    return f"/gatherings/circulars/{circular.ref}/"


@transaction.atomic
def acknowledge(circular: Circular, organisations: Collection[int], *, why: str = "", by: Person, now: datetime) -> int:
    """Somebody of these agencies has read it, or told an officer so (`why`: how); how many copies that answers."""
    copies = _open(circular, organisations)
    close([copy.duty for copy in copies], by=by, outcome=Outcome.KEPT, now=now, note=why.strip()[:200])
    mine = Copy.objects.filter(pk__in=[copy.pk for copy in copies])
    return mine.update(acknowledged_at=now, acknowledged_by=by, why=why.strip()[:200])


@transaction.atomic
def excuse(circular: Circular, organisations: Collection[int], *, why: str, by: Person, now: datetime) -> int:
    """These agencies needn't acknowledge it any more; how many copies that ends."""
    if not why.strip():
        raise Refused(_("Say why it needn't be acknowledged any more."))
    copies = _open(circular, organisations)
    close([copy.duty for copy in copies], by=by, outcome=Outcome.EXCUSED, now=now, note=why.strip()[:200])
    mine = Copy.objects.filter(pk__in=[copy.pk for copy in copies])
    return mine.update(excused_at=now, excused_by=by, why=why.strip()[:200])


def _open(circular: Circular, organisations: Collection[int]) -> list[Copy]:
    mine = Copy.objects.select_for_update(no_key=True, of=("self",)).filter(
        circular=circular, organisation__in=organisations
    )
    return list(mine.filter(acknowledged_at=None, excused_at=None).select_related("duty"))
