"""What became of messages travels up as rows: a failed one tries the next channel or the next rung at once."""

from datetime import datetime

from django.db.models import Q

from dure.duty import actions, applying
from dure.duty.facts import languages_of
from dure.duty.ladder import EVERY_OFFICER, FIRST_TOLD
from dure.duty.models import Duty, Telling
from dure.outbox.models import Message
from dure.people.actions import addresses_of
from dure.people.models import Channel

NEWS = Q(risen_at=None) & (Q(failed_at__isnull=False) | Q(acknowledged_at__isnull=False))


def failed_and_acknowledged(now: datetime, batch: int) -> int:
    """Read what failed and what was answered since the last sweep; how many messages had news."""
    news = Message.objects.filter(NEWS).order_by("id").select_for_update(skip_locked=True, no_key=True)
    ids = list(news.values_list("pk", flat=True)[:batch])
    if not ids:
        return 0
    tellings = Telling.objects.filter(message__in=ids, duty__closed_at=None).select_related("message", "person")
    for telling in tellings.order_by("id"):
        duty = Duty.objects.select_for_update(no_key=True).get(pk=telling.duty_id)
        if not duty.is_open or duty.turn != telling.turn:
            continue
        if telling.message.acknowledged_at:
            _acknowledged(duty, telling, now)
        else:
            _failed(duty, telling, now)
    Message.objects.filter(pk__in=ids).update(risen_at=now)
    return len(ids)


def _acknowledged(duty: Duty, telling: Telling, now: datetime) -> None:
    """Who answers a message has the duty, for as long as its ladder allows."""
    if not duty.claims.filter(ended_at=None, until__gt=now).exists():
        actions.take(duty, by=telling.person, now=now)


def _failed(duty: Duty, telling: Telling, now: datetime) -> None:
    """The next channel of the same person at once; when nobody of this turn can be told any more, the next rung."""
    this_turn = list(duty.tellings.filter(turn=telling.turn).select_related("message"))
    tried = {(t.message.channel, t.message.address) for t in this_turn if t.person_id == telling.person_id}
    rung = duty.rungs[telling.step]["channels"] if telling.step not in (EVERY_OFFICER, FIRST_TOLD) else []
    for channel, value in addresses_of([telling.person_id]).get(telling.person_id, []):
        if (channel, value) not in tried and (not rung or channel in rung):
            language = languages_of({telling.person_id}).get(telling.person_id, "ko")
            again = applying.telling(duty, telling.step, telling.person_id, channel, value, language, now)
            again[0].turn = telling.turn
            applying.tell([again])
            return
    alive = [t for t in this_turn if t.channel != Channel.SCREEN and not t.message.failed_at]
    claimed = duty.claims.filter(ended_at=None, holds=True, until__gt=now).exists()
    if alive or claimed or telling.step == EVERY_OFFICER:
        return  # somebody may still hear of it; after a siren the next look is near anyhow
    if duty.step < len(duty.rungs):
        Duty.objects.filter(pk=duty.pk).update(look_at=now)
    elif told := applying.siren(duty, now):  # not the last rung at once again: that would be a hot loop
        applying.tell(told)
        Duty.objects.filter(pk=duty.pk).update(turn=duty.turn + 1)
