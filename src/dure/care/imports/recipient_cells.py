"""Readers of cells in which offices write more than one thing: 홍길동(남), 딸 김영희, 010-1234-5678(딸)."""

import re
from collections.abc import Callable
from datetime import date, time

from dure.sheets import cells, dates
from dure.sheets.cells import Besides
from dure.sheets.phones import phone
from dure.sheets.problems import N_, Problem
from dure.sheets.tables import Value
from dure.sheets.words import as_text, is_nothing, squash

_words = str.split
RELATIONS = {
    *_words("아들 장남 차남 큰아들 작은아들 막내아들 딸 장녀 차녀 큰딸 작은딸 막내딸 막내 자녀 자 며느리 사위"),
    *_words("배우자 남편 아내 처 부 모 어머니 아버지 손자 손녀 손주 형 오빠 누나 언니 동생 형제 자매"),
    *_words("조카 이모 고모 삼촌 사촌 친척 친구 지인 이웃 통장 반장"),
}
_SEXED = re.compile(r"(.+?)\s*(?:\(\s*(남|여)[성자]?\s*\)|/\s*(남|여)[성자]?)", re.S)
_BEHIND = re.compile(r"(.+?)\s*\(\s*([가-힣]{1,4})\s*\)", re.S)
_GOES_ON = {
    *_words("이용 이용중 진행 진행중 정상 서비스중 지원중 지원 계속 유지 급식중 신규 해당없음 아니오 아니요 x n 재개"),
}
ENDS = re.compile(r"종료|중지|중단|종결|해지|사망|작고|전출|입소|퇴소|포기|입원\s*중|끝남|끊음")
_MARKED = {"o", "ㅇ", "○", "●", "◯", "v", "√", "✓", "✔", "y", "예", "네"}
_TO_COME = N_("Meals are to end on %(value)s, which is still to come. Empty the cell, and end them on that day.")
_UNCLEAR = N_("Whether meals still come isn't clear from '%(value)s'. Write 이용 or 종료.")
_NIGHT = N_("'%(value)s' can't be the time of this meal. Write it like %(example)s.")


def who(value: Value) -> object:
    """A name, and the sex when it stands behind it."""
    found = _SEXED.fullmatch(as_text(value))
    if not found:
        return cells.name(value)
    name = cells.name(found[1])
    return Besides(name, {"sex": "f" if (found[2] or found[3]) == "여" else "m"}) if isinstance(name, str) else name


def born(today: date) -> Callable[[Value], object]:
    """A reader of a date of birth, and of the sex when its digit stands behind it (450302-2******)."""
    read = dates.birth_date(today)

    def with_sex(value: Value) -> object:
        found, digit = read(value), dates.sex_digit(value)
        return Besides(found, {"sex": "m" if digit % 2 else "f"}) if digit and isinstance(found, date) else found

    return with_sex


def own_phone(value: Value) -> object:
    """The recipient's number; of two in one cell the second is the second phone."""
    words = as_text(value)
    parts = [part for part in re.split(r"\s*[/,;\n]\s*|(?<=\d{4})\s+(?=0)", words) if part]
    read = [phone(part) for part in parts]
    if len(read) == 2 and all(isinstance(each, str) for each in read):
        return Besides(read[0], {"phone_2": read[1]}) if read[0] != read[1] else read[0]
    return phone(re.sub(r"\s*\(본인\)$", "", words) if isinstance(value, str) else value)


def contact(n: int) -> Callable[[Value], object]:
    """A reader of a contact: the name, and the relation before or behind it (김영희(딸), 딸 김영희)."""

    def read(value: Value) -> object:
        words = " ".join(as_text(value).split())
        behind, before = _BEHIND.fullmatch(words), re.fullmatch(r"([가-힣]{1,4})\s+([가-힣]+)", words)
        name, relation = behind.groups() if behind else reversed(before.groups()) if before else ("", "")
        if relation not in RELATIONS:
            return cells.name(value)
        found = cells.name(name)
        return Besides(found, {f"contact{n}_relation": relation}) if isinstance(found, str) else found

    return read


def contact_phone(n: int) -> Callable[[Value], object]:
    """A reader of a contact's number, and of the relation behind it."""

    def read(value: Value) -> object:
        found = _BEHIND.fullmatch(as_text(value))
        if not found or found[2] not in RELATIONS:
            return phone(value)
        number = phone(found[1])
        return Besides(number, {f"contact{n}_relation": found[2]}) if isinstance(number, str) else number

    return read


def meal_time(earliest: int, latest: int) -> Callable[[Value], time | Problem | None]:
    """A reader of the time of a meal between two hours: 5:30 for a dinner is asked, not taken for the night."""

    def read(value: Value) -> time | Problem | None:
        found = dates.time_of_day(value)
        if isinstance(found, time) and not earliest <= found.hour < latest:
            example = (
                f"{found.hour % 12 + 12}:{found:%M}" if earliest <= found.hour % 12 + 12 < latest else f"{earliest}:30"
            )
            return Problem(_NIGHT, value=as_text(value), example=example)
        return found

    return read


def ended(today: date) -> Callable[[Value], str | Problem | None]:
    """A reader of the column that says who gets no meals any more: the words or the day, or nothing for who does."""

    def read(value: Value) -> str | Problem | None:
        words = as_text(value)
        if is_nothing(value) or squash(words) in _GOES_ON:
            return None
        if ENDS.search(words) or squash(words) in ("이사", "취소", "o") or words.lower() in _MARKED:
            return words
        day = dates.day(value)
        if isinstance(day, date):
            return day.isoformat() if day <= today else Problem(_TO_COME, value=day.isoformat())
        return Problem(_UNCLEAR, value=words)

    return read
