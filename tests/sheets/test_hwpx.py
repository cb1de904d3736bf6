"""Hangul files (.hwpx): valid by another library's word, with everything that was said, in the official style."""

import io
import zipfile
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hwpx.tools.package_validator import validate_editor_open_safety
from hwpx.tools.validator import validate_document

from dure.sheets import hwpx
from dure.sheets.paper import Break, Line, Paper, plain
from tests.sheets.papers import HOSTILE, MADE, hostile, large, report

HP = "{http://www.hancom.co.kr/hwpml/2011/paragraph}"


def section(made: bytes) -> ElementTree.Element:
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert archive.testzip() is None
        return ElementTree.fromstring(archive.read("Contents/section0.xml"))


def said(node: ElementTree.Element) -> str:
    return "".join("".join(t.itertext()) for t in node.iter(f"{HP}t"))


def validate(made: bytes) -> None:
    assert validate_document(io.BytesIO(made)).issues == ()
    safety = validate_editor_open_safety(io.BytesIO(made))
    assert safety.reopen_ok and safety.blocking_package_errors == ()
    assert [str(i) for i in safety.validate_package.issues if i.level != "warning"] == []
    assert not any("PrvText" in i.part_name for i in safety.validate_package.issues)


def test_a_report_is_valid_and_has_the_marks_of_the_official_style():
    made = hwpx.write(report())

    validate(made)
    lines = [said(p) for p in section(made).iter(f"{HP}p") if not list(p.iter(f"{HP}tbl"))]
    for line in [
        "Ⅰ. 개요",
        "□ 모두 1,240식을 전달하였음",
        "ㅇ 점심 1,000식",
        "- 거부 3건",
        "Ⅱ. 계획",
        "5,000",
        "〈날짜별 식수〉",
    ]:
        assert line in lines
    assert any("업무용 · 광산구 · 2026-11-02 07:05" in line for line in lines)


@pytest.mark.parametrize("text", HOSTILE)
def test_what_looks_like_markup_is_text(text):
    made = hwpx.write(hostile(text))

    validate(made)
    words = [word for word in plain(text).split() if word]
    assert all(said(section(made)).count(word) >= 8 for word in words)


def test_a_header_is_repeated_and_a_break_begins_a_page():
    made = section(hwpx.write(replace(report(), landscape=True)))

    tables = list(made.iter(f"{HP}tbl"))
    assert [t.get("repeatHeader") for t in tables] == ["1"] * len(tables)
    turned = [said(p) for p in made.iter(f"{HP}p") if p.get("pageBreak") == "1"]
    assert turned == ["Ⅱ. 계획"]
    [page] = made.iter(f"{HP}pagePr")
    assert page.get("landscape") == "NARROWLY"


def test_a_break_at_the_beginning_makes_no_page():
    made = section(hwpx.write(Paper("제목", "광산구", MADE, [Line("글"), Break()])))

    assert [p for p in made.iter(f"{HP}p") if p.get("pageBreak") == "1"] == []


def test_every_row_and_column_of_a_large_table_is_there():
    made = hwpx.write(large(500))

    table = list(section(made).iter(f"{HP}tbl"))[-1]
    assert (table.get("rowCnt"), table.get("colCnt")) == ("501", "8")
    rows = list(table.iter(f"{HP}tr"))
    assert [said(cell) for cell in rows[-1].iter(f"{HP}tc")] == [
        "499", "없는이14", "광산구 시험16동", "062-000-0499", "안부 확인(이상 없음)", "5,499", "2026-11-20", "비고 499"
    ]  # fmt: skip
