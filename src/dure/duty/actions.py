"""What people do with a duty: raise it, have it, hand it back, go on with it, close it."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dure.audit.actions import line, write
from dure.clock import format_moment
from dure.duty.ladder import LONGEST
from dure.duty.models import Answer, Claim, ClaimEnd, Duty, Outcome, Telling
from dure.errors import Refused
from dure.health.actions import fault
from dure.outbox.actions import BUNDLE, acknowledge, no_such_address, owe, render, undelivered, withdraw
from dure.outbox.models import Message
from dure.people.models import Person

OVER_STALE = timedelta(hours=1)
APART = timedelta(minutes=1)  # two clocks are never quite at one
AHEAD = """
SELECT d.id FROM duty_duty d WHERE d.closed_at IS NULL AND d.look_at > %(soon)s AND (
    (d.raised_at IS NOT NULL AND d.look_at > %(longest)s AND NOT EXISTS (
        SELECT FROM duty_claim c WHERE c.duty_id = d.id AND c.ended_at IS NULL AND c.until = d.look_at))
    OR (d.raised_at IS NOT NULL AND EXISTS (
        SELECT FROM duty_claim c WHERE c.duty_id = d.id AND c.ended_at > %(soon)s AND c.ended_at = d.look_at))
    OR (d.raised_at IS NOT NULL AND EXISTS (SELECT FROM health_fault f WHERE f.office_id = d.office_id
        AND f.key = 'siren ' || d.ref AND f.last_at > %(soon)s AND f.last_at < d.look_at))
    OR d.set_aside_at > %(soon)s OR (d.turn = 0 AND d.raised_at > %(soon)s)
    OR d.id IN (SELECT duty_id FROM duty_claim WHERE ended_at IS NULL AND greatest(at, progress_at) > %(soon)s)
    OR d.turn > 0 AND (SELECT t.at FROM duty_telling t WHERE t.duty_id = d.id ORDER BY t.id DESC LIMIT 1) > %(soon)s)
ORDER BY d.id FOR NO KEY UPDATE
"""
LOOK_NOW = """
UPDATE duty_duty SET look_at = CASE WHEN raised_at IS NULL THEN least(due_at, %(now)s) ELSE %(now)s END
WHERE id = ANY (%(ids)s)
"""
HOLD_FROM_NOW = """
UPDATE duty_claim SET until = %(now)s + (until - greatest(at, progress_at)), at = least(at, %(now)s),
       progress_at = least(progress_at, %(now)s)
WHERE duty_id = ANY (%(ids)s) AND ended_at IS NULL AND greatest(at, progress_at) > %(soon)s
"""
WRONG_NUMBER = gettext_noop("The number %(number)s of %(person)s is wrong. Enter the right one.")
STOOD_DOWN = gettext_noop("Over: %(what)s. You need do nothing more.")


def _locked(duties: Iterable[Duty]) -> list[Duty]:
    """These duties with their rows locked, in one order for everybody."""
    ids = [duty.pk for duty in duties]
    return list(Duty.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))


def _one_open(duty: Duty) -> Duty:
    [locked] = _locked([duty])
    if not locked.is_open:
        raise Refused(_("%(person)s has already closed this.") % {"person": locked.closed_by})
    return locked


@transaction.atomic
def raise_duties(duties: Sequence[Duty], *, by: Person | None, why: str, now: datetime) -> None:
    """Somebody says that it can't wait for its time: people are told from now on."""
    waiting = [duty for duty in _locked(duties) if duty.is_open and duty.raised_at is None]
    Duty.objects.filter(pk__in=[duty.pk for duty in waiting]).update(
        raised_at=now, raised_by=by, raised_why=why[:200], look_at=now
    )
    write(line(at=now, who=by, did="raised", about=duty) for duty in waiting)


