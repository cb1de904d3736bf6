"""Saying that a contact isn't to be told, and that it is over."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from dure.audit.actions import note
from dure.care.discretion.models import Untold
from dure.care.models import PROGRAMME, Contact
from dure.cases.models import Case
from dure.errors import Refused
from dure.people.models import Person


@transaction.atomic
def not_to_be_told(contact: Contact, why: str, *, by: Person, now: datetime) -> Untold:
    """From now on the contact is on no list, on no phone, and on no card of an emergency, open ones included."""
    contact = Contact.everybody.select_for_update(no_key=True, of=("self",)).select_related("recipient").get(
        pk=contact.pk
    )  # fmt: skip
    if contact.untold_at:
        raise Refused(_("This contact isn't told already."))
    made = Untold.objects.create(
        office_id=contact.office_id, recipient=contact.recipient, contact=contact, name=contact.name,
        why=why.strip()[:300], since=now, by=by,
    )  # fmt: skip
    mine = Case.objects.select_for_update(no_key=True, of=("self",)).filter(office=contact.office_id)
    for case in mine.filter(programme=PROGRAMME, subject=contact.recipient.ref).order_by("pk"):
        named = case.card.get("contacts", [])
        left = [on_card for on_card in named if not _is(on_card, contact)]
        if left != named:  # a card that can't be read for want of its key is left as it lies
            case.card = case.card | {"contacts": left}
            case.save(update_fields=["card"])
    note(at=now, who=by, did="not to be told", about=made)
    return made


def _is(on_card: dict[str, Any], contact: Contact) -> bool:
    """Whether this line of a card is the contact: by the number, under whatever name it was written down."""
    return bool(on_card.get("phone") == contact.phone)


@transaction.atomic
def told_again(untold: Untold, why: str, *, by: Person, now: datetime) -> None:
    """It is over: the contact is phoned and told like the others, on cards of coming emergencies too."""
    locked = Untold.objects.select_for_update(no_key=True).get(pk=untold.pk)
    if locked.ended_at:
        raise Refused(_("This has been ended already."))
    locked.ended_at, locked.ended_by, locked.ended_why = now, by, why.strip()[:300]
    locked.save(update_fields=["ended_at", "ended_by", "ended_why"])
    note(at=now, who=by, did="to be told again", about=locked)
