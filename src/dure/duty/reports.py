"""Envelopes from phones: what was seen is kept first and understood afterwards. It is never refused."""

import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import OperationalError, connection, transaction
from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_noop

from dure.audit.actions import note
from dure.duty.models import Duty, Ladder, Report
from dure.duty.opening import Owed, open_duties
from dure.errors import Refused
from dure.health.actions import fault, mended
from dure.health.models import Fault
from dure.offices.acting import acting
from dure.people.models import Device, Person
from dure.postgres.texts import storable

log = logging.getLogger(__name__)
NOT_UNDERSTOOD = gettext_noop("A report from the field could not be read. Call %(person)s and ask what was seen.")
OTHER_CONTENT = gettext_noop("A report came twice with different content. Both are kept; look at both.")

SOON, OLDEST = timedelta(minutes=5), timedelta(days=30)  # how long a kept report may lie, and is looked for
UNREAD = "unread "  # begins the key of the fault that nobody could be asked to look at a report
ORDER = "office"  # in which order people are asked to
LARGEST = 2**31 - 1  # version
Take = Callable[[Report, datetime], None]
Instead = Callable[[Report], Take | None]  # how a report is taken that came before in another form


@dataclass(frozen=True)
class Envelope:
    """What travels from a phone: the key it made, the body as it was sent, and what the kernel needs to sort it."""

    key: UUID
    kind: str
    version: int
    body: str
    about: UUID | None = None
    gravity: str = ""
    seen_at: datetime | None = None
    sent_at: datetime | None = None
    by_paper: bool = False

    @property
    def sha256(self) -> str:
        """The hash by which the same key with other content is told apart."""
        return hashlib.sha256(self.body.encode(errors="surrogatepass")).hexdigest()


def keep(envelope: Envelope, *, by: Person, device: Device | None, now: datetime) -> tuple[Report, bool]:
    """Keep an envelope; whether it is new. The same one again counts once; other content is kept beside it."""
    known = Report.objects.filter(key=envelope.key, office=by.office_id)
    kind = storable(envelope.kind)[:40]
    with acting(by.office_id, by.pk), transaction.atomic():  # somebody else's phone may have handed it in before
        one_at_a_time(envelope.key)
        report, new = Report.objects.get_or_create(
            office_id=by.office_id,
            key=envelope.key,
            sha256=envelope.sha256,
            defaults={
                "kind": kind,
                "version": min(max(envelope.version, 0), LARGEST),
                "device": device,
                "by": by,
                "about": envelope.about,
                "gravity": storable(envelope.gravity)[:20],
                "seen_at": _moment(envelope.seen_at),
                "sent_at": _moment(envelope.sent_at),
                "received_at": now,
                "body": storable(envelope.body),
                "beside": known.exists(),
                "by_paper": envelope.by_paper,
            },
        )
        if new:
            note(at=now, who=by, did="reported", about=report, why=kind)
    return report, new


def _moment(sent: datetime | None) -> datetime | None:
    """A phone's moment, however odd its zone is; none where no calendar reaches."""
    try:
        return sent.astimezone(UTC) if sent else None
    except OverflowError:
        return None


def hand_in(
    envelope: Envelope, takers: Mapping[str, Take], *, by: Person, device: Device | None, now: datetime,
    instead: Instead | None = None,
) -> Report:  # fmt: skip
    """Keep an envelope and have its programme act on it. `instead`: the same report may have come in another form.

    Keeping is one transaction and acting another: whatever goes wrong in acting, the report is kept, somebody is
    asked to look at it, and sending it again tries again.
    """
    report, _ = keep(envelope, by=by, device=device, now=now)
    if report.understood_at:
        return report
    with acting(report.office_id, by.pk):  # what follows is the office's, wider than who reports may see
        _understand(report, takers, instead, by, now)
    return report


def _understand(report: Report, takers: Mapping[str, Take], instead: Instead | None, by: Person, now: datetime) -> None:
    try:
        try:
            _take(report, takers, instead, now)
        except OperationalError:  # two waited for each other, and the database let us go
            _take(report, takers, instead, now)
    except Exception as problem:
        log.exception("report %s was kept but not understood", report.key)
        values = {"person": str(by), "problem": type(problem).__name__}
        fault(f"report {report.key}", NOT_UNDERSTOOD, values, now=now, office=report.office_id)
        _to_be_looked_at(report, NOT_UNDERSTOOD, now)


@transaction.atomic
def _take(report: Report, takers: Mapping[str, Take], instead: Instead | None, now: datetime) -> None:
    locked = Report.objects.select_for_update(no_key=True).get(pk=report.pk)
    if locked.understood_at is None:
        if other := instead and instead(locked):
            other(locked, now)
        elif locked.beside:
            _to_be_looked_at(locked, OTHER_CONTENT, now)
        else:
            takers[locked.kind](locked, now)
        Report.objects.filter(pk=locked.pk).update(understood_at=now)


@transaction.atomic
def _to_be_looked_at(report: Report, what: str, now: datetime) -> None:
    """Not understood is treated as worrying: a person owes it a look, at once."""
    asked = Duty.objects.filter(office=report.office_id, kind="field.unread", about=report.key, closed_at=None)
    if asked.exists():
        return
    owed = Owed(
        kind="field.unread",
        what=what,
        values={"person": str(report.by)},
        due_at=now,
        ladder=ORDER,
        page=f"/reports/{report.key}/",
        about=report.key,
        urgent=True,
        raised_why="unread",
    )
    try:
        open_duties(report.office_id, [owed], by=report.by, now=now)
        mended(f"{UNREAD}{report.key}", now=now, office=report.office_id)
    except Refused:  # an office that isn't set up yet; what was seen is kept all the same
        values = {"person": str(report.by)}
        fault(f"{UNREAD}{report.key}", what, values, now=now, office=report.office_id, outside=True)


def left_lying(now: datetime) -> int:
    """Reports that were kept, and then nobody acted on them, as the process died in between and the phone never sent
    them again: a person looks at them. How many. Those of an office that isn't set up for it are a fault until it is,
    and hold up no other's.
    """
    looked_at = Duty.objects.filter(office=OuterRef("office"), kind="field.unread", about=OuterRef("key"))
    ready = Ladder.objects.filter(office=OuterRef("office"), name=ORDER)
    said = Fault.objects.filter(
        office=OuterRef("office"), mended_at=None, key=Concat(Value(UNREAD), Cast(OuterRef("key"), CharField()))
    )
    kept = Report.objects.filter(understood_at=None, received_at__range=(now - OLDEST, now - SOON))
    lying = list(
        kept.filter(Exists(ready) | ~Exists(said), ~Exists(looked_at)).select_related("by").order_by("id")[:100]
    )
    for report in lying:
        with transaction.atomic():
            one_at_a_time(report.key)
            values = {"person": str(report.by), "problem": "—"}
            fault(f"report {report.key}", NOT_UNDERSTOOD, values, now=now, office=report.office_id)
            _to_be_looked_at(report, NOT_UNDERSTOOD, now)
    return len(lying)


def one_at_a_time(key: UUID) -> None:
    """Until the transaction ends, nobody else does anything about reports under this key."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(key)])
