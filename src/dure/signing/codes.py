"""Codes: of an app that shows another one every half minute (RFC 6238), and ten on paper for the day it is lost."""

import base64
import os
import secrets
from datetime import datetime
from urllib.parse import quote

import segno
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.db import transaction

from dure.people.models import Person
from dure.signing.models import CodeApp, RecoveryCode, Second
from dure.signing.sealing import digest, digests, seal, unseal

STEP = 30  # seconds
HOW_MANY = 10
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another one
LENGTH = 10


def new_secret() -> bytes:
    """A secret for an app, as long as the standard recommends."""
    return os.urandom(20)


def in_letters(secret: bytes) -> str:
    """The secret as it is typed into an app that can't take a picture."""
    return base64.b32encode(secret).decode()


def link(secret: bytes, person: Person) -> str:
    """What the picture says: an app takes it over. It names the log-in and the office."""
    office = quote(person.office.name)
    return f"otpauth://totp/{office}:{quote(person.username)}?secret={in_letters(secret)}&issuer={office}"


def picture(text: str) -> str:
    """The same as a picture to be photographed (SVG in a data address)."""
    return segno.make(text, error="m").svg_data_uri(scale=5, border=3, dark="#000", light="#fff")


def step(secret: bytes, code: str, real: datetime, after: int = 0) -> int | None:
    """Which half minute the code is of: this one, the one before or the next, and later than `after`."""
    if len(code) != 6 or not code.isascii() or not code.isdigit():
        return None
    app = TOTP(secret, 6, SHA1(), STEP)
    this = int(real.timestamp()) // STEP
    for each in (this, this - 1, this + 1):
        try:
            app.verify(code.encode(), each * STEP)
        except InvalidToken:
            continue
        return each if each > after else None
    return None


@transaction.atomic
def set_up(person: Person, secret: bytes, code: str, *, real: datetime) -> bool:
    """The app shows the right code: from here on it is this person's, in place of an earlier one."""
    taken = step(secret, code, real)
    if taken is None:
        return False
    given = {
        "office_id": person.office_id, "sealed": seal(secret), "since": real, "last_step": taken, "used_at": real,
    }  # fmt: skip
    CodeApp.objects.update_or_create(person=person, defaults=given)
    return True


def check(person: Person, text: str, *, real: datetime) -> Second:
    """What this code proves: of the app, of the paper, or nothing. A code that was taken is never taken again."""
    text = "".join(text.split()).replace("-", "").lower()
    if len(text) == LENGTH:
        unused = RecoveryCode.objects.filter(person=person, used_at=None, digest__in=digests(_purpose(person), text))
        return Second.RECOVERY if unused.update(used_at=real) else Second.NONE
    app = CodeApp.objects.filter(person=person).first()
    secret = unseal(app.sealed) if app else None
    taken = step(secret, text, real, app.last_step) if app and secret else None
    if taken is None or not CodeApp.objects.filter(person=person, last_step__lt=taken).update(
        last_step=taken, used_at=real
    ):
        return Second.NONE
    return Second.CODE


@transaction.atomic
def new_recovery_codes(person: Person, *, real: datetime) -> list[str]:
    """Ten codes on paper; earlier ones hold no more. They are shown once and kept as digests."""
    RecoveryCode.objects.filter(person=person).delete()
    made = ["".join(secrets.choice(LETTERS) for _ in range(LENGTH)) for _ in range(HOW_MANY)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(office_id=person.office_id, person=person, digest=digest(_purpose(person), each), made_at=real)
        for each in made
    )
    return [f"{each[:5]}-{each[5:]}" for each in made]


def _purpose(person: Person) -> str:
    return f"recovery {person.ref}"
