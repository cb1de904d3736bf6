"""What a file is, by what is in it and never by how it is called, and which files a form takes.

What is kept is only ever handed out as a download (`downloads.py`), never shown as a page of ours.
"""

import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Collection
from struct import error as TornApart

from django.utils.translation import gettext as _

from dure.errors import Refused
from dure.files.photos import drawn

PICTURES = frozenset({"jpg", "png"})
SCANS = PICTURES | {"pdf"}
DOCUMENTS = SCANS | {"hwp", "hwpx", "xlsx", "docx", "pptx", "xls", "doc", "ppt", "odt", "ods", "txt", "csv"}
MOST_PARTS = 5_000  # of an archive: what an office program writes has some dozens
PAINTED = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OF_OFFICE = {"xl/workbook.xml": "xlsx", "word/document.xml": "docx", "ppt/presentation.xml": "pptx"}
OF_OLE = {"HwpSummaryInformation": "hwp", "Workbook": "xls", "Book": "xls", "WordDocument": "doc",
          "PowerPoint Document": "ppt"}  # fmt: skip
PAGES = re.compile(rb"<(!doctype\s+html|html|head|body|script|svg|\?xml|iframe|img|table|meta|xml)", re.I)
RUNS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"dex\n")
NOT_IN_NAMES = re.compile(r'[<>:"/\\|?*]')
LONGEST_NAME = 120


def taken(name: str, data: bytes, sorts: Collection[str]) -> tuple[str, bytes]:
    """The file as it is kept: named after what it is, a photo drawn anew. Refuses what this form doesn't take."""
    if not data.strip(b"\0 \t\r\n"):
        raise Refused(_("This file is empty. Choose another."))
    ending = _sort(name, data)
    if ending == "picture" and PICTURES & set(sorts):
        ending, data = drawn(data)
    if ending not in sorts:
        raise _not_taken(sorts)
    return named(name, ending), data


def named(name: str, ending: str) -> str:
    """A name that any computer takes, with the ending of what the file is.

    >>> named("../../etc/보건증.jpg.exe", "jpg"), named("...", "pdf")
    ('보건증.jpg', '파일.pdf')
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    plain = "".join(c if c.isprintable() else " " for c in last.encode(errors="replace").decode())
    stem = NOT_IN_NAMES.sub(" ", plain)
    while "." in stem and len(stem.rsplit(".", 1)[1]) < 6:
        stem = stem.rsplit(".", 1)[0]
    return f"{' '.join(stem.split()).strip('. ')[:LONGEST_NAME].strip('. ') or '파일'}.{ending}"


def _sort(name: str, data: bytes) -> str:
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n\0")
    if data.startswith(PAINTED) or data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "picture"
    if data[4:8] == b"ftyp":
        raise Refused(_("This is a film, or a photo as only iPhones keep it (HEIC). Save the photo as JPG first."))
    if data.startswith(b"%PDF-"):
        return _pdf(data)
    if data.startswith(b"PK\x03\x04"):
        return _archive(data)
    if data.startswith(OLE):
        return _ole(data)
    if head.startswith(RUNS):
        raise Refused(_("This is a program. Programs aren't kept here."))
    if PAGES.search(head):
        raise Refused(_("This is a web page, or a drawing made of text (SVG). Print it as a PDF first."))
    return _text(name, data)


def _pdf(data: bytes) -> str:
    if b"%%EOF" not in data[-2048:]:
        raise _damaged()
    if zipfile.is_zipfile(io.BytesIO(data)):
        raise Refused(_("Another file is hidden in this one. Print the document as a PDF again."))
    return "pdf"


def _archive(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            kind = archive.open("mimetype").read(100) if "mimetype" in archive.namelist()[:MOST_PARTS] else b""
    except (
        zipfile.BadZipFile,
        zlib.error,
        RuntimeError,
        OSError,
        ValueError,
        NotImplementedError,
        TornApart,
    ) as broken:
        raise _damaged() from broken
    names = {part.filename for part in parts}
    if any(part.flag_bits & 1 for part in parts):
        raise _locked()
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise _with_macros()
    if len(parts) > MOST_PARTS or any(_leads_out(name) for name in names):
        raise _damaged()
    if b"hwp" in kind:
        return "hwpx"
    if b"opendocument" in kind:
        return "ods" if b"spreadsheet" in kind else "odt"
    found = next((ending for part, ending in OF_OFFICE.items() if part in names), None)
    if found is None:
        raise Refused(_("This is an archive. Unpack it first, then choose the file that was inside it."))
    return found


def _leads_out(name: str) -> bool:
    return name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) or ":" in name


def _ole(data: bytes) -> str:
    def holds(part: str) -> bool:
        return part.encode("utf-16-le") in data

    if holds("EncryptedPackage") or holds("EncryptionInfo"):
        raise _locked()
    if holds("_VBA_PROJECT"):
        raise _with_macros()
    found = next((ending for part, ending in OF_OLE.items() if holds(part)), None)
    if found is None:
        raise _damaged()
    return found


def _text(name: str, data: bytes) -> str:
    for encoding in ("utf-8-sig", "cp949"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not any(c < " " and c not in "\t\r\n\f" for c in text):
            return "csv" if name.lower().endswith(".csv") else "txt"
    return "other"


def _not_taken(sorts: Collection[str]) -> Refused:
    if set(sorts) <= SCANS:
        return Refused(_("Choose a photo (JPG, PNG) or a PDF."))
    return Refused(_("This kind of file isn't kept here. Choose a photo, a PDF, a Hangul, Excel, Word or text file."))


def _damaged() -> Refused:
    return Refused(_("This file is damaged, or isn't what its name says. Open it, save it anew, then choose it again."))


def _locked() -> Refused:
    return Refused(_("This file is locked with a password. Save it without the password, then choose it again."))


def _with_macros() -> Refused:
    return Refused(_("There are macros in this file. Save it without macros, then choose it again."))
