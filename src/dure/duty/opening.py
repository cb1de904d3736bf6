"""Opening duties, and binding ladders to them."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _
from psycopg.errors import DeadlockDetected, LockNotAvailable

from dure import clock
from dure.audit.actions import line, note, write
from dure.duty.exercises import rungs_with
from dure.duty.ladder import LONGEST, SHORTEST
from dure.duty.models import Duty, Ladder
from dure.errors import Refused
from dure.people.models import Channel, Organisation, Person, Roster

# Whoever binds an order shares a lock with all others who do; who publishes a new one has it alone, so that no duty is
# opened past it. The publisher never keeps those waiting who have duties in hand: it lets go and tries again.
SHARED = "SELECT pg_advisory_xact_lock_shared(hashtext('duty.ladders'), %s)"
ALONE = "SELECT set_config('lock_timeout', %s, true), pg_advisory_xact_lock(hashtext('duty.ladders'), %s)"
PATIENCE, PAUSE, TRIES = "300ms", 0.05, 20

AMENDED = ["what", "values", "organisation_id", "area_id", "due_at", "look_at", "ladder_id", "rungs"]


@dataclass(frozen=True)
class Owed:
    """What is owed, as a programme says it when it opens a duty."""

    kind: str
    what: str
    due_at: datetime
    ladder: str
    values: Mapping[str, Any] = field(default_factory=dict)
    page: str = ""
    organisation: int | None = None
    area: int | None = None
    about: UUID | None = None
    urgent: bool = False
    drill: bool = False
    raised_why: str = ""  # not empty: raised at once, by hand
    follows: Duty | None = None
    owner: Person | None = None  # whose task it is: told first, before the order begins


class Binding:
    """An office's ladders and rosters, read once, from which the ladder of each duty is bound as one value."""

    def __init__(self, office: int) -> None:
        self.office = office
        self.ladders: dict[str, Ladder] = {}
        for ladder in Ladder.objects.filter(office_id=office).order_by("version"):
            self.ladders[ladder.name] = ladder
        self.rosters: dict[tuple[int, str], int] = {}
        for roster in Roster.objects.filter(office_id=office, retired_at=None):
            self.rosters[roster.organisation_id, roster.answers_for] = roster.pk
        kinds = Organisation.objects.filter(office_id=office, kind__in=["office", "centre"])
        self.centres = {o.area_id: o.pk for o in kinds if o.kind == "centre"}
        self.house = next((o.pk for o in kinds if o.kind == "office"), None)

    def ladder(self, name: str) -> Ladder:
        """The newest version of a ladder."""
        if name not in self.ladders:
            raise Refused(_("This office has no contact order “%(name)s” yet. Set it up first.") % {"name": name})
        return self.ladders[name]

    def rungs(self, ladder: Ladder, organisation: int | None, area: int | None) -> list[dict[str, Any]]:
        """The ladder's rungs with the rosters that stand for them here. A rung without a roster stays, as empty."""
        of = {"organisation": organisation, "area": self.centres.get(area), "office": self.house}
        bound = []
        for rung in ladder.rungs:
            roster = rung.get("roster")
            if "who" in rung:
                roster = self.rosters.get((of[rung["of"]] or 0, rung["who"]))
            person = rung.get("person")
            bound.append(
                {
                    "roster": roster,
                    "person": person,
                    "wait": rung["wait"],
                    "channels": rung.get("channels", []),
                }
            )
        return bound


def _binding(office: int) -> Binding:
    """The newest orders, and no newer one until this transaction has ended."""
    with connection.cursor() as cursor:
        cursor.execute(SHARED, [office])
    return Binding(office)


@transaction.atomic
def open_duties(office: int, owed: Sequence[Owed], *, by: Person | None, now: datetime) -> list[Duty]:
    """Open duties: from now on each is looked after until a person closes it."""
    if not owed:
        return []
    binding = _binding(office)
    duties = [_duty(office, each, binding, by, now) for each in owed]
    Duty.objects.bulk_create(duties)
    write(line(at=now, who=by, did="opened", about=duty) for duty in duties)
    return duties


def _duty(office: int, owed: Owed, binding: Binding, by: Person | None, now: datetime) -> Duty:
    ladder = binding.ladder(owed.ladder)
    rungs = binding.rungs(ladder, owed.organisation, owed.area)
    first_told = owed.follows.closed_by if owed.follows else owed.owner
    if owed.drill:
        rungs, first_told = rungs_with(office, rungs, ladder.rungs, clock.local(now).date()), None
    raised = bool(owed.raised_why)
    return Duty(
        office_id=office,
        kind=owed.kind,
        about=owed.about,
        what=owed.what,
        values=dict(owed.values),
        page=owed.page,
        organisation_id=owed.organisation,
        area_id=owed.area,
        urgent=owed.urgent,
        drill=owed.drill,
        due_at=owed.due_at,
        opened_at=now,
        opened_by=by,
        follows=owed.follows,
        first_told=first_told,
        ladder=ladder,
        rungs=rungs,
        look_at=now if raised else owed.due_at,
        raised_at=now if raised else None,
        raised_by=by if raised else None,
        raised_why=owed.raised_why,
    )


@transaction.atomic
def amend(owed: Sequence[tuple[Duty, Owed]], *, by: Person | None, now: datetime) -> list[Duty]:
    """What is owed has changed before its time: by when, or who answers. What is raised or closed stays as it is."""
    if not owed:
        return []
    binding = _binding(owed[0][0].office_id)
    wanted = {duty.pk: each for duty, each in owed}
    early = Duty.objects.select_for_update(no_key=True, of=("self",)).filter(closed_at=None, raised_at=None)
    duties = list(early.filter(pk__in=wanted).order_by("pk"))
    for duty in duties:
        new = _duty(duty.office_id, wanted[duty.pk], binding, by, now)
        for name in AMENDED:
            setattr(duty, name, getattr(new, name))
    Duty.objects.bulk_update(duties, AMENDED, batch_size=500)
    write(line(at=now, who=by, did="amended", about=duty) for duty in duties)
    return duties


