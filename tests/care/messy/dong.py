"""A dong centre's list as text: CP949, semicolons, full-width digits, quotes, line breaks, marks for "as above".

All persons are invented.
"""

import csv
import io
from dataclasses import replace

from tests.care.messy import DAYS, PROVIDERS, Messy, Planted, Who, next_month, people

HEADER = [
    "연번", "성  명", "생년월일", "성별", "주  소", "전화번호", "보호자 성명", "관계", "보호자 연락처", "위험등급",
    "요일", "못 드시는 음식", "수행기관", "담당", "비고",
]  # fmt: skip
TIERS = {"red": "고위험", "amber": "중위험 ", "green": " 일반"}
PLANTED = [
    (4, "B", "상동", "'이름' 칸에 '상동'만"),
    (9, "C", "45-13-02", "없는 날짜"),
    (12, "C", "〃", "'생년월일' 칸에 '〃'만"),
    (17, "C", "02.03.05", "연도를 네 자리로"),
    (22, "F", "O1O-0200-0021", "글자가 섞였습니다"),
    (27, "G", "", "이름이 없습니다"),
    (32, "I", "딸에게 문의", "전화번호가 아닙니다"),
    (37, "K", "격주 화", "요일이 아닙니다"),
    (41, "M", "한빛", "다음 중에서"),
    (47, "O", "10월 사망", "이제 식사를 받지 않으면"),
    (54, "E", "첨단중앙로 3 (첨단1동)", "동이 서로 다릅니다"),
    (57, "J", "1", "다음 중에서"),
    (62, "H", "", ""),  # without a relation: nothing is wrong
]
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


def book(changed: bool = False) -> Messy:
    """The list; `changed`: as it is a month later."""
    found = list(people(2, 80, dongs=["첨단2동"], providers=PROVIDERS))
    out = io.StringIO(newline="")
    write = csv.writer(out, delimiter=";", lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    write.writerow(["첨단2동 취약계층 명단(2026.11.)", *[""] * 14])
    write.writerow([""] * 15)
    write.writerow(HEADER)
    lines, above = 3, found[0]
    true: list[Who] = []
    planted: list[Planted] = []
    for number, who in enumerate(found, 1):
        lines += 1
        wrong = [each for each in PLANTED if each[0] == number and each[3]]
        if changed and not wrong:
            who = next_month(who, number)
        same = number % 10 == 3 and not wrong  # a couple: as in the row above
        if same:
            who = replace(who, address=above.address, provider=above.provider)
        if number == 62:
            who = replace(who, relation="")
        row = _row(number, who, same)
        for _, column, value, says in wrong:
            row[ord(column) - 65] = value
            planted.append(Planted("csv", f"{column}{lines}", says))
        true += [] if wrong else [who]
        above = who
        write.writerow(row)
        if number == 40:
            lines += 1
            write.writerow(["소계", "40명", *[""] * 13])
    write.writerow([" 총 80명 ", *[""] * 14])
    return Messy("취약계층 명단.csv", out.getvalue().replace('";"', '"; "').encode("cp949"), true, planted)


def _row(number: int, who: Who, same: bool) -> list[str]:
    born = who.born_on
    written = [f"{born:%Y.%m.%d}.", f"{born:%y%m%d}", f"{born:%Y/%m/%d}".translate(WIDE)][number % 3]
    days = ",".join(DAYS[day] for day in who.days)
    return [
        str(number), f" {who.name} ", written, "여" if who.sex == "f" else "남",
        "〃" if same else who.address,
        who.phone.translate(WIDE) if number % 2 else who.phone.replace("-", " "),
        who.contact, who.relation, who.contact_phone, TIERS[who.tier], days,
        who.allergies,
        "상동" if same else who.provider, "복지팀", "현관 벨이\n고장남; 두드릴 것" if number % 9 == 0 else "",
    ]  # fmt: skip
