"""What settles what: one visit, several witnesses. All are kept, the gravest counts, silence is no witness."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop

from dure.care.alarms import PROGRAMME, after_case, cannot_reach
from dure.care.models import Outcome, Sighting, Visit
from dure.cases.actions import close_case, record
from dure.cases.models import Case, Finding, Source, Step
from dure.duty.actions import close as close_duties
from dure.duty.actions import raise_duties
from dure.duty.models import ORDER_OF_GRAVITY, Duty, Report
from dure.duty.models import Outcome as Ending
from dure.duty.opening import Owed, open_duties, succeed
from dure.offices.acting import acting
from dure.people.models import Person

SEEN = {Outcome.SEEN_WELL, Outcome.SEEN_WITH_CONCERN}
LOOK_WITHIN = timedelta(hours=4)
CONCERN = gettext_noop("A worker noted something in %(dong)s. Look at the card and decide what to do.")
ABUSE = gettext_noop("A card in %(dong)s needs a confidential look.")
DISAGREE = gettext_noop("Two reports on one visit in %(dong)s disagree. Look at both.")


@dataclass(frozen=True)
class Seen:
    """What one person saw on one visit, as the phone or the desk says it."""

    outcome: Outcome
    at: datetime
    handed: str = ""
    who: str = ""
    signs: tuple[str, ...] = ()
    leftover: bool = False
    worried: bool = False
    abuse: bool = False
    danger: bool = False
    door: dict[str, object] = field(default_factory=dict)
    note: str = ""
    case: UUID | None = None  # the case that this answers: its author knew of it
    by_paper: bool = False

    @property
    def gravity(self) -> int:
        """Place in the order of gravity; 0 is the gravest."""
        return ORDER_OF_GRAVITY.index("danger" if self.danger else str(self.outcome))


def gravest(sightings: Iterable[Sighting]) -> Sighting:
    """The sighting that counts.

    Of two equally grave ones the first.
    """
    return min(sightings, key=lambda s: ORDER_OF_GRAVITY.index("danger" if s.danger else s.outcome))


@transaction.atomic
def settle(visit: Visit, seen: Seen, *, by: Person, report: Report | None, now: datetime) -> Sighting:
    """Keep what was seen, and do what follows from it."""
    visit = (
        Visit.objects.select_for_update(no_key=True, of=("self",)).select_related("recipient", "duty").get(pk=visit.pk)
    )
    before = list(visit.sightings.all())
    sighting = Sighting.objects.create(
        office_id=visit.office_id, visit=visit, report=report, by=by, outcome=seen.outcome, handed=seen.handed,
        who=seen.who[:100], at=seen.at, received_at=now, signs=list(seen.signs), leftover=seen.leftover,
        worried=seen.worried, abuse=seen.abuse, danger=seen.danger, door=seen.door, note=seen.note[:500],
        by_paper=seen.by_paper,
    )  # fmt: skip
    counts = gravest([*before, sighting])
    visit.outcome, visit.handed = counts.outcome, sighting.handed or visit.handed
    visit.reported_at = visit.reported_at or now
    visit.save(update_fields=["outcome", "handed", "reported_at"])
    if before and any(b.outcome != sighting.outcome for b in before):
        _shown_both(visit, seen, before, by, now)
    _follow(visit, seen, by, now)
    _worries(visit, seen, by, now)
    return sighting


def _follow(visit: Visit, seen: Seen, by: Person, now: datetime) -> None:
    case = open_case_of(visit)
    if seen.danger or seen.outcome == Outcome.NO_REPLY:
        _alarm(visit, seen, by, now)
    elif seen.outcome == Outcome.NOT_ATTEMPTED:
        raise_duties([visit.duty], by=by, why=seen.note or seen.outcome, now=now)  # the visit is still owed
    else:
        if case is not None:
            _answers(case, seen, by, now)
        close_duties([visit.duty], by=by, outcome=Ending.KEPT, now=now)


def _alarm(visit: Visit, seen: Seen, by: Person, now: datetime) -> None:
    cannot_reach(
        visit.recipient, Source.WORKER, by=by, now=now, at=seen.at, visit=visit, on_site=True, danger=seen.danger,
        drill=visit.duty.drill, note=seen.note,
    )  # fmt: skip


def open_case_of(visit: Visit) -> Case | None:
    """The open case of the visit's recipient."""
    mine = Case.objects.filter(programme=PROGRAMME, subject=visit.recipient.ref, closed_at=None, drill=visit.duty.drill)
    return mine.first()


def _answers(case: Case, seen: Seen, by: Person, now: datetime) -> None:
    """A sighting ends a case that nobody but silence opened. A witness's case it must have known of, or it stands
    beside it for a person to look at: it stands nobody down."""
    answers = seen.case == case.ref or case.by_silence
    safe = seen.outcome == Outcome.KNOWN_SAFE
    if not answers:
        values = {"outcome": str(seen.outcome)}
        record(
            case,
            Step.OTHER_REPORT,
            by=by,
            now=now,
            at=seen.at,
            who=seen.who,
            values=values,
            note=seen.note,
            takes=False,
        )
        return
    note = " · ".join(part for part in (seen.who, seen.note) if part) or str(by)
    step = Step.WHEREABOUTS if safe else Step.SEEN
    case = record(case, step, by=by, now=now, at=seen.at, note=note, takes=False)
    if case.by_silence and case.danger_at is None:
        close_case(case, finding=Finding.ELSEWHERE if safe else Finding.WELL, by=by, now=now)
        after_case(case, by=by, now=now)


def _shown_both(visit: Visit, seen: Seen, before: list[Sighting], by: Person, now: datetime) -> None:
    """Two witnesses disagree: a person is shown both. A worse one follows a closed duty, and its closer hears first."""
    worse = seen.gravity < min(Seen(Outcome(b.outcome), b.at, danger=b.danger).gravity for b in before)
    urgent = worse and seen.outcome not in SEEN
    owed = _owed(visit, "disagree", DISAGREE, now, "visit", urgent, "disagree")
    if Duty.objects.filter(about=visit.ref, kind=owed.kind, closed_at=None).exists():
        return
    if worse and not visit.duty.is_open:
        succeed(visit.duty, owed, by=by, now=now)
    else:
        open_duties(visit.office_id, [owed], by=by, now=now)


def _worries(visit: Visit, seen: Seen, by: Person, now: datetime) -> None:
    """Signs are looked at by a person; a suspicion of abuse by the office alone."""
    owed = []
    if seen.outcome == Outcome.SEEN_WITH_CONCERN or seen.signs or seen.worried:
        owed.append(_owed(visit, "concern", CONCERN, now + LOOK_WITHIN, "visit", False, ""))
    open_duties(visit.office_id, owed, by=by, now=now)
    if seen.abuse:
        with acting(visit.office_id, by.pk):  # who reports it can't see what becomes of it
            open_duties(
                visit.office_id, [_owed(visit, "abuse", ABUSE, now + LOOK_WITHIN, "oncall", False, "")], by=by, now=now
            )


def _owed(visit: Visit, kind: str, what: str, due_at: datetime, ladder: str, urgent: bool, why: str) -> Owed:
    area = visit.recipient.place.area
    return Owed(
        kind=f"care.{kind}", what=what, due_at=due_at, ladder=ladder, values={"dong": area.name if area else "—"},
        page=f"/care/visits/{visit.ref}/", organisation=None if kind == "abuse" else visit.provider_id,
        area=area.pk if area and kind != "abuse" else None, about=visit.ref, urgent=urgent, drill=visit.duty.drill,
        raised_why=why,
    )  # fmt: skip
