"""A sheet as rows of plain values, and the names that people know its cells by."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

Value = str | int | float | bool | date | datetime | time | None
BROKEN = "\ufffc"  # begins a cell whose formula failed: BROKEN + "#REF!"


@dataclass(frozen=True)
class Sheet:
    """One sheet. `rows[0]` is row 1 and its first value column A; all rows have the same length.

    Merged cells all carry the value of their first one, so that a name merged over ten rows stands in each.
    """

    name: str
    rows: Sequence[Sequence[Value]]
    hidden: bool = False
    struck: frozenset[tuple[int, int]] = frozenset()  # row and column, counted from 1, of what is struck through


def letters(column: int) -> str:
    """The letters above a column, counted from 1.

    >>> [letters(c) for c in (1, 26, 27, 702)]
    ['A', 'Z', 'AA', 'ZZ']
    """
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def column_number(letters: str) -> int:
    """The column under these letters, counted from 1.

    >>> [column_number(c) for c in ("A", "Z", "AA", "ZZ")]
    [1, 26, 27, 702]
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def address(row: int, column: int) -> str:
    """What people call a cell.

    >>> address(5, 3)
    'C5'
    """
    return f"{letters(column)}{row}"
