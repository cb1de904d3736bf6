"""Keeping photographs of signs, and taking over those of a phone that was taken away."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from dure.audit.actions import note
from dure.care.confidential import InConfidence
from dure.care.models import Visit
from dure.care.photos.models import Photo
from dure.duty.models import Report
from dure.duty.reports import one_at_a_time
from dure.errors import Refused
from dure.files import actions as files
from dure.files.sorts import PICTURES, taken
from dure.offices.acting import acting
from dure.people.models import Device, Person

MOST = 20  # of one report; a phone lets nobody take as many


@dataclass(frozen=True)
class Taken:
    """A photograph as it was sent: its key, its bytes, at which visit and with which report it was taken, and when."""

    key: UUID
    data: bytes
    visit: UUID | None
    report: UUID
    at: datetime
    in_confidence: bool = False


def keep(sent: Taken, *, by: Person, device: Device | None, apart: bool, now: datetime) -> bool:
    """Keep a photograph, drawn anew; whether it is new. Whatever isn't one, or belongs to no visit, is refused.

    `apart`: it comes from a phone that was taken away, and isn't shown by itself until somebody takes it over.
    """
    hashed = sha256(sent.data).hexdigest()
    with acting(by.office_id, by.pk):
        if Photo.objects.filter(key=sent.key, sha256=hashed).exists():
            return False
        _name, drawn = taken("photo.jpg", sent.data, PICTURES)
        with transaction.atomic():
            one_at_a_time(sent.report)
            return _keep(sent, hashed, drawn, by, device, apart, now)


def _keep(
    sent: Taken, hashed: str, drawn: bytes, by: Person, device: Device | None, apart: bool, now: datetime
) -> bool:
    visit = _visit(sent)
    if Photo.objects.filter(key=sent.key, sha256=hashed).exists():
        return False
    if Photo.objects.filter(report=sent.report).count() >= MOST:
        raise Refused(_("There are %(n)s photos of this report already. No more are kept.") % {"n": MOST})
    told = InConfidence.objects.filter(sighting__report__key=sent.report).exists()
    made = Photo.objects.create(
        office_id=by.office_id, key=sent.key, sha256=hashed, visit=visit, report=sent.report, at=min(sent.at, now),
        received_at=now, by=by, device=device, content=files.keep(by.office_id, drawn), apart=apart,
        in_confidence=sent.in_confidence or told,
    )  # fmt: skip
    note(at=now, who=by, did="photographed", about=made, why=f"visit {visit.ref}")
    return True


def _visit(sent: Taken) -> Visit:
    """The visit at which it was taken, or that its report is about."""
    of_report = Report.objects.filter(key=sent.report, about__isnull=False).values_list("about", flat=True)
    for ref in [sent.visit, *of_report]:
        if ref and (found := Visit.objects.filter(ref=ref).first()):
            return found
    raise Refused(_("It isn't known to which visit this photo belongs. Tell your desk what it shows."))


def take_over(report: UUID, *, by: Person, now: datetime) -> None:
    """Somebody has asked the worker: the photographs of this report are theirs, and are shown like any other."""
    for photo in Photo.objects.filter(report=report, apart=True):
        Photo.objects.filter(pk=photo.pk).update(apart=False)
        note(at=now, who=by, did="took over", about=photo)
