"""Text files: comma, semicolon or tab between the values, in the encodings that Korean offices save."""

import csv
import io
from collections import Counter
from collections.abc import Sequence

from dure.sheets.problems import N_, Unreadable
from dure.sheets.tables import Sheet, Value
from dure.sheets.words import clean

MOST_ROWS = 50_000
MOST_COLUMNS = 702  # up to column ZZ
_MARKS = [(b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")]


def read(content: bytes) -> Sheet:
    """The one sheet of a text file. All values are words; the cells' readers make sense of them."""
    text = _decode(content)
    separator = _separator(text)
    _refuse_endless(text, separator)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=separator != "\t")
        rows, begins = [], 1
        for row in reader:
            _refuse_swallowed(row, separator, begins)
            rows.append(row)
            begins = reader.line_num + 1
    except csv.Error as error:
        raise Unreadable(
            N_("The lines of this text file can't be told apart. Save it as an Excel workbook (.xlsx) first.")
        ) from error
    return Sheet(name="csv", rows=rectangle([[clean(cell) or None for cell in row] for row in rows]))


def _refuse_endless(text: str, separator: str) -> None:
    """What no spreadsheet can hold is refused before it is taken apart."""
    widest = max((line.count(separator) + 1 for line in io.StringIO(text)), default=0)
    lines = text.count("\n") + text.count("\r")
    if widest > 16_384 or lines > 2_000_000:
        raise Unreadable(
            N_("%(rows)d rows and %(columns)d columns are too many; %(most)d rows can be taken. Split it."),
            rows=lines + 1,
            columns=widest,
            most=MOST_ROWS,
        )


def _refuse_swallowed(row: Sequence[str], separator: str, line: int) -> None:
    """A quote that isn't closed would take the next people into one cell, and nobody would miss them."""
    for cell in row:
        if any(part.count(separator) >= max(1, len(row) - 1) for part in cell.split("\n")[1:]):
            raise Unreadable(
                N_(
                    "A quotation mark opens in line %(line)d and isn't closed. Delete it, or save as an Excel workbook."
                ),
                line=line,
            )


def rectangle(rows: Sequence[Sequence[Value]]) -> list[list[Value]]:
    """Rows of equal length without the empty rows and columns at the end."""
    used = [max((c for c, value in enumerate(row, 1) if value is not None), default=0) for row in rows]
    width = max(used, default=0)
    last = max((number for number, end in enumerate(used, 1) if end), default=0)
    if last > MOST_ROWS or width > MOST_COLUMNS:
        raise Unreadable(
            N_("%(rows)d rows and %(columns)d columns are too many; %(most)d rows can be taken. Split it."),
            rows=last,
            columns=width,
            most=MOST_ROWS,
        )
    return [[*row[:width], *[None] * (width - len(row))] for row in rows[:last]]


def _decode(content: bytes) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _strictly(content, encoding)
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return _strictly(content, "cp949")
    return _strictly(content, "utf-8")


def _strictly(content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise Unreadable(N_("This file can't be read as a table. Save it as an Excel workbook (.xlsx) first."))
    return text


def _separator(text: str) -> str:
    """The separator with which most lines fall into the same number of values."""

    def evenness(separator: str) -> tuple[int, int]:
        sample = csv.reader(io.StringIO(text[:20_000], newline=""), delimiter=separator)
        widths = Counter(len(row) for _, row in zip(range(40), sample, strict=False) if len(row) > 1)
        width, lines = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        return lines, width

    return max([",", "\t", ";", "|"], key=evenness)