@transaction.atomic
def claim(duty: Duty, *, by: Person, next_step: str, until: datetime, now: datetime, take_over: bool = False) -> Claim:
    """ "I have it; I will … by …": nobody else is told until then. The promise is never longer than the ladder allows.

    A second claim by the same person, without progress since the first, is taken down but doesn't hold the ladder.
    """
    duty = _one_open(duty)
    if until <= now:
        raise Refused(_("Say a time that is still to come."))
    if not next_step.strip():
        raise Refused(_("Say what you will do next."))
    alive = duty.claims.filter(ended_at=None).select_related("by").first()
    if alive and alive.by_id != by.pk and alive.until > now and not take_over:
        raise Refused(
            _("%(person)s has it until %(time)s. Take it over if you are to do it instead.")
            % {"person": alive.by, "time": format_moment(alive.until)}
        )
    if alive:
        lapsed = alive.until <= now
        _end([alive], ClaimEnd.LAPSED if lapsed else ClaimEnd.TAKEN_OVER, now)
    last = duty.claims.filter(by=by).order_by("-id").first()
    idle = last is not None and last.progress_at is None
    until = min(until, now + timedelta(seconds=duty.ladder.claim_seconds))
    made = Claim.objects.create(
        office_id=duty.office_id,
        duty=duty,
        by=by,
        next_step=next_step.strip()[:200],
        at=now,
        until=until,
        holds=not idle,
    )
    if made.holds and duty.raised_at:
        Duty.objects.filter(pk=duty.pk).update(look_at=until)
    own = Message.objects.filter(telling__duty=duty, telling__person=by, sent_at__isnull=False, failed_at=None)
    own.filter(acknowledged_at=None).update(acknowledged_at=now, risen_at=now)
    write([line(at=now, who=by, did="claimed", about=duty)])
    return made


ANSWERED = gettext_noop("Answered the message")


def take(duty: Duty, *, by: Person, now: datetime) -> Claim:
    """Who answers a message has the duty for as long as its ladder allows."""
    until = now + timedelta(seconds=duty.ladder.claim_seconds)
    return claim(duty, by=by, next_step=_(ANSWERED), until=until, now=now)


@transaction.atomic
def answered(telling: Telling, *, now: datetime) -> Claim:
    """Who was told takes it on from the message itself. To say so twice changes nothing."""
    duty = _one_open(telling.duty)
    has = duty.claims.filter(ended_at=None, by=telling.person, until__gt=now).first()
    return has or take(duty, by=telling.person, now=now)


@transaction.atomic
def progress(duty: Duty, *, by: Person, next_step: str, until: datetime | None = None, now: datetime) -> None:
    """Something was done. Who has the duty holds it for as long again; with nobody having it, the doer does."""
    duty = _one_open(duty)
    limit = now + timedelta(seconds=duty.ladder.claim_seconds)
    until = min(until, limit) if until and until > now else limit
    alive = duty.claims.filter(ended_at=None).first()
    if alive is None or alive.until <= now:
        if alive:
            _end([alive], ClaimEnd.LAPSED, now)
        Claim.objects.create(
            office_id=duty.office_id,
            duty=duty,
            by=by,
            next_step=next_step[:200],
            at=now,
            until=until,
            progress_at=now,
        )
    elif alive.by_id == by.pk:
        Claim.objects.filter(pk=alive.pk).update(progress_at=now, until=until, next_step=next_step[:200], holds=True)
    else:  # somebody else has it: their promise stands, the deed is on the record
        write([line(at=now, who=by, did="went on", about=duty)])
        return
    if duty.raised_at:
        Duty.objects.filter(pk=duty.pk).update(look_at=until)
    write([line(at=now, who=by, did="went on", about=duty)])


@transaction.atomic
def hand_back(duty: Duty, *, by: Person, now: datetime) -> None:
    """Who has it can't do it after all: the next person is told at once."""
    duty = _one_open(duty)
    alive = duty.claims.filter(ended_at=None, by=by).first()
    if alive is None:
        raise Refused(_("You don't have this at the moment."))
    _end([alive], ClaimEnd.HANDED_BACK, now)
    if duty.raised_at:
        Duty.objects.filter(pk=duty.pk).update(look_at=now)
    write([line(at=now, who=by, did="handed back", about=duty)])


@transaction.atomic
def gone(people: Iterable[int], *, by: Person, now: datetime) -> int:
    """These people have left: what they had is nobody's, and the next are told at once. How much that was."""
    theirs = Claim.objects.filter(by__in=list(people), ended_at=None, duty__closed_at=None)
    duties = [duty for duty in _locked(Duty.objects.filter(pk__in=theirs.values("duty"))) if duty.is_open]
    _end(theirs.filter(duty__in=duties), ClaimEnd.HANDED_BACK, now)
    raised = [duty.pk for duty in duties if duty.raised_at]
    Duty.objects.filter(pk__in=raised).update(look_at=now)
    write(line(at=now, who=by, did="handed back", about=duty, why="left") for duty in duties)
    return len(duties)


