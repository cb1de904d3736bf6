"""What two pages say of the same days is the same: cost here and in the settlement, gaps here and under support."""

from datetime import date, timedelta

import pytest

from dure.care.figures import gaps, visits
from dure.care.figures.asked import Asked, By
from dure.care.money import actions
from dure.care.money.counting import reckon
from dure.care.money.models import Settlement, Terms
from dure.care.support import gaps as support
from dure.people.actions import standing
from tests import make
from tests.care.figures import lived
from tests.care.money import months
from tests.care.money import world as m
from tests.care.money.months import DECEMBER, JANUARY, NOVEMBER
from tests.care.pages import signed_in

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def costs(of: months.Office, first: date, last: date, by: By = By.ALL) -> dict[str, tuple[int, int]]:
    """Meals and won, as the figures say."""
    found = visits.counted(standing(of.world.officer, last), Asked(first, last, by))
    return {line: (each["meals_paid"], each["office_pays"]) for line, each in found.items()}


@pytest.mark.parametrize("seed", range(6))
def test_the_cost_of_a_period_is_what_the_settlement_counts_for_the_same_visits(moved, seed):
    """Open, closed, and corrected after the close; prices and schemes change in the midst of the month."""
    moved(m.FIRST)
    of = months.office(seed)
    months.visits(of, NOVEMBER, 30, 60)
    for _ in range(3):
        months.price(of, of.day())
        months.belong(of, of.day())
    office = of.world.care.office
    made = [Settlement.objects.create(office=office, provider=each, month=NOVEMBER) for each in of.providers]
    counted = reckon(office.pk, made)
    by_provider = costs(of, NOVEMBER, DECEMBER - DAY, By.PROVIDER)
    for each in made:
        line = by_provider.get(str(each.provider_id), (0, 0))
        assert line == (counted[each.pk].meals, counted[each.pk].amount)
    lines = [line for found in counted.values() for line in found.lines]
    by_scheme = costs(of, NOVEMBER, DECEMBER - DAY, By.SCHEME)
    for scheme in of.schemes:
        mine = [line for line in lines if line.scheme == scheme.pk]
        assert by_scheme.get(str(scheme.pk), (0, 0)) == (sum(x.meals for x in mine), sum(x.amount for x in mine))
    for provider in of.providers:
        months.close(of, provider, NOVEMBER)
    months.reported_otherwise(of, NOVEMBER, DECEMBER)
    months.price(of, of.day(), back=True)
    months.belong(of, of.day())
    for provider in of.providers:
        months.close(of, provider, DECEMBER)
    paid = sum(each.total for each in Settlement.objects.filter(closed_at__isnull=False))
    assert costs(of, NOVEMBER, JANUARY - DAY)[""][1] == paid > 0


def test_a_price_of_the_16th_counts_from_the_16th_and_a_scheme_changed_on_the_20th_from_the_20th(moved):
    moved(m.FIRST)
    world = m.build()
    who, other = m.served(world), m.care.scheme(world.officer, "도시락", 7000)
    for day in (13, 16, 20):
        m.visit(who, date(2026, 11, day))
    terms = Terms(scheme=world.scheme, since=date(2026, 11, 16), unit_price=9500, own_share=1000)
    actions.say_terms(terms, by=world.officer, now=m.FIRST)
    actions.belongs(who, other, date(2026, 11, 20), by=world.officer, now=m.FIRST)
    asked = Asked(NOVEMBER, DECEMBER - DAY, By.SCHEME)
    found = visits.counted(standing(world.officer, asked.last), asked)
    assert {line: (each["planned"], each["office_pays"]) for line, each in found.items()} == {
        str(world.scheme.pk): (2, 8000 + 8500), str(other.pk): (1, 7000),
    }  # fmt: skip


@pytest.fixture
def office(moved):
    moved(make.NOON)
    made = lived.office(10, date(2026, 10, 20))
    lived.live(made, date(2026, 10, 20), date(2026, 11, 20))
    return made


@pytest.mark.parametrize("month", [date(2026, 10, 1), date(2026, 11, 1)])
def test_care_gaps_are_the_same_number_on_both_pages_whoever_asks(office, month):
    asked = Asked(month, (month + 32 * DAY).replace(day=1) - DAY)
    span = f"since={asked.first}&until={asked.last}"
    for person in (office.officer, office.desk, office.clerk):
        client = signed_in(person)
        for by in ("dong", "provider"):
            figures = client.get(f"/care/figures/?{span}&by={by}").context["found"]
            page = client.get(f"/care/support/gaps/?month={month:%Y-%m}&by={by}")
            sums = {str(line.key or "none"): line.sum for line, _cells in page.context["lines"]}
            counts = {line.key: dict(zip(gaps.MEASURES, [c.value for c in line.cells], strict=True))
                      for line in figures.table("gaps").lines}  # fmt: skip
            nothing = support.Sum({})
            for line, told in counts.items():
                mine = sums.get(line, nothing)
                states = {f"gap_{each}": mine[each] for each in (*support.GAPS, *support.APART)}
                assert told == {"gaps": mine.gaps, "apart": mine.apart, **states}
            assert sum(told["gaps"] for told in counts.values()) == page.context["all"].gaps
            assert figures.whole["gaps"] == page.context["all"].gaps > 0


def test_rows_behind_a_gap_are_the_same_on_both_pages(office):
    sees, asked = standing(office.officer, make.DAY), Asked(date(2026, 11, 1), date(2026, 11, 30))
    mine = gaps.behind(sees, asked, make.DAY, "gaps", "")
    assert mine == support.rows(sees, support.Days(asked.first, asked.last), make.DAY, support.GAPS) and mine
