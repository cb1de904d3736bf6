"""A provider's own list: a sheet for each dong, a title over two rows, names in two lines, all typed by hand.

All persons are invented.
"""

import io
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import xlsxwriter

from tests.care.messy import DONGS, PROVIDERS, Messy, Planted, Who, next_month, people

WIDTH = 12
_NAMES = "순번 성명(성별) 생년월일 주소 보호자(관계) 위험도 나가는날 점심 알레르기 비고"
TIERS = {"red": ["빨강", "적색", "적"], "amber": ["노랑", "황색", "황"], "green": ["초록", "녹색", "녹"]}
WEEK = {
    (0, 2, 4): ["월수금", "월,수,금", "주3회(월수금)"],
    (1, 3): ["화목", "화·목", "화, 목요일"],
    (0, 1, 2, 3, 4): ["월~금", "평일", "주 5일(월~금)"],
    (0, 1, 2, 3, 4, 5, 6): ["매일", "월~일", "매일"],
}
# row of the list, column, what stands there, what has to be said
PLANTED: list[tuple[int, str, Any, str]] = [
    (2, "C", "25.3.2", "연도를 네 자리로"),
    (3, "C", 10302, "2001-03-02일 수도"),
    (4, "C", "음력 45.3.2", "음력 날짜"),
    (5, "E", "2345-6789", "지역번호"),
    (6, "E", "010-1234-567", "없는 전화번호"),
    (7, "F", "010-0000-1111 / 010-0000-2222", "번호가 두 개"),
    (8, "H", "보통", "다음 중에서"),
    (9, "I", "주5회", "요일을 적으세요"),
    (10, "I", "주3회(월수)", "요일은 2개"),
    (11, "J", "1:20", "식사 시간이 될 수 없습니다"),
    (12, "L", "7.1부터 종료", "이제 식사를 받지 않으면"),
    (13, "B", "김*순", "가려져"),
    (14, "B", "김복순 이영호", "이름만 적으세요"),
    (15, "B", None, "취소선"),  # struck through
    (16, "G", "정미영(딸) 010", "이름만 적으세요"),
    (17, "D", date(2026, 3, 5), "날짜로 바꾼"),  # typed was 3-5
]


def book(changed: bool = False) -> Messy:
    """The list; `changed`: as it is a month later."""
    found = list(people(1, 75, dongs=DONGS, providers=PROVIDERS[:1]))
    true: list[Who] = []
    planted: list[Planted] = []
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as work:
        styles = {"merged": work.add_format({"bold": 1}), "struck": work.add_format({"font_strikeout": 1})}
        styles["date"] = work.add_format({"num_format": "yyyy-mm-dd"})
        for at, dong in enumerate(DONGS):
            sheet = work.add_worksheet(dong)
            here = [who for who in found if who.dong == dong]
            _head(sheet, styles)
            row = 5
            for number, who in enumerate(here, 1):
                if number == 14:  # a new page
                    sheet.write_row(row, 0, ["순번", "성명", "생년월일", "주소", "연락처", "연락처", "보호자(관계)"])
                    row += 2
                wrong = [each for each in PLANTED if each[0] == number + 1 and (number + at) % 3 == 0]
                who = next_month(who, number) if changed and not wrong else who
                true += [] if wrong else [_meant(who, number)]
                _write(sheet, row, number, who, styles)
                for _, column, value, says in wrong:
                    _plant(sheet, row, column, value, who, styles)
                    planted.append(Planted(dong, f"{column}{row + 1}", says))
                row += 1
            sheet.write_column(row, 0, [len(here) + n for n in (1, 2, 3)])  # a form with numbers for who may come
            sheet.write_row(row + 3, 0, ["합 계", f"{len(here)}명"])
        old = work.add_worksheet("2025년(이전)")
        _head(old, styles)
        old.hide()
    return Messy(
        "식사지원 대상자 명부(한빛복지관).xlsx",
        out.getvalue(),
        true,
        planted,
        sheets=DONGS,
        columns={"나가는날": "days"},
    )


def _head(sheet: Any, styles: dict[str, Any]) -> None:
    sheet.merge_range(0, 0, 1, WIDTH - 1, "2026년 식사지원 대상자 명부", styles["merged"])
    sheet.write(2, 0, "한빛복지관")
    sheet.write(2, WIDTH - 2, "2026. 11월 현재")
    sheet.merge_range("E4:F4", "연락처", styles["merged"])
    sheet.write("E5", "본인")
    sheet.write("F5", "보호자")
    names = dict(zip("ABCDGHIJKL", _NAMES.split(), strict=True))
    for column, name in names.items():
        sheet.merge_range(f"{column}4:{column}5", name, styles["merged"])


def _meant(who: Who, number: int) -> Who:
    """Every fifth has a second number in the same cell."""
    return replace(who, phone_2=f"062-900-{number:04}") if number % 5 == 0 else who


def _write(sheet: Any, row: int, number: int, who: Who, styles: dict[str, Any]) -> None:
    b = who.born_on
    digit = "2" if who.sex == "f" else "1"
    sheet.write(row, 0, number)
    sex = "여" if who.sex == "f" else "남"
    shown = number % 4 == 0  # whose sex stands only behind the date of birth
    sheet.write(
        row, 1, who.name if shown else f"{' '.join(who.name)}({sex})" if number % 3 else f"{who.name} ({sex}성)"
    )
    typed: list[Any] = [
        f"{b:%y%m%d}-{digit}******", f"{b.year}년 {b.month}월 {b.day}일", f"{b:%y}.{b.month}.{b.day}",
        int(f"{b:%y%m%d}"),
    ]  # fmt: skip
    if number % 8 == 1:
        sheet.write_datetime(row, 2, datetime(b.year, b.month, b.day), styles["date"])
    else:
        sheet.write(row, 2, typed[number % 4])
    sheet.write(row, 3, who.address)
    plain = who.phone.replace("-", "")
    phones: list[Any] = [
        f"{who.phone} / 062-900-{number:04}",
        int(plain),
        f"(010){who.phone[3:]}",
        f" {who.phone} ",
        plain,
    ]
    sheet.write(row, 4, phones[number % 5])
    sheet.write(row, 5, int(who.contact_phone.replace("-", "")) if number % 2 else who.contact_phone)
    sheet.write(row, 6, f"{who.contact}({who.relation})" if number % 2 else f"{who.relation} {who.contact}")
    sheet.write(row, 7, TIERS[who.tier][number % 3])
    sheet.write(row, 8, WEEK[who.days][number % 3])
    sheet.write(row, 9, "11:40" if number % 2 else "오전 11시 40분")
    sheet.write(row, 10, who.allergies)
    sheet.write(row, 11, "귀가 어두우심" if number % 6 == 0 else "")


def _plant(sheet: Any, row: int, column: str, value: Any, who: Who, styles: dict[str, Any]) -> None:
    c = ord(column) - 65
    if isinstance(value, date):
        sheet.write_datetime(row, c, datetime(value.year, value.month, value.day), styles["date"])
    elif value is None:
        sheet.write(row, c, who.name, styles["struck"])
    else:
        sheet.write(row, c, value)
