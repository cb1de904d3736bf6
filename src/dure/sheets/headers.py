"""Which row names the columns, and which column is which."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from dure.sheets import cells
from dure.sheets.problems import Problem
from dure.sheets.tables import Sheet, Value
from dure.sheets.words import as_text, bare, squash

_SUM = re.compile(r"((누|합|소|총|총합)?계(\d+[명건개식])?|총\d+[명건개식]|total|이하여백|이하빈칸)")
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
        words = dict.fromkeys(_label(as_text(value)) for value in column if value is not None)
        names.append(" ".join(words))
    return Header(first, last, tuple(names))


def _label(text: str) -> str:
    """A name as one reads it: upright (성/명 below each other) and spread Hangul is closed up.

    >>> _label("생년\\n월일"), _label("성  명"), _label("보호자 연락처"), _label("특이사항\\n(음식)")
    ('생년월일', '성명', '보호자 연락처', '특이사항(음식)')
    """
    lines = [" ".join(line.split()) for line in text.split("\n")]
    words = "".join(lines) if all(re.fullmatch(r"[가-힣]{1,6}|\(.*\)", line) for line in lines) else " ".join(lines)
    parts = words.split()
    return "".join(parts) if len(parts) > 1 and all(len(part) == 1 for part in parts) else " ".join(parts)


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


def told_apart(names: Sequence[str]) -> list[str]:
    """The names as they are remembered; of several alike the second is called so.

    >>> told_apart(["성 명", "연락처", "연락처", ""])
    ['성명', '연락처', '연락처 2', '']
    """
    squashed = [squash(name)[:190] for name in names]
    before = [squashed[:i].count(name) for i, name in enumerate(squashed)]
    return [f"{name} {n + 1}" if name and n else name for name, n in zip(squashed, before, strict=True)]


def match(names: Sequence[str], known: Mapping[str, Sequence[str]], remembered: Mapping[str, str]) -> dict[int, str]:
    """Which column is which: index of the column -> key. What was remembered wins, then the most exact name.

    `known` maps each key to the names it goes by, `remembered` a squashed header to the key chosen last time.
    """
    found = {i: remembered[name] for i, name in enumerate(told_apart(names)) if name in remembered}
    exact = {re.sub(r"\s", "", way): key for key, ways in known.items() for way in ways if "(" in way}
    for i, name in enumerate(names):  # 보호자(관계) is the name with the relation behind it
        key = exact.get(re.sub(r"\s", "", name))
        if i not in found and key and key not in found.values():
            found[i] = key
    keys = {squash(way): key for key, ways in known.items() for way in ways if "(" not in way}
    for depth in range(4):
        for i, name in enumerate(names):
            ways = forms(name)
            key = keys.get(ways[depth]) if depth < len(ways) else None
            if i not in found and key and key not in found.values():
                found[i] = key
    return {i: key for i, key in found.items() if key != IGNORED and key in known}


@dataclass(frozen=True)
class Passed:
    """A row that is nobody's: its number, what stands in it, and whether it is a heading over the rows below."""

    number: int
    words: str
    heading: bool = False


def body(
    sheet: Sheet, header: Header, name_at: int | None = None
) -> tuple[list[tuple[int, Sequence[Value]]], list[Passed]]:
    """The rows of data with their numbers, and the rows passed over: sums, headings, headers repeated.

    `name_at`: in which column people are named. A row in which only a name stands is somebody's.
    """
    rows, passed_over = [], []
    above = [[squash(as_text(name)) for name in sheet.rows[n - 1]] for n in range(header.first, header.last + 1)]
    for number, row in enumerate(sheet.rows[header.last :], header.last + 1):
        values = list(dict.fromkeys(as_text(value) for value in row if value is not None))
        if not values:
            continue
        total = _SUM.fullmatch(squash(values[0])) is not None
        alone = len(values) == 1 and len(row) > 1
        if alone and name_at is not None and row[name_at] is not None and row.count(None) == len(row) - 1:
            alone = isinstance(cells.name(row[name_at]), Problem)
        if total or alone or _repeats(row, above):
            heading = alone and not total and not values[0].isdigit()
            passed_over.append(Passed(number, " ".join(values), heading))
        else:
            rows.append((number, row))
    return rows, passed_over


def _repeats(row: Sequence[Value], above: Sequence[Sequence[str]]) -> bool:
    """Whether the columns are named once more here, as on a new page: two of the filled cells, and more than half."""
    filled = [(i, value) for i, value in enumerate(row) if value is not None]
    others = 0
    for i, value in filled:
        words = squash(as_text(value))
        others += all(names[i] != words for names in above)
        if others * 2 >= len(filled):
            return False
    return len(filled) - others >= 2
