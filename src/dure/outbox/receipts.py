"""What providers say came of messages: late, repeated, out of order, or one thing and then another.

Everything is kept. The provider's own order decides: a failure older than a delivery changes nothing; a newer one
counts once, and what it was about goes on with the next channel or person. A delivery after a failure is kept beside
it: people have been told meanwhile, and that isn't taken back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop

from dure.health.actions import fault
from dure.health.models import Fault
from dure.offices.acting import acting
from dure.outbox.actions import no_such_address
from dure.outbox.carriers import Refusal
from dure.outbox.models import Message, Receipt, Status
from dure.outbox.sender import NOT_SENT, wording
from dure.outbox.signed import named

ARRIVED = {Status.DELIVERED, Status.READ}
AHEAD = timedelta(hours=1)  # a provider's clock that is further ahead than this is wrong
STRANGE = "receipts"
NOBODYS = -1  # the office of nobody: only what concerns the whole installation can be written
UNKNOWN = gettext_noop("A provider reports on messages that aren't ours (%(key)s). Check that its address is right.")


@dataclass(frozen=True)
class Said:
    """One thing said about one message, named as it is known outside."""

    key: str
    status: str
    at: datetime
    seq: int | None = None
    reason: str = ""


def reason(given: str) -> str:
    """A provider's reason as we keep it."""
    return Refusal.NO_SUCH_ADDRESS if given == "no_such_address" else given[:200]


def hear(said: Sequence[Said], *, now: datetime) -> int:
    """Keep what was said and let it count; how many were about messages of ours."""
    return sum(_one(each, now) for each in said)


def _one(said: Said, now: datetime) -> bool:
    known = named(said.key)
    with acting(known[0] if known else NOBODYS):
        if known and _keep(said, known[1], now):
            quiet_again(STRANGE, now=now)
            return True
        fault(STRANGE, UNKNOWN, {"key": said.key[:60]}, now=now)
        return False


def quiet_again(key: str, *, now: datetime) -> None:
    """A fault of the whole installation, which no office can call mended, is over when a day went well."""
    old = Fault.objects.filter(office=None, key=key, mended_at=None, last_at__lt=now - timedelta(days=1))
    old.update(mended_at=now)


@transaction.atomic
def _keep(said: Said, key: object, now: datetime) -> bool:
    about = Message.objects.filter(Q(key=key) | Q(went_as=key)).order_by("id").select_for_update(no_key=True)
    messages = list(about)
    for message in messages:
        receipt, new = Receipt.objects.get_or_create(
            office_id=message.office_id, message=message, status=said.status, at=min(said.at, now + AHEAD),
            seq=said.seq, defaults={"reason": said.reason[:200], "heard_at": now},
        )  # fmt: skip
        if new and receipt.status in ARRIVED:
            _arrived(message, receipt)
        elif new and receipt.status == Status.FAILED:
            _failed(message, receipt, now)
    return bool(messages)


def _arrived(message: Message, receipt: Receipt) -> None:
    """It has reached the phone: also if the answer to us got lost, it doesn't go out again."""
    message.delivered_at = message.delivered_at or receipt.at
    if message.try_at:
        message.text = message.text or wording(message)
        message.try_at, message.leased_until, message.sent_at = None, None, receipt.at
    if message.failed_at and "delivered" not in message.why:
        message.why = f"{message.why}; delivered after all"[-200:]
    message.save(update_fields=["delivered_at", "text", "try_at", "leased_until", "sent_at", "why"])


def _failed(message: Message, failure: Receipt, now: datetime) -> None:
    arrived = message.receipts.filter(status__in=ARRIVED)
    if message.failed_at or any(_newer(each, failure) for each in arrived):
        return
    message.try_at, message.leased_until = None, None
    message.failed_at, message.why = now, failure.reason or "failed"
    message.save(update_fields=["try_at", "leased_until", "failed_at", "why"])
    values = {"channel": message.channel, "why": message.why}
    fault(f"message {message.channel} {message.person_id}", NOT_SENT, values, now=now, office=message.office_id)
    if failure.reason == Refusal.NO_SUCH_ADDRESS:
        no_such_address(message, now=now)


def _newer(one: Receipt, other: Receipt) -> bool:
    """Whether one was said after the other, in the provider's own order."""
    if one.seq is not None and other.seq is not None:
        return one.seq > other.seq
    return one.at > other.at
