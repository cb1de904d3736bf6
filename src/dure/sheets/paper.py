"""What a paper says, before it is a PDF, a document of Hancom's Hangul (.hwpx) or a workbook.

Whoever has something to put on paper builds one `Paper` and hands it to a writer:

    paper = Paper("11월 정산", office="광산구", made_at=now, parts=[
        Point(1, "정산 개요"),
        Pairs([("수행기관", "예시나눔센터"), ("기간", "2026-11-01 ~ 2026-11-30")]),
        Point(2, "모두 1,240식을 전달했습니다."),
        Table([Column("날짜", 2), Column("식수", 1), Column("금액", 2)], rows, totals=1),
    ])
    pdf.write(paper)     # bytes, as hwpx.write(paper) and xlsx.write(paper)

Everything said is text, whatever letters it has: none of it is ever markup or a formula. Text is handed in as its
reader reads it (translated), moments local and without a zone.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum

from dure.errors import Refused
from dure.sheets.problems import Problem
from dure.sheets.tables import Value

MARKS = {2: "□", 3: "ㅇ", 4: "-"}  # of the official report style; the first level is counted Ⅰ. Ⅱ. Ⅲ.
LEVELS = (1, *MARKS)
_NEVER = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


class Align(StrEnum):
    """Where what stands in a column begins. Unless said otherwise numbers stand right, all else left."""

    AUTO = "auto"
    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


@dataclass(frozen=True)
class Column:
    """A column of a table; `width` is its share of the page's width, in proportion to the other columns'."""

    title: str
    width: float = 1
    align: Align = Align.AUTO


@dataclass(frozen=True)
class Point:
    """A line of an official report: 1 a heading (counted Ⅰ. Ⅱ.), 2 what is said (□), 3 more on it (ㅇ), 4 details (-).

    The writer puts the mark before it.
    """

    level: int
    text: str

    def __post_init__(self) -> None:
        if self.level not in LEVELS:
            raise ValueError(f"a point has level 1 to 4, not {self.level}")


@dataclass(frozen=True)
class Line:
    """A plain paragraph. Its line breaks stay."""

    text: str
    bold: bool = False
    small: bool = False  # a note below something


@dataclass(frozen=True)
class Pairs:
    """Names and what they say, one beside the other; so many pairs in a row."""

    pairs: Sequence[tuple[str, Value]]
    across: int = 1


@dataclass(frozen=True)
class Table:
    """Rows below a header that is repeated on every page. A row has as many values as there are columns.

    The last `totals` rows are sums of those above. `tall` gives each row room to write by hand.
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]
    title: str = ""
    totals: int = 0
    tall: bool = False

    def __post_init__(self) -> None:
        if not self.columns or any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError("a table has columns, and each row as many values")


@dataclass(frozen=True)
class Break:
    """What follows begins on a new page."""


Part = Point | Line | Pairs | Table | Break


@dataclass(frozen=True)
class Paper:
    """One paper: its title, whose it is, when it was made, and its parts in order.

    `subtitle` stands below the title, `foot` at the bottom of every page (for whom it is, how long it may be kept).
    """

    title: str
    office: str
    made_at: datetime
    parts: Sequence[Part] = field(default_factory=tuple)
    subtitle: str = ""
    foot: str = ""
    landscape: bool = False


class NoPaper(Refused):
    """Why this kind of paper can't be made on this server, and what an administrator can do about it.

    `problem` can still be put into the reader's language.
    """

    def __init__(self, text: str, **values: object) -> None:
        self.problem = Problem(text, **values)
        super().__init__(str(self.problem))


def shown(value: Value) -> str:
    """A value as it stands on paper.

    >>> shown(1234567), shown(0.25), shown(date(2026, 11, 2)), shown(time(7, 5)), shown(True), shown(None)
    ('1,234,567', '0.25', '2026-11-02', '07:05', 'O', '')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "O" if value else "X"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    return f"{value:%H:%M}" if isinstance(value, time) else plain(value)


def plain(text: str) -> str:
    """Text without the letters that no kind of paper can hold: control characters, halves of a letter.

    >>> plain("홍\\x00길동\\r\\n2층\\ud800")
    '홍길동\\n2층'
    """
    return _NEVER.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def stands(column: Column, value: Value) -> str:
    """Where a value stands in its column: left, center or right.

    >>> stands(Column("식수"), 12), stands(Column("이름"), "홍길동"), stands(Column("날짜", align=Align.CENTER), "")
    ('right', 'left', 'center')
    """
    if column.align != Align.AUTO:
        return str(column.align)
    return "right" if isinstance(value, int | float) and not isinstance(value, bool) else "left"


def counted(number: int) -> str:
    """The mark of a heading: Ⅰ. to Ⅻ., then plain digits.

    >>> counted(1), counted(4), counted(13)
    ('Ⅰ.', 'Ⅳ.', '13.')
    """
    return f"{chr(0x2160 + number - 1)}." if number <= 12 else f"{number}."


def numbered(parts: Sequence[Part]) -> list[tuple[str, Part]]:
    """Each part with the mark that stands before it; empty for what isn't a point."""
    found, headings = [], 0
    for part in parts:
        headings += isinstance(part, Point) and part.level == 1
        mark = "" if not isinstance(part, Point) else MARKS.get(part.level) or counted(headings)
        found.append((mark, part))
    return found
