"""Working hours: when an agency can be reached, and when a time counted in working hours is over."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache

import holidays

from dure import clock

OPENS, CLOSES = time(9), time(18)


@lru_cache(maxsize=16)
def public_holidays(year: int) -> dict[date, str]:
    """Korea's public holidays of a year with their substitute days, and their names."""
    return dict(holidays.country_holidays("KR", years=year, language="ko"))


def is_working_day(day: date) -> bool:
    """Whether agencies work on this day.

    >>> is_working_day(date(2026, 11, 23)), is_working_day(date(2026, 10, 5)), is_working_day(date(2026, 11, 22))
    (True, False, False)
    """
    return day.weekday() < 5 and day not in public_holidays(day.year)


def after_working_hours(moment: datetime, hours: timedelta) -> datetime:
    """The moment at which so many working hours have passed, where the office is."""
    here = clock.local(moment)
    left = hours
    while True:
        opens, closes = (datetime.combine(here.date(), each, here.tzinfo) for each in (OPENS, CLOSES))
        begins = max(here, opens)
        if is_working_day(here.date()) and begins < closes:
            if begins + left <= closes:
                return begins + left
            left -= closes - begins
        here = datetime.combine(here.date() + timedelta(days=1), OPENS, here.tzinfo)


def working_time(since: datetime, until: datetime) -> timedelta:
    """How much of a stretch of time is in working hours, where the office is.

    >>> from datetime import UTC
    >>> friday = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)  # 17:00 in Seoul
    >>> working_time(friday, friday + timedelta(hours=14)), working_time(friday, friday + timedelta(days=3))
    (datetime.timedelta(seconds=3600), datetime.timedelta(seconds=32400))
    """
    start, end = clock.local(since), clock.local(until)
    days = (start.date() + timedelta(days=n) for n in range((end.date() - start.date()).days + 1))
    total = timedelta(0)
    for day in filter(is_working_day, days):
        opens, closes = (datetime.combine(day, each, start.tzinfo) for each in (OPENS, CLOSES))
        total += max(min(end, closes) - max(start, opens), timedelta(0))
    return total
