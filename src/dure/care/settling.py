"""What settles what: one visit, several witnesses. All are kept, the gravest counts, silence is no witness."""

from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop

from dure import clock
from dure.care import calling_off, on_the_road
from dure.care.alarms import after_case, cannot_reach, excuse
from dure.care.models import PROGRAMME, Absence, Handed, InConfidence, Outcome, Sighting, Visit
from dure.care.opening import ABSENT, absences_on
from dure.care.opening import at as at_time
from dure.care.weighing import SEEN as SEEN
from dure.care.weighing import contradicted, counted_as, gravity, handed_as, overrules, what_counts
from dure.cases.actions import close_case, record
from dure.cases.models import Case, Finding, Source, Step
from dure.cases.opening import in_hand
from dure.duty.actions import close as close_duties
from dure.duty.actions import raise_duties
from dure.duty.models import Duty, Report
from dure.duty.models import Outcome as Ending
from dure.duty.opening import Owed, open_duties, succeed
from dure.offices.acting import acting
from dure.people.models import Person

LOOK_WITHIN, BY_EVENING = timedelta(hours=4), time(20)  # whatever is noted by then is told before the quiet hours
STAYS_AT_THE_DOOR = timedelta(minutes=15)  # older than that, and whoever reported it may have left
CONCERN = gettext_noop("A worker noted something in %(dong)s. Look at the card and decide what to do.")
ABUSE = gettext_noop("A card in %(dong)s needs a confidential look.")
AWAY = gettext_noop("Nobody answered in %(dong)s, but an absence is entered. Ask who told it whether that is so.")
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


@transaction.atomic
def settle(visit: Visit, seen: Seen, *, by: Person, report: Report | None, now: datetime) -> Sighting:
    """Keep what was seen, and do what follows from it."""
    case = open_case_of(visit)
    in_hand([visit.ref, visit.recipient.ref, *([case.ref] if case else [])])
    locked = Visit.objects.select_for_update(no_key=True, of=("self",)).select_related("recipient__place__area", "duty")
    visit = locked.get(pk=visit.pk)
    before = list(visit.sightings.all())
    sighting = _keep(visit, seen, by, report, now)
    counts = what_counts([*before, sighting])
    visit.outcome, visit.handed = counted_as(counts), handed_as([*before, sighting], counts)
    visit.reported_at = visit.reported_at or now
    visit.save(update_fields=["outcome", "handed", "reported_at"])
    past = _is_past(visit, sighting, before)
    if past or contradicted(sighting, [*before, sighting]):
        _shown_both(visit, sighting, before, by, now)
    if not past:
        _follow(visit, sighting, bool(seen.who.strip() or seen.note.strip()), by, now)
    _worries(visit, sighting, seen, by, now)
    on_the_road.changed([visit.course_id], by=by, now=now)
    return sighting


def _keep(visit: Visit, seen: Seen, by: Person, report: Report | None, now: datetime) -> Sighting:
    of_this_person = Case.objects.filter(programme=PROGRAMME, subject=visit.recipient.ref, drill=visit.duty.drill)
    knew = seen.case and of_this_person.filter(ref=seen.case).exists()
    words = {"who": seen.who[:100], "note": seen.note[:500]}
    made = Sighting.objects.create(
        office_id=visit.office_id, visit=visit, report=report, by=by, outcome=seen.outcome, handed=seen.handed,
        at=seen.at, received_at=now, signs=list(seen.signs), leftover=seen.leftover, worried=seen.worried,
        danger=seen.danger, door=seen.door, answers=seen.case if knew else None, by_paper=seen.by_paper,
        **({} if seen.abuse else words),
    )  # fmt: skip
    if seen.abuse:
        with acting(visit.office_id, by.pk):  # who reports it doesn't see it again
            InConfidence.objects.create(office_id=visit.office_id, sighting=made, **words)
    return made


@transaction.atomic
def add(first: Sighting, seen: Seen, *, by: Person, report: Report, now: datetime) -> None:
    """The rest of what was seen has come after its outcome. It is kept beside it as of the same moment, somebody looks
    at what was noticed, and nothing counts anew; what adds nothing leaves no trace."""
    noticed = (seen.signs, seen.leftover, seen.worried, seen.abuse, seen.door, seen.who.strip(), seen.note.strip())
    if any(noticed):
        seen = replace(seen, at=first.at, case=None)
        _worries(first.visit, _keep(first.visit, seen, by, report, now), seen, by, now)


