"""Until when a certificate holds: every day of the calendar, leap days among them, against counting by hand and SQL."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dure.care.certificates.dates import Window, last_day, trained_until, valid_until

RULE = Window(12, 30, 30)
days = st.dates(date(2020, 1, 1), date(2035, 12, 31))
A_DAY = timedelta(days=1)


@pytest.mark.django_db
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(days, st.integers(1, 60))
def test_the_last_day_is_what_the_database_counts(day, months):
    """민법 제160조: the day before the corresponding day; where the month has none, its own last day."""
    begins = day + A_DAY
    with connection.cursor() as cursor:
        cursor.execute("SELECT (%s::date + make_interval(months => %s))::date", [begins, months])
        [there] = cursor.fetchone()
    assert last_day(day, months) == (there - A_DAY if there.day == begins.day else there)


@pytest.mark.parametrize(("examined", "until"), [
    ([date(2024, 2, 29)], date(2025, 2, 28)),
    ([date(2023, 2, 28)], date(2024, 2, 29)),
    ([date(2024, 3, 10), date(2025, 2, 8)], date(2026, 3, 10)),  # the first day of the window
    ([date(2024, 3, 10), date(2025, 2, 7)], date(2026, 2, 7)),  # a day too early: counts from its own day
    ([date(2024, 3, 10), date(2025, 4, 9)], date(2026, 3, 10)),  # the last day of the window
    ([date(2024, 3, 10), date(2025, 4, 10)], date(2026, 4, 10)),  # a day too late
    ([date(2024, 3, 10), date(2025, 2, 10), date(2025, 3, 10)], date(2026, 3, 10)),  # twice: nothing is lost
    ([], None),
])  # fmt: skip
def test_the_window_keeps_the_day_of_the_year(examined, until):
    assert valid_until([(day, RULE) for day in examined]) == until


@given(st.lists(days, min_size=1, max_size=6), days)
def test_another_examination_never_makes_it_end_earlier_and_order_does_not_matter(examined, more):
    before = valid_until([(day, RULE) for day in examined])
    after = valid_until([(day, RULE) for day in [more, *reversed(examined)]])
    assert after == valid_until([(day, RULE) for day in sorted([*examined, more])])
    if more > max(examined):
        assert after >= before
    alone = last_day(max(examined), 12)  # if it were the only one; a renewal keeps the old day, before or after it
    assert alone - 31 * A_DAY <= before <= alone + 31 * A_DAY


@given(days, st.lists(st.integers(-30, 30), min_size=1, max_size=8))
def test_who_is_always_in_time_keeps_the_anniversary_for_years(first, offsets):
    examined, until = [first], last_day(first, 12)
    for offset in offsets:
        examined.append(until + offset * A_DAY)
        until = last_day(until, 12)
    assert valid_until([(day, RULE) for day in examined]) == until
    assert (until.month, until.day) in {(first.month, first.day), (2, 28), (2, 29)}


@given(st.dictionaries(st.integers(2020, 2030), st.integers(0, 8).map(Decimal), max_size=8))
def test_training_counts_to_the_end_of_the_year_after_the_last_complete_one(hours):
    needed = {year: Decimal(6 if year == 2024 else 3) for year in range(2020, 2031)}
    complete = [year for year in range(2020, 2031) if hours.get(year, 0) >= needed[year]]
    assert trained_until(hours, needed) == (date(complete[-1] + 1, 12, 31) if complete else None)
