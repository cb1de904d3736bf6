"""The pages of the daily checks, the contact network and the day report."""

import pytest

from tests import make
from tests.care.pages import signed_in
from tests.field import world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon(moved):
    moved(make.NOON)


@pytest.mark.parametrize("page", ["evening/", "evening/rows/", "morning/", "network/", "report/"])
def test_the_pages_open_for_everybody_in_the_office(page):
    day = world.day()
    for person in (day.desk, day.officer):
        assert signed_in(person).get(f"/care/{page}").status_code == 200
