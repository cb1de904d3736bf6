"""The sender: takes messages whose moment has come, the urgent lane first, and hands them to their carriers.

A message is taken with a lease in its own transaction, sent, and then marked. A sender that dies in between leaves
the lease behind; after it the message goes out again under the same key, and says that it was sent again.
"""

import logging
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from time import monotonic
from uuid import NAMESPACE_OID, uuid5

from django.db import OperationalError, transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_noop

from dure.health.actions import fault
from dure.health.models import Fault
from dure.outbox.actions import NIGHT, no_such_address, quiet_until, render
from dure.outbox.carriers import Away, Carrier, Refusal
from dure.outbox.links import with_link
from dure.outbox.models import Message
from dure.postgres.texts import storable

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=60)
LONG_ENOUGH = 20.0  # seconds after which the rest of a batch is given back, well before its lease ends
BACK_OFF = [timedelta(seconds=s) for s in (5, 15, 30, 60)]  # then every minute, until it is stale or a day old
GIVE_UP = timedelta(days=1)
TOO_LONG = timedelta(minutes=3)  # for an urgent message: then somebody outside is told, or the next way is tried
ROOM = {"sms": 900}  # letters that go out as one: a long text message has 2,000 bytes, two a letter; 알림톡 1,000
EXERCISE = "[모의훈련] "  # written before every message of an exercise, in every language
CARRIER, BUSY = "carrier ", " busy"  # begins, and ends, the key of the fault of one that is away or doesn't want some
STALE, NOT_TAKEN = "stale", "not taken"  # why an urgent one wasn't sent: the auditor looks for both
NOT_SENT = gettext_noop("A message could not be sent (%(channel)s: %(why)s).")


def send_due(
    now: datetime,
    real: datetime,
    carriers: Mapping[str, Carrier],
    away: dict[str, datetime] | None = None,
    batch: int = 50,
) -> int:
    """Send what is due, up to a batch; how many messages were dealt with. Call again while it isn't 0.

    An urgent message waits for one carrier's answer at most: what is ordinary, or takes long, is given back for it.
    What goes through a carrier that is away is left for a while (`away`: until when; one sender's own, as its way out
    may be what is broken), and what was due behind it is taken up at once.
    """
    this, dealt_with = Round(now, real, carriers, monotonic() + LONG_ENOUGH, {} if away is None else away), 0
    while taken := _take(this, batch):
        dealt_with += len(taken)
        known = this.resting
        _send_all(taken, this)
        _mended({message.channel for message in taken if message.sent_at}, now)
        if this.resting == known or monotonic() > this.until:
            break
    return dealt_with


@dataclass(frozen=True)
class Round:
    """One going through what is due."""

    now: datetime
    real: datetime
    carriers: Mapping[str, Carrier]
    until: float  # when the rest is given back
    away: dict[str, datetime]  # channels whose carrier didn't answer, and until when nothing is handed to it

    @property
    def resting(self) -> set[str]:
        """The channels to which nothing is handed now. A moment that only a clock set back makes distant is none."""
        return {channel for channel, until in self.away.items() if self.now < until <= self.now + BACK_OFF[0]}

    def due(self) -> QuerySet[Message]:
        """What is to be tried now, and nobody else has in hand."""
        free = Q(leased_until=None) | Q(leased_until__lte=self.real)
        return Message.objects.filter(free, try_at__lte=self.now).exclude(channel__in=self.resting)


def _send_all(taken: Sequence[Message], this: Round) -> None:
    """Hand over bundle by bundle, and give back what there is no time for."""
    left = deque(list(bundle) for _, bundle in groupby(taken, key=_bundle))
    first = True
    while left:
        waits = not first and not left[0][0].urgent and this.due().filter(urgent=True).exists()
        if waits or (not first and monotonic() > this.until):
            _give_back([m for bundle in left for m in bundle])
            return
        first, bundle = False, left.popleft()
        if bundle[0].channel in this.resting:
            _give_back(bundle)
        else:
            left.extendleft(reversed(_try(bundle, this)))


