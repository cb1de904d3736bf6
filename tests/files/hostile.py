"""Files that mean no good, made here: what each is, and in which forms it is tried."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping

import xlsxwriter
from PIL import Image, TiffImagePlugin

MEGABYTE = 1024 * 1024


def photo(size: tuple[int, int] = (80, 60), kind: str = "JPEG", **more: object) -> bytes:
    """A picture, as a camera makes it."""
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **more)
    return out.getvalue()


def located() -> bytes:
    """A photo that says where, when and with which phone it was taken, and has its thumbnail and a comment inside."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0132], exif[0x0112] = "SECRETPHONE", "SECRETMODEL", "2026:11:23 12:00:00", 6
    exif.get_ifd(0x8825).update(
        {1: "N", 2: tuple(TiffImagePlugin.IFDRational(n) for n in (35, 9, 33)), 29: "SECRETDATE"}
    )
    return photo(exif=exif, comment=b"SECRETCOMMENT", icc_profile=b"SECRETPROFILE")


def archive(parts: Mapping[str, bytes], **more: object) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in parts.items():
            packed.writestr(name, data)
    return out.getvalue()


def workbook(rows: list[list[str]] | None = None) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("명단")
        for r, row in enumerate(rows or [["성명", "연락처"], ["시험", "010-0000-0001"]]):
            for c, value in enumerate(row):
                sheet.write_string(r, c, value)
    return out.getvalue()


def changed(part: str, change: Callable[[bytes], bytes], **more: bytes) -> bytes:
    """A workbook of which one part is another one."""
    with zipfile.ZipFile(io.BytesIO(workbook())) as found:
        parts = {name: found.read(name) for name in found.namelist()}
    parts[part] = change(parts.get(part, b""))
    return archive(parts | {name.replace("__", "/"): data for name, data in more.items()})


def with_sheet(cells: bytes) -> bytes:
    """A workbook whose only sheet holds exactly this."""
    head = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    return changed("xl/worksheets/sheet1.xml", lambda _: head + cells + b"</sheetData></worksheet>")


def lying(packed: bytes, says: int) -> bytes:
    """The same archive, whose first large part says that it is small."""
    data = bytearray(packed)
    with zipfile.ZipFile(io.BytesIO(packed)) as found:
        part = max(found.infolist(), key=lambda each: each.file_size)
        crc = zlib.crc32(found.open(part).read(says))
    for mark, at in ((b"PK\x03\x04", 14), (b"PK\x01\x02", 16)):
        position = data.find(mark)
        while position >= 0:
            name_at = position + (30 if mark.endswith(b"\x04") else 46)
            if data[name_at : name_at + len(part.filename)] == part.filename.encode():
                data[position + at : position + at + 4] = struct.pack("<I", crc)
                data[position + at + 8 : position + at + 12] = struct.pack("<I", says)
            position = data.find(mark, position + 1)
    return bytes(data)


def png_bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """A picture of 3,600 million dots in a few bytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * MEGABYTE)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
)
PDF = b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>>>endobj\ntrailer<<>>\n%%EOF\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504


def ole(*parts: str) -> bytes:
    return OLE + b"".join(part.encode("utf-16-le").ljust(64, b"\0") for part in parts)


# A file that no form takes: how it is called, and what it is.
ANYWHERE: dict[str, tuple[str, bytes]] = {
    "nothing": ("보건증.jpg", b""),
    "only zeros": ("보건증.pdf", b"\0" * 5000),
    "a program called a photo": ("보건증.jpg", b"MZ\x90\0" + b"\0" * 400),
    "a script": ("명단.csv", b"#!/bin/sh\nrm -rf /\n"),
    "a web page called a photo": ("보건증.png", b"<!DOCTYPE html><script>alert(1)</script>"),
    "a drawing with a script": ("도면.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
    "a drawing called a list": ("명단.csv", b'\xef\xbb\xbf <?xml version="1.0"?><svg onload="alert(1)"/>'),
    "a photo that is text": ("보건증.jpg", b"\xff\xd8\xff\xe0 this is no photo"),
    "half a photo": ("보건증.jpg", photo((900, 900))[:600]),
    "a picture that unpacks to gigabytes": ("보건증.png", png_bomb()),
    "a picture in a thousand passes": ("보건증.jpg", photo(progressive=True) + b"\xff\xda" * 1000),
    "a film": ("영상.mp4", b"\0\0\0\x18ftypmp42" + b"\0" * 400),
    "an archive": ("자료.zip", archive({"a.txt": b"x"})),
    "an archive in an archive": ("자료.xlsx", archive({"a.zip": archive({"b.zip": archive({"c": b"x"})})})),
    "an archive that leads out of its folder": ("자료.docx", archive({"../../../etc/cron.d/x": b"x", "word/a": b"x"})),
    "a torn archive": ("명단.xlsx", workbook()[:900]),
    "an archive with a document's name": ("명단.xlsx", b"PK\x03\x04" + b"\0" * 4000),
    "a locked workbook": ("명단.xlsx", ole("EncryptionInfo", "EncryptedPackage")),
    "an old workbook with macros": ("명단.xls", ole("Workbook", "_VBA_PROJECT_CUR", "_VBA_PROJECT")),
    "a container of nothing known": ("명단.doc", ole("Whatever")),
    "bytes of nothing known": ("자료.bin", bytes(range(256)) * 20),
}
# What a list as such can do; a form that only keeps files keeps some of them.
LISTS: dict[str, tuple[str, bytes]] = {
    "a list in which each word is ten others": (
        "명단.xlsx", changed("xl/workbook.xml", lambda was: was.replace(b"<workbook", LAUGHS + b"]><workbook", 1))
    ),
    "a list that reads a file of ours": (
        "명단.xlsx",
        changed("xl/workbook.xml", lambda was: was.replace(
            b"<workbook", b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><workbook', 1)),
    ),
    "a list that unpacks to a gigabyte": (
        "명단.xlsx", lying(workbook(), 1 << 30)
    ),
    "a list that unpacks to more than it says": (
        "명단.xlsx", lying(changed("xl/sharedStrings.xml", lambda _: b"<sst>" + b" " * (60 * MEGABYTE)), 500)
    ),
    "a list with one cell far out": ("명단.xlsx", with_sheet(b'<row r="9"><c s="1" r="ZZ99999"><v>1</v></c></row>')),
    "a list with a row far out": (
        "명단.xlsx", with_sheet(b'<row r="1"><c><v>1</v></c></row><row r="1048576"><c><v>1</v></c></row>')
    ),
    "a list with ten million columns": ("명단.csv", b"," * (10 * MEGABYTE - 1) + b"x"),
    "a list with ten million lines": ("명단.csv", b"x\n" * (5 * MEGABYTE - 1)),
    "a quotation mark that is never closed": ("명단.csv", '성명,전화\n"홍,1\n임,2\n'.encode() * 9),
    "a text of two languages": ("명단.csv", "성명".encode() + b"\xff\xfe\xfa"),
    "a list that is a photo": ("명단.xlsx", photo()),
    "a list that is a PDF": ("명단.csv", PDF),
}  # fmt: skip
NAMES = [
    "../../../etc/passwd", "..\\..\\windows\\보건증.jpg", "/etc/보건증.jpg", "보건증.jpg\x00.exe",
    "보건증\r\nX-Evil: 1.jpg", "보" * 3000 + ".jpg", "보건증\u202egpj.exe", '"; rm -rf /; ".jpg', ".jpg",
    "<script>alert(1)</script>.jpg", "CON.jpg", "\ufffd\U0001f600.jpg", "보건증.jpg.exe", "a/b/c.jpg",
]  # fmt: skip
