"""What the link in a message shows to who isn't signed in: the message again, and whether somebody has the matter."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from dure.duty.models import Claim, Telling
from dure.outbox.actions import render
from dure.outbox.models import Message
from dure.people.models import Address, Person

OLD = timedelta(hours=24)


@dataclass(frozen=True)
class Shown:
    """`state`: old, over (nothing is asked any more), done, had (by somebody else), mine, open."""

    state: str
    text: str = ""
    at: datetime | None = None
    who: str = ""
    since: datetime | None = None
    until: datetime | None = None
    page: str = "/"


def look(message: Message, telling: Telling | None, now: datetime) -> Shown:
    """How it stands with what this message was about. Of people no more than a name and a post."""
    if now - message.created_at > OLD or message.person is None or not message.person.is_active or _strangers(message):
        return Shown("old")
    text = message.text or render(message.template, message.values, message.language)
    still_open = Shown("open", text, message.sent_at or message.created_at, page=message.page or "/")
    if telling is None:
        return replace(still_open, state="over")
    if closer := telling.duty.closed_by:
        return replace(still_open, state="done", who=_named(closer), since=telling.duty.closed_at)
    alive = Claim.objects.filter(duty=telling.duty, ended_at=None, until__gt=now).select_related("by").first()
    if alive is None:
        return still_open
    state = "mine" if alive.by_id == message.person_id else "had"
    return replace(still_open, state=state, who=_named(alive.by), since=alive.at, until=alive.until)


def _strangers(message: Message) -> bool:
    """Whether a test call found that somebody else has this number."""
    ways = Address.objects.filter(person=message.person_id, channel=message.channel, value=message.address)
    return ways.filter(dead_why=Address.Dead.WRONG).exists()


def _named(person: Person) -> str:
    return f"{person.name} ({person.post})" if person.post else person.name
