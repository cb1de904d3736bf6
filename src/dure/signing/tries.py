"""Tried in vain: counted before anything is compared, so that many tries at once get no further than one by one."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from dure import clock
from dure.audit.actions import note
from dure.errors import Refused
from dure.offices.acting import acting
from dure.people.models import Person
from dure.signing.models import Tries
from dure.signing.sealing import digest

ANYWHERE = ""  # codes are counted from wherever they are tried: who gets there knows the password


class Locked(Refused):
    """Too many tries; says until when."""


def pause() -> timedelta:
    """For how long nothing is tried, and after how long earlier tries are forgotten."""
    return timedelta(minutes=settings.DURE_LOCKED_MINUTES)


@transaction.atomic
def reserve(name: str, address: str, *, real: datetime) -> None:
    """One more try; refused when it would be one too many. Whether the name is anybody's makes no difference."""
    with _of(name) as key:
        office = _office(name)
        Tries.objects.get_or_create(name_digest=key, address=address, defaults={"office_id": office, "last_at": real})
        row = Tries.objects.select_for_update(no_key=True).get(name_digest=key, address=address)
        if row.is_locked(real):
            until = clock.local(row.locked_until or real)
            raise Locked(_("Too many tries. Try again after %(time)s.") % {"time": f"{until:%H:%M}"})
        row.count = 1 if row.last_at < real - pause() or row.locked_until else row.count + 1
        row.last_at = real
        row.locked_until = real + pause() if row.count >= settings.DURE_TRIES else None
        row.office_id = office  # the name may have become somebody's
        row.save(update_fields=["count", "last_at", "locked_until", "office"])


@transaction.atomic
def give_back(name: str, address: str) -> None:
    """The try was right: it doesn't count, and those before it do until somebody is signed in."""
    with _of(name) as key:
        for row in Tries.objects.select_for_update(no_key=True).filter(name_digest=key, address=address):
            row.count, row.locked_until = max(0, row.count - 1), None
            row.save(update_fields=["count", "locked_until"])


def forget(name: str, address: str) -> None:
    """Somebody is signed in: what was mistyped before is forgotten."""
    with _of(name) as key:
        Tries.objects.filter(name_digest=key, address__in=[address, ANYWHERE]).update(count=0, locked_until=None)


def locked(office: int, *, real: datetime) -> dict[str, datetime]:
    """Until when which log-in names of the office are locked, as digests: see `named`."""
    rows = Tries.objects.filter(office=office, locked_until__gt=real).order_by("locked_until")
    return {row.name_digest: row.locked_until for row in rows if row.locked_until}


def named(name: str) -> str:
    """How a log-in name stands there."""
    return digest("tries", name)


@transaction.atomic
def unlock(person: Person, *, by: Person, now: datetime) -> None:
    """An administrator lets somebody try again."""
    Tries.objects.filter(office=person.office_id, name_digest=named(person.username)).update(count=0, locked_until=None)
    note(at=now, who=by, did="unlocked", about=person)


@contextmanager
def _of(name: str) -> Iterator[str]:
    key = named(name)
    with acting(None, key=f"tries:{key}"):
        yield key


def _office(name: str) -> int | None:
    with acting(None, key=f"name:{name}"):
        return Person.objects.filter(username=name).values_list("office_id", flat=True).first()