def _is_past(visit: Visit, sighting: Sighting, before: list[Sighting]) -> bool:
    """A no-reply that arrives late, when somebody who knew has found the person since. It is shown, not alarmed."""
    if sighting.danger or sighting.outcome != Outcome.NO_REPLY:
        return False
    ended = Case.objects.filter(programme=PROGRAMME, subject=visit.recipient.ref, seen_at__gte=sighting.at)
    by_a_person = ended.filter(closed_at__isnull=False, opened_at__gte=sighting.at - LOOK_WITHIN, drill=False)
    return any(overrules(b, sighting) for b in before) or by_a_person.exclude(source=Source.SILENCE).exists()


def _follow(visit: Visit, sighting: Sighting, explained: bool, by: Person, now: datetime) -> None:
    case, outcome = open_case_of(visit), sighting.outcome
    if sighting.danger or (outcome == Outcome.NO_REPLY and not _known_away(visit, by, now)):
        _alarm(visit, sighting, by, now)
    elif outcome == Outcome.NOT_ATTEMPTED or (outcome == Outcome.KNOWN_SAFE and not explained):
        raise_duties([visit.duty], by=by, why=sighting.note or outcome, now=now)  # the visit is still owed
        _beside(case, sighting, by, now)
    elif outcome != Outcome.NO_REPLY:
        close_duties([visit.duty], by=by, outcome=Ending.KEPT, now=now)
        if not visit.duty.drill:
            ref, why = visit.recipient.ref, calling_off.SEEN
            calling_off.known_at(ref, sighting.at, Ending.KEPT, why=why, by=by, now=now)
        if case is not None and _about_a_later_visit(case, visit, sighting):
            _beside(case, sighting, by, now)
        elif case is not None:
            _answers(case, sighting, by, now)


def _about_a_later_visit(case: Case, visit: Visit, sighting: Sighting) -> bool:
    """Whether a later visit is silent as well: who was seen at noon may lie there in the evening."""
    if sighting.answers == case.ref:
        return False
    later = Q(due_at__gt=sighting.at) | Q(day__gt=visit.day)  # however old the report is, it says nothing of today
    if calling_off.silent_since(visit.recipient.ref, sighting.at):
        return True
    mine = Visit.objects.filter(later, recipient=visit.recipient_id, duty__closed_at=None)
    return mine.exclude(pk=visit.pk).filter(duty__raised_at__isnull=False).exists()


def _alarm(visit: Visit, sighting: Sighting, by: Person, now: datetime) -> None:
    case = cannot_reach(
        visit.recipient, Source.WORKER, by=by, now=now, at=sighting.at, visit=visit,
        on_site=now - sighting.at <= STAYS_AT_THE_DOOR, danger=sighting.danger, drill=visit.duty.drill,
        note=sighting.note, by_paper=sighting.by_paper,
    )  # fmt: skip
    if sighting.outcome in SEEN:
        values = _marked(sighting)
        record(case, Step.SEEN, by=by, now=now, at=sighting.at, values=values, note=sighting.note, takes=False)


def _known_away(visit: Visit, by: Person, now: datetime) -> bool:
    """Nobody is sent to the door of somebody who is known to be in hospital or away; somebody asks all the same."""
    away = absences_on(visit.office_id, visit.day).filter(
        recipient=visit.recipient_id, why__in=[Absence.Why.HOSPITAL, Absence.Why.AWAY]
    )
    absence = None if visit.duty.drill else away.first()
    if absence is None:
        return False
    excuse([visit] if visit.duty.is_open else [], why=ABSENT[absence.why], by=by, now=now)
    _open_once(visit, "away", AWAY, look_by(now), by, now)
    return True


def open_case_of(visit: Visit) -> Case | None:
    """The open case of the visit's recipient."""
    mine = Case.objects.filter(programme=PROGRAMME, subject=visit.recipient.ref, closed_at=None, drill=visit.duty.drill)
    return mine.first()


