"""The sender: takes messages whose moment has come, the urgent lane first, and hands them to their carriers.

A message is taken with a lease in its own transaction, sent, and then marked. A sender that dies in between leaves
the lease behind; after it the message goes out again under the same key, and says that it was sent again.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_noop

from dure.health.actions import fault
from dure.outbox.actions import render
from dure.outbox.carriers import Carrier, Refusal
from dure.outbox.models import Message
from dure.people.models import Address

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=60)
BACK_OFF = [timedelta(seconds=s) for s in (5, 15, 30, 60)]  # then every minute, until it is stale or a day old
GIVE_UP = timedelta(days=1)
EXERCISE = "[모의훈련] "  # written before every message of an exercise, in every language
NOT_SENT = gettext_noop("A message could not be sent (%(channel)s: %(why)s).")


def send_due(now: datetime, real: datetime, carriers: Mapping[str, Carrier], batch: int = 50) -> int:
    """Send what is due, up to a batch; how many messages were dealt with. Call again while it isn't 0."""
    taken = _take(now, real, batch)
    for _, bundle in groupby(taken, key=_bundle):
        _send(list(bundle), now, carriers)
    return len(taken)


def _bundle(message: Message) -> object:
    """Ordinary messages to one address go out as one; an urgent one alone."""
    return message.pk if message.urgent else (message.channel, message.address, message.person_id)


@transaction.atomic
def _take(now: datetime, real: datetime, batch: int) -> list[Message]:
    free = Q(leased_until=None) | Q(leased_until__lte=real)
    due = Message.objects.filter(free, try_at__lte=now).order_by("-urgent", "try_at")
    taken = list(due.select_for_update(skip_locked=True, no_key=True)[:batch])
    Message.objects.filter(pk__in=[m.pk for m in taken]).update(leased_until=real + LEASE, tries=F("tries") + 1)
    return sorted(taken, key=lambda m: (not m.urgent, str(_bundle(m))))


def _send(bundle: Sequence[Message], now: datetime, carriers: Mapping[str, Carrier]) -> None:
    fresh = [m for m in bundle if not (m.stale_at and m.stale_at <= now)]
    for message in set(bundle) - set(fresh):
        _fail(message, "stale", now)
    if not fresh:
        return
    texts = [(EXERCISE if m.drill else "") + render(m.template, m.values, m.language) for m in fresh]
    carrier = carriers.get(fresh[0].channel)
    try:
        if carrier is None:
            raise Refusal(f"no carrier for {fresh[0].channel}")
        carrier(fresh[0], "\n".join(texts))
    except Refusal as refusal:
        for message in fresh:
            _fail(message, str(refusal), now)
    except Exception as problem:
        log.warning("a message could not be sent: %s", type(problem).__name__)
        for message in fresh:
            _later(message, problem, now)
    else:
        for message, text in zip(fresh, texts, strict=True):
            _sent(message, text, now)


def _open(message: Message) -> QuerySet[Message]:
    """The row, unless it was withdrawn while it was on its way."""
    return Message.objects.filter(pk=message.pk, try_at__isnull=False)


def _sent(message: Message, text: str, now: datetime) -> None:
    done = {"try_at": None, "leased_until": None, "sent_at": now, "text": text}
    if not _open(message).update(**done):  # withdrawn in the meantime, and yet gone out: say so
        Message.objects.filter(pk=message.pk, sent_at=None).update(sent_at=now, text=text, leased_until=None)


def _later(message: Message, problem: Exception, now: datetime) -> None:
    if now - message.created_at > GIVE_UP:
        return _fail(message, "given up after a day", now)
    wait = BACK_OFF[min(message.tries, len(BACK_OFF) - 1)]
    _open(message).update(try_at=now + wait, leased_until=None, why=type(problem).__name__)
    values = {"channel": message.channel, "why": type(problem).__name__}
    fault(f"carrier {message.channel}", NOT_SENT, values, now=now, office=message.office_id)
    return None


@transaction.atomic
def _fail(message: Message, why: str, now: datetime) -> None:
    """Failed for good: the ladder reads it and goes on. An address that doesn't exist isn't tried again."""
    _open(message).update(try_at=None, leased_until=None, failed_at=now, why=why[:200])
    values = {"channel": message.channel, "why": why}
    fault(f"message {message.channel} {message.person_id}", NOT_SENT, values, now=now, office=message.office_id)
    if why == Refusal.NO_SUCH_ADDRESS:
        dead = Address.objects.filter(person=message.person_id, channel=message.channel, value=message.address)
        dead.filter(dead_at=None).update(dead_at=now)
