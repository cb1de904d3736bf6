"""Passkeys: the phone or computer asks for finger, face or PIN and signs for this address alone (WebAuthn)."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from fido2.server import Fido2Server
from fido2.utils import websafe_decode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from dure.errors import Refused
from dure.offices.acting import act
from dure.people.models import Person
from dure.signing.models import Passkey
from dure.signing.network import read

STATE = "passkey"  # in the session: the question that was asked, answered once
MOST = 10
REQUIRED = UserVerificationRequirement.REQUIRED


def host(request: HttpRequest) -> str:
    """For which name keys are made: of the address that people use."""
    of = urlsplit(settings.DURE_URL).hostname if settings.DURE_URL else None
    return of or urlsplit(f"//{request.get_host()}").hostname or ""


def possible(request: HttpRequest) -> bool:
    """Whether browsers allow passkeys under this address: one with a name, over HTTPS or on this machine."""
    name = host(request)
    return read(name) is None and (request.is_secure() or name == "localhost" or name.endswith(".localhost"))


def _server(request: HttpRequest) -> Fido2Server:
    return Fido2Server(PublicKeyCredentialRpEntity(name="Dure", id=host(request)))


def ask_for_new(request: HttpRequest, person: Person) -> dict[str, Any]:
    """What the browser needs to make a key. It learns a random ref, the log-in name and the person's own name."""
    user = PublicKeyCredentialUserEntity(name=person.username, id=person.ref.bytes, display_name=person.name)
    known = [AttestedCredentialData(bytes(each.credential)) for each in person.passkeys.all()]
    options, state = _server(request).register_begin(
        user, known, resident_key_requirement=ResidentKeyRequirement.REQUIRED, user_verification=REQUIRED
    )
    request.session[STATE] = state
    return dict(options)


@transaction.atomic
def add(request: HttpRequest, person: Person, name: str, answer: str, *, real: datetime) -> Passkey:
    """The key that was made is this person's from here on."""
    state = request.session.pop(STATE, None)
    if person.passkeys.count() >= MOST:
        raise Refused(_("There are ten passkeys already. Remove one first."))
    try:
        made = _server(request).register_complete(state, _said(answer))
        assert made.credential_data is not None
    except (ValueError, TypeError, KeyError, AssertionError) as wrong:
        raise Refused(_("The passkey was not taken. Try again.")) from wrong
    return Passkey.objects.create(
        office_id=person.office_id, person=person, name=name.replace("\x00", "").strip()[:60] or _("Passkey"),
        key_sha256=_digest(made.credential_data.credential_id), credential=bytes(made.credential_data),
        counter=made.counter, made_at=real,
    )  # fmt: skip


def ask(request: HttpRequest) -> dict[str, Any]:
    """What the browser needs to sign: it shows by itself which keys there are for this address."""
    options, state = _server(request).authenticate_begin(user_verification=REQUIRED)
    request.session[STATE] = state
    return dict(options)


def whose(request: HttpRequest, answer: str, *, real: datetime) -> Person | None:
    """Who has signed; the connection acts for that person from here on. None when the signature isn't right."""
    state = request.session.pop(STATE, None)
    try:
        said = _said(answer)
        given = AuthenticationResponse.from_dict(said)
        act(None, key=f"passkey:{_digest(websafe_decode(said['rawId']))}")
        found = Passkey.objects.filter(key_sha256=_digest(given.raw_id)).first()
        if found is None:
            return None
        act(found.office_id, found.person_id, [])
        _server(request).authenticate_complete(state, [AttestedCredentialData(bytes(found.credential))], given)
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    counter = given.response.authenticator_data.counter
    if (counter or found.counter) and counter <= found.counter:  # a copy of the key has signed before
        return None
    Passkey.objects.filter(pk=found.pk).update(counter=counter, used_at=real)
    person = Person.objects.select_related("office").get(pk=found.person_id)
    return person if person.is_active else None


def _said(answer: str) -> Mapping[str, Any]:
    said = json.loads(answer)
    if not isinstance(said, dict):
        raise ValueError("no object")
    return said


def _digest(credential: bytes) -> str:
    return hashlib.sha256(credential).hexdigest()
