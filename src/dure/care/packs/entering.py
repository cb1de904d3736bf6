"""Entering what was done on paper: row by row, so that a slip in one holds up no other."""

from collections.abc import Sequence
from datetime import datetime

from dure.care.models import Outcome
from dure.care.packs.forms import RowForm
from dure.care.settling import settle
from dure.errors import Refused
from dure.people.models import Person


def enter(rows: Sequence[RowForm], *, by: Person, now: datetime) -> int:
    """Keep every written row that is right, each by itself, those that alarm first; how many. The others say why."""
    written = [row for row in rows if row.written and row.is_valid()]
    written.sort(key=lambda row: row.cleaned_data["outcome"] != Outcome.NO_REPLY)
    kept = 0
    for row in written:
        try:
            settle(row.visit, row.seen(), by=by, report=None, now=now)
            kept += 1
        except Refused as refused:
            row.add_error(None, refused.message)
    return kept
