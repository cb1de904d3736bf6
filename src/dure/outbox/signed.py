"""What goes between us and a gateway: how a message is named there, and signatures that hold for five minutes."""

import hmac
from datetime import datetime, timedelta
from uuid import UUID

from dure.outbox.models import Message

WINDOW = timedelta(minutes=5)


def name(message: Message) -> str:
    """Under which key the message is known outside. Sent again it has the same; a bundle has one of its own."""
    return f"{message.office_id}.{message.went_as or message.key}"


def named(given: str) -> tuple[int, UUID] | None:
    """The office and the message behind such a key; none if it isn't one."""
    office, _, key = given.partition(".")
    try:
        return (int(office), UUID(key)) if office.isascii() and 0 < int(office) < 2**63 else None
    except ValueError:
        return None


def signature(key: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 over the seconds since 1970, a full stop, and the body as it is sent.

    >>> signature("secret", "1763870400", b"{}")
    'sha256=09f364f66f2c7b3249aeb9c8fc86fa6be180053969e8d92da1e2f4d3a39c99a9'
    """
    return "sha256=" + hmac.new(key.encode(), timestamp.encode() + b"." + body, "sha256").hexdigest()


def holds(key: str, timestamp: str, given: str, body: bytes, *, real: datetime) -> bool:
    """Whether this was signed with our key, at most five minutes ago or ahead."""
    if not key or not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 11:
        return False
    if abs(real.timestamp() - int(timestamp)) > WINDOW.total_seconds():
        return False
    return hmac.compare_digest(signature(key, timestamp, body).encode(), given.encode())
