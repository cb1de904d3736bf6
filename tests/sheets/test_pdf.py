"""PDF: everything that was said stands in it as text, whatever it looks like; nothing of it is carried out."""

import io
import subprocess
import sys
from dataclasses import replace

import pytest
from pypdf import PageObject, PdfReader

from dure.sheets import pdf
from dure.sheets.paper import Break, Column, Line, NoPaper, Paper, Table, plain
from tests.sheets.papers import HOSTILE, MADE, hostile, large, report


def pages(made: bytes) -> list[str]:
    return [page.extract_text().replace("\u200b", "") for page in PdfReader(io.BytesIO(made)).pages]


def letters(text: str) -> str:
    """Text without spaces: where a line breaks is the page's matter."""
    return "".join(plain(text).split())


def words(page: PageObject) -> list[tuple[str, float, float, float]]:
    """What stands on a page: text, how far from the left and from the bottom, how large."""
    found = []

    def look(text, cm, tm, _font, size):
        if text.strip():
            x, y = tm[4], tm[5]
            place = (x * cm[0] + y * cm[2] + cm[4], x * cm[1] + y * cm[3] + cm[5])
            found.append((text.strip(), *place, size * abs(tm[0] * cm[0])))

    page.extract_text(visitor_text=look)
    return found


def test_a_report_has_all_its_parts_in_order_with_marks_and_a_foot_on_every_page():
    first, second = pages(pdf.write(report()))

    order = [
        "11월 정산 보고",
        "2026년 11월",
        "Ⅰ.",
        "개요",
        "□",
        "ㅇ",
        "-",
        "예시나눔센터",
        "5,000",
        "〈날짜별 식수〉",
        "합계",
    ]
    places = [first.index(said) for said in order]
    assert places == sorted(places)
    assert "Ⅱ." in second and "김하나" in second
    for number, page in enumerate((first, second), 1):
        assert f"{number} / 2" in page and "업무용" in page and "광산구 · 2026-11-02 07:05" in page


@pytest.mark.parametrize("text", HOSTILE)
def test_what_looks_like_markup_is_text(text):
    said = letters("".join(pages(pdf.write(hostile(text)))))

    seen = "".join(c for c in letters(text) if c.isascii() or "가" <= c <= "힣")
    kept = "".join(c for c in said if c.isascii() or "가" <= c <= "힣")
    assert kept.count(seen) >= 8 if seen else True


@pytest.mark.parametrize("letter", ["가", "x", "-", "."])
def test_twenty_thousand_letters_without_a_space_stay_within_the_page(letter):
    paper = Paper(
        "긴 글",
        "광산구",
        MADE,
        [Line(letter * 20_000), Table([Column("하나"), Column("둘", 9)], [[letter * 20_000, 1]])],
    )

    reader = PdfReader(io.BytesIO(pdf.write(paper)))
    placed = [each for page in reader.pages for each in words(page)]
    width = float(reader.pages[0].mediabox.width)

    assert sum(text.count(letter) for text, *_ in placed) >= 40_000
    assert all(x + 0.2 * size * len(text.replace("\u200b", "")) < width for text, x, _, size in placed)


def test_a_page_may_lie_on_its_side():
    upright, lying = report(), replace(report(), landscape=True)

    box = [PdfReader(io.BytesIO(pdf.write(paper))).pages[0].mediabox for paper in (upright, lying)]
    assert [float(b.width) > float(b.height) for b in box] == [False, True]


def test_a_break_at_the_beginning_makes_no_empty_page():
    assert len(pages(pdf.write(Paper("제목", "광산구", MADE, [Break(), Line("글")])))) <= 2


def test_the_header_of_a_table_stands_on_every_page():
    made = pages(pdf.write(large(120)))

    assert len(made) > 2 and all("방문 결과" in page for page in made)


def test_without_a_font_a_sentence_says_what_to_install():
    with pytest.raises(NoPaper, match="apt-get install fonts-nanum"):
        pdf.korean(["DejaVu Sans", "Liberation Serif"])


WITHOUT = """
import sys
sys.modules.update(dict.fromkeys(["typst", "hwpforge"]))
from dure.errors import Refused
from dure.sheets import {name}, xlsx
from tests.sheets.papers import report
assert xlsx.write(report())
try:
    {name}.write(report())
except Refused as refused:
    print(refused)
"""


@pytest.mark.parametrize("name", ["pdf", "hwpx"])
def test_without_the_extras_a_workbook_is_written_and_the_rest_says_what_to_do(name):
    said = subprocess.run([sys.executable, "-c", WITHOUT.format(name=name)], capture_output=True, text=True, check=True)

    assert "make paper" in said.stdout


def test_a_row_to_write_in_has_room_and_grows_with_what_stands_in_it():
    rows = [["\n".join(f"r{row}l{line}" for line in range(6)), ""] for row in range(3)] + [["r3l0", ""], ["r4l0", ""]]
    paper = Paper("표", "광산구", MADE, [Table([Column("하나"), Column("서명")], rows, tall=True)])

    page = PdfReader(io.BytesIO(pdf.write(paper))).pages[0]

    at = {word: y for text, _x, y, _size in words(page) for word in text.split()}
    heights = [at[f"r{row}l{line}"] for row in range(3) for line in range(6)] + [at["r3l0"], at["r4l0"]]
    assert heights == sorted(heights, reverse=True) and len(set(heights)) == len(heights)
    assert at["r3l0"] - at["r4l0"] >= 11 * 72 / 25.4
