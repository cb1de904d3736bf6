"""Resident registration numbers: found wherever they stand, and blotted out before anything is kept."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dure.sheets.problems import N_, Problem
from dure.sheets.tables import Sheet, Value, address
from dure.sheets.words import as_text, dashes

BLOT = "██████-███████"
_NUMBER = re.compile(r"(?<!\d)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\s?[-~./]?\s?\d{7}(?!\d)")
_FRONT = re.compile(r"\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_BACK = re.compile(r"[1-8]\d{6}")
BLOTTED = Problem(
    N_(
        "A resident registration number stood here and was not kept."
        " Delete it from the file and write only the date of birth."
    )
)


@dataclass(frozen=True)
class Found:
    """Where a number stood."""

    sheet: str
    cell: str


def blot(text: str) -> str:
    """The text with every resident registration number blotted out.

    >>> blot("홍길동(410305-1234567)")
    '홍길동(██████-███████)'
    >>> blot("410305-1******"), blot("010-1234-5678")
    ('410305-1******', '010-1234-5678')
    """
    return _NUMBER.sub(BLOT, text)


def _blot_value(value: Value, before: Value) -> Value:
    """The value, or a blot: also for a number in two cells side by side (410305 | 1234567)."""
    if isinstance(value, str) and len(value) >= 13:
        plain = dashes(value)
        value = _NUMBER.sub(BLOT, plain) if _NUMBER.search(plain) else value
    elif isinstance(value, int | float) and 10**11 <= value < 10**13:
        return BLOT if _NUMBER.fullmatch(f"{int(value):013d}") else value
    if before is not None and _BACK.fullmatch(as_text(value)) and _FRONT.fullmatch(as_text(before).zfill(6)):
        return BLOT
    return value


def blot_all(sheets: Sequence[Sheet]) -> tuple[list[Sheet], list[Found]]:
    """The sheets without any resident registration number, and where they stood: any sheet, any cell."""
    found: list[Found] = []
    clean_sheets = []
    for sheet in sheets:
        rows: list[Sequence[Value]] = []
        for number, row in enumerate(sheet.rows, 1):
            blotted = [_blot_value(value, before) for value, before in zip(row, (None, *row), strict=False)]
            hits = [c for c, (old, new) in enumerate(zip(row, blotted, strict=True), 1) if old is not new]
            found += [Found(sheet.name, address(number, c)) for c in hits]
            rows.append(blotted if hits else row)
        clean_sheets.append(replace(sheet, name=blot(sheet.name), rows=rows))
    return clean_sheets, found
