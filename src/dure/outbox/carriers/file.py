"""Into a file in the data folder, one JSON line a message: the default where no real carrier is set up."""

import json
import os

from django.conf import settings

from dure.outbox.carriers import Refusal
from dure.outbox.models import Message


def carry(message: Message, text: str) -> None:
    """Append the message to `messages.jsonl`; safe with several senders."""
    if message.channel == "sms" and not message.address.replace("-", "").strip("0"):
        raise Refusal(Refusal.NO_SUCH_ADDRESS)
    said = {
        "key": str(message.key),
        "try": message.tries + 1,
        "channel": message.channel,
        "to": message.address,
        "urgent": message.urgent,
        "text": text,
        "page": message.page,
    }
    line = json.dumps(said, ensure_ascii=False) + "\n"
    path = settings.DATA / "messages.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    out = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(out, line.encode())
    finally:
        os.close(out)
