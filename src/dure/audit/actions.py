"""Writing the record, and sealing it afterwards."""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Protocol

from django.db import connection, transaction
from django.db.models import Model

from dure.audit.models import Entry, Seal

FIRST = "0" * 64
ADD = "INSERT INTO audit_entry (office_id, at, who_id, did, about, why) VALUES (%s, %s, %s, %s, %s, %s)"


class Mine(Protocol):
    """Anything that belongs to an office."""

    office_id: int


def about(thing: Any) -> str:
    """How the record names a thing: its kind and its ref, e.g. `duty 6f1c…`."""
    kind = thing._meta.model_name if isinstance(thing, Model) else type(thing).__name__.lower()
    return f"{kind} {getattr(thing, 'ref', None) or getattr(thing, 'pk', '')}"


def line(*, at: datetime, who: Any | None, did: str, about: Mine, why: str = "") -> Entry:
    """A line of the record, not yet written (for many at once: `write`)."""
    named = _about(about)
    return Entry(office_id=about.office_id, at=at, who_id=getattr(who, "pk", who), did=did, about=named, why=why[:200])


_about = about


def note(*, at: datetime, who: Any | None, did: str, about: Mine, why: str = "") -> None:
    """Write one line of the record, in the transaction of what it tells of."""
    who_id = getattr(who, "pk", who)
    with connection.cursor() as cursor:  # a third of what the same costs through a model: it stands in every action
        cursor.execute(ADD, [about.office_id, at, who_id, did, _about(about), why[:200]])


def write(lines: Iterable[Entry]) -> None:
    """Write many lines at once."""
    Entry.objects.bulk_create(lines)


def digest(previous: str, entries: Iterable[Entry]) -> str:
    """The hash of a seal: over the seal before it and its lines in the order of their ids."""
    chain = hashlib.sha256(previous.encode())
    for e in entries:
        at = e.at.astimezone(UTC).isoformat()
        said: list[Any] = [e.pk, e.office_id, at, e.who_id, e.did, e.about, e.why]
        if e.source or e.whose:  # lines from before there were looks are hashed as they were
            said += [e.source, [str(ref) for ref in e.whose]]
        chain.update(json.dumps(said, ensure_ascii=False).encode())
    return chain.hexdigest()


@transaction.atomic
def seal(now: datetime, most: int = 10_000) -> int:
    """Chain the lines written so far; how many. A line of a transaction still running waits for the next seal."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('dure.audit.seal'))")
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        oldest = cursor.fetchone()[0]
    entries = list(Entry.objects.filter(seal=None, xact__lt=oldest).order_by("id")[:most])
    if not entries:
        return 0
    before = Seal.objects.order_by("-id").first()
    previous = before.sha256 if before else FIRST
    made = Seal.objects.create(at=now, lines=len(entries), previous=previous, sha256=digest(previous, entries))
    Entry.objects.filter(pk__in=[e.pk for e in entries]).update(seal=made)
    return len(entries)
