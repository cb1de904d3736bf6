"""The weeks that the invented office has behind it break no rule of the product."""

import random
from datetime import timedelta

import pytest

from dure.care import counts
from dure.care.models import Visit
from dure.cases.models import Case
from dure.demo import past
from dure.duty.models import Duty, Telling
from dure.offices.models import Office
from dure.people.actions import standing
from tests import make
from tests.care.figures import lived

pytestmark = pytest.mark.django_db


def test_every_evening_of_the_weeks_before_adds_up_and_nothing_is_owed_or_told_any_more():
    office = lived.office(10, make.DAY - timedelta(days=20))
    past.live(office.office.pk, make.DAY - timedelta(days=14), make.DAY - timedelta(days=1), office.officer,
              random.Random(4))  # fmt: skip
    sees = standing(office.officer, make.DAY)
    for n in range(1, 15):
        day = counts.together(counts.evening(sees, make.DAY - timedelta(days=n)))
        assert (day.difference, day.open, day.odd) == (0, 0, []), day.odd
    assert Visit.objects.count() > 60 and Office.objects.filter(pk=office.office.pk).exists()
    assert not Duty.objects.filter(closed_at=None).exists() and not Case.objects.filter(closed_at=None).exists()
    assert not Telling.objects.exclude(message__try_at=None).exists()
