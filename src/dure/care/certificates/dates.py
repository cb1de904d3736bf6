"""Until when a certificate holds. Pure: days in, days out, no database.

Source: 식품위생 분야 종사자의 건강진단 규칙 제2조 (since 2024-01-08); months are counted by 민법 제157조, 제160조.
Assumed (check): who is examined within the window around the last valid day keeps the old day of the year; until the
window closes, the examination isn't missed and the person may go on working.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

DAY = timedelta(days=1)


def last_day(after: date, months: int) -> date:
    """The last of so many months that begin on the day after `after`.

    >>> last_day(date(2025, 3, 10), 12), last_day(date(2024, 2, 29), 12), last_day(date(2023, 2, 28), 12)
    (datetime.date(2026, 3, 10), datetime.date(2025, 2, 28), datetime.date(2024, 2, 29))

    A month without that day ends with its own last day.

    >>> last_day(date(2025, 1, 30), 1)
    datetime.date(2025, 2, 28)
    """
    begins = after + DAY
    year, month = divmod(begins.year * 12 + begins.month - 1 + months, 12)
    longest = monthrange(year, month + 1)[1]
    if begins.day > longest:
        return date(year, month + 1, longest)
    return date(year, month + 1, begins.day) - DAY


@dataclass(frozen=True)
class Window:
    """The rule as it holds on one day: for how many months, and so many days around the last day one may renew."""

    months: int
    before: int
    after: int


def valid_until(examined: Iterable[tuple[date, Window]]) -> date | None:
    """The last valid day after these examinations, each under the rule of its day; None without any.

    Within the window the new one counts from the old last day, else from its own day. None makes it end earlier.

    >>> rule = Window(12, 30, 30)
    >>> valid_until([(date(2024, 3, 10), rule), (date(2025, 2, 10), rule)])
    datetime.date(2026, 3, 10)
    >>> valid_until([(date(2024, 3, 10), rule), (date(2025, 4, 10), rule)])
    datetime.date(2026, 4, 10)
    """
    until: date | None = None
    for day, rule in sorted(examined, key=lambda each: each[0]):
        if until is None:
            until = last_day(day, rule.months)
        elif until - rule.before * DAY <= day <= until + rule.after * DAY:
            until = last_day(until, rule.months)
        else:
            until = max(until, last_day(day, rule.months))
    return until


def trained_until(hours: Mapping[int, Decimal], needed: Mapping[int, Decimal]) -> date | None:
    """Until when somebody is trained: the end of the year after the last one whose hours are complete.

    >>> trained_until({2025: Decimal(3), 2026: Decimal(2)}, {2025: Decimal(3), 2026: Decimal(3)})
    datetime.date(2026, 12, 31)
    """
    complete = [year for year, done in hours.items() if done >= needed[year]]
    return date(max(complete) + 1, 12, 31) if complete else None
