"""The link at the end of a text message or an e-mail: who got it takes the matter on without signing in.

It is the message's key and its office, signed. Whoever holds it may do no more than that one message allows.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer

from dure.outbox.models import Message

LINKED = {"sms", "email"}
signer = Signer(salt="dure.outbox.links")


def token(message: Message) -> str:
    """What stands in the link of this message."""
    key = urlsafe_b64encode(message.key.bytes).decode().rstrip("=")
    return signer.sign(f"{message.office_id}.{key}")


def read(given: str) -> tuple[int, UUID] | None:
    """The office and the message that a link names; none if it isn't one of ours."""
    try:
        office, key = signer.unsign(given).split(".")
        return int(office), UUID(bytes=urlsafe_b64decode(key + "=="))
    except (BadSignature, ValueError):
        return None


def with_link(message: Message, text: str) -> str:
    """The text as it goes out; without an address under which the pages are reached, as it is."""
    if not settings.DURE_URL or message.channel not in LINKED:
        return text
    return f"{text}\n{settings.DURE_URL}/l/{token(message)}"
