"""What a paper may say, before anybody writes it."""

from datetime import datetime

import pytest

from dure.sheets.paper import Break, Column, Line, Paper, Point, Table, numbered, plain


def test_headings_are_counted_and_points_get_the_marks_of_an_official_report():
    parts = [
        Point(1, "개요"),
        Point(2, "식수"),
        Point(3, "점심"),
        Point(4, "회의"),
        Line("끝"),
        Break(),
        Point(1, "계획"),
    ]

    assert [mark for mark, _ in numbered(parts)] == ["Ⅰ.", "□", "ㅇ", "-", "", "", "Ⅱ."]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Point(5, "없는 단계"),
        lambda: Table([Column("가"), Column("나")], [["하나뿐"]]),
        lambda: Table([], []),
    ],
)
def test_what_no_paper_can_show_is_a_mistake_of_who_builds_it(wrong):
    with pytest.raises(ValueError):
        wrong()


def test_letters_that_no_file_can_hold_are_left_out_and_all_others_stay():
    assert (
        plain("가\x00나\x1b다\ud800라\uffff마\t바\n사 #import $ \\ * [ 🙂 한")
        == "가나다라마\t바\n사 #import $ \\ * [ 🙂 한"
    )


def test_a_paper_says_no_more_than_its_title_unless_it_is_given_parts():
    assert Paper("제목", "광산구", datetime(2026, 11, 2, 7)).parts == ()