def _give_back(messages: Sequence[Message], **values: datetime) -> None:
    """Not tried after all."""
    ours = Message.objects.filter(pk__in=[m.pk for m in messages], try_at__isnull=False)
    ours.update(leased_until=None, tries=F("tries") - 1, **values)


def _bundle(message: Message) -> object:
    """Ordinary messages to one address go out as one; an urgent one alone."""
    return message.pk if message.urgent else (message.channel, message.address, message.person_id)


@transaction.atomic
def _take(this: Round, batch: int) -> list[Message]:
    due = this.due().order_by("-urgent", "try_at", "id").select_related("office")
    taken = list(due.select_for_update(of=("self",), skip_locked=True, no_key=True)[:batch])
    Message.objects.filter(pk__in=[m.pk for m in taken]).update(leased_until=this.real + LEASE, tries=F("tries") + 1)
    return sorted(taken, key=lambda m: (not m.urgent, "" if m.urgent else str(_bundle(m))))


def _try(bundle: Sequence[Message], this: Round) -> list[list[Message]]:
    """As `_send`. What goes wrong with ourselves fails one message for good, so that somebody else is told at once."""
    try:
        return _send(bundle, this)
    except OperationalError:
        raise  # the data base is away, for all of them
    except Exception as problem:
        log.exception("messages could not be sent")
        still_open = list(Message.objects.filter(pk__in=[m.pk for m in bundle], try_at__isnull=False).order_by("pk"))
        if len(bundle) > 1:
            return [[message] for message in still_open]
        for message in still_open:
            _fail(message, type(problem).__name__, this.now)
    return []


def _send(bundle: Sequence[Message], this: Round) -> list[list[Message]]:
    """Hand a bundle to its carrier; what of it is still to be handed over.

    When several together are refused, but not for the address, it may be one's words: each is handed over alone.
    """
    now, channel = this.now, bundle[0].channel
    ready = [message for message in bundle if _is_ready(message, now)]
    if not ready:
        return []
    said, texts, rest = _fitting(ready)
    together, carrier = list(said), this.carriers.get(channel)
    try:
        if carrier is None:
            raise Refusal(f"no carrier for {channel}")
        _bundled(together)
        carrier(together[0], "\n".join(texts))
    except Refusal as refusal:
        if len(together) > 1 and str(refusal) != Refusal.NO_SUCH_ADDRESS:
            return [[message] for message in together] + rest
        for message in together:
            _fail(message, str(refusal), now)
    except OperationalError:
        raise  # that isn't the carrier
    except Exception as problem:
        log.warning("a message could not be sent: %s", type(problem).__name__)
        for message in together:
            _later(message, problem, now)
        if isinstance(problem, Away):
            this.away[channel] = now + BACK_OFF[0]
    else:
        for message, text in said.items():
            _sent(message, text, now)
    return rest


def _is_ready(message: Message, now: datetime) -> bool:
    """Whether it goes out now: not if it has grown stale, nor in the night into which it was left over."""
    if message.stale_at and message.stale_at <= now:
        _fail(message, STALE, now)
        return False
    if morning := _waits_for(message, now):
        _give_back([message], try_at=morning)
    return not morning


def _fitting(bundle: Sequence[Message]) -> tuple[dict[Message, str], list[str], list[list[Message]]]:
    """What of a bundle goes out as one: each message with its wording, then all texts with their links; and the rest.

    What says the same as another is said once: it may have waited for long. One that is too long goes alone.
    """
    room, said, texts = ROOM.get(bundle[0].channel), dict[Message, str](), list[str]()
    rest = list[Message]()
    for message in bundle:
        text = wording(message)
        if text not in said.values():
            longer = [*texts, with_link(message, text)]
            if rest or (said and room and len("\n".join(longer)) > room):
                rest.append(message)
                continue
            texts = longer
        said[message] = text
    return said, texts, [rest] if rest else []


