"""Owing messages, and what becomes of them."""

import logging
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import translation

from dure.outbox.models import Message
from dure.people.models import Address

log = logging.getLogger(__name__)
QUIET_FROM, QUIET_UNTIL = time(21, 0), time(7, 0)  # ordinary messages wait for the morning
NIGHT = timedelta(hours=10)  # from one to the other
AHEAD = timedelta(seconds=90)  # longer than between two tries, and than a sender holds a message
BUNDLE = timedelta(minutes=2)  # ordinary messages wait this long for others to the same person


def render(template: str, values: dict[str, Any], language: str) -> str:
    """The text of a message in the language of who gets it. One that can't be filled in goes out as it is."""
    with translation.override(language):
        text = translation.gettext(template)
    try:
        return text % values if values else text
    except (KeyError, TypeError, ValueError):
        log.exception("a text can't be filled in: %s", template)
        return text


def quiet_until(at: datetime, zone: str) -> datetime | None:
    """The end of the quiet hours of the night that run at this moment in this zone; none by day."""
    local = at.astimezone(ZoneInfo(zone))
    if QUIET_UNTIL <= local.time() < QUIET_FROM:
        return None
    morning = local.date() + timedelta(days=local.time() >= QUIET_FROM)
    return datetime.combine(morning, QUIET_UNTIL, local.tzinfo)


def ordinary_try_at(now: datetime, zone: str) -> datetime:
    """When an ordinary message may go out: bundled, and not in the quiet hours of the night."""
    return quiet_until(now + BUNDLE, zone) or now + BUNDLE


def owe(messages: Iterable[Message]) -> list[Message]:
    """Owe these messages, in the transaction of their cause."""
    return Message.objects.bulk_create(list(messages))


def bring_back(now: datetime, real: datetime) -> int:
    """The clock was ahead and has been set right: what is urgent and would wait for that moment is tried now, what may
    wait goes out as if it were written now, and no sender holds a message for longer than a sender may. How many were
    brought back.
    """
    owed = Message.objects.filter(try_at__isnull=False)
    held = owed.filter(leased_until__gt=real + AHEAD).update(leased_until=None)
    urgent = owed.filter(urgent=True, try_at__gt=now + AHEAD).update(try_at=now)
    to_come, ordinary = owed.filter(urgent=False, created_at__gt=now + AHEAD), 0
    for zone in set(to_come.values_list("office__zone", flat=True)):
        at = ordinary_try_at(now, zone)
        late = to_come.filter(office__zone=zone, try_at__gt=at)
        ordinary += owed.filter(pk__in=late.values("pk")).update(try_at=at)
    return held + urgent + ordinary


def withdraw(messages: Iterable[int], *, now: datetime) -> int:
    """Take back messages that haven't gone out yet; how many."""
    waiting = Message.objects.filter(pk__in=list(messages), try_at__isnull=False)
    return waiting.update(try_at=None, withdrawn_at=now)


def acknowledge(message: Message, *, now: datetime) -> None:
    """The person has answered the message (a link, a reply, the screen), be it after it had counted as failed."""
    Message.objects.filter(pk=message.pk, acknowledged_at=None).update(acknowledged_at=now, risen_at=None)


def undelivered(message: Message, why: str, *, now: datetime) -> None:
    """It went out and yet reached nobody: what it was about goes on with the next."""
    Message.objects.filter(pk=message.pk, failed_at=None).update(failed_at=now, why=why[:200])


def no_such_address(message: Message, *, now: datetime) -> None:
    """The number or address doesn't exist: it isn't tried again."""
    of = Address.objects.filter(person=message.person_id, channel=message.channel, value=message.address)
    of.filter(dead_at=None).update(dead_at=now)
