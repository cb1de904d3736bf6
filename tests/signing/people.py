"""Who signs in in these tests, and an app on their phone that was written apart from ours."""

import base64
import hashlib
import hmac
import re
import struct
from datetime import UTC, datetime

from django.test import Client

from dure.offices.acting import act
from dure.people.models import Person
from tests import make

PASSWORD = "소나무 아래 초록 우산"
WRONG = "소나무 아래 노란 우산"
AGENT = "A browser"


def somebody(**values) -> Person:
    """An officer of an office of their own, with a password."""
    return with_password(make.person(make.office(**values)))


def with_password(person: Person) -> Person:
    person.set_password(PASSWORD)
    person.save()
    return person


def type_in(person: Person | str, password: str = PASSWORD, client: Client | None = None, **extra):
    """The log-in form, filled in and sent."""
    client = client or Client()
    name = person if isinstance(person, str) else person.username
    return client, client.post("/login/", {"username": name, "password": password}, **extra)


def enter(person: Person, **extra) -> Client:
    """Signed in with password and code app for the first time; the connection acts for the office again."""
    client, _ = type_in(person, **extra)
    assert client.post("/login/set-up/", {"code": shown(secret(client))}, **extra).status_code == 200
    act(person.office_id, person.pk)
    return client


def secret(client: Client, page: str = "/login/set-up/") -> str:
    """The letters that the page shows."""
    said = client.get(page).content.decode()
    return re.search(r'class="letters">([A-Z2-7 ]+)<', said)[1].replace(" ", "")


def shown(letters: str, ahead: int = 0) -> str:
    """What an app shows at this moment (RFC 6238), or so many half minutes later."""
    step = int(datetime.now(UTC).timestamp()) // 30 + ahead  # noqa: TID251
    mac = hmac.new(base64.b32decode(letters), struct.pack(">Q", step), hashlib.sha1).digest()
    at = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[at : at + 4])[0] & 0x7FFFFFFF) % 10**6:06}"
