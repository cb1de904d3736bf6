"""Reading a photograph as a phone sends it: one line that says how it is sealed, and what was sealed, as bytes.

Inside, one line that says what it belongs to, and the picture. Unlike a report it is turned away when it can't be
opened: nothing hangs on it, the phone has it still, and whoever took it is told.
"""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from dure.care.phone import seen_at
from dure.care.photos.actions import Taken
from dure.duty.models import Report
from dure.errors import Refused
from dure.field.envelopes import Unreadable, as_dict, as_moment, as_uuid, entered_at
from dure.field.sealed import unseal_photo
from dure.files.models import LARGEST

AT_MOST = LARGEST + 64 * 1024  # with what is said of it
HEAD_AT_MOST = 8 * 1024  # bytes of a line


def open_photo(key: str, raw: bytes, *, now: datetime) -> Taken:
    """The photograph that came under this key."""
    named, (head, sealed) = as_uuid(key), _line(raw)
    if named is None or head is None:
        raise Unreadable(400, _("This photo can't be read. Take it again, or tell your desk what it shows."))
    said, data = _line(unseal_photo(named, head, sealed) or b"")
    report = as_uuid(said.get("report")) if said else None
    if said is None or report is None:
        raise Unreadable(422, _("This photo can't be opened. Take it again, or tell your desk what it shows."))
    entered, sent = entered_at({**said, "sent_at": head.get("sent_at")}, now), as_moment(head.get("sent_at"))
    at = seen_at(Report(seen_at=entered, sent_at=sent, received_at=now), now)
    return Taken(named, data, as_uuid(said.get("about")), report, at, in_confidence=bool(said.get("abuse")))


def _line(raw: bytes) -> tuple[dict[str, Any] | None, bytes]:
    """What the first line says, and the bytes after it."""
    head, end, rest = raw[: HEAD_AT_MOST + 1].partition(b"\n")
    return (as_dict(head), rest + raw[HEAD_AT_MOST + 1 :]) if end else (None, b"")


def refused(problem: Refused) -> Unreadable:
    """The photo is none, or can't be kept: it is no use to send it again."""
    return Unreadable(422, problem.message)


def too_large() -> Unreadable:
    """More than a photograph may be."""
    return Unreadable(413, _("This photo is larger than 10 MB. Take it again, or tell your desk what it shows."))
