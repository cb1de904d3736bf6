"""Making a worker's phone known, and no longer."""

import secrets
from datetime import datetime, timedelta
from string import digits

from django.db import transaction
from django.utils.translation import gettext as _

from dure import clock
from dure.audit.actions import note
from dure.errors import Refused
from dure.field import phones
from dure.field.hashed import code_hash, key_sha256
from dure.field.models import Enrolment, Phone
from dure.offices.acting import act
from dure.people.actions import standing
from dure.people.models import Device, Person

GOOD_FOR = timedelta(minutes=30)
DIGITS = 8


@transaction.atomic
def enrol(person: Person, *, by: Person, now: datetime) -> str:
    """A code for a worker's phone, told to the worker by word of mouth. The one made before is void."""
    if person.left_at:
        raise Refused(_("%(person)s doesn't work here any more.") % {"person": person})
    Enrolment.objects.filter(person=person, used_at=None, good_until__gt=now, made_at__lt=now).update(good_until=now)
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    made = Enrolment.objects.create(
        office_id=person.office_id, person=person, code_hash=code_hash(code), made_at=now, made_by=by,
        good_until=now + GOOD_FOR,
    )  # fmt: skip
    note(at=now, who=by, did="made a code", about=made, why=str(person.ref))
    return code


def take_code(code: str, name: str, *, now: datetime, before: str = "") -> tuple[Device, str]:
    """A phone hands in the code and gets the key with which it hands in. The connection acts for its person then.

    `before` is the key that this phone had: its PIN was forgotten, or it was given to somebody else. Somebody has one
    phone: whichever was theirs until now is so no more.
    """
    hashed = code_hash("".join(c for c in code if c in digits))
    act(None, key=f"enrolment:{hashed}")
    found = Enrolment.objects.filter(code_hash=hashed).first()
    if found is None:
        raise Refused(_("This code isn't known. Look at the digits again, or ask your desk for a new code."))
    act(found.office_id, found.person_id, [])
    with transaction.atomic():
        locked = Enrolment.objects.select_for_update(no_key=True, of=("self",)).select_related("person__office")
        made = locked.get(pk=found.pk)
        clock.use_zone(made.person.office.zone)
        if made.used_at or made.good_until <= now or made.person.left_at:
            raise Refused(_("This code has been used or is too old. Ask your desk for a new one."))
        key = secrets.token_urlsafe(32)
        device = Device.objects.create(
            office_id=made.office_id, person=made.person, name=name[:100], key_sha256=key_sha256(key), enrolled_at=now,
            heard_at=now,
        )  # fmt: skip
        Phone.objects.create(office_id=made.office_id, device=device, two_keys=True)
        made.used_at, made.device = now, device
        made.save(update_fields=["used_at", "device"])
        note(at=now, who=made.person, did="enrolled", about=device)
        _one_phone_each(device, key_sha256(before), now)
    act(made.office_id, made.person_id, standing(made.person, clock.today()).organisations)
    return device, key


def _one_phone_each(device: Device, before: str, now: datetime) -> None:
    live = Device.objects.filter(revoked_at=None).exclude(pk=device.pk).select_related("person", "phone")
    for old in live.filter(person=device.person) | live.filter(key_sha256=before):
        Device.objects.filter(pk=old.pk).update(revoked_at=now)
        mine = old.person_id == device.person_id
        note(at=now, who=device.person, did="replaced" if mine else "revoked", about=old)
        if mine and old.key_sha256 == before:
            known = {"replaced_by": device, "two_keys": True, "read_sha256": ""}
            Phone.objects.update_or_create(
                device=old, defaults=known, create_defaults={**known, "office_id": old.office_id}
            )
        elif mine:
            phones.wiped(old, Phone.Wiped.ANEW, 0, now=now)


@transaction.atomic
def revoke(device: Device, *, by: Person, now: datetime) -> None:
    """The phone was lost or given back: it shows nobody any more. What it still holds is taken, and set apart."""
    if Device.objects.filter(pk=device.pk, revoked_at=None).update(revoked_at=now):
        note(at=now, who=by, did="revoked", about=device)
