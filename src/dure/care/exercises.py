"""An exercise with the procedure of a case: started, gone through by chosen people only, ended, and its times."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dure import clock
from dure.audit.actions import note
from dure.care.alarms import cannot_reach
from dure.care.models import Recipient
from dure.cases.actions import close_case
from dure.cases.models import Case, Entry, Finding, Source, Step
from dure.cases.opening import Alarm, open_case
from dure.duty.actions import close as close_duties
from dure.duty.exercises import running
from dure.duty.models import Claim, Duty, Exercise, Outcome, Participant, Telling
from dure.errors import Refused
from dure.health.actions import mended
from dure.offices.acting import acting
from dure.people.actions import standing
from dure.people.models import Membership, Organisation, Person, Role

LONGEST = timedelta(hours=8)
INVENTED = gettext_noop("Invented person (exercise)")
RUNS = gettext_noop("An exercise is under way already. End it first.")
OVER = gettext_noop("The exercise is over.")
MAY_TAKE_PART = (Role.PROVIDER, Role.CENTRE, Role.OFFICER, Role.ADMIN)


@transaction.atomic
def start(
    what: str,
    people: Sequence[Person],
    *,
    recipient: Recipient | None,
    ends_at: datetime,
    by: Person,
    now: datetime,
) -> Exercise:
    """Somebody can't be reached, as an exercise: the case is marked, and only those who take part are told.

    Without a recipient it is about somebody invented. The recipient's own visits and cases aren't touched.
    """
    if not now < ends_at <= now + LONGEST:
        raise Refused(_("An exercise ends within eight hours."))
    if not people:
        raise Refused(_("Choose who takes part."))
    if running(by.office_id):
        raise Refused(_(RUNS))
    made = _begun(
        Exercise(office_id=by.office_id, what=what.strip()[:200], started_at=now, started_by=by, ends_at=ends_at)
    )
    Participant.objects.bulk_create(Participant(office_id=by.office_id, exercise=made, person=p) for p in people)
    case = _of(recipient, by, now) if recipient else _invented(people, by, now)
    _all_see(case, people, now)
    made.about = case.ref
    made.save(update_fields=["about"])
    note(at=now, who=by, did="started", about=made)
    return made


def _begun(exercise: Exercise) -> Exercise:
    """There is one at a time, also when two start one at the same moment."""
    try:
        with transaction.atomic():
            exercise.save()
    except IntegrityError as problem:
        raise Refused(_(RUNS)) from problem
    return exercise


def _of(recipient: Recipient, by: Person, now: datetime) -> Case:
    return cannot_reach(recipient, Source.OFFICE, by=by, now=now, drill=True)


def _invented(people: Sequence[Person], by: Person, now: datetime) -> Case:
    """Of the agency and the dong of those who take part, so that they see it."""
    held = Membership.objects.on(clock.local(now).date()).filter(person__in=people)
    mine = Organisation.objects.filter(pk__in=held.values("organisation"))
    provider = mine.filter(kind=Organisation.Kind.PROVIDER).first()
    centre = mine.filter(kind=Organisation.Kind.CENTRE).select_related("area").first()
    area = centre.area if centre else None
    alarm = Alarm(
        programme="exercise", subject=uuid4(), source=Source.OFFICE, card={"name": _(INVENTED)}, drill=True,
        organisation=provider.pk if provider else None, area=area.pk if area else None, dong=area.name if area else "—",
    )  # fmt: skip
    return open_case(by.office_id, alarm, by=by, at=now, now=now)


def _all_see(case: Case, people: Sequence[Person], now: datetime) -> None:
    """Whoever is told can also open the page."""
    for person in people:
        seen = Case.objects.seen_by(standing(person, clock.local(now).date()))
        if not seen.filter(pk=case.pk).exists():
            raise Refused(_("%(person)s may not see this case, and can't take part.") % {"person": person})


@transaction.atomic
def end(exercise: Exercise, *, by: Person | None, now: datetime) -> None:
    """The exercise is over: whatever is still owed in it is owed no more. Without a person its time was over."""
    locked = Exercise.objects.select_for_update(no_key=True, of=("self",)).select_related("started_by")
    exercise = locked.get(pk=exercise.pk)
    if exercise.ended_at:
        return
    who, office = by or exercise.started_by, exercise.office_id
    for case in Case.objects.filter(office=office, drill=True, closed_at=None):
        close_case(case, finding=Finding.MISTAKE, by=who, now=now, note=_(OVER))
    left = Duty.objects.filter(office=office, drill=True, closed_at=None)
    close_duties(list(left), by=who, outcome=Outcome.VOID, now=now, note=_(OVER))
    _leave_no_fault(exercise, now)
    Exercise.objects.filter(pk=exercise.pk).update(ended_at=now, ended_by=by)
    note(at=now, who=by, did="ended", about=exercise)


def _leave_no_fault(exercise: Exercise, now: datetime) -> None:
    """What couldn't be told in an exercise is nothing that anybody has to mend afterwards."""
    drilled = Duty.objects.filter(office=exercise.office_id, drill=True, opened_at__gte=exercise.started_at)
    for ref in drilled.values_list("ref", flat=True):
        mended(f"siren {ref}", now=now, office=exercise.office_id)


def end_those_over(now: datetime) -> None:
    """Exercises whose time is over end by themselves, in the name of who started them."""
    for exercise in Exercise.objects.filter(ended_at=None, ends_at__lte=now).select_related("office"):
        clock.use_zone(exercise.office.zone)
        with acting(exercise.office_id):
            end(exercise, by=None, now=now)


@dataclass(frozen=True)
class Moment:
    """One step of the procedure in an exercise: when it was first done, after how long, by whom."""

    what: str
    at: datetime | None = None
    minutes: int | None = None
    who: str = ""


def times(exercise: Exercise) -> list[Moment]:
    """How long each step took, from the start on."""
    assert exercise.about is not None
    case = Case.objects.select_related("closed_by").get(ref=exercise.about)
    told = Telling.objects.filter(duty__about=case.ref).select_related("person").order_by("id").first()
    taken = Claim.objects.filter(duty__about=case.ref).select_related("by").order_by("id").first()
    done = case.entries.select_related("by").order_by("at", "id")
    over = case.closed_at if case.finding_note != _(OVER) or case.finding != Finding.MISTAKE else None
    steps: list[tuple[str, datetime | None, object]] = [
        (_("Told"), told.at if told else None, told and told.person),
        (_("Taken on"), taken.at if taken else None, taken and taken.by),
        (_("On the way"), *_first(done.filter(step=Step.GOING).first())),
        (_("Person seen"), *_first(done.filter(Q(step=Step.SEEN) | Q(step=Step.WHEREABOUTS)).first())),
        (_("Found in danger"), *_first(done.filter(step=Step.DANGER).first())),
        (_("Decided about 119"), *_first(done.filter(step__in=[Step.CALLED_119, Step.NOT_119]).first())),
        (_("Closed"), over, case.closed_by if over else None),
    ]
    return [Moment(what, at, _minutes(exercise, at), str(who or "")) for what, at, who in steps]


def _first(entry: Entry | None) -> tuple[datetime | None, object]:
    return (entry.at, entry.by) if entry else (None, None)


def _minutes(exercise: Exercise, at: datetime | None) -> int | None:
    return int((at - exercise.started_at).total_seconds() // 60) if at else None