def wording(message: Message) -> str:
    """What a message says, as it goes out and is kept."""
    return (EXERCISE if message.drill else "") + render(message.template, message.values, message.language)


def _bundled(bundle: Sequence[Message]) -> None:
    """What goes out together has one key: the same for the same messages, another as soon as one is added."""
    if len(bundle) == 1 and bundle[0].went_as is None:
        return
    keys = ",".join(sorted(str(m.key) for m in bundle))
    went_as = uuid5(NAMESPACE_OID, keys) if len(bundle) > 1 else None
    Message.objects.filter(pk__in=[m.pk for m in bundle]).update(went_as=went_as)
    for message in bundle:
        message.went_as = went_as


def _open(message: Message) -> QuerySet[Message]:
    """The row, unless it was withdrawn while it was on its way."""
    return Message.objects.filter(pk=message.pk, try_at__isnull=False)


@transaction.atomic
def _sent(message: Message, text: str, now: datetime) -> None:
    done = {"try_at": None, "leased_until": None, "sent_at": now, "text": text}
    message.sent_at = now
    if not _open(message).update(**done):  # withdrawn in the meantime, and yet gone out: say so
        Message.objects.filter(pk=message.pk, sent_at=None).update(sent_at=now, text=text, leased_until=None)


def _later(message: Message, problem: Exception, now: datetime) -> None:
    """Tried again later. An urgent one that is refused for now again and again goes the next way meanwhile."""
    why, waits, away = type(problem).__name__, now - message.created_at, isinstance(problem, Away)
    if waits > GIVE_UP:
        return _fail(message, "given up after a day", now)
    if message.urgent and not away and waits > TOO_LONG:
        return _fail(message, f"{NOT_TAKEN} ({why})", now)
    again = now + BACK_OFF[min(message.tries, len(BACK_OFF) - 1)]
    again = _waits_for(message, again) or again
    _open(message).update(try_at=again, leased_until=None, why=why)
    long = message.urgent and not message.drill and waits > TOO_LONG
    values = {"channel": message.channel, "why": why}
    key = CARRIER + message.channel + ("" if away else BUSY)
    fault(key, NOT_SENT, values, now=now, office=message.office_id, outside=long)
    return None


def _mended(channels: Iterable[str], now: datetime) -> None:
    """Something went out through these: their faults are over in each office where nothing is being tried again."""
    keys = [CARRIER + channel + how for channel in channels for how in ("", BUSY)]
    for found in Fault.objects.filter(key__in=keys, mended_at=None) if keys else []:
        busy = found.key.endswith(BUSY)
        again = Message.objects.filter(office=found.office_id, channel=found.key.removesuffix(BUSY)[len(CARRIER) :])
        tried = again.filter(try_at__lte=now + BACK_OFF[-1]).exclude(why="")
        if not (tried.exclude(why=Away.__name__) if busy else tried.filter(why=Away.__name__)).exists():
            Fault.objects.filter(pk=found.pk, mended_at=None).update(mended_at=now)


def _waits_for(message: Message, at: datetime) -> datetime | None:
    """The morning, if this moment is at night and it isn't urgent and stays true for longer than a night."""
    keeps = message.stale_at is None or message.stale_at - message.created_at > NIGHT
    return quiet_until(at, message.office.zone) if keeps and not message.urgent else None


@transaction.atomic
def _fail(message: Message, why: str, now: datetime) -> None:
    """Failed for good: the ladder reads it and goes on. An address that doesn't exist isn't tried again."""
    why = storable(why)[:200]
    _open(message).update(try_at=None, leased_until=None, failed_at=now, why=why)
    values = {"channel": message.channel, "why": why}
    fault(f"message {message.channel} {message.person_id}", NOT_SENT, values, now=now, office=message.office_id)
    if why == Refusal.NO_SUCH_ADDRESS:
        no_such_address(message, now=now)
