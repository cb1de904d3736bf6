"""Workbooks of papers: values stay values, sums stay below, text never becomes a formula."""

import io
from datetime import date

import pytest
from python_calamine import load_workbook

from dure.sheets import workbook, xlsx
from dure.sheets.paper import Column, Paper, Point, Table, plain
from dure.sheets.words import clean
from tests.sheets.papers import HOSTILE, MADE, hostile, large, report


def test_what_is_said_and_each_table_have_a_sheet_of_their_own():
    said, meals, signed = workbook.read(xlsx.write(report()))

    assert said.rows[0][0] == "11월 정산 보고"
    lines = [row[0] for row in said.rows]
    for line in [
        "Ⅰ. 개요",
        "□ 모두 1,240식을 전달하였음",
        "ㅇ 점심 1,000식",
        "- 거부 3건",
        "수행기관",
        "Ⅱ. 계획",
        "다음 쪽",
    ]:
        assert line in lines
    assert ["단가", 5000] in [list(row) for row in said.rows]
    assert (meals.name, [list(row) for row in meals.rows][-4:]) == (
        "날짜별 식수",
        [["날짜", "식수", "비고"], [date(2026, 11, 1), 10, "가"], [date(2026, 11, 2), 20, None], ["합계", 30, None]],
    )
    assert signed.name == "계획"  # without a title of its own it is called as the point above it
    assert [list(row) for row in signed.rows][-2:] == [["방문", "서명"], ["김하나", None]]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_looks_like_a_formula_is_text(text):
    *_, table = workbook.read(xlsx.write(hostile(text)))

    assert table.rows[-2][0] == (clean(plain(text)) or None)


def test_every_row_of_a_large_table_is_there():
    [table] = workbook.read(xlsx.write(large(500)))

    assert table.rows[-1] == [
        499,
        "없는이14",
        "광산구 시험16동",
        "062-000-0499",
        "안부 확인(이상 없음)",
        5499,
        date(2026, 11, 20),
        "비고 499",
    ]


def test_a_table_without_a_title_is_called_as_the_heading_above_it():
    table = Table([Column("하나")], [["a"]])
    paper = Paper("제목", "광산구", MADE, [Point(1, "머리"), Point(2, "모두 1건"), Point(3, "자세히"), table])

    assert load_workbook(io.BytesIO(xlsx.write(paper))).sheet_names == ["제목", "머리"]