def put_off(duty: Duty, due_at: datetime, values: Mapping[str, Any], *, now: datetime) -> bool:
    """Whoever it is about has given a sign of life before its time: it is due at another time. Whether it was so.

    What is due already stays due, whether the watch has looked or not. Nobody has done anything: it isn't recorded.
    """
    early = Duty.objects.filter(pk=duty.pk, closed_at=None, raised_at=None, due_at__gt=now)
    return bool(early.update(due_at=due_at, look_at=due_at, values={**duty.values, **values}))


@transaction.atomic
def hand_to(
    duties: Sequence[Duty], organisation: int, *, owner: Person | None = None, by: Person | None, now: datetime
) -> None:
    """Another agency answers for what is owed from now on, and sees it; its `owner` is told first, if there is one.

    It is told in its place in the order; of what is raised the order goes on as it was begun.
    """
    early = amend([(duty, _to(duty, organisation)) for duty in duties if duty.raised_at is None], by=by, now=now)
    Duty.objects.filter(pk__in=[duty.pk for duty in early], follows=None).update(first_told=owner)
    raised = Duty.objects.filter(pk__in=[duty.pk for duty in duties], closed_at=None, raised_at__isnull=False)
    locked = list(raised.select_for_update(no_key=True).order_by("pk"))
    Duty.objects.filter(pk__in=[duty.pk for duty in locked]).update(organisation=organisation)
    write(line(at=now, who=by, did="amended", about=duty) for duty in locked)


def _to(duty: Duty, organisation: int) -> Owed:
    """What is owed, as it is, by another agency."""
    return Owed(
        kind=duty.kind, what=duty.what, due_at=duty.due_at, ladder=duty.ladder.name, values=duty.values,
        page=duty.page, organisation=organisation, area=duty.area_id, about=duty.about, urgent=duty.urgent,
        drill=duty.drill,
    )  # fmt: skip


@transaction.atomic
def succeed(closed: Duty, owed: Owed, *, by: Person | None, now: datetime) -> Duty:
    """A closed duty stays closed; a worse report opens the next one, and who closed the first is told first."""
    if closed.is_open:
        raise Refused(_("This is still open: report on it as it stands."))
    Duty.objects.select_for_update(no_key=True).get(pk=closed.pk)  # two worse reports at once: one successor
    existing = Duty.objects.filter(follows=closed).first()
    if existing:
        return succeed(existing, owed, by=by, now=now) if not existing.is_open else existing
    return open_duties(closed.office_id, [replace(owed, follows=closed)], by=by, now=now)[0]


def publish_ladder(
    office: int,
    name: str,
    rungs: list[dict[str, Any]],
    *,
    by: Person | None,
    now: datetime,
    claim_seconds: int = 600,
) -> Ladder:
    """Put a new version of a ladder in force. What isn't raised yet is bound to it; what is raised keeps its own."""
    check_rungs(rungs)
    new = Ladder(office_id=office, name=name, rungs=rungs, claim_seconds=claim_seconds, made_at=now, made_by=by)
    for _again in range(TRIES):
        try:
            return _publish(new, by=by, now=now)
        except OperationalError as problem:
            if not isinstance(problem.__cause__, LockNotAvailable | DeadlockDetected):
                raise
        time.sleep(PAUSE)
    raise Refused(_("Much is being entered at this moment. Save the contact order again in a minute."))


@transaction.atomic
def _publish(new: Ladder, *, by: Person | None, now: datetime) -> Ladder:
    with connection.cursor() as cursor:
        cursor.execute(ALONE, [PATIENCE, new.office_id])
    last = Ladder.objects.filter(office_id=new.office_id, name=new.name).order_by("-version").first()
    new.pk, new.version = None, last.version + 1 if last else 1
    new.save(force_insert=True)
    binding = Binding(new.office_id)
    waiting = Duty.objects.select_for_update(no_key=True, of=("self",)).filter(
        office_id=new.office_id, ladder__name=new.name, closed_at=None, raised_at=None, drill=False
    )
    duties = list(waiting.order_by("pk"))
    for duty in duties:
        duty.ladder, duty.rungs = new, binding.rungs(new, duty.organisation_id, duty.area_id)
    Duty.objects.bulk_update(duties, ["ladder", "rungs"], batch_size=500)
    note(at=now, who=by, did="published", about=new, why=new.name)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
    return new


def check_rungs(rungs: Iterable[Mapping[str, Any]]) -> None:
    """Refuse an order that could fall silent or ring without pause."""
    rungs = list(rungs)
    if not rungs:
        raise Refused(_("A contact order needs at least one step."))
    shortest, longest = int(SHORTEST.total_seconds()), int(LONGEST.total_seconds())
    for number, rung in enumerate(rungs, 1):
        if not shortest <= int(rung.get("wait", 0)) <= longest:
            raise Refused(_("Step %(number)s: the wait must be between 1 minute and 24 hours.") % {"number": number})
        if sum(bool(rung.get(key)) for key in ("who", "roster", "person")) != 1:
            raise Refused(_("Step %(number)s: name exactly one roster or person.") % {"number": number})
        if set(rung.get("channels", [])) - set(Channel.values):
            raise Refused(_("Step %(number)s: choose the channels from the list.") % {"number": number})
