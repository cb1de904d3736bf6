import re
from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dure.sheets import cells, dates, phones
from dure.sheets.problems import Problem
from dure.sheets.resident import blot_all
from dure.sheets.tables import BROKEN, Sheet
from dure.sheets.words import clean, squash

TODAY = date(2026, 11, 22)
born = dates.birth_date(TODAY)


@pytest.mark.parametrize(
    "written",
    [
        "1941.3.5",
        "1941. 3. 5.",
        "1941-03-05",
        "1941/03/05",
        "1941년 3월 5일",
        "1941년3월5일생",
        "1941.03.05(수)",
        "41-03-05",
        "41.3.5",
        "410305",
        410305,
        "19410305",
        19410305,
        15040,
        15040.0,
        "1941-03-05 00:00:00",
        "410305-1******",
        datetime(1941, 3, 5),
        date(1941, 3, 5),
    ],
)
def test_reads_a_date_of_birth(written):
    assert born(written) == date(1941, 3, 5)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("음력 1941.3.5", "lunar"),
        ("1941.3.5(음)", "lunar"),
        ("1941", "The day is missing"),
        ("1941년 3월", "The day is missing"),
        ("1941.13.5", "no such day"),
        ("1941-02-30", "no such day"),
        ("19410230", "no such day"),
        ("25-03-05", "19.. or 20.."),
        ("2031.3.5", "can be born"),
        ("1841.3.5", "can be born"),
        ("3월 5일", "not a date"),
        ("모름", "not a date"),
        ("5/3/1941", "not a date"),
    ],
)
def test_says_what_is_wrong_with_a_date_of_birth(written, says):
    assert says in str(born(written))
    assert isinstance(born(written), Problem)


@pytest.mark.parametrize("written", ["26.1.5", "2026. 1. 5.", 46027, "260105"])
def test_reads_a_date_of_our_own_years(written):
    assert dates.day(written) == date(2026, 1, 5)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("010-1234-5678", "010-1234-5678"),
        ("01012345678", "010-1234-5678"),
        ("010 1234 5678", "010-1234-5678"),
        ("010.1234.5678", "010-1234-5678"),
        ("010–1234—5678", "010-1234-5678"),
        ("010ㅡ1234ㅡ5678", "010-1234-5678"),
        (1012345678, "010-1234-5678"),
        ("1012345678", "010-1234-5678"),
        (1012345678.0, "010-1234-5678"),
        ("+82 10-1234-5678", "010-1234-5678"),
        ("+84 912 345 678", "+84 912 345 678"),
        ("062-000-0100", "062-000-0100"),
        ("(062) 960-8114", "062-960-8114"),
        (629608114, "062-960-8114"),
        ("0505-123-4567", "0505-123-4567"),
        ("1588-1234", "1588-1234"),
        ("없음", None),
        (None, None),
    ],
)
def test_reads_a_phone_number(written, meant):
    assert phones.phone(written) == meant


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("010-1234-567", "10 digits"),
        ("010-12345-6789", "12 digits"),
        ("010-1234-5678, 062-960-8114", "two numbers"),
        ("010-1234-5678(딸)", "Write only the number"),
        ("O1O-1234-5678", "a letter between"),
        ("1.01E+09", "Excel has shortened"),
        ("딸에게 문의", "not a phone number"),
        ("119", "can't be"),
        ("099-123-4567", "can't be"),
        ("010-123-4567", "10 digits"),
    ],
)
def test_says_what_is_wrong_with_a_phone_number(written, says):
    assert says in str(phones.phone(written))


def test_a_contact_network_may_name_a_short_number():
    assert phones.phone_or_short("119") == phones.phone_or_short(119) == "119"


@pytest.mark.parametrize("written", ["예", "네", "O", "ｏ", "○", "V", "v", "✓", "Y", "유", "있음", "등록", True, 1])
def test_yes(written):
    assert cells.yes_no(clean(written) if isinstance(written, str) else written) is True


@pytest.mark.parametrize("written", ["아니오", "아니요", "X", "x", "×", "N", "무", "없음", "-", "미등록", False])
def test_no(written):
    assert cells.yes_no(written) is False


def test_a_zero_or_a_maybe_is_neither():
    assert cells.yes_no(None) is None
    assert "neither yes nor no" in str(cells.yes_no(0)) and isinstance(cells.yes_no("글쎄"), Problem)


