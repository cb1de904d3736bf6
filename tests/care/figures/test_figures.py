"""Every figure, in random months and comparisons, is what counting apart says; each number opens as many rows."""

import random
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from dure.care.figures.asked import Asked, By
from dure.care.figures.listed import behind, with_costs
from dure.care.figures.page import figures
from dure.people.actions import standing
from tests import make
from tests.care.figures import lived
from tests.care.figures.held_against import differences, question

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 8, 24), date(2026, 11, 22)


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    """Lived once for all tests of this file, and taken back afterwards."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = lived.office(12, FIRST)
        lived.live(made, FIRST, LAST)
        yield made
        transaction.set_rollback(True)


@pytest.fixture
def office(built, db):
    make.role("app")
    make.act(built.office.pk)
    return built


def test_every_figure_of_random_months_is_what_counting_apart_says(office):
    chance = random.Random(11)
    with connection.cursor() as cursor:
        for _ in range(5):
            assert list(differences(cursor, office, question(office, chance, FIRST, LAST), make.NOON)) == []


@pytest.mark.parametrize("by", [By.ALL, By.DONG, By.SCHEME])
def test_each_number_opens_as_many_rows(office, by):
    asked, sees = Asked(FIRST, LAST, by), standing(office.officer, make.DAY)
    found = figures(sees, asked, make.NOON)
    counted = {"office_pays", "own_share", "meals_paid", "no_price"}  # sums over visits
    tried = 0
    for table in found.tables:
        for line in [table.whole, *table.lines[:2]]:
            for cell in line.cells:
                if cell.of and cell.of not in counted:
                    rows = behind(sees, asked, cell.of, line.key, make.NOON).rows
                    assert len(rows) == cell.value, (table.key, line.name, cell.of)
                    tried += 1
    assert tried > 25
    for took in found.whole_times.took:
        assert len(behind(sees, asked, f"time_{took.measure.key}", "", make.NOON).rows) == took.times.n


def test_the_amounts_are_the_sum_of_their_rows(office):
    asked, sees = Asked(FIRST, LAST), standing(office.officer, make.DAY)
    whole = figures(sees, asked, make.NOON).whole
    for of, field in (("office_pays", "amount"), ("own_share", "shares"), ("meals_paid", "meals"),
                      ("no_price", "brought")):  # fmt: skip
        rows = with_costs(list(behind(sees, asked, of, "", make.NOON).rows))
        assert sum(getattr(row.cost, field) for row in rows) == whole[of] > 0


def test_the_outcomes_of_visits_and_the_findings_of_emergencies_add_up(office):
    found = figures(standing(office.officer, make.DAY), Asked(FIRST, LAST, By.PROVIDER), make.NOON)
    for key, whole, parts in (("visits", "planned", slice(1, None)), ("findings", "opened", slice(0, -1)),
                              ("gaps", "gaps", slice(1, 8)), ("gaps", "apart", slice(9, None))):  # fmt: skip
        table = found.table(key)
        assert sum(cell.value for cell in table.whole.cells[parts]) == found.whole[whole] > 0


def test_as_many_queries_for_a_month_as_for_four_and_for_all_as_for_each_dong(office):
    def asks(asked):
        with CaptureQueriesContext(connection) as asked_for:
            figures(standing(office.officer, make.DAY), asked, make.NOON)
        return len(asked_for)

    month, all_of_it = Asked(FIRST, FIRST + timedelta(days=30), By.DONG), Asked(FIRST, LAST, By.DONG)
    assert asks(month) == asks(all_of_it) <= 12


def test_a_provider_and_a_centre_see_their_own_alone(office):
    asked = Asked(FIRST, LAST)
    whole = figures(standing(office.officer, make.DAY), Asked(FIRST, LAST, By.PROVIDER), make.NOON)
    make.act(office.office.pk, office.desk.pk, [office.providers[0].pk])
    own = figures(standing(office.desk, make.DAY), asked, make.NOON).whole
    table = whole.table("visits")
    line = next(each for each in table.lines if each.key == str(office.providers[0].pk))
    assert own["planned"] == line.cells[0].value < table.whole.cells[0].value
    make.act(office.office.pk)
    by_dong = figures(standing(office.officer, make.DAY), Asked(FIRST, LAST, By.DONG), make.NOON).table("gaps")
    dong = next(each for each in by_dong.lines if each.key == str(office.dongs[0].pk))
    assert figures(standing(office.clerk, make.DAY), asked, make.NOON).whole["gaps"] == dong.cells[0].value > 0
