"""Through Solapi: 알림톡 where a template is set up (there it falls back to a text message), else SMS or LMS.

It has no keys of ours: what is handed over again after an answer that got lost may arrive twice.
"""

import hmac
import json
import secrets
import unicodedata
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from dure import clock
from dure.outbox import receipts
from dure.outbox.carriers import Away, Refusal
from dure.outbox.carriers.http import Said, post
from dure.outbox.models import Message, Status
from dure.outbox.signed import name
from dure.postgres.texts import storable

SMS, LMS, TALK = 90, 2000, 1000  # bytes, bytes, characters
VARIABLE = "#{내용}"  # where the text stands in the template
TAKEN = {"2000", "3000", "4000"}
NO_SUCH_NUMBER = {"3010", "3032"}  # no number, nobody's number
LATER = {"1024", "2024", "3012", "3024", "3053"}  # their server, for the moment
ACCOUNT = {"1020", "1030", "1062", "2062", "2063", "2230"}  # log-in, balance, sender number, blocked: none will go out


class Later(Exception):
    """Solapi doesn't want this message now."""


def carry(message: Message, text: str) -> None:
    """Hand the message to Solapi. What came of it is said later, by its webhook."""
    to = "".join(c for c in message.address if c.isdigit())
    if len(to) < 8:
        raise Refusal(Refusal.NO_SUCH_ADDRESS)
    known = {"to": to, "from": settings.DURE_SOLAPI["from"], "customFields": {"key": name(message)}}
    body = json.dumps({"message": {**known, **_content(text)}}, ensure_ascii=False).encode()
    url = settings.DURE_SOLAPI["url"] + "/messages/v4/send"
    _judge(post(url, body, {"Authorization": authorization()}))


def authorization() -> str:
    """HMAC-SHA256 over moment and salt; each holds for a quarter of an hour, and once."""
    moment, salt = clock.real().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), secrets.token_hex(16)
    signed = hmac.new(settings.DURE_SOLAPI["secret"].encode(), (moment + salt).encode(), "sha256").hexdigest()
    return f"HMAC-SHA256 apiKey={settings.DURE_SOLAPI['key']}, date={moment}, salt={salt}, signature={signed}"


def _content(text: str) -> dict[str, Any]:
    channel, template = settings.DURE_SOLAPI["channel"], settings.DURE_SOLAPI["template"]
    if channel and template:
        filled = {VARIABLE: _lines(text, TALK, len)}
        talk = {"pfId": channel, "templateId": template, "variables": filled, "disableSms": False}
        return {"type": "ATA", "kakaoOptions": talk}
    plain = in_euc_kr(text)
    if _bytes(plain) <= SMS:
        return {"type": "SMS", "text": plain}
    return {"type": "LMS", "text": _lines(plain, LMS, _bytes)}


def in_euc_kr(text: str) -> str:
    """The text in the letters that Korean text messages have; a simpler one, or ?, for any other.

    >>> in_euc_kr("첨단1동 — 10:05 😀")
    '첨단1동 - 10:05 ?'
    """
    return "".join(_letter(c) for c in text)


def _letter(letter: str) -> str:
    for same in (letter, {"—": "-", "–": "-"}.get(letter, ""), unicodedata.normalize("NFKC", letter)):
        if same and all(_fits(c) for c in same):
            return same
    return "?"


def _fits(letter: str) -> bool:
    """Python spells syllables that the set doesn't have in eight bytes; phones don't read that."""
    try:
        return len(letter.encode("euc_kr")) <= 2
    except UnicodeEncodeError:
        return False


def _bytes(text: str) -> int:
    return len(text.encode("euc_kr"))


def _lines(text: str, at_most: int, length: Any) -> str:
    """As many whole lines as there is room for, but something of the first at any rate."""
    lines = text.split("\n")
    while len(lines) > 1 and length("\n".join(lines)) > at_most:
        lines.pop()
    cut = "\n".join(lines)
    while length(cut) > at_most:
        cut = cut[:-1]
    return cut


def _judge(said: Said) -> None:
    """Taken, refused for good, later, or away altogether."""
    if said.status == 429 or said.status >= 500 or said.status in (401, 402, 403, 404) or 300 <= said.status < 400:
        raise Away(f"answered {said.status}")
    code = str(said.fields.get("statusCode") or "")
    if code in ACCOUNT:
        raise Away(code)
    if code in NO_SUCH_NUMBER:
        raise Refusal(Refusal.NO_SUCH_ADDRESS)
    if said.status < 300 and (code in TAKEN or not code):
        return  # without a code it may well have gone out: better once than again and again
    if code in LATER or not code:
        raise Later(code or str(said.fields.get("errorCode", said.status)))
    raise Refusal(f"Solapi {code}")


def reported(given: dict[str, Any], now: datetime) -> receipts.Said | None:
    """What Solapi's webhook says about one message; none if it is no message of ours.

    That 알림톡 didn't arrive (31xx) is no failure yet: the text message that takes its place goes out.
    """
    fields = given.get("customFields")
    key = fields.get("key") if isinstance(fields, dict) else None
    if not isinstance(key, str):
        return None
    key, code = storable(key), str(given.get("statusCode", ""))[:10]
    if not code.isdecimal():
        return None
    if code == "4000":
        return receipts.Said(key, Status.DELIVERED, _moment(given, now))
    on_its_way = code in TAKEN or code.startswith("31")
    reason = Refusal.NO_SUCH_ADDRESS if code in NO_SUCH_NUMBER else f"Solapi {code}"
    return receipts.Said(key, Status.SENT if on_its_way else Status.FAILED, _moment(given, now), None, reason)


def _moment(given: dict[str, Any], now: datetime) -> datetime:
    """When it was reported there; now, if it doesn't say so."""
    try:
        said = datetime.fromisoformat(str(given.get("dateReported") or given.get("dateUpdated")))
    except ValueError:
        return now
    return said if said.tzinfo and 2000 <= said.year < 2200 else now
