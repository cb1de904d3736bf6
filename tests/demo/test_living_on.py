"""The demo office lives on: its workers report, but for two visits a day."""

from datetime import date, timedelta

import pytest

from dure.care.models import Course, Visit
from dure.care.opening import open_day
from dure.demo import loading
from dure.demo.living_on import go_on
from dure.desk.board import courses
from dure.people.actions import standing
from tests import make

DAY = date(2026, 11, 23)
EVENING = make.NOON + timedelta(hours=7)


@pytest.mark.django_db
def test_by_evening_all_but_two_visits_are_reported_and_the_courses_are_done():
    make.role("owner")
    demo = loading.load(1, DAY, make.NOON - timedelta(hours=5), "secret")
    open_day(demo.staff.office.pk, DAY, now=make.NOON - timedelta(hours=5))

    go_on(make.NOON)
    rows = courses(standing(demo.staff.officers[0], DAY), DAY, make.NOON)
    assert rows and not any(row.silent or row.late for row in rows)
    at_noon = Visit.objects.filter(reported_at=None).count()
    while go_on(EVENING):
        pass

    assert at_noon > Visit.objects.filter(reported_at=None).count() == 2
    assert Course.objects.filter(finished_at=None).count() == 2  # the two that aren't reported
    assert not Course.objects.filter(started_at=None).exists()
