"""From tables to a workbook (.xlsx) that an office can open, print and send back."""

import io
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from dure.sheets.tables import Value

FONT = "맑은 고딕"
_HEAD = {
    "font_name": FONT,
    "font_size": 10,
    "bold": True,
    "bg_color": "#E7EDF3",
    "border": 1,
    "text_wrap": True,
}
_BODY = {"font_name": FONT, "font_size": 10, "valign": "top"}
_STYLES = {
    "must": {**_HEAD, "font_color": "#8A1F11"},
    "head": _HEAD,
    "title": {"font_name": FONT, "font_size": 14, "bold": True},
    "note": {"font_name": FONT, "font_size": 10, "font_color": "#555555"},
    "text": {**_BODY, "num_format": "@", "text_wrap": True},
    "prose": {**_BODY, "num_format": "@", "quote_prefix": True},
    "formula-like": {**_BODY, "num_format": "@", "text_wrap": True, "quote_prefix": True},
    "number": {**_BODY, "num_format": "#,##0.##"},
    "date": {**_BODY, "num_format": "yyyy-mm-dd"},
    "moment": {**_BODY, "num_format": "yyyy-mm-dd hh:mm"},
    "time": {**_BODY, "num_format": "hh:mm"},
}
_VARIANTS: dict[str, dict[str, object]] = {
    "": {},
    "sum ": {"bold": True, "bg_color": "#E7EDF3"},
    "said ": {"align": "left"},
}
_LINE = 14.0  # points that a line of text is high
_FORMULA_LIKE = ("=", "+", "-", "@", "\t", "\r")
_TYPED_ROWS = 2000  # so far down a template's empty columns are set to text and choices


@dataclass(frozen=True)
class Column:
    """A column of a table. `choices` are offered as a list; `must` marks what has to be filled in."""

    title: str
    width: float = 0
    choices: Sequence[str] = ()
    must: bool = False


@dataclass(frozen=True)
class Page:
    """One sheet: a title, notes below it, then one table. `blank` is for a form that people fill in."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Value]] = ()
    title: str = ""
    notes: Sequence[str] = field(default_factory=tuple)
    blank: bool = False
    prose: bool = False  # lines to read instead of a table: no header; a single value runs across the page
    tall: bool = False  # rows with room to write by hand
    totals: int = 0  # the last rows are sums, and stay below when the rows above are sorted


def write(pages: Sequence[Page]) -> bytes:
    """The workbook's bytes. What a person typed is text, never a formula; moments must be local (no zone)."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_urls": False}) as book:
        looks = {v + name: {**style, **more} for v, more in _VARIANTS.items() for name, style in _STYLES.items()}
        styles = {name: book.add_format(look) for name, look in looks.items()}
        used: set[str] = set()
        for page in pages:
            name = sheet_name(page.name, used)
            used.add(name.lower())
            _page(book.add_worksheet(name), page, styles)
    return out.getvalue()


def sheet_name(name: str, used: Collection[str] = ()) -> str:
    """The name as Excel takes it: 31 letters, none of []:*?/\\, each only once.

    >>> sheet_name("2026/11 정산: 수행기관"), sheet_name("명단", {"명단"})
    ('2026 11 정산 수행기관', '명단 2')
    """
    plain = " ".join(re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", name).split()).strip("'")[:31] or "Sheet"
    number, found = 1, plain
    while found.lower() in used:
        number += 1
        found = f"{plain[: 30 - len(str(number))]} {number}"
    return found


def _page(sheet: Worksheet, page: Page, styles: dict[str, Format]) -> None:
    row = 0
    if page.title:
        sheet.write_string(row, 0, page.title, styles["title"])
        row += 1
    for note in page.notes:
        sheet.write_string(row, 0, note, styles["note"])
        row += 1
    row += bool(row)
    (_prose if page.prose else _table)(sheet, row, page, styles)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _table(sheet: Worksheet, head: int, page: Page, styles: dict[str, Format]) -> None:
    for c, column in enumerate(page.columns):
        sheet.write_string(head, c, column.title, styles["must" if column.must else "head"])
    row, widths = head, [float(max(_width(c.title) + 2, 8)) for c in page.columns]
    rows = list(page.rows)
    for row, values in enumerate(rows, head + 1):
        sums = "sum " if row > head + len(rows) - page.totals else ""
        for c, value in enumerate(values):
            _cell(sheet, row, c, value, styles, sums)
            if row - head < 200 or sums:
                widths[c] = max(widths[c], _width(value) + 1)
    for c, column in enumerate(page.columns):
        widths[c] = column.width or min(widths[c], 48)
        sheet.set_column(c, c, widths[c], styles["text"] if page.blank else None)
        if column.choices and sum(len(choice) + 1 for choice in column.choices) <= 255:
            rule = {"validate": "list", "source": list(column.choices), "error_type": "warning"}
            sheet.data_validation(head + 1, c, head + _TYPED_ROWS, c, rule)
    for row, values in enumerate(rows, head + 1):
        _high(sheet, row, values, widths, page.tall)
    sheet.freeze_panes(head + 1, 0)
    if row - page.totals > head:
        sheet.autofilter(head, 0, row - page.totals, max(len(page.columns) - 1, 0))
    sheet.set_landscape()
    sheet.hide_gridlines(0)  # they are printed too
    sheet.repeat_rows(head)


def _prose(sheet: Worksheet, row: int, page: Page, styles: dict[str, Format]) -> None:
    """Lines below each other: what is alone runs across the page, else a name stands beside what it says."""
    for c, column in enumerate(page.columns):
        sheet.set_column(c, c, column.width or 24)
    for values in page.rows:
        if len(values) == 1:
            sheet.write_string(row, 0, str(values[0])[:32_000], styles["prose"])
        else:
            for c, value in enumerate(values):
                _cell(sheet, row, c, value, styles, "said ")
            _high(sheet, row, values, [column.width for column in page.columns])
        row += 1


def _high(sheet: Worksheet, row: int, values: Sequence[Value], widths: Sequence[float], tall: bool = False) -> None:
    """Room for every line of a row: not every program makes it by itself."""
    lines = max(
        (_lines(value, width) for value, width in zip(values, widths, strict=False) if isinstance(value, str)),
        default=1,
    )
    if lines > 1 or tall:
        sheet.set_row(row, min(max(lines * _LINE + 2, 2.4 * _LINE * tall), 409))


def _lines(text: str, width: float) -> int:
    return sum(max(1, -(-_width(line) // max(int(width), 1))) for line in text.split("\n"))


def _cell(sheet: Worksheet, row: int, column: int, value: Value, styles: dict[str, Format], of: str = "") -> None:
    """One value; `of` chooses the look of a sum."""
    if value is None or value == "":
        sheet.write_blank(row, column, None, styles[of + "text"])
    elif isinstance(value, bool):
        sheet.write_string(row, column, "O" if value else "X", styles[of + "text"])
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value, styles[of + "number"])
    elif isinstance(value, datetime):
        sheet.write_datetime(row, column, value, styles[of + "moment"])
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, styles[of + "date"])
    elif isinstance(value, time):
        sheet.write_datetime(row, column, value, styles[of + "time"])
    else:
        style = "formula-like" if value.startswith(_FORMULA_LIKE) else "text"
        sheet.write_string(row, column, value[:32_000], styles[of + style])


def _width(value: Value) -> int:
    lines = str("" if value is None else value).split("\n")
    return max(sum(2 if ord(letter) > 0x1100 else 1 for letter in line) for line in lines)
