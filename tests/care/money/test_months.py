"""Random months are settled to the won as SQL that was written apart counts them."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dure.care.money.counting import reckon
from dure.care.money.models import Booking, Line, Settlement
from tests.care.money import months
from tests.care.money import world as m
from tests.care.money.months import DECEMBER, JANUARY, NOVEMBER

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def clock_of_december(moved):
    moved(m.FIRST)


def lived(seed: int, people: int = 4, visits: int = 40) -> dict[str, tuple[int, int]]:
    """November lived and closed, changed in every way, December lived and closed: pairs that have to be equal."""
    of, equal = months.office(seed, people), {}
    chance = of.chance
    months.visits(of, NOVEMBER, 30, visits)
    for _ in range(chance.randrange(4)):
        months.price(of, of.day(NOVEMBER - 9 * DAY, 39))
        months.belong(of, of.day())
    frozen = {}
    for n, provider in enumerate(of.providers):
        meals, won = of.counted(provider, NOVEMBER, DECEMBER)
        closed = months.close(of, provider, NOVEMBER)
        equal[f"november {n}"] = ((closed.meals, closed.amount), (meals, won))
        frozen[provider.pk] = (meals, won)
    kept = snapshot()
    months.visits(of, NOVEMBER, 30, chance.randrange(6))  # entered from paper, after the close
    months.reported_otherwise(of, NOVEMBER, DECEMBER)
    for _ in range(chance.randrange(3)):
        months.price(of, of.day(NOVEMBER, 60), back=True)
        months.belong(of, of.day(NOVEMBER, 60))
    months.visits(of, DECEMBER, 31, visits // 2)
    for n, provider in enumerate(of.providers):
        of_november = of.counted(provider, NOVEMBER, DECEMBER)[1]
        meals, won = of.counted(provider, DECEMBER, JANUARY)
        closed = months.close(of, provider, DECEMBER)
        equal[f"december {n}"] = ((closed.meals, closed.amount), (meals, won))
        equal[f"corrections {n}"] = ((closed.corrected,), (of_november - frozen[provider.pk][1],))
        paid = sum(each.total for each in Settlement.objects.filter(provider=provider, closed_at__isnull=False))
        equal[f"paid {n}"] = ((paid,), (of.counted(provider, NOVEMBER, JANUARY)[1],))
        january = Settlement.objects.create(office=of.world.care.office, provider=provider, month=JANUARY)
        equal[f"nothing is left {n}"] = ((reckon(january.office_id, [january])[january.pk].corrected,), (0,))
    equal["november is as it was"] = ((kept,), (snapshot(),))
    return equal


def snapshot() -> tuple:
    """All that November froze."""
    rows = [Booking.objects.filter(settlement__month=NOVEMBER), Line.objects.filter(settlement__month=NOVEMBER),
            Settlement.objects.filter(month=NOVEMBER)]  # fmt: skip
    return tuple(tuple(each.order_by("pk").values_list()) for each in rows)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(seed=st.integers(0, 2**32))
def test_random_months_are_settled_to_the_won_as_sql_counts_them(clock_of_december, seed):
    with transaction.atomic():
        unequal = {name: pair for name, pair in lived(seed).items() if pair[0] != pair[1]}
        transaction.set_rollback(True)
    assert unequal == {}
