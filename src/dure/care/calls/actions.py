"""What people do with a call: they ring, say what came of it, and take a slip back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dure.audit.actions import note as record_line
from dure.care import calling_off
from dure.care.alarms import after_case, before_case_ends, cannot_reach
from dure.care.calls import owing
from dure.care.calls.beginning import go_on
from dure.care.calls.models import ALARMING, FOUND, UNANSWERED, Call, Practice, Result, Try
from dure.care.calls.opening import owed, reopen
from dure.care.models import PROGRAMME
from dure.cases.actions import close_case, record
from dure.cases.models import Case, Finding, Source, Step
from dure.cases.opening import in_hand
from dure.duty.actions import close
from dure.duty.models import Duty, Outcome
from dure.duty.opening import amend
from dure.errors import Refused
from dure.people.models import Person

UNDO = timedelta(minutes=1)
APART = timedelta(minutes=10)  # tries closer together count as one: somebody may be in the bathroom
RINGS = timedelta(minutes=3)  # so long somebody is shown as calling
IN_VAIN = gettext_noop("Called in vain %(n)s times")
BY_PHONE = gettext_noop("Spoken to on the phone")
SETTLED = gettext_noop("reached by phone")


@dataclass(frozen=True)
class Said:
    """What came of a try, as it was entered. `case`: the emergency that was open on the page, which it answers."""

    result: Result
    key: UUID
    who: str = ""
    note: str = ""
    case: UUID | None = None


def silence(duty: Duty, now: datetime) -> None:
    """A call wasn't made, or brought nothing, in time: somebody goes and looks (hook of the watch)."""
    call = Call.objects.select_related("recipient").get(duty=duty)
    cannot_reach(call.recipient, Source.SILENCE, by=None, now=now, about=call.ref, note=_in_vain(call))


def _in_vain(call: Call) -> str:
    tries = len(counted(call.tries.select_related("corrected_by")))
    return _(IN_VAIN) % {"n": tries} if tries else ""


def open_case_of(call: Call) -> Case | None:
    """The emergency of the person that is open now."""
    mine = Case.objects.filter(programme=PROGRAMME, subject=call.recipient.ref, closed_at=None, drill=False)
    return mine.first()


def _in_hand(call: Call) -> tuple[Call, Case | None]:
    """All that is owed to the person, then the call: in the order in which everybody takes them."""
    case = open_case_of(call)
    if case:
        before_case_ends(case)
    else:
        in_hand([call.recipient.ref])
    locked = Call.objects.select_for_update(no_key=True, of=("self",))
    found = locked.select_related("duty", "recipient__place__area", "recipient__centre__area").get(pk=call.pk)
    return found, open_case_of(found)


@transaction.atomic
def calling(call: Call, *, by: Person, now: datetime) -> None:
    """Somebody dials: the others see it for some minutes, so that nobody is rung up by two."""
    Call.objects.select_for_update(no_key=True).get(pk=call.pk)
    Call.objects.filter(pk=call.pk).update(calling_by=by, calling_at=now)
    record_line(at=now, who=by, did="rings", about=call)


@transaction.atomic
def called(call: Call, said: Said, *, source: Source, by: Person, now: datetime) -> Try:
    """Keep what came of a try, and do what follows from it. Nothing that was heard is refused."""
    if said.result == Result.WHEREABOUTS and not said.who.strip():
        raise Refused(_("Say who knows where the person is."))
    call, case = _in_hand(call)
    key = uuid5(said.key, said.result)  # a page left open may say another thing under the same key
    same = Try.objects.filter(office=call.office_id, key=key).first()
    if same:
        return same
    made = Try.objects.create(
        office_id=call.office_id, call=call, key=key, result=said.result, at=now, by=by, who=said.who[:100],
        note=said.note[:300], corrects=_slip(call, said, by, now),
    )  # fmt: skip
    Call.objects.filter(pk=call.pk).update(calling_by=None, calling_at=None)
    record_line(at=now, who=by, did="called", about=call, why=said.result)
    if said.result in FOUND:
        _reached(call, case, made, said, now)
    elif said.result in ALARMING:
        _alarm(call, made, source, said.note, now)
    else:
        _unanswered(call, case, made, source, now)
    go_on(call, by=by, now=now)
    return made


def _slip(call: Call, said: Said, by: Person, now: datetime) -> Try | None:
    """Who says within a minute that it was otherwise corrects what they said; an alarm stays."""
    last = call.tries.filter(by=by, at__gte=now - UNDO, corrected_by=None).exclude(result=Result.TAKEN_BACK).last()
    return last if last and last.result in UNANSWERED and said.result != last.result else None


