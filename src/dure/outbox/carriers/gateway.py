"""Through a gateway that speaks our JSON: the relay of a government office, or a small program in front of it.

`DURE_GATEWAY_URL` takes the messages, `DURE_GATEWAY_KEY` signs both ways; see docs/gateway.md.
"""

import json

from django.conf import settings

from dure import clock
from dure.outbox.carriers import Away, Refusal
from dure.outbox.carriers.http import Said, post
from dure.outbox.models import Message
from dure.outbox.signed import name, signature

OURS = {401, 403, 404, 405, 407, 408, 429}  # not this message's fault: the address, the key, or too much at once


class Later(Exception):
    """The gateway doesn't want this message now."""


def carry(message: Message, text: str) -> None:
    """Hand the message to the gateway. Handed over again under the same key it must count once there."""
    said = {
        "key": name(message),
        "to": message.address,
        "channel": message.channel,
        "text": text,
        "urgent": message.urgent,
        "again": message.tries,
    }
    body, moment = json.dumps(said, ensure_ascii=False).encode(), str(int(clock.real().timestamp()))
    _judge(
        post(
            settings.DURE_GATEWAY_URL,
            body,
            {
                "Idempotency-Key": name(message),
                "Dure-Timestamp": moment,
                "Dure-Signature": signature(settings.DURE_GATEWAY_KEY, moment, body),
            },
        )
    )


def _judge(said: Said) -> None:
    """Accepted, refused for good (with a reason), later, or away altogether."""
    if 200 <= said.status < 300:
        return
    reason = said.fields.get("reason")
    if 400 <= said.status < 500 and said.status not in OURS and isinstance(reason, str) and reason:
        raise Refusal(Refusal.NO_SUCH_ADDRESS if reason == "no_such_address" else reason[:200])
    if said.status == 400:
        raise Later("400 without a reason")
    raise Away(f"answered {said.status}")
