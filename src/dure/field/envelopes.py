"""Reading what a phone sends. Only an envelope that can't be read at all is turned away; the rest is made to fit.

A phone may have a wrong clock, an old version, a broken file: what it says is taken as far as it can be kept, and
what can't be made out is left to the programme, which has a person look at it.
"""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from dure import clock
from dure.duty.reports import Envelope
from dure.postgres.texts import storable

BODY_AT_MOST = 256 * 1024  # bytes of UTF-8
AT_MOST = 4 * BODY_AT_MOST  # of the whole: a body may be all escapes
VERSIONS = 2**31 - 1


class Unreadable(Exception):
    """An envelope that can't be read, with the answer's status and a sentence."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


def open_envelope(key: str, raw: bytes) -> Envelope:
    """The envelope that came under this key."""
    if len(raw) > AT_MOST:
        raise too_large()
    try:
        given = json.loads(raw.decode())
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict) or given.get("body") is None:
        raise Unreadable(400, _("This report can't be read. Tell your desk what you saw, by phone."))
    said = given["body"]
    body = storable(said if isinstance(said, str) else json.dumps(said, ensure_ascii=False))
    if len(body.encode()) > BODY_AT_MOST:
        raise too_large()
    return Envelope(
        key=_key(key), kind=_word(given.get("kind")), version=_number(given.get("version")), body=body,
        about=_uuid(given.get("about")), gravity=_word(given.get("gravity")),
        seen_at=_moment(given.get("seen_at")),
        sent_at=_moment(given.get("sent_at")),
    )  # fmt: skip


def too_large() -> Unreadable:
    """More than a report may be."""
    return Unreadable(413, _("This report is too large to send. Tell your desk what you saw, by phone."))


def _key(text: str) -> UUID:
    key = _uuid(text)
    if key is None:
        raise Unreadable(400, _("This report has no proper key. Tell your desk what you saw, by phone."))
    return key


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(value)
    except (ValueError, TypeError, AttributeError):
        return None


def _word(value: Any) -> str:
    return storable(value)[:40] if isinstance(value, str) else ""


def _number(value: Any) -> int:
    return value if isinstance(value, int) and 0 <= value <= VERSIONS else 0


def _moment(value: Any) -> datetime | None:
    """A moment as the phone's clock says it; without a zone it is meant as the office's. Outside this century: none."""
    try:
        moment = datetime.fromisoformat(value)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=clock.zone())
        moment = aware.astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None
    return moment if 2000 <= moment.year < 2100 else None
