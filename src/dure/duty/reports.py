"""Envelopes from phones: what was seen is kept first and understood afterwards. It is never refused."""

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import Error, InterfaceError, OperationalError, connection, transaction
from django.db.models import CharField, Exists, F, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_noop

from dure.audit.actions import line, write
from dure.duty.models import Duty, Ladder, Report
from dure.duty.opening import Owed, open_duties
from dure.errors import Refused
from dure.health.actions import fault, mended
from dure.health.models import Fault
from dure.offices.acting import acting
from dure.people.models import Device, Person
from dure.postgres.texts import storable

log = logging.getLogger(__name__)
AWAY = (OperationalError, InterfaceError)  # the database let go: what was begun is tried again
NOT_UNDERSTOOD = gettext_noop("A report from the field could not be read. Call %(person)s and ask what was seen.")
OTHER_CONTENT = gettext_noop("A report came twice with different content. Both are kept; look at both.")

A_MOMENT, OLDEST = (
    timedelta(seconds=1),
    timedelta(days=30),
)  # who keeps a report acts on it first; how long it is looked for
IN_HAND, TRIES = 5, 3  # reports taken up between two sweeps; how often one is begun that ends the process
UNREAD = "unread "  # begins the key of the fault that nobody could be asked to look at a report
ORDER = "office"  # in which order people are asked to
ONE_AT_A_TIME = """
SELECT pg_advisory_xact_lock(hashtextextended(key, 0))
FROM unnest(%s::text[]) WITH ORDINALITY AS k(key, n) ORDER BY n"""
LARGEST = 2**31 - 1  # version
Take = Callable[[Report, datetime], None]
Instead = Callable[[Report], Take | None]  # how a report is taken that came before in another form
Act = Callable[[Report, datetime], None]  # does with a kept report what its programme does


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
    return _keep([envelope], by, device, now)[0]


def keep_all(envelopes: Sequence[Envelope], *, by: Person, device: Device | None, now: datetime) -> None:
    """Keep many at once, in one transaction; acting on them is left to the watch (`take_up`)."""
    try:
        _keep(envelopes, by, device, now)
    except Error:  # one of them; the others aren't held up
        for each in envelopes:
            _keep([each], by, device, now)


def _keep(envelopes: Sequence[Envelope], by: Person, device: Device | None, now: datetime) -> list[tuple[Report, bool]]:
    new: list[Report] = []
    with acting(by.office_id, by.pk), transaction.atomic():  # somebody else's phone may have handed it in before
        one_at_a_time(*(each.key for each in envelopes))
        known = Report.objects.filter(key__in=[each.key for each in envelopes], office=by.office_id)
        kept = {(report.key, report.sha256): report for report in known}
        for each in envelopes:
            if (each.key, each.sha256) not in kept:
                beside = any(key == each.key for key, _ in kept)
                new.append(_report(each, by, device, now, beside=beside))
                kept[each.key, each.sha256] = new[-1]
        Report.objects.bulk_create(new)
        write(line(at=now, who=by, did="reported", about=report, why=report.kind) for report in new)
    return [(kept[each.key, each.sha256], kept[each.key, each.sha256] in new) for each in envelopes]


def _report(each: Envelope, by: Person, device: Device | None, now: datetime, *, beside: bool) -> Report:
    return Report(
        office_id=by.office_id, key=each.key, sha256=each.sha256, kind=storable(each.kind)[:40],
        version=min(max(each.version, 0), LARGEST), device=device, by=by, about=each.about,
        gravity=storable(each.gravity)[:20], seen_at=_moment(each.seen_at), sent_at=_moment(each.sent_at),
        received_at=now, body=storable(each.body), beside=beside, by_paper=each.by_paper,
    )  # fmt: skip


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
    act_on(report, takers, by=by, now=now, instead=instead)
    return report


def act_on(
    report: Report, takers: Mapping[str, Take], *, by: Person, now: datetime, instead: Instead | None = None
) -> None:
    """Have its programme act on a report that is kept, if nobody has yet."""
    if report.understood_at is None:
        with acting(report.office_id, by.pk):  # what follows is the office's, wider than who reports may see
            _understand(report, takers, instead, by, now)


def _understand(report: Report, takers: Mapping[str, Take], instead: Instead | None, by: Person, now: datetime) -> None:
    try:
        try:
            _take(report, takers, instead, now)
        except OperationalError:  # two waited for each other, and the database let us go
            _take(report, takers, instead, now)
    except Exception as problem:
        log.exception("report %s was kept but not understood", report.key)
        _set_aside(report, type(problem).__name__, now)


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
    one_at_a_time(report.key)
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


def take_up(now: datetime, act: Act) -> int:
    """Act on reports that were only kept, the oldest first: many came at once, or the process died in between. How
    many were taken up, of a few at a time: telling goes first. What can't be acted on, a person looks at. Those of an
    office that isn't set up for it are a fault until it is, and hold up no other's.
    """
    lying = list(_lying(now).select_related("by__office").order_by("id")[:IN_HAND])
    for report in lying:
        if report.begun >= TRIES:
            _set_aside(report, "—", now)
        elif Report.objects.filter(pk=report.pk, understood_at=None).update(begun=F("begun") + 1):
            try:
                act(report, now)
            except AWAY:
                raise
            except Exception as problem:
                log.exception("report %s can't be taken up", report.key)
                _set_aside(report, type(problem).__name__, now)
    return len(lying)


def _lying(now: datetime) -> QuerySet[Report]:
    looked_at = Duty.objects.filter(office=OuterRef("office"), kind="field.unread", about=OuterRef("key"))
    ready = Ladder.objects.filter(office=OuterRef("office"), name=ORDER)
    said = Fault.objects.filter(
        office=OuterRef("office"), mended_at=None, key=Concat(Value(UNREAD), Cast(OuterRef("key"), CharField()))
    )
    kept = Report.objects.filter(understood_at=None, received_at__range=(now - OLDEST, now))
    return kept.filter(Exists(ready) | ~Exists(said), ~Exists(looked_at))


def _set_aside(report: Report, problem: str, now: datetime) -> None:
    values = {"person": str(report.by), "problem": problem}
    fault(f"report {report.key}", NOT_UNDERSTOOD, values, now=now, office=report.office_id)
    _to_be_looked_at(report, NOT_UNDERSTOOD, now)


def one_at_a_time(*keys: UUID) -> None:
    """Until the transaction ends, nobody else does anything about reports under these keys."""
    with connection.cursor() as cursor:
        cursor.execute(ONE_AT_A_TIME, [[str(key) for key in sorted(keys)]])