@transaction.atomic
def close(
    duties: Sequence[Duty],
    *,
    by: Person,
    outcome: Outcome,
    now: datetime,
    note: str = "",
    confirmed_by: str = "",
) -> list[Duty]:
    """A person says the duties are done with. Everybody who was told of an urgent one may stand down.

    Those closed already stay as they are; the ones closed now are returned.
    """
    open_now = [duty for duty in _locked(duties) if duty.is_open]
    ids = [duty.pk for duty in open_now]
    Duty.objects.filter(pk__in=ids).update(
        look_at=None,
        closed_at=now,
        closed_by=by,
        outcome=outcome,
        note=note[:500],
        confirmed_by=confirmed_by[:100],
    )
    _end(Claim.objects.filter(duty__in=ids, ended_at=None), ClaimEnd.CLOSED, now)
    _stand_down(open_now, by, now)
    write(line(at=now, who=by, did="closed", about=duty, why=outcome) for duty in open_now)
    for duty in open_now:
        duty.look_at, duty.closed_at, duty.closed_by, duty.outcome = None, now, by, outcome
    return open_now


@transaction.atomic
def close_one(duty: Duty, *, by: Person, outcome: Outcome, now: datetime, note: str = "") -> None:
    """Close one duty, and say so when somebody else was faster."""
    close([_one_open(duty)], by=by, outcome=outcome, now=now, note=note)


@transaction.atomic
def called(telling: Telling, answer: Answer, *, by: Person, now: datetime) -> None:
    """Somebody rang a number by hand. Who takes it on has the duty; else the next way, or the next person, is told."""
    duty = _one_open(telling.duty)
    waiting = Message.objects.filter(sent_at__isnull=False, acknowledged_at=None, failed_at=None)
    message = waiting.filter(pk=telling.message_id).first()
    if message is None:
        raise Refused(_("Somebody has already entered what came of this call. Look who has it now."))
    if answer == Answer.TAKES_IT:
        acknowledge(message, now=now)
    else:
        undelivered(message, answer, now=now)
    if answer == Answer.WRONG_NUMBER:
        no_such_address(message, now=now)
        values = {"number": message.address, "person": str(telling.person)}
        fault(f"number {message.person_id} {message.address}", WRONG_NUMBER, values, now=now, office=duty.office_id)
    write([line(at=now, who=by, did="rang", about=duty, why=answer)])


@transaction.atomic
def bring_back(now: datetime) -> int:
    """The clock was ahead and has been set right: what was done at a moment that is still to come is looked at now, so
    that nobody waits for that moment. Who has something has it for as long as they said, from now on. How many."""
    with connection.cursor() as cursor:
        cursor.execute(AHEAD, {"soon": now + APART, "longest": now + LONGEST + APART})
        ids = [pk for (pk,) in cursor.fetchall()]
        cursor.execute(LOOK_NOW, {"now": now, "ids": ids})
        cursor.execute(HOLD_FROM_NOW, {"now": now, "soon": now + APART, "ids": ids})
    return len(ids)


def _end(claims: Iterable[Claim], how: ClaimEnd, now: datetime) -> None:
    Claim.objects.filter(pk__in=[c.pk for c in claims]).update(ended_at=now, ended=how)


def _stand_down(duties: Sequence[Duty], by: Person, now: datetime) -> None:
    """Take back what hasn't gone out; of urgent duties, tell those who were told that it is over.

    What a sender has tried, or has in hand at this moment, may have gone out: both are done. Several to one person
    are bundled; they don't wait for the morning, as who was woken may be on the way.
    """
    told = list(
        Telling.objects.filter(duty__in=[d.pk for d in duties])
        .select_related("message", "duty")
        .order_by("message_id")
        .select_for_update(of=("message",), no_key=True)
    )
    withdraw([t.message_id for t in told if t.message.try_at], now=now)
    over: dict[tuple[int, int, str, str], Message] = {}
    for t in told:
        went_out = t.message.sent_at or (t.message.try_at and t.message.tries)
        if t.duty.urgent and went_out and t.person_id != by.pk:
            values = {"what": t.message.text or render(t.duty.what, t.duty.values, t.message.language)}
            over.setdefault(
                (t.duty_id, t.person_id, t.channel, t.message.address),
                Message(
                    office_id=t.office_id, person_id=t.person_id, channel=t.channel, address=t.message.address,
                    drill=t.duty.drill, answerable=True, template=STOOD_DOWN, values=values,
                    language=t.message.language, page=t.duty.page, created_at=now, try_at=now + BUNDLE,
                    stale_at=now + OVER_STALE,
                ),
            )  # fmt: skip
    owe(over.values())