def _begun(call: Call, now: datetime) -> list[Duty]:
    """What is owed to the person now: this call, and others whose time has begun."""
    mine = calling_off.owed_to([call.recipient.ref]).exclude(pk=call.duty_id)
    own = [call.duty] if call.duty.is_open and call.since_at <= now else []  # tomorrow's isn't made today
    return [*own, *(duty for duty in mine if calling_off.begins_at(duty) <= now)]


def _reached(call: Call, case: Case | None, made: Try, said: Said, now: datetime) -> None:
    close(_begun(call, now), by=made.by, outcome=Outcome.KEPT, now=now, note=SETTLED)
    if case is None:
        return
    text = " · ".join(part for part in (_(BY_PHONE) if said.result == Result.WELL else said.who, said.note) if part)
    by_silence = case.by_silence and case.danger_at is None
    if said.case != case.ref and not by_silence:  # who knew nothing of it stands nobody down
        record(case, Step.OTHER_REPORT, by=made.by, now=now, who=said.who, note=text, takes=False)
        return
    case = record(case, Step.WHEREABOUTS, by=made.by, now=now, who=said.who, note=text)
    if by_silence:
        finding = Finding.WELL if said.result == Result.WELL else Finding.ELSEWHERE
        after_case(close_case(case, finding=finding, by=made.by, now=now, note=text), by=made.by, now=now)


def _alarm(call: Call, made: Try, source: Source, note: str, now: datetime) -> None:
    danger = made.result == Result.DANGER
    case = cannot_reach(
        call.recipient, source, by=made.by, now=now, about=call.ref, danger=danger,
        note=note or str(Result(made.result).label),
    )  # fmt: skip
    close(_begun(call, now), by=made.by, outcome=Outcome.PASSED_ON, now=now, note=case.number)


def _unanswered(call: Call, case: Case | None, made: Try, source: Source, now: datetime) -> None:
    if not call.duty.is_open or call.since_at > now:
        return
    practice = owing.practice_of(call.office_id)
    tries = counted(call.tries.select_related("corrected_by"))
    if case is not None:
        record(case, Step.CALLED, by=made.by, now=now, note=str(Result(made.result).label), takes=False)
    elif len(tries) >= practice.tries:
        _alarm(call, made, source, _(IN_VAIN) % {"n": len(tries)}, now)
    else:
        _look_again(call, tries, practice, made.by, now)


def counted(tries: Iterable[Try]) -> list[Try]:
    """The unanswered tries that count: not corrected, and some minutes apart."""
    found: list[Try] = []
    for each in tries:
        if each.result in UNANSWERED and not hasattr(each, "corrected_by") and not _soon_after(each, found):
            found.append(each)
    return found


def _soon_after(each: Try, found: Sequence[Try]) -> bool:
    return bool(found) and each.at - found[-1].at < APART


def _look_again(call: Call, tries: Sequence[Try], practice: Practice, by: Person, now: datetime) -> None:
    """Who doesn't answer isn't left lying until the end of the day: it is raised some time after the first try."""
    due = call.due_at
    if tries:
        due = min(due, max(tries[0].at + timedelta(minutes=practice.within_minutes), now))
    amend([(call.duty, owed(call, due_at=due, tried=bool(tries)))], by=by, now=now)


@transaction.atomic
def take_back(made: Try, *, key: UUID, by: Person, now: datetime) -> None:
    """A wrong tap, within a minute, by whoever made it: the call is as it was before. What was said stays on record."""
    call, _case = _in_hand(made.call)
    made = Try.objects.select_related("corrected_by", "by").get(pk=made.pk)
    if hasattr(made, "corrected_by") or made.result == Result.TAKEN_BACK:
        return
    if made.by_id != by.pk or now - made.at > UNDO:
        raise Refused(_("Only who entered it can take it back, within a minute. Enter what is so instead."))
    if call.duty.outcome == Outcome.PASSED_ON and call.duty.closed_at == made.at:
        raise Refused(_("An emergency is open now, and people are told. If it was a mistake, close it on its page."))
    Try.objects.create(
        office_id=call.office_id, call=call, key=key, result=Result.TAKEN_BACK, at=now, by=by, corrects=made
    )
    record_line(at=now, who=by, did="took back", about=call)
    ended = Call.objects.filter(recipient=call.recipient_id, duty__closed_at=made.at, duty__closed_by=by)
    again = list(ended.select_related("duty", "recipient__place__area", "recipient__centre__area"))
    reopen(again, now=now)
    if call.duty.is_open:
        _look_again(
            call, counted(call.tries.select_related("corrected_by")), owing.practice_of(call.office_id), by, now
        )
