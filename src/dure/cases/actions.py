"""What is done in a case: each step is a line of its time line, and keeps what was owed until then."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dure.audit.actions import note as record_line
from dure.cases.models import Case, Entry, Finding, Step, Transfer
from dure.cases.opening import in_hand, owed, owed_in_danger
from dure.duty.actions import close as close_duties
from dure.duty.actions import progress
from dure.duty.models import Claim, Duty, Outcome
from dure.duty.opening import Owed, open_duties
from dure.errors import Refused
from dure.people.models import Person

FINISH_WITHIN = timedelta(hours=2)
REVIEW_WITHIN = timedelta(days=7)
FINISH = gettext_noop("Case %(number)s in %(dong)s: write down how it ended, and close it.")
REVIEW = gettext_noop("Case %(number)s in %(dong)s: look back with everybody. What happened, what do we change?")


@dataclass(frozen=True)
class Does:
    """What a step does beside standing in the time line: which moment it sets, and which duties it keeps."""

    moment: str = ""
    keeps: tuple[str, ...] = ()


STEPS: Mapping[str, Does] = {
    Step.CALLED: Does(),
    Step.GOING: Does("going_at", ("go",)),
    Step.ARRIVED: Does("arrived_at", ("go",)),
    Step.DRILL_DONE: Does(),
    Step.SEEN: Does("seen_at", ("go", "see", "decide_119", "decide")),
    Step.WHEREABOUTS: Does("", ("go", "see", "decide_119", "decide")),
    Step.DANGER: Does("danger_at", ("go", "decide_119", "decide")),
    Step.CALLED_119: Does("called_119_at", ("call_119", "decide_119", "decide")),
    Step.NOT_119: Does("", ("call_119", "decide_119", "decide")),
    Step.ARRIVED_119: Does(),
    Step.OFFICE_TOLD: Does("", ("office_knows",)),
    Step.CENTRE_TOLD: Does("", ("centre_knows",)),
    Step.FAMILY_TOLD: Does("family_told_at", ("family_knows",)),
    Step.SERVICES_TOLD: Does("", ("services",)),
    Step.DIED: Does("seen_at", ("go", "see", "decide_119", "decide")),
    Step.OTHER_REPORT: Does(),
    Step.NOTE: Does(),
}
TRANSFERS = {
    Step.TAKEN_OVER: Transfer.To.AMBULANCE,
    Step.HOSPITAL: Transfer.To.HOSPITAL,
    Step.FAMILY_TOOK_OVER: Transfer.To.FAMILY,
}
OUT_OF_DANGER = (Step.NOT_119, Step.WHEREABOUTS, Step.DIED, *TRANSFERS)
STAYS = ("case.review", "case.services", "case.return", "case.relink", "case.restart")  # go on after the case is closed
AFTERWARDS = (Step.SERVICES_TOLD, Step.FAMILY_TOLD, Step.NOTE)  # may still be said when the case is closed
NEXT = gettext_noop("Goes on with the case")


def _open(case: Case, *, or_closed: bool = False) -> Case:
    in_hand([case.ref])
    locked = Case.objects.select_for_update(no_key=True).get(pk=case.pk)
    if locked.closed_at and not or_closed:
        raise Refused(_("%(person)s has already closed this.") % {"person": locked.closed_by})
    return locked


def duties_of(case: Case, *kinds: str) -> list[Duty]:
    """The open duties of a case, all or those of some kinds."""
    mine = Duty.objects.filter(about=case.ref, closed_at=None)
    return list(mine.filter(kind__in=[f"case.{kind}" for kind in kinds]) if kinds else mine)


@transaction.atomic
def record(
    case: Case,
    step: str,
    *,
    by: Person,
    now: datetime,
    at: datetime | None = None,
    who: str = "",
    values: Mapping[str, Any] | None = None,
    note: str = "",
    takes: bool = True,
) -> Case:
    """Something was done or seen. It is progress for who has the case, and keeps what was owed until then."""
    case, does, at = _open(case, or_closed=step in AFTERWARDS), STEPS[step], at or now
    if step == Step.DANGER and _was_out_of_danger(case, at):
        case.called_119_at = None  # that was for the first time: now 119 is to be called again
    if step == Step.WHEREABOUTS:
        if not note.strip():
            raise Refused(_("Say where the person is and who says so."))
        case.whereabouts = note.strip()[:200]
    if step == Step.NOT_119 and not note.strip():
        raise Refused(_("Say why 119 isn't called for now."))
    if does.moment and getattr(case, does.moment) is None:
        setattr(case, does.moment, at)
    case.save()
    _line(case, step, by, at, now, who, values, note)
    if does.keeps:
        close_duties(duties_of(case, *does.keeps), by=by, outcome=Outcome.KEPT, now=now)
    if step == Step.DANGER:
        _everybody_at_once(case, by, now)
    _settled(case, by, now)
    if step != Step.OTHER_REPORT:  # who knows nothing of the case doesn't go on with it
        go_on(case, by=by, now=now, takes=takes)
    return case


def _everybody_at_once(case: Case, by: Person, now: datetime) -> None:
    """In danger: all who have to act hear of it at once, also when the case only had to be written down any more."""
    close_duties(duties_of(case, "finish"), by=by, outcome=Outcome.EXCUSED, now=now, note=Step.DANGER)
    waiting = {duty.kind for duty in duties_of(case)}
    fresh = [each for each in owed_in_danger(case, dong_of(case), now) if each.kind not in waiting]
    open_duties(case.office_id, fresh, by=by, now=now)


def _settled(case: Case, by: Person, now: datetime) -> None:
    """Nobody has to go and look any more, and nobody is in danger without help: the case rings no longer.

    What is left is to write down how it ended, without hurry; who had the case has that.
    """
    answers = duties_of(case, "answer")
    if not answers or not (case.seen_at or case.whereabouts) or _in_danger(case):
        return
    has_it = Claim.objects.filter(duty__in=answers, ended_at=None, until__gt=now).select_related("by").first()
    close_duties(answers, by=by, outcome=Outcome.KEPT, now=now)
    finish = owed(case, "finish", FINISH, now + FINISH_WITHIN, dong_of(case), ladder="office")
    [left] = open_duties(case.office_id, [_ordinary(finish)], by=by, now=now)
    if has_it:
        progress(left, by=has_it.by, next_step=_(NEXT), now=now)


def _in_danger(case: Case) -> bool:
    """Whether the person was found in danger, and since then nobody took them over or decided that they stay."""
    last = case.entries.filter(step__in=[Step.DANGER, *OUT_OF_DANGER]).order_by("id").last()
    return last is not None and last.step == Step.DANGER


def last_known(case: Case) -> datetime | None:
    """When the person was last seen, or it was last said where they are."""
    known = case.entries.filter(step__in=[Step.SEEN, Step.WHEREABOUTS, Step.DIED, *TRANSFERS])
    last: datetime | None = known.aggregate(last=Max("at"))["last"]
    return last


def _was_out_of_danger(case: Case, at: datetime) -> bool:
    last = case.entries.filter(step__in=[Step.DANGER, *OUT_OF_DANGER]).order_by("id").last()
    return last is not None and last.step != Step.DANGER and last.at < at


def _line(
    case: Case,
    step: str,
    by: Person,
    at: datetime,
    now: datetime,
    who: str,
    values: Mapping[str, Any] | None,
    note: str,
) -> None:
    Entry.objects.create(
        office_id=case.office_id, case=case, step=step, at=at, written_at=now, by=by, who=who[:100],
        values=dict(values or {}), note=note[:500],
    )  # fmt: skip
    record_line(at=now, who=by, did=step, about=case)


def go_on(case: Case, *, by: Person, now: datetime, takes: bool = True) -> None:
    """Who does something in a case goes on with it: the others aren't told meanwhile.

    What is reported from the door (`takes` false) doesn't make its author answer for the case: the desk is told all
    the same.
    """
    for duty in duties_of(case, "answer", "finish"):
        if takes or duty.claims.filter(by=by, ended_at=None).exists():
            progress(duty, by=by, next_step=_(NEXT), now=now)


def dong_of(case: Case) -> str:
    """The dong, as messages name it."""
    return case.area.name if case.area else "—"


@transaction.atomic
def hand_over(
    case: Case,
    step: str,
    *,
    name: str,
    identity_checked: str = "",
    by: Person,
    now: datetime,
    at: datetime | None = None,
) -> Case:
    """The person was handed over to the ambulance, the hospital or the family."""
    case, to, at = _open(case), TRANSFERS[Step(step)], at or now
    if not name.strip():
        raise Refused(_("Say who took the person over."))
    if to == Transfer.To.FAMILY and not identity_checked.strip():
        raise Refused(_("Say how you know that it is the family: an identity card, a known face, a call back."))
    Transfer.objects.create(
        office_id=case.office_id,
        case=case,
        to=to,
        name=name.strip(),
        identity_checked=identity_checked.strip(),
        at=at,
        by=by,
    )
    case.seen_at = case.seen_at or at
    if to == Transfer.To.FAMILY:
        case.family_told_at = case.family_told_at or at
    case.save()
    _line(case, step, by, at, now, name, None, identity_checked)
    kept = ["go", "see", "decide_119", "decide", "call_119"] + (["family_knows"] if to == Transfer.To.FAMILY else [])
    close_duties(duties_of(case, *kept), by=by, outcome=Outcome.KEPT, now=now)
    _settled(case, by, now)
    go_on(case, by=by, now=now)
    return case


@transaction.atomic
def close_case(case: Case, *, finding: Finding, by: Person, now: datetime, note: str = "") -> Case:
    """A person closes the case with a finding. "Not seen" needs an explained whereabouts."""
    case = _open(case)
    if finding != Finding.MISTAKE and case.seen_at is None and not case.whereabouts:
        raise Refused(_("Nobody has seen the person yet. Record who saw them, or where they are and who says so."))
    if finding == Finding.MISTAKE and not note.strip():
        raise Refused(_("Say how the mistake came about."))
    _everybody_knows(case, finding)
    case.closed_at, case.closed_by, case.finding, case.finding_note = now, by, finding, note[:500]
    case.save()
    _line(case, Step.CLOSED, by, now, now, "", {"finding": finding}, note)
    over = [duty for duty in duties_of(case) if duty.kind not in STAYS]
    answered = [duty for duty in over if duty.kind in ("case.answer", "case.finish")]
    close_duties(answered, by=by, outcome=Outcome.KEPT, now=now, note=finding)
    close_duties(over, by=by, outcome=Outcome.EXCUSED, now=now, note=finding)
    if case.danger_at:
        review = owed(case, "review", REVIEW, now + REVIEW_WITHIN, dong_of(case), ladder="office")
        open_duties(case.office_id, [_ordinary(review)], by=by, now=now)
    return case


def _everybody_knows(case: Case, finding: Finding) -> None:
    """Found in danger: the case isn't over before 119 and the family are settled one way or the other."""
    missing = {duty.kind for duty in duties_of(case, "call_119", "family_knows")}
    if finding == Finding.MISTAKE:
        return
    if "case.call_119" in missing:
        raise Refused(_("Found in danger: first enter that 119 was called, or why not."))
    if "case.family_knows" in missing:
        raise Refused(_("The family hasn't been told yet. Enter who told whom, or that there is nobody to tell."))


@transaction.atomic
def look_back(case: Case, *, happened: str, change: str, by: Person, now: datetime) -> None:
    """After a collapse everybody looks back: what happened, and what is changed. The review is done."""
    if not happened.strip() or not change.strip():
        raise Refused(_("Say what happened and what you change. “Nothing” is an answer too."))
    case = _open(case, or_closed=True)
    _line(case, Step.NOTE, by, now, now, "", {"change": change.strip()}, happened.strip())
    close_duties(duties_of(case, "review"), by=by, outcome=Outcome.KEPT, now=now)


def _ordinary(each: Owed) -> Owed:
    return replace(each, urgent=False)