def _answers(case: Case, sighting: Sighting, by: Person, now: datetime) -> None:
    """A sighting ends a case that nobody but silence opened. A witness's case it must have known of, or it stands
    beside it for a person to look at: it stands nobody down. Who was found in danger has a witness."""
    if sighting.answers != case.ref and not (case.by_silence and case.danger_at is None):
        _beside(case, sighting, by, now)
        return
    safe = sighting.outcome == Outcome.KNOWN_SAFE
    note = " · ".join(part for part in (sighting.who, sighting.note) if part)
    step = Step.WHEREABOUTS if safe else Step.SEEN
    case = record(case, step, by=by, now=now, at=sighting.at, values=_marked(sighting), note=note, takes=False)
    concern = sighting.outcome == Outcome.SEEN_WITH_CONCERN  # a person decides how that ends
    if case.by_silence and case.danger_at is None and not concern:
        close_case(case, finding=Finding.ELSEWHERE if safe else Finding.WELL, by=by, now=now)
        after_case(case, by=by, now=now)


def _marked(sighting: Sighting) -> dict[str, bool]:
    """What was entered from paper says so on the time line too."""
    return {"paper": True} if sighting.by_paper else {}


def _beside(case: Case | None, sighting: Sighting, by: Person, now: datetime) -> None:
    if case is not None:
        values = {"outcome": str(sighting.outcome), **_marked(sighting)}
        record(
            case, Step.OTHER_REPORT, by=by, now=now, at=sighting.at, who=sighting.who, values=values,
            note=sighting.note, takes=False,
        )  # fmt: skip


def _shown_both(visit: Visit, sighting: Sighting, before: list[Sighting], by: Person, now: datetime) -> None:
    """Two witnesses disagree: a person is shown both. A worse one follows a closed duty, and its closer hears first."""
    worse = gravity(sighting) < min((gravity(b) for b in before), default=gravity(sighting))
    alarming = sighting.danger or sighting.outcome in {Outcome.NO_REPLY, Outcome.NOT_ATTEMPTED}
    owed = _owed(visit, "disagree", DISAGREE, now, "visit", worse and alarming, "disagree")
    if worse and not visit.duty.is_open:
        succeed(visit.duty, owed, by=by, now=now)
    else:
        _once(visit, owed, by, now)


def _worries(visit: Visit, sighting: Sighting, seen: Seen, by: Person, now: datetime) -> None:
    """Signs are looked at by a person; a suspicion of abuse, and a concern that is only it, by the office alone."""
    at_door = sighting.outcome in SEEN and sighting.handed == Handed.AT_DOOR and not seen.note.strip()
    concern = sighting.outcome == Outcome.SEEN_WITH_CONCERN and not seen.abuse
    if concern or sighting.signs or sighting.worried or at_door:
        _open_once(visit, "concern", CONCERN, look_by(now), by, now)
    if seen.abuse:
        with acting(visit.office_id, by.pk):  # who reports it can't see what becomes of it
            _once(visit, _owed(visit, "abuse", ABUSE, look_by(now), "oncall", False, ""), by, now)


def look_by(now: datetime) -> datetime:
    """Within four hours; what was noted by the evening isn't left lying until the morning."""
    return max(now, min(now + LOOK_WITHIN, at_time(clock.local(now).date(), BY_EVENING)))


def _open_once(visit: Visit, kind: str, what: str, due_at: datetime, by: Person, now: datetime) -> None:
    _once(visit, _owed(visit, kind, what, due_at, "followup", False, ""), by, now)


def _once(visit: Visit, owed: Owed, by: Person, now: datetime) -> None:
    """One look at a visit is owed at a time: whoever looks sees everything that was reported."""
    if not Duty.objects.filter(about=visit.ref, kind=owed.kind, closed_at=None).exists():
        open_duties(visit.office_id, [owed], by=by, now=now)


def _owed(visit: Visit, kind: str, what: str, due_at: datetime, ladder: str, urgent: bool, why: str) -> Owed:
    area = visit.recipient.place.area
    return Owed(
        kind=f"care.{kind}", what=what, due_at=due_at, ladder=ladder, values={"dong": area.name if area else "—"},
        page=f"/care/visits/{visit.ref}/", organisation=None if kind == "abuse" else visit.provider_id,
        area=area.pk if area and kind != "abuse" else None, about=visit.ref, urgent=urgent, drill=visit.duty.drill,
        raised_why=why,
    )  # fmt: skip
