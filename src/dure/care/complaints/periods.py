"""By when a complaint has to be answered. Days are working days, and the day on which it came is the first."""

from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext_noop

from dure.cases.hours import is_working_day
from dure.rules.actions import Standard, begin, rules
from dure.rules.models import Unit

BY_LAW, COUNTED = "민원 처리에 관한 법률 시행령", "계산: 같은 법 제19조제2항 (확인 필요)"
SINCE = date(2016, 2, 12)
RULES = [
    Standard("complaint-grievance", gettext_noop("Complaint, grievance: working days until it is answered"), 7,
             Unit.DAYS, f"{BY_LAW} 제17조, {COUNTED}", SINCE),
    Standard("complaint-suggestion", gettext_noop("Complaint, suggestion: working days until it is answered"), 14,
             Unit.DAYS, f"{BY_LAW} 제15조, {COUNTED}", SINCE),
    Standard("complaint-question", gettext_noop("Complaint, question on procedure: working days until it is answered"),
             7, Unit.DAYS, f"{BY_LAW} 제14조, {COUNTED}", SINCE),
    Standard("complaint-law", gettext_noop("Complaint, question on the law: working days until it is answered"), 14,
             Unit.DAYS, f"{BY_LAW} 제14조, {COUNTED}", SINCE),
    Standard("complaint-other", gettext_noop("Complaint, other: working days until it is answered at the latest"), 14,
             Unit.DAYS, f"{BY_LAW} 제16조(즉시). 늦어도 이때까지: 지자체 운영 기준", SINCE),
    Standard("complaint-statement", gettext_noop("Complaint: working days until a provider says what happened"), 3,
             Unit.DAYS, "지자체 운영 기준 (확인 필요)", SINCE),
]  # fmt: skip
MORNING = time(10)
ONE = timedelta(days=1)


def days(office: int, kind: str, on: date, *, now: datetime) -> int:
    """Within how many working days the office answers what came on a day, by its own rules."""
    begin(office, RULES, now=now)  # what it has changed stays
    return rules(office).number(f"complaint-{kind}", on)


def statement_days(office: int, on: date) -> int:
    """Within how many working days a provider says what happened."""
    return rules(office, RULES).number("complaint-statement", on)


def last_day(since: date, number: int) -> date:
    """The last of so many working days, the first of which is this day or the next working day after it.

    >>> last_day(date(2026, 11, 23), 7), last_day(date(2026, 11, 21), 1)
    (datetime.date(2026, 12, 1), datetime.date(2026, 11, 23))
    """
    day = since
    while True:
        number -= is_working_day(day)
        if number <= 0 and is_working_day(day):
            return day
        day += ONE


def working_day_before(day: date) -> date:
    """The working day before this one, on which somebody is reminded while there is still time."""
    before = day - ONE
    while not is_working_day(before):
        before -= ONE
    return before
