"""What the board shows: exceptions first, one countdown each, who has it. A fixed number of queries, however many."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Count, Max, Q, Window
from django.utils.translation import gettext as _

from dure.care.models import Course, Visit
from dure.cases.models import Case
from dure.duty.models import Claim, Duty, Telling
from dure.health.models import Beat, Fault
from dure.people.actions import Standing
from dure.people.masking import masked_name
from dure.people.models import Device

MOST = 200  # rows on one page of the board
LOADED = 5000  # duties; of what is owed beyond them the board says how many there are
NOT_HEARD = timedelta(minutes=30)
VISIT, CALL = (
    "care.visit",
    "care.call",
)  # stands in the row of its case; what was noted at the visit is a matter of its own
DEADLINES = ("case.call_119", "case.go", "case.decide_119", "case.see", "case.decide")


@dataclass
class Row:
    """One exception: a case with all that is owed in it, or a single duty."""

    ref: str
    page: str
    name: str
    dong: str
    tier: str
    what: str
    due_at: datetime
    since: datetime
    urgent: bool
    drill: bool
    duty: Duty | None  # what is taken on with the button
    claim: Claim | None = None
    told: Telling | None = None
    siren: bool = False
    number: str = ""
    also: list[str] = field(default_factory=list)
    ring: list[Telling] = field(default_factory=list)  # numbers to ring by hand
    told_me: datetime | None = None  # since when who looks at it has been told

    @property
    def nobody(self) -> bool:
        """Whether nobody has it."""
        return self.claim is None


def rows(standing: Standing, now: datetime, most: int = LOADED) -> tuple[list[Row], int]:
    """The exceptions, those that nobody has and wait longest first; and how many more there are that weren't read."""
    cases = list(Case.objects.seen_by(standing).filter(closed_at=None).select_related("area").order_by("opened_at"))
    of_case: dict[object, list[Duty]] = {case.ref: [] for case in cases}
    in_case = {case.about for case in cases if case.about}
    in_need = {case.subject for case in cases if not case.drill}
    in_a_case = Q(about__in=in_case, kind=VISIT) | Q(about__in=in_need, kind=CALL)
    alone_q = Q(about=None) | ~(Q(about__in=list(of_case)) | in_a_case)
    raised = Q(raised_at__isnull=False) | Q(about__in=list(of_case))
    open_now = Duty.objects.seen_by(standing).filter(raised, closed_at=None).select_related("area")
    counted = open_now.annotate(alone=Window(Count("pk", filter=alone_q)))
    duties = list(counted.defer("rungs", "ladder", "note").order_by("-urgent", "due_at")[:most])
    ids = [duty.pk for duty in duties]
    alive = Claim.objects.filter(duty__in=ids, ended_at=None, until__gt=now)
    claims = {claim.duty_id: claim for claim in alive.select_related("by")}
    beside = {(VISIT, ref) for ref in in_case} | {(CALL, ref) for ref in in_need}
    alone = [d for d in duties if d.about not in of_case and (d.kind, d.about) not in beside]
    for duty in duties:
        if duty.about in of_case:
            of_case[duty.about].append(duty)
    found = [_case_row(case, of_case[case.ref], claims) for case in cases]
    visits = _visits([d for d in alone if d.kind.startswith("care.")])
    found += [_duty_row(d, visits.get(d.about), claims) for d in alone]
    _say_who_was_told(found)
    found.sort(key=lambda row: (row.drill, not row.urgent, not row.nobody, row.due_at))
    return found, duties[0].alone - len(alone) if duties else 0  # type: ignore[attr-defined]


def _say_who_was_told(rows: Iterable[Row]) -> None:
    """Who was told last, of what is taken on with the button."""
    of_duty = {row.duty.pk: row for row in rows if row.duty}
    last = Telling.objects.filter(duty__in=of_duty).order_by("duty_id", "-turn", "-id").distinct("duty_id")
    for telling in last.select_related("person", "message"):
        of_duty[telling.duty_id].told = telling


def _visits(duties: Iterable[Duty]) -> dict[object, Visit]:
    refs = [duty.about for duty in duties if duty.about]
    found = Visit.objects.filter(ref__in=refs).select_related("recipient__place__area")
    return {visit.ref: visit for visit in found}


