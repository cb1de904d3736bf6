"""Opening a case: somebody goes and looks, at once, and every latest moment is owed by somebody."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from dure import clock
from dure.audit.actions import note
from dure.cases.models import Case, Entry, Source, Step, Tier
from dure.duty.actions import close, raise_duties
from dure.duty.models import Duty, Outcome
from dure.duty.opening import Owed, open_duties
from dure.offices.acting import acting
from dure.people.models import Person

AFTER_SILENCE = timedelta(minutes=10)
GO_WITHIN = timedelta(minutes=15)
DECIDE_RED_WITHIN = timedelta(minutes=20)
SEE_WITHIN = timedelta(minutes=45)
DECIDE_WITHIN = timedelta(minutes=60)
FAMILY_WITHIN = timedelta(minutes=30)

ANSWER = gettext_noop(
    "Case %(number)s in %(dong)s: somebody can't be reached. Take it on now and send somebody to look."
)
FOUND = gettext_noop("Case %(number)s in %(dong)s: found in danger. Take it on now, until somebody has taken over.")
GO = gettext_noop("Case %(number)s in %(dong)s: nobody is on the way yet.")
SEE = gettext_noop("Case %(number)s in %(dong)s: the person hasn't been seen yet.")
DECIDE_119 = gettext_noop("Case %(number)s in %(dong)s: decide about 119 now.")
DECIDE = gettext_noop("Case %(number)s in %(dong)s: a named officer decides how to go on.")
CALL_119 = gettext_noop("Case %(number)s in %(dong)s: found in danger. Call 119 and say so here.")
OFFICE_KNOWS = gettext_noop("Case %(number)s in %(dong)s: found in danger. The office has to know.")
CENTRE_KNOWS = gettext_noop("Case %(number)s in %(dong)s: found in danger. The centre has to know.")
FAMILY_KNOWS = gettext_noop("Case %(number)s in %(dong)s: the family hasn't been told yet.")


@dataclass(frozen=True)
class Alarm:
    """Somebody can't be reached, or was found in danger: what a programme knows when it opens a case."""

    programme: str
    subject: UUID
    source: Source
    card: Mapping[str, Any] = field(default_factory=dict)
    about: UUID | None = None
    tier: Tier = Tier.AMBER
    organisation: int | None = None
    area: int | None = None
    dong: str = ""
    place: int | None = None
    drill: bool = False
    on_site: bool = False
    note: str = ""
    who: str = ""  # who said it, when not by an account: the daughter, a neighbour
    by_paper: bool = False  # entered afterwards from a paper list


def in_hand(about: Iterable[UUID]) -> None:
    """Take the open duties of these things in hand, before anything else is waited for.

    The watch holds duties while it opens cases; whoever did it the other way round would wait for each other.
    """
    mine = Duty.objects.filter(about__in=list(about), closed_at=None).order_by("pk")
    list(mine.select_for_update(no_key=True).values_list("pk", flat=True))


@transaction.atomic
def open_case(office: int, alarm: Alarm, *, by: Person | None, at: datetime, now: datetime) -> Case:
    """Open the case of a person, or add to the one that is open. `at` is when it was seen, `now` when we heard."""
    with acting(office, by.pk if by else None):  # a case may be known that who reports it can't see
        return _open_or_add(office, alarm, by, at, now)


def _open_or_add(office: int, alarm: Alarm, by: Person | None, at: datetime, now: datetime) -> Case:
    same = Case.objects.filter(programme=alarm.programme, subject=alarm.subject, drill=alarm.drill, closed_at=None)
    if alarm.source != Source.SILENCE:
        in_hand([ref for ref in (alarm.about, *same.values_list("ref", flat=True)) if ref])
    with connection.cursor() as cursor:  # one at a time, so that two reports make one case and numbers have no gaps
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('dure.case'), %s)", [office])
    known = same.first()
    if known:
        return _heard_again(known, alarm, by, at, now)
    case = Case.objects.create(
        office_id=office, number=_number(office, now), programme=alarm.programme, subject=alarm.subject,
        about=alarm.about, source=alarm.source, tier=alarm.tier, drill=alarm.drill,
        organisation_id=alarm.organisation, area_id=alarm.area, place_id=alarm.place, card=dict(alarm.card),
        opened_at=now, opened_by=by, on_site=alarm.on_site,
    )  # fmt: skip
    _said(case, alarm, by, at, now)
    first = owed_at_first(case, alarm.dong, now, silent=case.by_silence)
    open_duties(office, first, by=by, now=now)
    note(at=now, who=by, did="opened", about=case, why=alarm.source)
    return case


