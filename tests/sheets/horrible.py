"""Workbooks as they really arrive: merged titles, the header on row 4, spread names, dates as text.

All persons are invented.
"""

import io
from collections.abc import Callable, Sequence
from typing import Any

import xlsxwriter

HEADER = ["연번", "성  명", "생년\n월일", "성별", "주소", "연락처(휴대폰)", "배달요일", "개시일", "비고"]
ROWS: list[list[Any]] = [
    [1, "홍 길 동", "1941.3.5", "남", "광산구 첨단중앙로 10", "010-1234-5678", "월,수,금", "2026.1.5.", ""],
    [2, "남궁민수", "41-03-06", "남", "광산구 첨단중앙로 12", 1023456789, "월~금", "26.1.5", "귀 어두움"],
    [
        3,
        "Nguyen  Thi Lan",
        "1950년 7월 1일",
        "여",
        "광산구 송정로 3",
        "０１０　２２２２　３３３３",
        "매일",
        46027,
        "",
    ],
]


def workbook(build: Callable[[Any, Any], None], *more: str) -> bytes:
    """A workbook whose first sheet is filled by `build(book, sheet)`; further sheets hold one line."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        build(book, book.add_worksheet("대상자 명단"))
        for name in more:
            book.add_worksheet(name).write(0, 0, "작성요령: 빈칸 없이 적어 주세요")
    return out.getvalue()


def titled_list(rows: Sequence[Sequence[Any]] = ROWS, header: Sequence[str] = HEADER) -> bytes:
    """A merged title, the date on row 2, the header on row 4, a section line, a sum at the end."""

    def build(book: Any, sheet: Any) -> None:
        sheet.merge_range(0, 0, 0, len(header) - 1, "2026년 식사지원 대상자 현황", book.add_format({"bold": 1}))
        sheet.write(1, len(header) - 2, "작성일: 2026. 1. 5.")
        for c, name in enumerate(header):
            sheet.write(3, c, name)
        sheet.merge_range(4, 0, 4, len(header) - 1, "□ 첨단1동")
        for r, row in enumerate(rows, 5):
            for c, value in enumerate(row):
                sheet.write(r, c, value)
        sheet.write(5 + len(rows), 0, "합계")
        sheet.write(5 + len(rows), 1, f"{len(rows)}명")

    return workbook(build, "작성요령")


def two_row_header() -> bytes:
    """Groups over columns (보호자 → 성명, 연락처), the rest merged downwards, the provider over rows."""

    def build(book: Any, sheet: Any) -> None:
        sheet.merge_range("A1:F1", "대상자 및 보호자")
        for column, name in (("A", "수행기관"), ("B", "성명"), ("C", "생년월일")):
            sheet.merge_range(f"{column}2:{column}3", name)
        sheet.merge_range("D2:E2", "보호자")
        sheet.write("D3", "성명")
        sheet.write("E3", "연락처")
        sheet.merge_range("F2:F3", "비고")
        sheet.merge_range("A4:A5", "한빛복지관")
        sheet.write_row("B4", ["홍길동", "1941.3.5", "홍영희", "010-1234-5678", ""])
        sheet.write_row("B5", ["임꺽정", "1938.1.2", "임정희", "010-2345-6789", "개 있음"])

    return workbook(build)
