"""A month of an office, from the first visit to the money: what the product counts is what happened.

With 100 recipients among all tests, with 300 in `make soak`.
"""

import os
from collections import Counter, defaultdict
from datetime import date, time

import pytest

from dure.care.calls.models import Call
from dure.care.figures import visits as figures
from dure.care.figures.asked import the_month
from dure.care.models import Recipient, Visit
from dure.care.money import actions as money
from dure.care.money.counting import reckon
from dure.care.money.models import Settlement, Side
from dure.care.support import gaps
from dure.offices.acting import act
from dure.people.actions import standing
from dure.people.models import Person
from tests.stories.month import CLOSED, DOUBLE, FIRST, HOLIDAY, LAST, Made, Month, at

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PAID = {"in_person", "proxy", "at_door"}
TENTH = date(2026, 9, 10)
RECIPIENTS = 300 if os.environ.get("HYPOTHESIS_PROFILE") == "soak" else 50


def paid(made: list[Made], month: Month) -> int:
    """Won for these visits, by the story's own arithmetic."""
    return sum(each.meals * month.net(each) for each in made if each.handed in PAID)


def test_the_month_is_paid_counted_and_called_as_it_was_lived():
    month = Month().build(RECIPIENTS)
    month.live()
    _owed_as_the_calendar_says(month)
    _nobody_is_left_with_the_provider_that_ended(month)
    _those_at_high_risk_were_called_on_days_without_a_meal_and_in_the_heat(month)
    closed = _settled_to_the_won(month)
    _figures_and_gaps_are_those_of_the_story(month)
    _a_paper_found_later_is_a_correction_and_changes_no_closed_month(month, closed)


def _owed_as_the_calendar_says(month: Month) -> None:
    kept = defaultdict(dict)
    for visit in Visit.objects.filter(excused_at=None):
        kept[visit.day][visit.recipient_id] = visit.provider_id, visit.meals
    days = [date(2026, 8, n) for n in range(1, 32)]
    assert {day: kept.get(day, {}) for day in days} == {day: month.owed(day) for day in days}


def _nobody_is_left_with_the_provider_that_ended(month: Month) -> None:
    ended = month.houses[4]
    assert not Recipient.objects.filter(provider=ended.organisation, ended_on=None).exists()
    for person in (ended.desk, ended.worker):
        assert not standing(person, date(2026, 8, 20)).roles


def _those_at_high_risk_were_called_on_days_without_a_meal_and_in_the_heat(month: Month) -> None:
    assert not Call.objects.filter(duty__closed_at=None).exists()
    red = {each.pk for each in month.recipients if each.tier == "red"}
    there = {
        (day, pk)
        for day in (date(2026, 8, n) for n in range(1, 32))
        for pk in red
        if not (pk in month.away and month.away[pk][0] <= day < month.away[pk][1])
    }
    without = {(day, pk) for day, pk in there if pk not in month.owed(day)}
    assert without and without <= set(month.called)
    heat = {(day, pk) for day, pk in there if date(2026, 8, 3) <= day <= date(2026, 8, 7)}
    unseen = {(m.day, m.recipient) for m in month.truth.values() if m.outcome == "known_safe"}
    assert set(month.called) - without <= heat & unseen


def _settled_to_the_won(month: Month) -> dict[int, int]:
    act(month.office.pk)
    money.owe_settlements(month.office.pk, at(date(2026, 9, 1), time(9)))
    found = {each.provider_id: each for each in Settlement.objects.filter(month=FIRST)}
    assert set(found) == {house.organisation.pk for house in month.houses}
    sums = {}
    for provider, settlement in found.items():
        seen = reckon(month.office.pk, [settlement])[settlement.pk]
        mine = [made for made in month.truth.values() if made.provider == provider]
        assert seen.amount == paid(mine, month)
        for side, by in ((Side.PROVIDER, month.of(provider).desk), (Side.OFFICE, month.officer)):
            money.agree(settlement, side, seen=seen.fingerprint, by=by, now=at(date(2026, 9, 3), time(10)))
        closed = money.close(settlement, seen=seen.fingerprint, by=month.officer, now=at(date(2026, 9, 4), time(10)))
        sums[provider] = closed.amount
    assert sum(sums.values()) == paid(list(month.truth.values()), month) > 100_000 * RECIPIENTS
    return sums


def _figures_and_gaps_are_those_of_the_story(month: Month) -> None:
    sees = standing(Person.objects.get(pk=month.officer.pk), TENTH)
    counted = figures.counted(sees, the_month(FIRST))[""]
    told = Counter(made.outcome for made in month.truth.values())
    handed = Counter(made.handed for made in month.truth.values())
    assert {key: counted[key] for key in told} == told
    assert {key: counted[key] for key in handed} == handed
    assert counted["office_pays"] == paid(list(month.truth.values()), month)
    found = gaps.together(gaps.lines(sees, gaps.Days(FIRST, LAST), TENTH, gaps.By.DONG))
    given = {(made.recipient, made.day) for made in month.truth.values() if made.handed in PAID}
    ours = [each.pk for number, each in enumerate(month.recipients) if number % 5 == 1]
    closed = {
        (pk, CLOSED) for pk in ours if pk not in month.away and (pk, DOUBLE) not in given
    } | {(each.pk, HOLIDAY) for each in month.recipients if each.pk not in month.away}  # fmt: skip
    assert found.gaps == len(closed) + 1  # and the visit of which nobody has said anything


def _a_paper_found_later_is_a_correction_and_changes_no_closed_month(month: Month, closed: dict[int, int]) -> None:
    silent = month.silent
    assert silent is not None
    later = at(date(2026, 9, 8), time(14))
    month.says(silent, "seen_well", "in_person", later, seen_at=silent.due_at, by_paper=True)
    august = Settlement.objects.get(month=FIRST, provider=silent.provider_id)
    assert reckon(month.office.pk, [august])[august.pk].amount == closed[silent.provider_id]
    september = Settlement(office=month.office, provider_id=silent.provider_id, month=date(2026, 9, 1))
    september.save()
    comes = reckon(month.office.pk, [september])[september.pk]
    assert comes.corrected == month.net(month.truth[silent.pk]) * silent.meals
    assert [each.after.visit for each in comes.corrections] == [silent.pk]
