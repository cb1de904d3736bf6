"""By when a complaint has to be answered. Days are working days, and the day on which it came is the first."""

from collections.abc import Mapping
from datetime import date, time, timedelta

from dure.care.complaints.models import Kind
from dure.cases.hours import is_working_day

# 민원 처리에 관한 법률 시행령 제14조(질의), 제15조(건의), 제17조(고충); counting: 같은 법 제19조제2항.
# “Other” has no period of its own there (제16조: at once): ◦ the latest day of the others.
DAYS: Mapping[str, int] = {
    Kind.GRIEVANCE: 7, Kind.SUGGESTION: 14, Kind.LAW: 14, Kind.QUESTION: 7, Kind.OTHER: 14,
}  # fmt: skip
STATEMENT_DAYS = 3  # ◦ within which a provider says what happened
MORNING = time(10)
ONE = timedelta(days=1)


def last_day(since: date, days: int) -> date:
    """The last of so many working days, the first of which is this day or the next working day after it.

    >>> last_day(date(2026, 11, 23), 7), last_day(date(2026, 11, 21), 1)
    (datetime.date(2026, 12, 1), datetime.date(2026, 11, 23))
    """
    day = since
    while True:
        days -= is_working_day(day)
        if days <= 0 and is_working_day(day):
            return day
        day += ONE


def working_day_before(day: date) -> date:
    """The working day before this one, on which somebody is reminded while there is still time."""
    before = day - ONE
    while not is_working_day(before):
        before -= ONE
    return before
