"""Several reports in one request: a day without a network ends in seconds, not in a round trip for each of them."""

import json
import zlib
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from dure.field.envelopes import AT_MOST, Unreadable, too_large

REPORTS_AT_MOST = 100


def open_batch(raw: bytes, *, packed: bool) -> Iterator[tuple[str, bytes]]:
    """Each report with its key, as it would have been put alone."""
    given = _read(_unpacked(raw) if packed else raw)
    reports = given.get("reports") if isinstance(given, dict) else None
    if not isinstance(reports, list) or not all(isinstance(each, dict) for each in reports):
        raise Unreadable(400, _("This report can't be read. Tell your desk what you saw, by phone."))
    if len(reports) > REPORTS_AT_MOST:
        raise too_large()
    for each in reports:
        yield str(each.pop("key", "")), json.dumps({**each, "sent_at": given.get("sent_at")}).encode()


def _unpacked(raw: bytes) -> bytes:
    unpack = zlib.decompressobj(wbits=31)  # gzip
    try:
        text = unpack.decompress(raw, AT_MOST)
    except zlib.error as problem:
        raise _cut_off() from problem
    if unpack.unconsumed_tail:
        raise too_large()
    if not unpack.eof:
        raise _cut_off()
    return text


def _cut_off() -> Unreadable:
    return Unreadable(400, _("This report didn't arrive whole. It is sent again by itself."))


def _read(raw: bytes) -> Any:
    try:
        return json.loads(raw.decode())
    except (ValueError, RecursionError):
        return None
