"""Which row names the columns, and which column is which."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from dure.sheets.tables import Sheet, Value
from dure.sheets.words import as_text, bare, squash

LOOK_AT = 30  # rows from the top
IGNORED = ""  # remembered for a header whose column is not taken


@dataclass(frozen=True)
class Header:
    """The rows that name the columns, counted from 1, and the name over each column."""

    first: int
    last: int
    names: tuple[str, ...]


def header_at(sheet: Sheet, first: int, last: int) -> Header:
    """The names in these rows; a group comes before the name below it (보호자 연락처)."""
    rows = [sheet.rows[number - 1] for number in range(first, last + 1) if number <= len(sheet.rows)]
    names = []
    for column in zip(*rows, strict=True):
        words = dict.fromkeys(" ".join(as_text(value).split()) for value in column if value is not None)
        names.append(" ".join(words))
    return Header(first, last, tuple(names))


def guess(sheet: Sheet, known: Collection[str]) -> Header | None:
    """The row or pair of rows that most looks like a header: known names, short words, each only once."""
    vocabulary = {squash(word) for word in known}
    best: tuple[float, Header] | None = None
    for first in range(1, min(LOOK_AT, len(sheet.rows)) + 1):
        for last in (first, first + 1):
            header = header_at(sheet, first, last)
            points = _points(sheet, header, vocabulary) if last <= len(sheet.rows) else 0
            if points > 0 and (best is None or points > best[0]):
                best = points, header
    return best[1] if best else None


def _points(sheet: Sheet, header: Header, vocabulary: Collection[str]) -> float:
    rows = sheet.rows[header.first - 1 : header.last]
    cells = [value for row in rows for value in row if value is not None]
    labels = {name for name in header.names if name}
    met = {form for name in labels for form in forms(name)[:2] if form in vocabulary}
    if len(labels) < 2 and not met:
        return 0
    strange = sum(not isinstance(value, str) or len(value) > 25 or value[:1].isdigit() for value in cells)
    below = sheet.rows[header.last] if header.last < len(sheet.rows) else []
    filled = sum(value is not None for value in below)
    points = 10 * len(met) + len(labels) - 3 * strange - 2 * (header.last - header.first)
    return points + (0.5 if filled >= 2 else 0)


def forms(name: str) -> list[str]:
    """The ways in which a header may be known: whole, without brackets, the bracket alone, its last word."""
    inside = name[name.find("(") + 1 : name.rfind(")")] if "(" in name else ""
    last = name.split()[-1] if name.split() else ""
    ways = dict.fromkeys(squash(way) for way in (name, bare(name), inside, last))
    return [way for way in ways if way]


def match(names: Sequence[str], known: Mapping[str, Sequence[str]], remembered: Mapping[str, str]) -> dict[int, str]:
    """Which column is which: index of the column -> key. What was remembered wins, then the most exact name.

    `known` maps each key to the names it goes by, `remembered` a squashed header to the key chosen last time.
    """
    found = {i: remembered[squash(name)] for i, name in enumerate(names) if squash(name) in remembered}
    keys = {squash(way): key for key, ways in known.items() for way in ways}
    for depth in range(4):
        for i, name in enumerate(names):
            ways = forms(name)
            key = keys.get(ways[depth]) if depth < len(ways) else None
            if i not in found and key and key not in found.values():
                found[i] = key
    return {i: key for i, key in found.items() if key != IGNORED and key in known}


def body(sheet: Sheet, header: Header) -> tuple[list[tuple[int, Sequence[Value]]], list[int]]:
    """The rows of data with their numbers, and the rows passed over: sums, headings, headers repeated."""
    rows, passed_over = [], []
    for number, row in enumerate(sheet.rows[header.last :], header.last + 1):
        values = [value for value in row if value is not None]
        if not values:
            continue
        distinct = {as_text(value) for value in values}
        repeated = any(list(row) == list(sheet.rows[r - 1]) for r in range(header.first, header.last + 1))
        total = squash(as_text(values[0])) in ("합계", "소계", "총계", "계", "total", "이하여백", "이하빈칸")
        if repeated or total or (len(distinct) == 1 and len(row) > 1):
            passed_over.append(number)
        else:
            rows.append((number, row))
    return rows, passed_over
