from datetime import date, time

import python_calamine

from dure.sheets.read import read
from dure.sheets.write import Column, Page, write

PHONES = [
    Column("성명", must=True),
    Column("전화"),
    Column("개시일"),
    Column("시각"),
    Column("동의", choices=["O", "X"]),
]


def test_what_is_written_comes_back_the_same():
    row = ["홍길동", "010-1234-5678", date(2026, 1, 5), time(11, 30), 3]
    (sheet,) = read(write([Page("명단", PHONES, [row], title="대상자", notes=["지어낸 사람입니다."])]))
    assert sheet.rows[3:] == [["성명", "전화", "개시일", "시각", "동의"], row]


def test_nothing_a_person_typed_becomes_a_formula():
    typed = ["=HYPERLINK(1)", "+82 10", "-1", "@SUM(A1)", "010-1234-5678"]
    content = write([Page("명단", PHONES, [typed])])
    assert [str(value) for value in read(content)[0].rows[1]] == typed
    with python_calamine.load_workbook(__import__("io").BytesIO(content)) as book:
        assert all(isinstance(v, str) for v in book.get_sheet_by_index(0).to_python()[1])


def test_sheet_names_are_made_to_fit():
    content = write([Page("2026/11: 정산", PHONES), Page("2026/11: 정산", PHONES), Page("", PHONES, blank=True)])
    assert [sheet.name for sheet in read(content)] == ["2026 11 정산", "2026 11 정산 2", "Sheet"]
