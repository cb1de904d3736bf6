"""What became of messages travels up as rows: a failed one tries the next channel or the next rung at once."""

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop

from dure.duty import actions, applying
from dure.duty.facts import languages_of
from dure.duty.ladder import EVERY_OFFICER, FIRST_TOLD
from dure.duty.models import Duty, Telling
from dure.health.actions import fault
from dure.outbox.models import Message
from dure.people.actions import ways_at
from dure.people.models import Channel

log = logging.getLogger(__name__)
NEWS = Q(risen_at=None) & (Q(failed_at__isnull=False) | Q(acknowledged_at__isnull=False))
NOT_READ = gettext_noop(
    "What became of a message could not be followed up (%(kind)s: %(problem)s). The contact order goes on in its time."
)


def failed_and_acknowledged(now: datetime, batch: int) -> int:
    """Read what failed and what was answered since the last sweep; how many messages had news.

    One bad row holds nobody up: if the batch fails it is repeated row by row, and the bad one is a fault.
    """
    ids = list(Message.objects.filter(NEWS).order_by("id").values_list("pk", flat=True)[:batch])
    if not ids:
        return 0
    try:
        with transaction.atomic():
            return _read(ids, now)
    except Exception:
        log.exception("reading a batch of news failed; repeating it row by row")
        return sum(_alone(pk, now) for pk in ids)


def _alone(pk: int, now: datetime) -> int:
    try:
        with transaction.atomic():
            return _read([pk], now)
    except Exception as problem:
        log.exception("the news of message %s can't be read", pk)
        duty = Duty.objects.get(tellings__message=pk)
        values = {"kind": duty.kind, "problem": type(problem).__name__}
        fault(f"rising {duty.ref}", NOT_READ, values, now=now, office=duty.office_id, outside=True)
        return Message.objects.filter(pk=pk).update(risen_at=now)


def _read(ids: Sequence[int], now: datetime) -> int:
    """Duties first, then their messages, as everybody locks them; what somebody else has in hand waits."""
    about = dict(Telling.objects.filter(message__in=ids, duty__closed_at=None).values_list("message_id", "duty_id"))
    duties = {
        duty.pk: duty
        for duty in Duty.objects.filter(pk__in=set(about.values()))
        .order_by("pk")
        .select_for_update(skip_locked=True, no_key=True)
    }
    ours = [pk for pk in ids if pk not in about or about[pk] in duties]
    locked = Message.objects.filter(NEWS, pk__in=ours).order_by("id").select_for_update(skip_locked=True, no_key=True)
    read = list(locked.values_list("pk", flat=True))
    for telling in Telling.objects.filter(message__in=read).select_related("message", "person").order_by("id"):
        duty = duties.get(telling.duty_id)
        if duty is None or not duty.is_open:
            continue
        if telling.message.acknowledged_at:
            _acknowledged(duty, telling, now)
        elif telling.turn == duty.turn:
            _failed(duty, telling, now)
    Message.objects.filter(pk__in=read).update(risen_at=now)
    return len(read)


def _acknowledged(duty: Duty, telling: Telling, now: datetime) -> None:
    """Who answers a message has the duty, for as long as its ladder allows."""
    if not duty.claims.filter(ended_at=None, until__gt=now).exists():
        actions.take(duty, by=telling.person, now=now)


def _failed(duty: Duty, telling: Telling, now: datetime) -> None:
    """The next channel of the same person at once; when nobody of this turn can be told any more, the next rung.

    While somebody has the duty nobody is told, and who has it never is.
    """
    claim = duty.claims.filter(ended_at=None, until__gt=now).first()
    if claim and (claim.holds or claim.by_id == telling.person_id):
        return
    this_turn = list(duty.tellings.filter(turn=duty.turn).select_related("message"))
    if again := _next_channel(duty, telling, this_turn, now):
        applying.tell([again])
        return
    alive = [t for t in this_turn if t.channel != Channel.SCREEN and not t.message.failed_at]
    if alive or telling.step == EVERY_OFFICER:
        return  # somebody may still hear of it; after a siren the next look is near anyhow
    if duty.step < len(duty.rungs):
        Duty.objects.filter(pk=duty.pk).update(look_at=now)
    elif told := applying.siren(duty, now, spared=claim.by_id if claim else None):
        applying.tell(told)  # not the last rung at once again: that would be a hot loop
        duty.turn += 1
        Duty.objects.filter(pk=duty.pk).update(turn=duty.turn)


def _next_channel(
    duty: Duty, telling: Telling, this_turn: Sequence[Telling], now: datetime
) -> tuple[Telling, Message] | None:
    person = telling.person_id
    tried = {(t.channel, t.address) for t in this_turn if t.person_id == person}
    wanted = duty.rungs[telling.step]["channels"] if telling.step not in (EVERY_OFFICER, FIRST_TOLD) else []
    ways, _ = ways_at([person], now)
    for channel, value in ways.get(person, []):
        if (channel, value) not in tried and (not wanted or channel in wanted):
            language = languages_of({person}).get(person, "ko")
            telling, message = applying.telling(duty, telling.step, person, channel, value, language, now)
            telling.turn = duty.turn
            return telling, message
    return None
