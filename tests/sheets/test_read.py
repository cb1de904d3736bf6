import contextlib
import io
import zipfile
from datetime import date, time

import pytest
import xlsxwriter

from dure.sheets import headers
from dure.sheets.problems import Unreadable
from dure.sheets.read import read
from dure.sheets.tables import BROKEN

from . import horrible

KNOWN = {
    "name": ["성명", "대상자"],
    "born": ["생년월일"],
    "phone": ["연락처", "휴대폰"],
    "days": ["배달요일"],
    "contact": ["보호자 성명", "보호자"],
    "contact_phone": ["보호자 연락처"],
}
WORDS = [word for words in KNOWN.values() for word in words]


def test_finds_the_header_below_a_title_and_passes_over_section_lines_and_sums():
    sheet, notes = read(horrible.titled_list())

    header = headers.guess(sheet, WORDS)
    rows, passed_over = headers.body(sheet, header)

    assert (header.first, header.last) == (4, 4)
    assert headers.match(header.names, KNOWN, {}) == {1: "name", 2: "born", 5: "phone", 6: "days"}
    assert [number for number, _ in rows] == [6, 7, 8]
    assert [passed.number for passed in passed_over] == [5, 9]
    assert notes.name == "작성요령"


def test_finds_a_header_without_knowing_any_word():
    assert headers.guess(read(horrible.titled_list())[0], []).first == 4


def test_reads_a_header_of_two_rows_and_values_merged_over_rows():
    (sheet,) = read(horrible.two_row_header())

    header = headers.guess(sheet, WORDS)

    assert (header.first, header.last) == (2, 3)
    assert header.names == ("수행기관", "성명", "생년월일", "보호자 성명", "보호자 연락처", "비고")
    assert headers.match(header.names, KNOWN, {}) == {1: "name", 2: "born", 3: "contact", 4: "contact_phone"}
    assert [row[0] for _, row in headers.body(sheet, header)[0]] == ["한빛복지관", "한빛복지관"]


def test_what_was_chosen_last_time_wins():
    names = ["성명", "전화", "비고"]
    assert headers.match(names, KNOWN, {"전화": "phone", "성명": "contact", "비고": ""}) == {
        0: "contact",
        1: "phone",
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_reads_text_in_every_encoding_and_separator(encoding, separator):
    lines = [["성명", "주소", "비고"], ["홍길동", '"광산구 1,2"', "뷁"], ["임꺽정", "", ""]]
    text = "\r\n".join(separator.join(line) for line in lines)

    (sheet,) = read(text.encode(encoding))

    assert sheet.rows == [["성명", "주소", "비고"], ["홍길동", "광산구 1,2", "뷁"], ["임꺽정", None, None]]


def test_keeps_values_as_excel_shows_them():
    def build(book, sheet):
        sheet.write("A2", "  ０１０－１２３４\u00a0")
        sheet.write("B2", 15040, book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write("C2", 0.5, book.add_format({"num_format": "hh:mm"}))
        sheet.write("D2", 1012345678)
        sheet.write_formula("E2", "=1/0", None, "#DIV/0!")
        sheet.write("F2", True)
        sheet.write_blank("K900", None, book.add_format({"num_format": "@"}))

    (sheet,) = read(horrible.workbook(build))

    assert sheet.rows == [
        [None] * 6,
        ["010-1234", date(1941, 3, 5), time(12), 1012345678, f"{BROKEN}#DIV/0!", True],
    ]


def archive(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, content in files.items():
            made.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def far_cell() -> bytes:
    return horrible.workbook(lambda book, sheet: (sheet.write(0, 0, "성명"), sheet.write(1048575, 2, "x")))


def ole(name: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + name.encode("utf-16-le")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b" \r\n", "empty"),
        (b"x" * (10 * 1024 * 1024 + 1), "larger than 10 MB"),
        (ole("Workbook"), "old Excel file (.xls)"),
        (ole("EncryptedPackage"), "password"),
        (ole("HwpSummaryInformation"), "a Hangul document (.hwp)"),
        (archive(mimetype=b"application/hwp+zip"), "a Hangul document (.hwpx)"),
        (archive(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"), ".ods"),
        (archive(a=b"x"), "an archive (.zip)"),
        (archive(word__document=b"x"), "a Word document"),
        (archive(**{"xl__workbook.xml": b"<x"}), "damaged"),
        (b"PK\x03\x04" + b"broken", "damaged"),
        (b"%PDF-1.7", "a PDF"),
        (b"\x89PNG\r\n", "a picture"),
        (b"\xef\xbb\xbf\n<HTML><table><tr><td>x</td></tr></table>", "web page"),
        (b"SCDSA004" + bytes(20), "DRM"),
        (b"a\0b" * 40, "can't be read as a table"),
        (b"\xff\xfe\x00\xd8\x00", "can't be read as a table"),
        (horrible.workbook(lambda book, sheet: None), "nothing in this file"),
        (far_cell(), "C1048576"),
        (b"x\n" * 50_001, "Split it"),
    ],
)
def test_says_what_to_do_with_a_file_that_cannot_be_read(content, says):
    with pytest.raises(Unreadable) as refused:
        read(content)
    assert says in refused.value.message
    assert refused.value.message.count(".") >= 1


def test_a_sheet_in_a_damaged_workbook_is_refused_never_a_crash():
    whole = horrible.titled_list()
    for cut in range(0, len(whole), 97):
        damaged = whole[:cut] + bytes([whole[cut] ^ 0xFF]) + whole[cut + 1 :]
        with contextlib.suppress(Unreadable):
            read(damaged)


def test_hidden_sheets_are_known_as_hidden():
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.add_worksheet("명단").write(0, 0, "성명")
        hidden = book.add_worksheet("코드")
        hidden.write(0, 0, "월")
        hidden.hide()
    assert [(sheet.name, sheet.hidden) for sheet in read(out.getvalue())] == [("명단", False), ("코드", True)]
