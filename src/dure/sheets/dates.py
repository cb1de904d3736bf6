"""Reading dates, times and weekdays as they are typed into Korean lists."""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from dure.sheets.problems import N_, Problem
from dure.sheets.tables import Value
from dure.sheets.words import as_text, dashes, is_nothing

_EXCEL_BEGINS = date(1899, 12, 30)
_PARTS = re.compile(
    r"(\d{4}|\d{2})\s*[-./년,\s]\s*(\d{1,2})\s*[-./월,\s]\s*(\d{1,2})\s*[.일]?\s*(생|\([월화수목금토일]\)|\(만?\s?\d{1,3}세?\))?"
)
_LUNAR = re.compile(r"음력|\(음\)|^음|음$")
_DAYS = "월화수목금토일"
_HOURS = N_("'%(value)s' is not a beginning and an end. Write it like 09:00~18:00.")
_COUNT = N_("'%(value)s' says %(count)d times, but names %(days)d days. Write only the days, like 월,수,금.")
_OFTEN = re.compile(
    r"\s*(?:매?주\s*(?P<count>\d)\s*[회일]\s*[:(,]?(?P<days>[^)\d]+)\)?|(?P<before>[^(\d]+)\(주\s*(?P<behind>\d)\s*[회일]\))\s*"
)
_WRITE = N_("'%(value)s' is not a date. Write year, month and day like %(example)s.")


_TWICE = N_("'%(value)s' may be %(serial)s or %(typed)s. Write year, month and day like %(example)s.")
_FRONT = re.compile(r"(\d{6})\s?-\s?([1-8])[*Xx●○]*")  # 410305-1******, the rest masked


def day(value: Value) -> date | Problem | None:
    """A date of our own years: two digits of a year mean 20.."""
    return _date(value, lambda short: 2000 + short, "2026-03-05")


def past(today: date) -> Callable[[Value], date | Problem | None]:
    """A reader of days on which something was done: none is still to come."""

    def read(value: Value) -> date | Problem | None:
        done = day(value)
        if isinstance(done, date) and done > today:
            return Problem(N_("%(value)s is still to come. Look at the year."), value=done.isoformat())
        return done

    return read


def sex_digit(value: Value) -> int | None:
    """The digit behind the date of birth that tells the sex (odd: a man, even: a woman).

    >>> sex_digit("450302-2******"), sex_digit("45.3.2")
    (2, None)
    """
    front = _FRONT.fullmatch(dashes(as_text(value)))
    return int(front[2]) if front else None


def birth_date(today: date) -> Callable[[Value], date | Problem | None]:
    """A reader of dates of birth. Two digits of a year are taken only when just one century is possible."""

    def century(short: int) -> int | None:
        return 1900 + short if 2000 + short > today.year else None

    def read(value: Value) -> date | Problem | None:
        written = dashes(as_text(value))
        if front := _FRONT.fullmatch(written):
            value = f"{'20' if front[2] in '3478' else '19'}{front[1]}"
        born = _date(value, century, "1941-03-05")
        if isinstance(born, date) and not today - timedelta(days=120 * 365.25) <= born <= today:
            return Problem(
                N_("Nobody here can be born on %(value)s. Look up the date of birth."),
                value=born.isoformat(),
            )
        return born

    return read


def _date(value: Value, century: Callable[[int], int | None], example: str) -> date | Problem | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    written = dashes(as_text(value))
    if is_nothing(written):
        return None
    said = {"value": written, "example": example}
    if _LUNAR.search(written):
        return Problem(
            N_("'%(value)s' is a date of the lunar calendar. Write the solar date, as on the identity card."),
            **said,
        )
    if isinstance(value, int | float) and 59 < value < 100_000:
        return _serial(int(value), example)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2} 00:00(:00)?", written):
        written = written[:10]
    parts = _PARTS.fullmatch(written) or re.fullmatch(r"(\d{4}|\d{2})(\d{2})(\d{2})", written)
    if not parts:
        if re.fullmatch(r"(19|20)\d\d년?([-./\s]*\d{1,2}월?)?", written):
            return Problem(N_("The day is missing in '%(value)s'. Write it like %(example)s."), **said)
        return Problem(_WRITE, **said)
    year = century(int(parts[1])) if len(parts[1]) == 2 else int(parts[1])
    if year is None:
        return Problem(N_("'%(value)s' may be 19.. or 20... Write four digits, like %(example)s."), **said)
    try:
        return date(year, int(parts[2]), int(parts[3]))
    except ValueError:
        return Problem(N_("There is no such day as '%(value)s'. Look up the right date."), **said)


