"""On screen: the message stands on the person's own page as soon as it is sent."""

from dure.outbox.models import Message


def carry(message: Message, text: str) -> None:
    """Nothing to hand over: the page reads the row."""
