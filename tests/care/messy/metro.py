"""The form of a metropolitan government: groups over the names, upright text, a column for each day, formulas,
recipients of two providers in one list, and beside it a block of who to call at the agency. 310 rows.

All persons are invented.
"""

import io
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import xlsxwriter

from tests.care.messy import DONGS, PROVIDERS, Messy, Planted, Who, next_month, people

GROUPS = [
    ("A", "A", ""),
    ("B", "C", "기관"),
    ("D", "K", "대상자"),
    ("L", "R", "급식요일"),
    ("S", "U", "보호자1"),
    ("V", "W", ""),
]
_NAMES = (
    "연\n번|수행\n기관|동|성\n명|생년\n월일|나이|성\n별|주소|연락처|위험\n등급|현관\n비밀번호|월|화|수|목|금|토|일|성명|관계|"
    "연락처|개인정보\n동의일|중\n지|특이사항(음식)"
)
TIERS = {"red": "적", "amber": "황", "green": "녹"}
ENDED = ["중지", "O", "사망", date(2026, 9, 30), "26.8.31 전출"]
PLANTED: list[tuple[int, str, Any, str]] = [
    (12, "B", "한빛복지관 외", "다음 중에서"),
    (31, "C", "첨단", "다음 중에서"),
    (52, "D", "김복순 할머니", "이름만 적으세요"),
    (73, "E", "20.1.5", "연도를 네 자리로"),
    (94, "G", "남자분", "다음 중에서"),
    (115, "I", "1.01E+09", "엑셀이 번호를 줄여"),
    (136, "K", 123, "앞자리 0"),
    (157, "L", "0", "O 또는 X"),
    (178, "L", "none", "'식사 요일' 칸이 비어"),  # no day is marked
    (199, "V", "98.3.5", "아직 오지 않은"),
    (220, "W", "보류", "계속하는지 알 수 없습니다"),
    (241, "W", date(2026, 12, 31), "끝날 예정"),
    (262, "H", "", "비어 있습니다"),
    (283, "D", "<same>", "행과 같은"),
]


def book(changed: bool = False) -> Messy:
    """The list; `changed`: as it is a month later."""
    found = list(people(3, 310, dongs=DONGS, providers=PROVIDERS))
    found = [
        replace(who, door_code=f"#0{n:03}*" if n % 3 == 0 else "", consent_on=date(2024, 12, n % 28 + 1))
        for n, who in enumerate(found, 1)
    ]
    true: list[Who] = []
    planted: list[Planted] = []
    ended: list[str] = []
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as work:
        sheet = work.add_worksheet("제출양식")
        day = work.add_format({"num_format": "yyyy-mm-dd"})
        _head(sheet, work.add_format({"bold": 1, "rotation": 270}))
        for number, who in enumerate(found, 1):
            wrong = [each for each in PLANTED if each[0] == number]
            gone = number % 13 == 0 and not wrong
            who = next_month(who, number) if changed and not wrong and not gone else who
            _write(sheet, number + 2, number, who, day)
            if gone:
                ended.append(who.name)
                _put(sheet, number + 2, "W", ENDED[number % 5], day)
            for _, column, value, says in wrong:
                _plant(sheet, number + 2, column, value, found[number - 2], day)
                planted.append(Planted("제출양식", f"{column}{number + 3}", says))
            true += [] if wrong or gone else [who]
        sheet.write_row(313, 0, ["총 310명"])
        for row, (name, number) in enumerate([("이담당", "062-960-0001"), ("박주무", "062-960-0002")], 3):
            sheet.write_row(row, 25, [name, number])
    return Messy(
        "식사지원 제출양식(시).xlsx", out.getvalue(), true, planted, ended, columns={"특이사항(음식)": "allergies"}
    )


def _head(sheet: Any, bold: Any) -> None:
    sheet.merge_range("A1:X1", "2026년 통합돌봄 식사지원 대상자 제출양식", bold)
    for first, last, name in GROUPS:
        if name:
            sheet.merge_range(f"{first}2:{last}2", name, bold)
    for c, name in enumerate(_NAMES.split("|")):
        sheet.write(2, c, name, bold)
    sheet.merge_range("Z2:AA2", "기관 담당", bold)
    sheet.write_row("Z3", ["담당자", "담당 연락처"])


def _write(sheet: Any, row: int, number: int, who: Who, day: Any) -> None:
    b = who.born_on
    sheet.write_formula(row, 0, f"=ROW()-{3}", None, number)
    sheet.write_row(row, 1, [who.provider, who.dong, who.name])
    sheet.write_string(row, 4, [f"{b:%y%m%d}", f"{b:%y.%m.%d}", f"{b.year}-{b.month}-{b.day}"][number % 3])
    sheet.write_formula(row, 5, f"=2026-{b.year}", None, 2026 - b.year)
    sheet.write(row, 6, "여" if who.sex == "f" else "남")
    sheet.write_formula(row, 7, f'=CONCATENATE("{who.address}","")', None, who.address)
    sheet.write_string(row, 8, who.phone.replace("-", "")[number % 2 :])  # stored as text, every other without its zero
    sheet.write(row, 9, TIERS[who.tier])
    sheet.write_string(row, 10, who.door_code)
    for weekday in who.days:
        sheet.write(row, 11 + weekday, ["O", "○", "1", "●"][number % 4])
    sheet.write_row(row, 18, [who.contact, who.relation, who.contact_phone])
    assert who.consent_on
    sheet.write(row, 21, f"{who.consent_on:%y/%m/%d}")
    sheet.write(row, 22, "이용중" if number % 4 == 0 else "")
    sheet.write(row, 23, who.allergies)


def _plant(sheet: Any, row: int, column: str, value: Any, before: Who, day: Any) -> None:
    if value == "none":
        for c in range(11, 18):
            sheet.write_blank(row, c, None, day)
    elif value == "<same>":  # the same person as in the row above
        sheet.write(row, 3, before.name)
        sheet.write_string(row, 4, before.born_on.isoformat())
    else:
        _put(sheet, row, column, value, day)


def _put(sheet: Any, row: int, column: str, value: Any, day: Any) -> None:
    if isinstance(value, date):
        sheet.write_datetime(row, ord(column) - 65, datetime(value.year, value.month, value.day), day)
    elif value == "":
        sheet.write_blank(row, ord(column) - 65, None, day)
    else:
        sheet.write(row, ord(column) - 65, value)
