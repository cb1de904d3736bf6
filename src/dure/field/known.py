"""Whose phone it is that asks: known by its key, for as long as it may hand in."""

import re
from datetime import datetime, timedelta

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from dure import clock
from dure.field import phones
from dure.field.hashed import key_sha256
from dure.offices.acting import act
from dure.people.actions import Standing, standing
from dure.people.models import Device
from dure.postgres.texts import storable

MOST_UNSENT, OLDEST = 99_999, timedelta(days=400)  # more is nonsense


class FromPhone(HttpRequest):
    """A request of a known phone; `auth` is the phone, with its person and that person's office."""

    auth: Device
    standing: Standing
    now: datetime
    ended: datetime | None


class ByKey(HttpBearer):
    """A phone is known by the key with which it hands in: also when it was lost, for two days more."""

    def authenticate(self, request: HttpRequest, token: str) -> Device | None:
        sha256 = key_sha256(token)
        act(None, key=f"device:{sha256}")
        found = Device.objects.filter(key_sha256=sha256).values("pk", "office_id", "person_id").first()
        if found is None:
            return None
        act(found["office_id"], found["person_id"], [])
        device = Device.objects.select_related("person__office", "phone").get(pk=found["pk"])
        clock.use_zone(device.person.office.zone)
        timezone.activate(clock.zone())
        now, mine = clock.now(), standing(device.person, clock.today())
        ended = phones.ended_at(device, mine)
        if not phones.may_hand_in(ended, now):
            return None
        request.now, request.standing, request.ended = now, mine, ended  # type: ignore[attr-defined]
        act(device.office_id, device.person_id, mine.organisations)
        phones.heard(device, told(request), now=now)
        return device


def told(request: HttpRequest) -> phones.Told:
    """What the phone says of itself in the heads of its request; nonsense counts as nothing said."""
    unsent, oldest = (_number(request.headers.get(name)) for name in ("Dure-Unsent", "Dure-Oldest"))
    return phones.Told(
        version=storable(request.headers.get("Dure-App", ""))[:40],
        unsent=None if unsent is None else min(unsent, MOST_UNSENT),
        oldest=None if oldest is None else min(timedelta(seconds=min(oldest, 10**9)), OLDEST),
    )


def _number(text: str | None) -> int | None:
    return int(text) if text and re.fullmatch(r"[0-9]{1,12}", text) else None
