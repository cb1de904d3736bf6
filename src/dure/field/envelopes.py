"""Reading what a phone sends. Only an envelope that can't be read at all is turned away; the rest is made to fit.

A phone may have a wrong clock, an old version, a broken file: what it says is taken as far as it can be kept, and
what can't be made out is left to the programme, which has a person look at it.
"""

import json
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from dure import clock
from dure.duty.reports import Envelope
from dure.field.clocks import on_one_clock
from dure.field.sealed import unseal
from dure.postgres.texts import storable

BODY_AT_MOST = 256 * 1024  # bytes of UTF-8
AT_MOST = 4 * BODY_AT_MOST  # of the whole: a body may be all escapes
VERSIONS = 2**31 - 1
MOST_BEHIND = 100 * 366 * 86_400_000  # milliseconds; a clock that is further off says nothing
ZLIB = b"x"  # with that it begins; JSON doesn't
SEALED = "sealed"  # the kind of what can't be unsealed: no programme takes it, so that a person looks at it


class Unreadable(Exception):
    """What can't be taken or shown, with the answer's status, a sentence, and a word for the phone."""

    def __init__(self, status: int, message: str, why: str = "") -> None:
        super().__init__(message)
        self.status, self.message, self.why = status, message, why


def open_envelope(key: str, raw: bytes, *, now: datetime) -> Envelope:
    """The envelope that came under this key: sealed, or plain as released versions send it."""
    if len(raw) > AT_MOST:
        raise too_large()
    given = as_dict(raw)
    if given is None or (given.get("body") is None and given.get("sealed") is None):
        raise Unreadable(400, _("This report can't be read. Tell your desk what you saw, by phone."))
    named = _key(key)
    if given.get("sealed") is not None:
        given = _unsealed(named, given["sealed"]) | {"sent_at": given.get("sent_at")}
    said = given["body"]
    body = storable(said if isinstance(said, str) else _written(said))
    if len(body.encode()) > BODY_AT_MOST and given.get("kind") != SEALED:
        raise too_large()
    return Envelope(
        key=named, kind=_word(given.get("kind")), version=_number(given.get("version")), body=body,
        about=as_uuid(given.get("about")), gravity=_word(given.get("gravity")),
        seen_at=entered_at(given, now),
        sent_at=as_moment(given.get("sent_at")),
    )  # fmt: skip


def entered_at(given: dict[str, Any], now: datetime) -> datetime | None:
    """When it was seen, on the clock by which it was sent."""
    seen, sent, heard = (as_moment(given.get(name)) for name in ("seen_at", "sent_at", "heard"))
    behind = given.get("behind")  # milliseconds
    if seen is None or sent is None or heard is None or not isinstance(behind, int) or abs(behind) > MOST_BEHIND:
        return seen
    return on_one_clock(seen, sent, heard=heard, behind=timedelta(milliseconds=behind), now=now)


def unpacked(opened: bytes | None) -> bytes | None:
    """What was packed before it was sealed, if it was; as it came, when that can't be made out or is too much."""
    if opened is None or not opened.startswith(ZLIB):
        return opened
    unpack = zlib.decompressobj()
    try:
        text = unpack.decompress(opened, AT_MOST)
    except zlib.error:
        return opened
    return text if unpack.eof else opened


def as_dict(raw: bytes) -> dict[str, Any] | None:
    """What these bytes say, if they say anything by name."""
    try:
        given = json.loads(raw.decode())
    except (ValueError, RecursionError):
        return None
    return given if isinstance(given, dict) else None


def _written(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    except RecursionError as deep:
        raise Unreadable(400, _("This report can't be read. Tell your desk what you saw, by phone.")) from deep


def _unsealed(key: UUID, sealed: Any) -> dict[str, Any]:
    """What was sealed. What can't be opened, or says nothing, is kept as it came."""
    opened = unpacked(unseal(key, sealed))
    given = as_dict(opened) if opened is not None else None
    if given is None or given.get("body") is None:
        kept = opened.decode(errors="replace") if opened is not None else _written(sealed)
        return {"kind": SEALED, "body": kept}
    return given


def too_large() -> Unreadable:
    """More than a report may be."""
    return Unreadable(413, _("This report is too large to send. Tell your desk what you saw, by phone."))


def _key(text: str) -> UUID:
    key = as_uuid(text)
    if key is None:
        raise Unreadable(400, _("This report has no proper key. Tell your desk what you saw, by phone."))
    return key


def as_uuid(value: Any) -> UUID | None:
    """A key, if it is one."""
    try:
        return UUID(value)
    except (ValueError, TypeError, AttributeError):
        return None


def _word(value: Any) -> str:
    return storable(value)[:40] if isinstance(value, str) else ""


def _number(value: Any) -> int:
    return value if isinstance(value, int) and 0 <= value <= VERSIONS else 0


def as_moment(value: Any) -> datetime | None:
    """A moment as the phone's clock says it; without a zone it is meant as the office's. Outside this century: none."""
    try:
        moment = datetime.fromisoformat(value)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=clock.zone())
        moment = aware.astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None
    return moment if 2000 <= moment.year < 2100 else None