@pytest.mark.parametrize(
    ("written", "days"),
    [
        ("월,수,금", (0, 2, 4)),
        ("월수금", (0, 2, 4)),
        ("월·수·금", (0, 2, 4)),
        ("월요일 / 수요일", (0, 2)),
        ("월~금", (0, 1, 2, 3, 4)),
        ("월-금", (0, 1, 2, 3, 4)),
        ("토~월", (0, 5, 6)),
        ("월~수,토", (0, 1, 2, 5)),
        ("매일", (0, 1, 2, 3, 4, 5, 6)),
        ("평일", (0, 1, 2, 3, 4)),
        ("주말", (5, 6)),
        ("", None),
    ],
)
def test_reads_weekdays(written, days):
    assert dates.weekdays(written) == days


@pytest.mark.parametrize(
    ("written", "says"), [("주5회", "says how often"), ("3회", "says how often"), ("격주", "days of")]
)
def test_says_what_is_wrong_with_weekdays(written, says):
    assert says in str(dates.weekdays(written))


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("11:30", time(11, 30)),
        ("오전 11시 30분", time(11, 30)),
        ("오후 1시", time(13)),
        ("11시반", time(11, 30)),
        (0.5, time(12)),
        ("오전 12:10", time(0, 10)),
        ("24:00", time(0)),
        (time(9), time(9)),
    ],
)
def test_reads_a_time(written, at):
    assert dates.time_of_day(written) == at


def test_reads_a_beginning_and_an_end():
    assert dates.hours("09:00~18:00") == (time(9), time(18))
    assert dates.hours("18시-익일") != dates.hours("18시-09시") == (time(18), time(9))
    assert "a beginning and an end" in str(dates.hours("09:00"))


@pytest.mark.parametrize(
    ("written", "meant"),
    [("홍 길 동", "홍길동"), ("남궁 민수", "남궁민수"), ("Nguyen  Thi Lan", "Nguyen Thi Lan"), ("-", None)],
)
def test_reads_a_name(written, meant):
    assert cells.name(written) == meant


@pytest.mark.parametrize(
    ("written", "says"),
    [("홍*동", "masked"), ("김○○", "masked"), ("홍길동(독거)", "only the name"), ("홍", "whole name")],
)
def test_says_what_is_wrong_with_a_name(written, says):
    assert says in str(cells.name(written))


def test_reads_numbers_with_unit_and_thousands_between_limits():
    count = cells.number(1, 5, unit="개")
    assert [count("3개"), count("３".translate({0xFF13: "3"})), count(3.0), count("")] == [3, 3, 3, None]
    assert "from 1 to 5" in str(count(30)) and "only digits" in str(count("약 3")) and "whole" in str(count(1.5))
    assert cells.number(0, 100_000, unit="원")("8,500원") == 8500


def test_reads_one_or_several_of_the_known_words():
    tier = cells.choice({"red": ["고위험", "상", "적"], "green": ["저위험", "하", "녹"]})
    assert [tier("고 위험"), tier("하"), tier("red"), tier(None)] == ["red", "green", "red", None]
    assert str(tier("중")) == "'중' is not known here. Write one of: 고위험, 저위험."
    diet = cells.several({"low_salt": ["저염"], "porridge": ["죽"]})
    assert diet("저염, 죽") == ("low_salt", "porridge") and isinstance(diet("저염/당"), Problem)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        (f"{BROKEN}#REF!", "has failed (#REF!)"),
        ("#N/A", "has failed"),
        ("홍\ufffd동", "lost"),
        ("????", "lost"),
    ],
)
def test_what_no_cell_may_hold(written, says):
    assert says in str(cells.wrong_anywhere(written))
    assert cells.wrong_anywhere("정상") is None


def test_resident_numbers_are_blotted_out_of_every_cell():
    rows = [
        ["홍길동", "410305-1234567", "비고"],
        ["임꺽정", 4103051234567, "주민 410305 - 1234567 확인"],
        [410305, 1234567, "010-8765-4321"],
        [1087654321, "410305-1******", date(1941, 3, 5)],
    ]

    (sheet,), found = blot_all([Sheet("명단", rows)])

    assert [place.cell for place in found] == ["B1", "B2", "C2", "B3"]
    assert "1234567" not in str(sheet.rows)
    assert sheet.rows[3] == rows[3]
    assert "Delete it" in str(cells.wrong_anywhere(sheet.rows[1][2]))


@given(st.text(st.sampled_from("1２.)（ -_*\t\n가힣ㄱ\u1112\u1169\u11bcAbＣ·\u3000\u200b"), max_size=8))
def test_what_tells_a_header_apart_is_the_same_however_plainly_it_is_typed(text):
    slowly = re.sub(r"[\W_]+", "", re.sub(r"^\s*\d+[.)]\s*", "", clean(text))).lower()
    assert squash(text) == slowly