def _serial(value: int, example: str) -> date | Problem:
    """A day as Excel counts it. 10302 may as well be 010302 without its zero: that is asked."""
    found = _EXCEL_BEGINS + timedelta(days=value)
    typed = re.fullmatch(r"(\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])", str(value))
    if typed:
        parts = f"200{typed[1]}-{typed[2]}-{typed[3]}"
        return Problem(_TWICE, value=value, serial=found.isoformat(), typed=parts, example=example)
    return found


def time_of_day(value: Value) -> time | Problem | None:
    """A time: 11:30, 오전 11시 30분, 11시반, or a part of a day as Excel stores it."""
    if isinstance(value, datetime):
        return value.time()
    if isinstance(value, time):
        return value
    if is_nothing(value):
        return None
    if isinstance(value, int | float) and 0 <= value < 1:
        minutes = round(value * 24 * 60)
        return time(minutes // 60 % 24, minutes % 60)
    written = re.sub(r"\s+", "", as_text(value)).replace("시반", "시30분")
    parts = re.fullmatch(r"(오전|오후|AM|PM|am|pm)?(\d{1,2})(?::|시)(?:(\d{1,2})분?)?(?::00)?", written)
    hour, minute = (int(parts[2]), int(parts[3] or 0)) if parts else (99, 99)
    if parts and parts[1] and hour <= 12:
        hour = hour % 12 + (12 if parts[1].lower() in ("오후", "pm") else 0)
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        return Problem(N_("'%(value)s' is not a time. Write it like 11:30."), value=as_text(value))
    return time(hour % 24, minute)


def hours(value: Value) -> tuple[time, time] | Problem | None:
    """From when to when: 09:00~18:00. An end before the beginning is the next day's."""
    if is_nothing(value):
        return None
    parts = re.split(r"[~∼〜～]|(?<=[\d분시])-(?=[\d오])", dashes(as_text(value)))
    if len(parts) != 2:
        return Problem(
            N_("'%(value)s' is not a beginning and an end. Write it like 09:00~18:00."),
            value=as_text(value),
        )
    begins, ends = time_of_day(parts[0]), time_of_day(parts[1])
    if isinstance(begins, time) and isinstance(ends, time):
        return begins, ends
    return Problem(N_("'%(value)s' is not a beginning and an end. Write it like 09:00~18:00."), value=as_text(value))


def weekdays(value: Value) -> tuple[int, ...] | Problem | None:
    """Days of the week, Monday = 0: "월,수,금", "월~금", "매일", "평일", "화요일 목요일", "주3회(월수금)".

    A number of times without days is asked for its days; beside days it has to agree with them.
    """
    if is_nothing(value):
        return None
    written = dashes(as_text(value))
    often = _OFTEN.fullmatch(written)
    if often and isinstance(days := weekdays(often["days"] or often["before"]), tuple):
        count = int(often["count"] or often["behind"])
        return days if len(days) == count else Problem(_COUNT, value=written, count=count, days=len(days))
    written = re.sub(r"요일|[\s,./·ㆍ、&+]", "", written).replace("매일", "월~일")
    written = written.replace("평일", "월~금").replace("주중", "월~금").replace("주말", "토~일")
    if re.search(r"주\d|주[일이삼사오육]회|\d[회일번]", written):
        return Problem(
            N_("'%(value)s' says how often, not on which days. Write the days, like 월,수,금."),
            value=as_text(value),
        )
    found: list[int] = []
    for piece in re.findall(rf"[{_DAYS}][~∼〜-][{_DAYS}]|[{_DAYS}]|[^{_DAYS}]+", written):
        if piece[0] not in _DAYS:
            return Problem(
                N_("'%(value)s' are not days of the week. Write them like 월,수,금 or 월~금."),
                value=as_text(value),
            )
        first, last = _DAYS.index(piece[0]), _DAYS.index(piece[-1])
        found += [d % 7 for d in range(first, last + 1 if last >= first else last + 8)]
    return tuple(sorted(set(found)))
