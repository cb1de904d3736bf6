"""A text message that comes back: who answers takes on what the message was about, without any sign-in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import CharField, F, Func, Value
from django.utils.translation import gettext_noop

from dure.desk.link_page import OLD
from dure.duty.models import Telling
from dure.health.actions import fault
from dure.offices.acting import act, acting
from dure.outbox.actions import acknowledge
from dure.outbox.links import code
from dure.outbox.models import Message, Reply
from dure.outbox.receipts import NOBODYS, quiet_again
from dure.people.models import Address, Channel

STRANGE = "replies"
CLOCKS = timedelta(seconds=30)  # by which the provider's clock may be behind ours
YES = {"1", "확인", "네", "예", "ok", "yes"}
NOT_UNDERSTOOD = gettext_noop('A reply by text message was not understood. %(person)s wrote: "%(text)s". Call back.')
NOBODYS_NUMBER = gettext_noop("A reply by text message came from a number that nobody here has (…%(end)s).")


@dataclass(frozen=True)
class Came:
    """What came in: from which number, what, and when, as the provider says."""

    number: str
    text: str
    at: datetime


@dataclass(frozen=True)
class Sender:
    """Somebody of an office who is reached at that number."""

    office: int
    person: int
    name: str


def digits(number: str) -> str:
    """The number as it is dialled in Korea.

    >>> digits("+82 10-1234-5678")
    '01012345678'
    """
    plain = "".join(c for c in number if c in "0123456789")
    return "0" + plain[2:] if plain.startswith("82") else plain


def hear(came: Came, *, now: datetime) -> bool:
    """Keep a reply and let it count; whether it took something on. Handed in twice, it counts once."""
    senders = _senders(digits(came.number))
    if not senders:
        with acting(NOBODYS):
            fault(STRANGE, NOBODYS_NUMBER, {"end": digits(came.number)[-4:]}, now=now)
        return False
    if any(_known(came, sender) for sender in senders):
        return False
    open_here = {sender: _open(sender, came, now) for sender in senders}
    newest = {sender: _newest(sender, came) for sender in senders}
    clear = _clear([m for got in newest.values() for m in got], [t for told in open_here.values() for t in told])
    meant = [(t.at, t.pk, sender, t) for sender, told in open_here.items() for t in told if _means(came, t, clear, now)]
    if meant:
        *_, sender, telling = max(meant, key=lambda each: each[:2])
        return _keep(came, sender, telling, now)
    asked = max(senders, key=lambda sender: (bool(open_here[sender]), bool(newest[sender])))
    unclear = bool(open_here[asked]) or not all(message.answerable for message in newest[asked])
    return _keep(came, asked, None, now, unclear=unclear)


def _senders(number: str) -> list[Sender]:
    """Who is reached at this number, in whichever office; first those who still are."""
    plain = Func(F("value"), Value(r"\D"), Value(""), Value("g"), function="regexp_replace", output_field=CharField())
    known = Address.objects.annotate(plain=plain).filter(plain=number, channel=Channel.SMS)
    known = known.exclude(dead_why=Address.Dead.WRONG)  # a stranger has it
    with acting(NOBODYS):
        act(None, key=f"number:{number}")
        rows = list(known.order_by(F("dead_at").desc(nulls_first=True), "id").values_list("office_id", "person_id"))
    found = []
    for office, person in rows:
        with acting(office):
            mine = Address.objects.filter(person=person, person__left_at=None).values_list("person__name", flat=True)
            found += [Sender(office, person, name) for name in mine[:1]]
    return found


def _once(came: Came, sender: Sender) -> dict[str, Any]:
    """What makes a reply the same reply."""
    return {"office_id": sender.office, "number": came.number[:40], "at": came.at, "text": came.text[:300]}


def _known(came: Came, sender: Sender) -> bool:
    with acting(sender.office):
        return Reply.objects.filter(**_once(came, sender)).exists()


def _open(sender: Sender, came: Came, now: datetime) -> list[Telling]:
    """What this person had been told by text message when the reply was written, and nobody has answered or closed."""
    with acting(sender.office):
        told = Telling.objects.filter(
            person=sender.person, channel=Channel.SMS, at__gt=now - OLD, duty__closed_at=None,
            message__urgent=True, message__acknowledged_at=None, message__sent_at__lte=came.at + CLOCKS,
        )  # fmt: skip
        told = told.select_related("message", "duty__ladder")
        return [t for t in told if digits(t.address) == digits(came.number)]


def _newest(sender: Sender, came: Came) -> list[Message]:
    """The newest text messages that this person had got when the reply was written, whatever they were about: those
    that were sent in one breath.
    """
    with acting(sender.office):
        got = Message.objects.filter(person=sender.person, channel=Channel.SMS, sent_at__lte=came.at + CLOCKS)
        last = got.order_by("-sent_at").values_list("sent_at", flat=True).first()
        return list(got.filter(sent_at=last)) if last else []


def _clear(newest: Sequence[Message], told: Sequence[Telling]) -> datetime | None:
    """When the message was sent that a bare yes answers: the newest.

    None when that can't be said: another of the same breath takes no yes, or an exercise and something real are open.
    """
    last = max((message.sent_at for message in newest if message.sent_at), default=None)
    other = any(message.sent_at == last and not message.answerable for message in newest)
    return None if other or len({t.message.drill for t in told}) > 1 else last


def _means(came: Came, telling: Telling, clear: datetime | None, now: datetime) -> bool:
    """A bare yes answers the newest message alone; to an older one belongs its code.

    One that took longer to arrive than somebody holds a matter without doing anything takes nothing on any more.
    """
    if now - came.at > timedelta(seconds=telling.duty.ladder.claim_seconds):
        return False
    bare = clear is not None and telling.message.sent_at == clear and _plain(came.text) in YES
    return bare or code(telling.message) == _plain(came.text)


def _plain(text: str) -> str:
    return text.strip().strip(".!~ ").casefold()


@transaction.atomic
def _keep(came: Came, sender: Sender, telling: Telling | None, now: datetime, *, unclear: bool = False) -> bool:
    """A yes with nothing open any more is no fault: somebody else was faster. To what it is said must be clear."""
    with acting(sender.office):
        quiet_again(STRANGE, now=now)
        more = {"person_id": sender.person, "heard_at": now, "answers": telling.message if telling else None}
        reply, new = Reply.objects.get_or_create(**_once(came, sender), defaults=more)
        if new and telling:
            acknowledge(telling.message, now=now)
        elif new and (unclear or _plain(came.text) not in YES):
            values = {"person": sender.name, "text": reply.text}
            fault(f"reply {reply.pk}", NOT_UNDERSTOOD, values, now=now, office=sender.office)
    return bool(new and telling)


def hear_all(came: Sequence[Came], *, now: datetime) -> int:
    """Several at once; how many took something on."""
    return sum(hear(each, now=now) for each in came)
