"""Which visits a day owes, and that opening a day again opens nothing twice and forgets nobody."""

from datetime import date, timedelta

import pytest

from dure.care import alarms, closures
from dure.care.models import Absence, Closure, Course, MealPlan, Visit
from dure.care.opening import open_day, planned
from dure.duty.models import Duty
from tests.care import world as w
from tests.care.world import DAY, DUE, MORNING

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    made = w.build()
    assert made.recipient
    return made


def owes(world, day: date) -> list[int]:
    """How many meals each visit of a day hands over."""
    return [p.meals for p in planned(world.office.pk, day)]


def closure(world, day: date, **values) -> Closure:
    made = Closure(office=world.office, day=day, why="김장", **values)
    made.save()
    return made


def absence(world, why: str = "away", **values) -> Absence:
    made = Absence(
        office=world.office, recipient=world.recipient, why=why, told_by="딸", entered_by=world.desk,
        **{"since": DAY, **values},
    )  # fmt: skip
    return alarms.absent(made, now=MORNING)


def test_a_day_is_opened_once(world):
    assert [open_day(world.office.pk, DAY, now=MORNING) for _ in range(3)] == [1, 0, 0]
    visit = Visit.objects.get()
    assert (visit.due_at, visit.worker, visit.course, visit.duty.due_at) == (
        DUE, world.worker, Course.objects.get(), DUE + timedelta(minutes=30),
    )  # fmt: skip
    assert Duty.objects.filter(kind="care.visit").count() == 1


def test_a_red_visit_is_raised_sooner(world):
    w.recipient(world, tier="red")
    open_day(world.office.pk, DAY, now=MORNING)
    assert Visit.objects.get(recipient__tier="red").duty.due_at == DUE + timedelta(minutes=15)


@pytest.mark.parametrize(("day", "owed"), [
    (date(2026, 11, 23), 1),
    (date(2026, 11, 22), 0),   # Sunday
    (date(2026, 5, 1), 0),     # 노동절
    (date(2026, 7, 17), 0),    # 제헌절, a holiday again
    (date(2026, 8, 17), 0),    # a substitute holiday
    (date(2026, 10, 5), 0),    # a substitute holiday
    (date(2026, 6, 3), 0),     # local elections
    (date(2026, 10, 6), 1),
])  # fmt: skip
def test_public_holidays_with_their_substitutes(world, day, owed):
    MealPlan.objects.update(since=date(2026, 1, 1))
    world.recipient.started_on = date(2026, 1, 1)
    world.recipient.save()
    assert len(owes(world, day)) == owed


def test_closures_of_the_office_and_of_a_provider(world):
    tuesday = DAY + timedelta(days=1)
    office = closure(world, tuesday)
    assert owes(world, tuesday) == []
    closure(world, tuesday, provider=world.provider, serves=True)
    assert owes(world, tuesday) == [1]
    office.delete()
    closure(world, DAY, provider=world.provider)
    assert owes(world, DAY) == []


def test_a_holiday_can_be_opened_again(world):
    christmas = date(2026, 12, 25)
    assert owes(world, christmas) == []
    closure(world, christmas, serves=True)
    assert owes(world, christmas) == [1]


def test_two_meals_before_a_closure_that_says_so(world):
    closure(world, date(2026, 12, 2), double_before=True)  # a Wednesday
    assert [owes(world, date(2026, 12, n)) for n in (1, 2, 3)] == [[2], [], [1]]


def test_before_a_closed_monday_it_is_fridays_meal_that_is_doubled(world):
    closure(world, date(2026, 11, 30), double_before=True)
    assert owes(world, date(2026, 11, 27)) == [2]
    w.recipient(world, weekdays=range(7))
    assert owes(world, date(2026, 11, 27)) == [2, 1]  # who has meals on Sundays gets two on Sunday
    assert owes(world, date(2026, 11, 29)) == [2]


def test_a_double_delivery_is_owed_as_two_meals(world):
    closure(world, DAY + timedelta(days=1), double_before=True)
    open_day(world.office.pk, DAY, now=MORNING)
    assert Visit.objects.get().meals == 2


def test_who_is_away_isnt_owed_and_nobody_is_sent(world):
    absence(world, until=DAY + timedelta(days=2))
    assert [len(owes(world, DAY + timedelta(days=n))) for n in range(3)] == [0, 0, 1]
    open_day(world.office.pk, DAY, now=MORNING)
    w.watch(DUE + timedelta(hours=2))
    assert not w.Case.objects.exists()


def test_an_absence_told_after_opening_excuses_and_taken_back_owes_again(world):
    first = world.visit.duty
    told = absence(world)
    assert Visit.objects.get().excused_why == "away"
    assert open_day(world.office.pk, DAY, now=MORNING) == 0
    alarms.back_again(told, on=DAY, by=world.desk, now=MORNING)
    visit = Visit.objects.select_related("duty").get()
    assert (visit.excused_at, visit.duty.is_open, visit.duty.follows) == (None, True, first)
    assert open_day(world.office.pk, DAY, now=MORNING) == 0
    w.watch(DUE + timedelta(minutes=30))
    assert w.case_of(world).by_silence


def test_back_on_a_day_opens_that_day_and_no_earlier_one(world):
    told = absence(world, why="hospital")
    tomorrow = DAY + timedelta(days=1)
    for day in (DAY, tomorrow):
        open_day(world.office.pk, day, now=MORNING)
    w.recipient(world)
    open_day(world.office.pk, tomorrow, now=MORNING)  # tomorrow has been opened
    alarms.back_again(told, on=tomorrow, by=world.desk, now=MORNING)
    assert list(Visit.objects.filter(recipient=world.recipient).values_list("day", flat=True)) == [tomorrow]


def test_a_closure_taken_back_owes_the_visits_again(world):
    tomorrow = DAY + timedelta(days=1)
    open_day(world.office.pk, tomorrow, now=MORNING)
    made = Closure(office=world.office, day=tomorrow, why="김장")
    closures.keep(made, by=world.officer, now=MORNING)
    assert not Visit.objects.get().duty.is_open
    closures.take_back(made, by=world.officer, now=MORNING)
    assert Visit.objects.get().duty.is_open


def test_what_was_cleared_up_or_declined_isnt_owed_again(world):
    alarms.excuse([world.visit], why="본인이 거절", by=world.desk, now=MORNING)
    assert open_day(world.office.pk, DAY, now=MORNING) == 0


def test_a_new_recipient_is_owed_from_the_day_on(world):
    open_day(world.office.pk, DAY, now=MORNING)
    w.recipient(world, started_on=DAY)
    w.recipient(world, started_on=DAY + timedelta(days=1))
    assert open_day(world.office.pk, DAY, now=MORNING) == 1
    assert Course.objects.count() == 1


def test_a_changed_time_isnt_owed_twice(world):
    MealPlan.objects.filter(weekday=0).update(until=DAY)
    MealPlan.objects.create(
        office=world.office, recipient=world.recipient, weekday=0, by_time=w.time(12), since=DAY - timedelta(days=1)
    )
    assert len(owes(world, DAY)) == 1
