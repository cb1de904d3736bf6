"""The link at the end of a text message or an e-mail: who got it takes the matter on without signing in.

It is the message's key and its office, signed. Whoever holds it may do no more than that one message allows.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext_noop

from dure.outbox.actions import render
from dure.outbox.models import Message

LINKED = {"sms", "email"}
REPLY = gettext_noop("Reply 1 (or %(code)s) to take it on.")
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


def code(message: Message) -> str:
    """Four digits by which a reply says which of several messages it means."""
    return str(1000 + message.key.int % 9000)


def with_link(message: Message, text: str) -> str:
    """The text as it goes out, with how to take the matter on: by a reply, by the link, or as it is without either.

    What isn't about something owed (a shift that changes hands) ends with the page where it is answered.
    """
    if message.person_id is None:
        return text  # a trial message: nobody has anything to take on
    said = [text]
    if settings.DURE_REPLIES and message.answerable and message.urgent and message.channel == "sms":
        said.append(render(REPLY, {"code": code(message)}, message.language))
    if settings.DURE_URL and message.channel in LINKED and (message.answerable or message.page):
        said.append(settings.DURE_URL + (f"/l/{token(message)}" if message.answerable else message.page))
    return "\n".join(said)
