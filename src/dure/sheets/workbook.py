"""Excel workbooks (.xlsx)."""

import io
import re
import struct
import zipfile
import zlib
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.etree import ElementTree

import python_calamine as calamine

from dure.sheets.delimited import rectangle
from dure.sheets.problems import N_, Unreadable
from dure.sheets.tables import BROKEN, Sheet, Value, column_number
from dure.sheets.words import clean

DAMAGED = N_("The file is damaged. Open it in Excel, save it under another name, then choose that file.")
MOST_UNPACKED, MOST_TABLED, MOST_PARTS = 200 * 1024 * 1024, 20 * 1024 * 1024, 5_000
SMALL = ("xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml")  # are read as a tree
_FAR = re.compile(rb'<c r="([A-Z]{3,}\d+|[A-Z]+\d{6,})"[^>]*[^/>]>')  # a filled cell where no list goes
_CELL = re.compile(rb"""<(?:\w+:)?c\b[^>]*?\br\s*=\s*["']([A-Za-z]+)(\d+)["'][^>]*(?<!/)>""")
_PLACELESS = re.compile(rb"""<(?:\w+:)?c\b(?![^>]*\br\s*=)""")  # a cell that doesn't say where it stands
_RIDDLE = re.compile(rb"""<(?:\w+:)?(?:c|row)\b[^>]*&""")  # or says it in a way that no program writes
_LATE = re.compile(rb"""<(?:\w+:)?row\b[^>]*?\br\s*=\s*["']\d{6,}""")
MOST_CELLS = 4_000_000  # from A1 to the last filled one: as many are laid out at once
_ENTITIES = re.compile(rb"<!(DOCTYPE|ENTITY)|^(\xff\xfe|\xfe\xff|\0|<\0)", re.I)  # Excel writes neither
_FAILED = re.compile(rb'<c\b(?=[^>]*\bt="e")[^>]*\br="([A-Z]+)(\d+)"[^>]*>.*?<v>([^<]*)</v>', re.S)
_STYLED = re.compile(rb'<c\b(?=[^>]*\br="([A-Z]+)(\d+)")[^>]*\bs="(\d+)"[^>]*[^/>]>')  # a filled cell and its style
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def read(content: bytes) -> list[Sheet]:
    """All sheets that hold a table. Values as Excel shows them: dates, last results of formulas."""
    try:
        xml = _sheet_xml(content)
        for name, text in xml.items():
            _refuse_far_cells(name, text)
        with calamine.load_workbook(io.BytesIO(content)) as book:
            listed = [s for s in book.sheets_metadata if s.typ == calamine.SheetTypeEnum.WorkSheet]
            failed = {name: _failed_formulas(text) for name, text in xml.items()}
            styles = _struck_styles(content)
            struck = {name: _struck_cells(text, styles) for name, text in xml.items()}
            return [
                replace(
                    _sheet(book.get_sheet_by_name(s.name), s.visible, failed.get(s.name, {})),
                    struck=struck.get(s.name, frozenset()),
                )
                for s in listed
            ]
    except calamine.PasswordError as error:
        raise Unreadable(
            N_("The file is locked with a password. Save it without the password, then choose that file.")
        ) from error
    except (
        calamine.CalamineError,
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        ElementTree.ParseError,
        LookupError,
        ValueError,
        OSError,
        RuntimeError,
        NotImplementedError,
    ) as error:
        raise Unreadable(DAMAGED) from error


