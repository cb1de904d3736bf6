"""The story as it is printed: what happens, and every message with whom it reached."""

from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext as _

from dure import clock
from dure.outbox.actions import render
from dure.outbox.models import Message
from dure.people.models import Channel


class Teller:
    """Prints line by line, and keeps the lines: the same day told twice is told alike."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self.lines: list[str] = []
        self._write, self._last = write, 0

    def head(self, text: str) -> None:
        """A heading."""
        self._line("")
        self._line(f"── {text} " + "─" * max(0, 60 - 2 * len(text)))

    def say(self, at: datetime, text: str) -> None:
        """Something happened."""
        self._line(f"{clock.local(at):%H:%M}  {text}")

    def plain(self, text: str) -> None:
        """A line without a time of day."""
        self._line(text)

    def messages(self) -> None:
        """Every message since the last time: to whom, on which ways, what it says, what became of it."""
        fresh = Message.objects.filter(pk__gt=self._last).select_related("person").order_by("pk")
        found = list(fresh)
        if not found:
            return
        self._last = found[-1].pk
        groups: dict[tuple[datetime, str, str], list[Message]] = {}
        for message in found:
            who = message.person.username if message.person else ""
            text = message.text or render(message.template, message.values, message.language)
            groups.setdefault((message.created_at, who, text), []).append(message)
        for (at, _who, text), group in sorted(groups.items(), key=lambda each: each[0]):
            ways = ", ".join(sorted({way(message) for message in group}))
            person = group[0].person
            name = f"{person.name} ({person.post})" if person else "—"
            self._line(f"{clock.local(at):%H:%M}      ✉ {name} [{ways}] {text}")

    def _line(self, text: str) -> None:
        self.lines.append(text)
        self._write(text)


def way(message: Message) -> str:
    """On which way a message went, and what became of it when it didn't arrive."""
    name = str(Channel(message.channel).label)
    if message.failed_at:
        return _("%(way)s failed: %(why)s") % {"way": name, "why": message.why}
    if message.withdrawn_at and not message.sent_at:
        return _("%(way)s withdrawn") % {"way": name}
    return name
