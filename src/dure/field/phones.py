"""What is known of a phone: whether it may still show somebody and hand in, what it has left to send, how it ended."""

import hmac
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dure import clock
from dure.audit.actions import note
from dure.care.on_the_road import employer
from dure.care.workers import actions as workers
from dure.duty.actions import close
from dure.duty.models import Duty, Outcome
from dure.duty.opening import Owed, open_duties
from dure.errors import Refused
from dure.field.hashed import key_sha256
from dure.field.models import Phone
from dure.health.actions import fault
from dure.offices.acting import acting
from dure.people.actions import Standing
from dure.people.models import Device, Membership

LOST, ORDER = "field.wiped", "office"
MISSING = gettext_noop("The phone of %(person)s is empty, and %(n)s reports had not arrived. Ask what was seen.")
A_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Told:
    """What a phone says of itself with each request: its version, how many reports it has left, the oldest's age."""

    version: str = ""
    unsent: int | None = None
    oldest: timedelta | None = None


def of(device: Device) -> Phone | None:
    """What is known of this phone beside its device; nothing yet of one that was last heard before it was kept."""
    return getattr(device, "phone", None)


def ended_at(device: Device, standing: Standing) -> datetime | None:
    """Since when the phone shows nobody: taken away, or its owner has left or has no role any more."""
    if device.revoked_at or device.person.left_at:
        return device.revoked_at or device.person.left_at
    if standing.roles:
        return None
    last = Membership.objects.filter(person=device.person).aggregate(until=Max("until"))["until"]
    return _midnight(last) if last and last <= clock.today() else device.enrolled_at


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.zone())


def may_hand_in(ended: datetime | None, now: datetime) -> bool:
    """A phone that was taken away hands in what it still holds, for two days."""
    return ended is None or now - ended < timedelta(hours=settings.DURE_HAND_IN_HOURS)


def is_apart(device: Device, ended: datetime | None) -> bool:
    """Whether what it hands in is set apart: who has the phone now may be anybody. Not so when its own owner had it
    made known again with a new code."""
    phone = of(device)
    return ended is not None and not (phone and phone.replaced_by_id)


def may_read(device: Device, key: str) -> bool:
    """Whether this key reads. A phone from before there were two reads without, until its owner has chosen a PIN."""
    phone = of(device)
    if phone is None or not phone.two_keys:
        return True
    return bool(phone.read_sha256) and hmac.compare_digest(phone.read_sha256, key_sha256(key))


def heard(device: Device, told: Told, *, now: datetime) -> None:
    """A sign of life of the phone, written down at most once a minute, or when it has more or less left to send."""
    phone = of(device)
    fresh = device.heard_at is not None and timedelta(0) <= now - device.heard_at < A_MINUTE
    said = told.unsent is not None and (phone is None or (phone.unsent, phone.version) != (told.unsent, told.version))
    if fresh and not said:
        return
    Device.objects.filter(pk=device.pk).update(heard_at=now)
    if not fresh and device.revoked_at is None:  # who has one that was taken away may be anybody
        workers.heard(device, now=now)
    if told.unsent is None:
        return
    since = now - (told.oldest or timedelta(0)) if told.unsent else None
    values = {"unsent": told.unsent, "unsent_since": since, "told_at": now, "version": told.version}
    new = {**values, "office_id": device.office_id}
    Phone.objects.update_or_create(device=device, defaults=values, create_defaults=new)
    if phone and phone.wiped_why == Phone.Wiped.PINS and not told.unsent:
        _all_came(device, now)


@transaction.atomic
def read_with(device: Device, key: str, *, now: datetime) -> None:
    """Its owner has chosen a PIN: from now on the phone reads with this key, which lies there under the PIN."""
    phone, _made = Phone.objects.get_or_create(device=device, defaults={"office_id": device.office_id})
    phone = Phone.objects.select_for_update(no_key=True).get(pk=phone.pk)
    sha256 = key_sha256(key)
    if phone.read_sha256 == sha256:
        return
    if phone.read_sha256 or phone.wiped_at:
        raise Refused(_("This phone has been made known already. Ask your desk for a new code."))
    Phone.objects.filter(pk=phone.pk).update(two_keys=True, read_sha256=sha256)
    note(at=now, who=device.person, did="chose a PIN", about=device)


@transaction.atomic
def wiped(device: Device, why: str, unsent: int, *, now: datetime) -> None:
    """The phone has wiped what can be read on it, or everything; `unsent`: the reports that it knows it still owed.

    What hadn't arrived is asked for: by a person, of the person whose phone it was.
    """
    phone, _made = Phone.objects.get_or_create(device=device, defaults={"office_id": device.office_id})
    phone = Phone.objects.select_for_update(no_key=True).get(pk=phone.pk)
    if phone.wiped_why == why:
        return
    lost = max(unsent, phone.unsent or 0) if why in (Phone.Wiped.GONE, Phone.Wiped.ANEW) else unsent
    values = {"wiped_at": now, "wiped_why": why, "lost": lost, "read_sha256": "", "two_keys": True}
    Phone.objects.filter(pk=phone.pk).update(**values)
    note(at=now, who=device.person, did="wiped", about=device, why=f"{why} {lost}")
    if lost:
        _ask_for(device, lost, now)


def _ask_for(device: Device, lost: int, now: datetime) -> None:
    with acting(device.office_id, device.person_id):  # the worker can't see what the desk owes
        if Duty.objects.filter(kind=LOST, about=device.ref, closed_at=None).exists():
            return
        values = {"person": str(device.person), "n": lost}
        owed = Owed(
            kind=LOST, what=MISSING, values=values, due_at=now, ladder=ORDER, page="/field/phones/", about=device.ref,
            organisation=employer(device.person), raised_why="wiped",
        )  # fmt: skip
        try:
            open_duties(device.office_id, [owed], by=device.person, now=now)
        except Refused:  # an office that isn't set up yet
            fault(f"wiped {device.ref}", MISSING, values, now=now, office=device.office_id)


def _all_came(device: Device, now: datetime) -> None:
    with acting(device.office_id, device.person_id):
        owed = list(Duty.objects.filter(kind=LOST, about=device.ref, closed_at=None))
        close(owed, by=device.person, outcome=Outcome.KEPT, now=now)