def _said(case: Case, alarm: Alarm, by: Person | None, at: datetime, now: datetime) -> None:
    Entry.objects.create(
        office_id=case.office_id, case=case, step=Step.OPENED, at=at, written_at=now, by=by, who=alarm.who[:100],
        values={"source": alarm.source} | ({"paper": True} if alarm.by_paper else {}), note=alarm.note[:500],
    )  # fmt: skip


def _heard_again(case: Case, alarm: Alarm, by: Person | None, at: datetime, now: datetime) -> Case:
    """The same person again: a witness outweighs silence, and what was said is kept.

    Silence adds nothing to a case that rings; in one that only had to be written down any more it counts anew.
    """
    _said(case, alarm, by, at, now)
    silent = alarm.source == Source.SILENCE
    if silent and _waiting(case, "answer").exists():
        return case
    case = Case.objects.select_for_update(no_key=True).get(pk=case.pk)
    note(at=now, who=by, did="reported", about=case, why=alarm.source)
    if case.by_silence and not silent:
        case.source = alarm.source
        raise_duties(list(_waiting(case, "answer")), by=by, why=alarm.source, now=now)
    on_site, case.on_site = alarm.on_site, case.on_site or alarm.on_site
    if (case.seen_at and at > case.seen_at) or case.whereabouts:
        case.seen_at, case.whereabouts = None, ""  # since then nobody has: the time line keeps what was
        case.on_site, case.going_at, case.arrived_at = on_site, None, None
        waiting = set(_waiting(case).values_list("kind", flat=True))
        fresh = [each for each in owed_at_first(case, alarm.dong, now, silent=silent) if each.kind not in waiting]
        open_duties(case.office_id, fresh, by=by, now=now)
        if by:  # it is too early to write down how it ended
            close(list(_waiting(case, "finish")), by=by, outcome=Outcome.EXCUSED, now=now, note=alarm.source)
    case.save(update_fields=["source", "on_site", "going_at", "arrived_at", "seen_at", "whereabouts"])
    return case


def _waiting(case: Case, *kinds: str) -> QuerySet[Duty]:
    mine = Duty.objects.filter(about=case.ref, closed_at=None)
    return mine.filter(kind__in=[f"case.{kind}" for kind in kinds]) if kinds else mine


def _number(office: int, now: datetime) -> str:
    """How people name a case: month and day, and which one of that day."""
    day = clock.local(now)
    start = day.replace(hour=0, minute=0, second=0, microsecond=0)
    today = Case.objects.filter(office_id=office, opened_at__gte=start).count()
    return f"{day:%y%m%d}-{today + 1:02}"


def owed(case: Case, kind: str, what: str, due_at: datetime, dong: str, ladder: str = "case", why: str = "") -> Owed:
    """Something owed in a case. What is raised at once says why."""
    return Owed(
        kind=f"case.{kind}", what=what, due_at=due_at, ladder=ladder, values={"number": case.number, "dong": dong},
        page=case.page, organisation=case.organisation_id, area=case.area_id, about=case.ref, urgent=True,
        drill=case.drill, raised_why=why,
    )  # fmt: skip


def owed_at_first(case: Case, dong: str, now: datetime, *, silent: bool) -> list[Owed]:
    """Who has it; on its way; seen; and the decision about 119, sooner for whom it is dangerous sooner."""
    red = case.tier == Tier.RED
    decide = ("decide_119", DECIDE_119, DECIDE_RED_WITHIN) if red else ("decide", DECIDE, DECIDE_WITHIN)
    answer = owed(case, "answer", ANSWER, now, dong, why=case.source)
    if silent:  # the desk is told of the missing report just now; of the case if that doesn't clear it up
        answer = owed(case, "answer", ANSWER, now + AFTER_SILENCE, dong)
    first = [answer]
    if not case.on_site:
        first.append(owed(case, "go", GO, now + GO_WITHIN, dong))
    return [
        *first,
        owed(case, "see", SEE, now + SEE_WITHIN, dong),
        owed(case, decide[0], decide[1], now + decide[2], dong, ladder="oncall"),
    ]


def owed_in_danger(case: Case, dong: str, now: datetime) -> list[Owed]:
    """Found in danger: 119, the office, the centre and the family, all at once; and somebody has the case."""
    all_at_once = [
        owed(case, "answer", FOUND, now, dong, why="danger"),
        owed(case, "office_knows", OFFICE_KNOWS, now, dong, ladder="oncall", why="danger"),
        owed(case, "centre_knows", CENTRE_KNOWS, now, dong, ladder="centre", why="danger"),
        owed(case, "family_knows", FAMILY_KNOWS, now + FAMILY_WITHIN, dong),
    ]
    if case.called_119_at is None:
        all_at_once.insert(0, owed(case, "call_119", CALL_119, now, dong, why="danger"))
    return all_at_once