def _case_row(case: Case, duties: list[Duty], claims: dict[int, Claim]) -> Row:
    """A case with the first of what is owed in it. One that only has to be written down any more is no alarm."""
    mine, taken, claim = answering(duties, claims)
    deadlines = sorted((d for d in duties if d.kind in DEADLINES), key=lambda d: d.due_at)
    first = next(iter([*deadlines, *mine]), None)
    urgent = not mine or mine[0].urgent
    due_at = first.due_at if first else case.opened_at
    if claim and urgent and first is taken and not deadlines:
        due_at = claim.until
    return Row(
        ref=str(case.ref), page=case.page, name=masked_name(case.card.get("name", "")), number=case.number,
        dong=case.area.name if case.area else "", tier=case.tier, what=_(first.what) % first.values if first else "",
        due_at=due_at, since=case.opened_at, urgent=urgent, drill=case.drill, duty=taken, claim=claim,
        siren=urgent and claim is None,
    )  # fmt: skip


def answering(duties: Iterable[Duty], claims: Mapping[int, Claim]) -> tuple[list[Duty], Duty | None, Claim | None]:
    """What of a case somebody has to take on, the first first; which of it they take; and who has it.

    As long as it isn't settled it is the case itself; then what is urgent still, and writing down how it ended.
    """
    mine = [d for d in duties if d.urgent or d.kind == "case.finish"]
    mine.sort(key=lambda d: (d.kind != "case.answer", not d.urgent, d.due_at))
    if mine and mine[0].kind == "case.answer":
        mine = mine[:1]
    taken = next((d for d in mine if d.pk in claims), mine[0] if mine else None)
    return mine, taken, claims.get(taken.pk) if taken else None


def _duty_row(duty: Duty, visit: Visit | None, claims: dict[int, Claim]) -> Row:
    return Row(
        ref=str(duty.ref), page=duty.page, name=masked_name(visit.recipient.name) if visit else "",
        dong=duty.area.name if duty.area else "", tier=visit.recipient.tier if visit else "",
        what=_(duty.what) % duty.values, due_at=duty.due_at, since=duty.raised_at or duty.due_at, urgent=duty.urgent,
        drill=duty.drill, duty=duty, claim=claims.get(duty.pk),
        siren=duty.urgent and duty.pk not in claims,
    )  # fmt: skip


@dataclass
class CourseRow:
    """One course of today: how far it is, and when its worker's phone was last heard."""

    course: Course
    done: int
    stops: int
    heard_at: datetime | None
    late: bool
    silent: bool


def courses(standing: Standing, day: date, now: datetime) -> list[CourseRow]:
    """Today's courses; those not started in time and those whose phone isn't heard come first."""
    mine = Course.objects.filter(office=standing.office, day=day)
    if standing.organisations is not None:
        mine = mine.filter(provider__in=standing.organisations)
    counted = mine.select_related("route", "provider", "worker").annotate(
        stops=Count("visits", filter=Q(visits__excused_at=None)),
        done=Count("visits", filter=Q(visits__excused_at=None) & ~Q(visits__outcome="")),
    )
    found = list(counted.order_by("starts_at", "id"))
    heard = dict(
        Device.objects.filter(person__in=[c.worker_id for c in found], revoked_at=None)
        .values_list("person_id")
        .annotate(Max("heard_at"))
    )
    return sorted(
        (_course_row(c, heard, now) for c in found), key=lambda r: (not r.late, not r.silent, r.course.starts_at)
    )


def _course_row(course: Course, heard: dict[int | None, datetime], now: datetime) -> CourseRow:
    heard_at = heard.get(course.worker_id)
    open_yet = course.done < course.stops  # type: ignore[attr-defined]
    running = course.starts_at <= now and open_yet and course.finished_at is None
    late = running and course.started_at is None and not course.done  # type: ignore[attr-defined]
    silent = running and not late and (heard_at is None or now - heard_at > NOT_HEARD)
    return CourseRow(course, course.done, course.stops, heard_at, late, silent)  # type: ignore[attr-defined]


def figures(standing: Standing, day: date) -> dict[str, int]:
    """Today's visits: how many are owed, and how many seen or explained. Where a case is open, it is neither yet."""
    mine = Visit.objects.filter(office=standing.office, day=day)
    if standing.organisations is not None:
        own = standing.organisations
        mine = mine.filter(Q(provider__in=own) | Q(recipient__centre__in=own))
    in_case = Case.objects.filter(office=standing.office, closed_at=None, drill=False).exclude(about=None)
    answered = Q(excused_at__isnull=False) | Q(duty__closed_at__isnull=False)
    answered &= ~Q(ref__in=in_case.values("about"))
    return mine.aggregate(planned=Count("id"), answered=Count("id", filter=answered))


def faults(standing: Standing) -> int:
    """How much of the system must be mended by a person."""
    return Fault.objects.filter(Q(office=standing.office) | Q(office=None), mended_at=None).count()


def last_backup() -> Beat | None:
    """When the last back-up was made."""
    return Beat.objects.filter(name="backup").first()
