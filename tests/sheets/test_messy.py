"""What is silently misread in real lists when nobody looks for it."""

from datetime import date

import pytest

from dure.sheets import cells, dates, headers, phones
from dure.sheets.delimited import read
from dure.sheets.problems import Problem, Unreadable
from dure.sheets.tables import Sheet

TODAY = date(2026, 11, 22)
born = dates.birth_date(TODAY)


@pytest.mark.parametrize(
    ("reads", "written", "says"),
    [
        (born, 10302, "1928-03-15 or 2001-03-02"),  # 010302 without its zero, or a day as Excel counts it
        (born, 20101, "1955-01-12 or 2002-01-01"),
        (dates.past(TODAY), "98.3.5", "2098-03-05 is still to come"),
        (dates.past(TODAY), 90105, "2146-09-11 or 2009-01-05"),
        (phones.phone, "2345-6789", "area code"),
        (phones.phone, 23456789, "area code"),
        (dates.weekdays, "주3회", "how often"),
        (dates.weekdays, "월2회", "how often"),
        (dates.weekdays, "월(1회)", "how often"),
        (dates.weekdays, "주3회(월수)", "says 3 times, but names 2"),
        (cells.limited(20), date(2026, 3, 5), "made a date"),  # typed was 3-5
        (cells.code(20), 123, "dropped zeros"),  # typed was 0123
        (cells.name, "김복순 이영호", "only the name"),
        (cells.name, "김복순 할머니", "only the name"),
    ],
)
def test_what_may_mean_two_things_is_asked(reads, written, says):
    read = reads(written)
    assert isinstance(read, Problem) and says in str(read)


@pytest.mark.parametrize(
    ("reads", "written", "meant"),
    [
        (born, 15040, date(1941, 3, 5)),
        (born, "450302 - 2******", date(1945, 3, 2)),
        (born, "45.3.2(81세)", date(1945, 3, 2)),
        (dates.day, "24/12/01", date(2024, 12, 1)),
        (phones.phone, "2-345-6789", "02-345-6789"),
        (phones.phone, 212345678, "02-1234-5678"),
        (dates.weekdays, "주3회(월,수,금)", (0, 2, 4)),
        (dates.weekdays, "주 5일 월~금", (0, 1, 2, 3, 4)),
        (dates.weekdays, "월수금(주3회)", (0, 2, 4)),
        (cells.code(20), 4321, "4321"),
        (cells.code(20), "#0123*", "#0123*"),
        (cells.name, "독고 영재", "독고영재"),
        (cells.name, "응우옌 티 란", "응우옌티란"),
    ],
)
def test_what_means_one_thing_is_read(reads, written, meant):
    assert reads(written) == meant


def test_a_quote_that_is_never_closed_swallows_nobody():
    rows = 'name;phone;note\n가;1;\n나;2;"문 앞\n다;3;\n라;4;\n'
    with pytest.raises(Unreadable, match="line 3"):
        read(rows.encode())
    assert len(read('name;phone;note\n가;1;"문 앞\n왼쪽"\n나;2; "벨;두 번"\n'.encode()).rows) == 3


def sheet(*rows: list) -> Sheet:
    return Sheet("명단", rows)


def test_sums_headings_and_repeated_headers_are_passed_over_and_a_lonely_name_is_not():
    header = ["연번", "성명", "주소", "비고"]
    table = sheet(
        header,
        ["□ 첨단1동"] * 4,
        [1, "김하나", "가길 1", None],
        [2, "이두리", None, None],
        [None, "박세라", None, None],
        ["연번", "성명", "주소", None],
        ["소 계", "3명", None, None],
        [3, None, None, None],
        ["총 3명", None, None, None],
        ["계: 3명", "3명", None, None],
    )
    rows, passed = headers.body(table, headers.header_at(table, 1, 1), name_at=1)
    assert [number for number, _ in rows] == [3, 4, 5]
    assert [(each.number, each.words, each.heading) for each in passed] == [
        (2, "□ 첨단1동", True), (6, "연번 성명 주소", False), (7, "소 계 3명", False), (8, "3", False),
        (9, "총 3명", False), (10, "계: 3명 3명", False),
    ]  # fmt: skip
