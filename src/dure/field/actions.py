"""Making a worker's phone known, and no longer."""

import hashlib
import secrets
from datetime import datetime, timedelta
from string import digits

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from dure import clock
from dure.audit.actions import note
from dure.errors import Refused
from dure.field.models import Enrolment
from dure.offices.acting import act
from dure.people.actions import standing
from dure.people.models import Device, Person

GOOD_FOR = timedelta(minutes=30)
DIGITS = 8


def key_sha256(key: str) -> str:
    """By which a phone's key is known; the key itself is on the phone alone."""
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()


def _code_hash(code: str) -> str:
    """With the installation's secret, so that the few digits can't be tried out on a stolen copy."""
    return salted_hmac("dure.field.enrolment", code, algorithm="sha256").hexdigest()


@transaction.atomic
def enrol(person: Person, *, by: Person, now: datetime) -> str:
    """A code for a worker's phone, told to the worker by word of mouth. The one made before is void."""
    if person.left_at:
        raise Refused(_("%(person)s doesn't work here any more.") % {"person": person})
    Enrolment.objects.filter(person=person, used_at=None, good_until__gt=now, made_at__lt=now).update(good_until=now)
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    made = Enrolment.objects.create(
        office_id=person.office_id, person=person, code_hash=_code_hash(code), made_at=now, made_by=by,
        good_until=now + GOOD_FOR,
    )  # fmt: skip
    note(at=now, who=by, did="made a code", about=made, why=str(person.ref))
    return code


def take_code(code: str, name: str, *, now: datetime) -> tuple[Device, str]:
    """A phone hands in the code and gets its key. The connection acts for its person from here on."""
    hashed = _code_hash("".join(c for c in code if c in digits))
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
        made.used_at, made.device = now, device
        made.save(update_fields=["used_at", "device"])
        note(at=now, who=made.person, did="enrolled", about=device)
    act(made.office_id, made.person_id, standing(made.person, clock.today()).organisations)
    return device, key


@transaction.atomic
def revoke(device: Device, *, by: Person, now: datetime) -> None:
    """The phone was lost or given back: it shows nobody any more. What it still holds is taken all the same."""
    if Device.objects.filter(pk=device.pk, revoked_at=None).update(revoked_at=now):
        note(at=now, who=by, did="revoked", about=device)


def heard(device: Device, *, now: datetime) -> None:
    """A sign of life of the phone, written down at most once a minute."""
    if device.heard_at is None or now - device.heard_at >= timedelta(minutes=1):
        Device.objects.filter(pk=device.pk).update(heard_at=now)