def _sheet(sheet: calamine.CalamineSheet, visible: Any, failed: dict[tuple[int, int], str]) -> Sheet:
    rows = [[_value(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
    for (row, column), what in failed.items():
        if row < len(rows) and column < len(rows[row]):
            rows[row][column] = BROKEN + what
    merged, filled = sheet.merged_cell_ranges or [], 0
    for (top, left), (bottom, right) in merged:
        filled += (min(bottom, len(rows)) - top + 1) * (right - left + 1)
        if filled > MOST_CELLS:  # the same cells again and again
            raise Unreadable(DAMAGED)
        _fill(rows, top, left, bottom, right)
    return Sheet(sheet.name, rectangle(rows), hidden=visible != calamine.SheetVisibleEnum.Visible)


def _fill(rows: list[list[Value]], top: int, left: int, bottom: int, right: int) -> None:
    if top >= len(rows) or left >= len(rows[top]) or rows[top][left] is None:
        return
    for row in rows[top : bottom + 1]:
        for column in range(left, min(right + 1, len(row))):
            row[column] = rows[top][left]


def _value(value: Any) -> Value:
    if isinstance(value, str):
        return clean(value) or None
    if isinstance(value, bool):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, datetime):
        return value.date() if value.time() == time() else value
    if isinstance(value, timedelta):
        return (datetime.min + value).time() if timedelta() <= value < timedelta(days=1) else str(value)
    return value if isinstance(value, int | date | time) else None


def _sheet_xml(content: bytes) -> dict[str, bytes]:
    """The raw text of each sheet by its name: for what the reader of values doesn't tell."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        _refuse_bombs(content, archive)
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
        paths = {link.get("Id"): link.get("Target", "") for link in links}
        names = set(archive.namelist())
        found = {}
        for sheet in (node for node in book.iter() if node.tag.endswith("}sheet")):
            target = paths.get(sheet.get(_RELATION), "")
            path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if path in names:
                names.discard(path)  # one part is one sheet
                found[sheet.get("name", "")] = archive.read(path)
    return found


def _refuse_bombs(content: bytes, archive: zipfile.ZipFile) -> None:
    """What would fill the memory: known before anything is unpacked to more than it says it is."""
    parts = archive.infolist()
    small = [part for part in parts if part.filename in SMALL]
    if sum(part.file_size for part in parts) > MOST_UNPACKED or any(part.file_size > MOST_TABLED for part in small):
        raise Unreadable(N_("The file unpacks to more than 200 MB. Copy only the list into a new file."))
    if len(parts) > MOST_PARTS or len({part.filename for part in parts}) < len(parts):
        raise Unreadable(DAMAGED)
    for part in parts:
        if part.file_size != _unpacked(content, part):
            raise Unreadable(DAMAGED)
    if any(_ENTITIES.search(archive.read(part)) for part in small):
        raise Unreadable(DAMAGED)


def _unpacked(content: bytes, part: zipfile.ZipInfo) -> int:
    """How many bytes a part really unpacks to, without keeping them; one more than it says when it is more."""
    names, extra = struct.unpack("<HH", content[part.header_offset + 26 : part.header_offset + 30])
    begins = part.header_offset + 30 + names + extra
    packed = content[begins : begins + part.compress_size]
    if part.compress_type == zipfile.ZIP_STORED:
        return len(packed)
    if part.compress_type != zipfile.ZIP_DEFLATED:
        return -1
    stream, found = zlib.decompressobj(-15), 0
    while not stream.eof and found <= part.file_size:
        piece = stream.decompress(packed, min(1 << 20, part.file_size + 1 - found) or 1)
        packed, found = stream.unconsumed_tail, found + len(piece)
        if not piece and not packed:
            break
    return found


def _refuse_far_cells(name: str, xml: bytes) -> None:
    """One stray blank far below the list makes a table of a million rows: say where, before it is read."""
    if far := _FAR.search(xml):
        raise Unreadable(
            N_("Cell %(cell)s on sheet '%(sheet)s' is far outside the list. Delete its whole row or column."),
            sheet=name,
            cell=far[1].decode(),
        )
    if _RIDDLE.search(xml) or (_LATE.search(xml) and _PLACELESS.search(xml)):
        raise Unreadable(DAMAGED)
    row = column = 1
    for cell in _CELL.finditer(xml):
        row, column = max(row, int(cell[2][:9])), max(column, column_number(cell[1].decode().upper()[:4]))
        if row * column > MOST_CELLS:
            raise Unreadable(
                N_("Cell %(cell)s on sheet '%(sheet)s' is far outside the list. Delete its whole row or column."),
                sheet=name,
                cell=(cell[1] + cell[2]).decode()[:20],
            )


def _struck_styles(content: bytes) -> set[str]:
    """The numbers of the styles in which text is struck through: how many offices mark who has left."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if "xl/styles.xml" not in archive.namelist():
            return set()
        root = ElementTree.fromstring(archive.read("xl/styles.xml"))
    space = root.tag.rpartition("}")[0] + "}" if "}" in root.tag else ""
    fonts = root.find(f"{space}fonts")
    strikes = [font.find(f"{space}strike") for font in fonts] if fonts is not None else []
    struck = {str(i) for i, s in enumerate(strikes) if s is not None and s.get("val", "1") not in ("0", "false")}
    styles = root.find(f"{space}cellXfs")
    return {str(i) for i, style in enumerate(styles if styles is not None else ()) if style.get("fontId") in struck}


def _struck_cells(xml: bytes, styles: set[str]) -> frozenset[tuple[int, int]]:
    if not styles:
        return frozenset()
    found = _STYLED.findall(xml)
    return frozenset((int(r), column_number(c.decode())) for c, r, style in found if style.decode() in styles)


def _failed_formulas(xml: bytes) -> dict[tuple[int, int], str]:
    """Row and column, counted from 0, of formulas without a result, and what Excel shows there: #REF!"""
    found = _FAILED.findall(xml) if b't="e"' in xml else []
    return {(int(row) - 1, column_number(column.decode()) - 1): what.decode() for column, row, what in found}
