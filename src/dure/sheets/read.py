"""From the bytes of a file to sheets of plain values, or a plain sentence about what to do instead."""

import io
import zipfile
import zlib

from dure.sheets import delimited, workbook
from dure.sheets.problems import N_, Problem, Unreadable
from dure.sheets.tables import Sheet

MOST_BYTES = 10 * 1024 * 1024

_NOT_A_TABLE = N_(
    "This is %(what)s. Only Excel workbooks (.xlsx) and csv files can be read:"
    " save or copy the list as an Excel workbook, then choose that file."
)
_STARTS = [  # how a file begins -> what it is
    (b"%PDF", N_("a PDF")),
    (b"\x89PNG", N_("a picture")),
    (b"\xff\xd8\xff", N_("a picture")),
    (b"{\\rtf", N_("a text document")),
    (b"HWP Document File", N_("a Hangul document (.hwp)")),
    (b"Rar!", N_("an archive")),
    (b"7z\xbc\xaf", N_("an archive")),
]
_DRM = (b"SCDS", b"<DOCUMENT SAFER", b"\x9b DRMONE")
_HTML = (b"<html", b"<!doctype html", b"<table", b"<meta", b"<head", b"<style", b"<script", b"<svg", b"<?xml")
_SAVED = b"mime-version:"


def read(content: bytes) -> list[Sheet]:
    """The sheets of an .xlsx or a text file (csv, in whatever Korean encoding and separator).

    Everything else is refused (`Unreadable`) with what the person can do. What counts is what is in the file,
    not how it is named.
    """
    if not content.strip(b" \t\r\n\0"):
        raise Unreadable(N_("The file is empty. Check that it was saved, then choose it again."))
    if len(content) > MOST_BYTES:
        raise Unreadable(N_("The file is larger than 10 MB. Delete its pictures, or split it in two."))
    _refuse_known(content)
    if content.startswith(b"PK\x03\x04"):
        _refuse_archive(content)
        sheets = workbook.read(content)
    else:
        sheets = [delimited.read(content)]
    if not any(sheet.rows for sheet in sheets):
        raise Unreadable(N_("There is nothing in this file. Check that it is the right one."))
    return sheets


def _refuse_known(content: bytes) -> None:
    head = content[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(_DRM):
        raise Unreadable(N_("The file is locked by document security (DRM). Release it first."))
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        _refuse_ole(content)
    for start, what in _STARTS:
        if head.startswith(start):
            raise Unreadable(_NOT_A_TABLE, what=Problem(what))
    if head.lower().startswith((*_HTML, _SAVED)) or b"urn:schemas-microsoft-com:office:spreadsheet" in head:
        raise Unreadable(
            N_(
                "This is a web page that is only named like an Excel file, as some systems export it."
                " Open it in Excel, save it as an Excel workbook (.xlsx), then choose that file."
            )
        )


def _refuse_ole(content: bytes) -> None:
    def holds(name: str) -> bool:
        return name.encode("utf-16-le") in content

    if holds("EncryptedPackage"):
        raise Unreadable(N_("The file is locked with a password. Save it without the password, then choose that file."))
    if holds("HwpSummaryInformation"):
        raise Unreadable(_NOT_A_TABLE, what=Problem(N_("a Hangul document (.hwp)")))
    if holds("WordDocument"):
        raise Unreadable(_NOT_A_TABLE, what=Problem(N_("a Word document")))
    raise Unreadable(
        N_(
            "This is an old Excel file (.xls). Open it in Excel, choose 'Save as' → 'Excel workbook (.xlsx)',"
            " then choose that file."
        )
    )


def _refuse_archive(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            kind = archive.read("mimetype")[:100] if "mimetype" in names else b""
    except (zipfile.BadZipFile, zlib.error, RuntimeError, OSError, NotImplementedError) as error:
        raise Unreadable(workbook.DAMAGED) from error
    if b"hwp" in kind:
        raise Unreadable(_NOT_A_TABLE, what=Problem(N_("a Hangul document (.hwpx)")))
    if b"opendocument" in kind:
        raise Unreadable(_NOT_A_TABLE, what=Problem(N_("an OpenDocument file (.ods)")))
    if "xl/workbook.bin" in names:
        raise Unreadable(_NOT_A_TABLE, what=Problem(N_("a binary workbook (.xlsb)")))
    if any(name.startswith("word/") for name in names):
        raise Unreadable(_NOT_A_TABLE, what=Problem(N_("a Word document")))
    if "xl/workbook.xml" not in names:
        raise Unreadable(
            N_("This is an archive (.zip). Unpack it first, then choose the spreadsheet that was inside it.")
        )
