"""Provider, course, time or risk change in the middle of a day: what is opened already follows, and nobody is lost."""

from datetime import time, timedelta

import pytest
from django.core.management import call_command

from dure import clock
from dure.care import following, recipients
from dure.care.imports.recipients import Recipients
from dure.care.models import Course, MealPlan, Recipient, Route, Visit
from dure.care.opening import open_day
from dure.care.phone import pack
from dure.care.recipients import Wanted, plan_meals
from dure.cases.models import Case
from dure.duty.models import Duty
from dure.imports.kinds import Item, Scope
from dure.offices.acting import acting
from dure.people.actions import standing
from dure.places.models import Place
from tests import make
from tests.care import world as w
from tests.care.world import DAY, DUE, MORNING

pytestmark = pytest.mark.django_db
TOMORROW = DAY + timedelta(days=1)
HALF_HOUR = timedelta(minutes=30)
UNDER_WAY = DUE - HALF_HOUR  # the course was to start half an hour ago


@pytest.fixture
def world():
    """A recipient whose lunch of today and tomorrow is opened, and another provider with its desk and course."""
    made = w.build()
    assert made.visit
    open_day(made.office.pk, TOMORROW, now=MORNING)
    made.next = make.organisation(made.office, "provider")
    made.next_desk = make.person(made.office, as_="provider", at=made.next)
    made.next_roster = make.roster(made.office, made.next_desk, answers_for="desk", at=made.next)
    worker = make.person(made.office, as_="worker", at=made.next)
    made.next_route = Route.objects.create(office=made.office, provider=made.next, name="2코스", worker=worker)
    return made


def moves(world, now=MORNING) -> Recipient:
    """The officer enters the other provider."""
    mine = Recipient.objects.select_related("place").get(pk=world.recipient.pk)
    mine.provider, mine.route = world.next, world.next_route
    return recipients.keep(mine, by=world.officer, now=now)


def visits(world) -> list[Visit]:
    found = Visit.objects.filter(recipient=world.recipient).select_related("duty", "course", "worker", "provider")
    return list(found.order_by("day", "meal"))


def lunch_by(world, at: time, *, now=MORNING, since=DAY, days=range(5)) -> set[str]:
    return plan_meals(
        world.recipient, [Wanted(day, "lunch", at) for day in days], since=since, by=world.officer, now=now
    )


def test_another_provider_has_the_visits_that_are_opened_and_is_told_of_their_silence(world):
    moves(world)
    for visit in visits(world):
        assert (visit.provider, visit.course.route, visit.worker, visit.duty.organisation_id) == (
            world.next, world.next_route, world.next_route.worker, world.next.pk,
        )  # fmt: skip
        assert visit.duty.rungs[0]["roster"] == world.next_roster.pk
    assert Visit.objects.count() == Duty.objects.filter(kind="care.visit").count() == 2
    w.watch(DUE + HALF_HOUR)
    assert visits(world)[0].duty.tellings.get(step=0).person == world.next_desk


def test_what_is_under_way_stays_with_who_brings_it_and_they_still_see_it(world):
    moves(world, now=UNDER_WAY)
    today, tomorrow = visits(world)
    assert (today.provider, today.worker, today.duty.organisation_id) == (
        world.provider, world.worker, world.provider.pk,
    )  # fmt: skip
    assert (tomorrow.provider, tomorrow.duty.organisation_id) == (world.next, world.next.pk)
    for person, stops in ((world.worker, 1), (world.next_route.worker, 0)):
        stands = standing(person, DAY)
        with acting(world.office.pk, person.pk, stands.organisations):
            assert len(pack(person, DAY)["stops"]) == stops
    desk = standing(world.desk, DAY)
    with acting(world.office.pk, world.desk.pk, desk.organisations):
        assert Recipient.objects.seen_by(desk).filter(pk=world.recipient.pk).exists()
    following.let_go(world.office.pk, DUE + timedelta(days=1))
    with acting(world.office.pk, world.desk.pk, desk.organisations):
        assert not Recipient.objects.filter(pk=world.recipient.pk).exists()


def test_a_course_that_started_early_is_under_way(world):
    Course.objects.filter(day=DAY).update(started_at=MORNING)
    moves(world)
    assert [v.provider for v in visits(world)] == [world.provider, world.next]


def test_what_is_due_or_raised_stays_as_it_is(world):
    Visit.objects.update(course=None)
    moves(world, now=DUE)
    assert [v.provider for v in visits(world)] == [world.provider, world.next]


def test_nothing_is_moved_into_a_course_that_has_left(world):
    w.recipient(world, provider=world.next, route=world.next_route)
    open_day(world.office.pk, DAY, now=MORNING)
    Course.objects.filter(route=world.next_route).update(started_at=MORNING)
    moves(world)
    assert [v.provider for v in visits(world)] == [world.provider, world.next]


def test_another_course_of_the_same_provider_another_risk_and_what_was_given_by_hand(world):
    Visit.objects.filter(day=DAY).update(worker=world.other)
    mine = Recipient.objects.select_related("place").get(pk=world.recipient.pk)
    mine.tier = "red"
    recipients.keep(mine, by=world.officer, now=MORNING)
    today = visits(world)[0]
    assert (today.worker, today.duty.due_at) == (world.other, DUE + timedelta(minutes=15))
    mine.route = Route.objects.create(office=world.office, provider=world.provider, name="9코스")
    recipients.keep(mine, by=world.officer, now=MORNING)
    assert (visits(world)[0].worker, visits(world)[0].course.route) == (None, mine.route)


def test_a_closed_duty_stays_closed_and_a_visit_made_stays_with_who_made_it(world):
    w.says(world, "seen_well", at=MORNING)
    moves(world)
    assert [v.provider for v in visits(world)] == [world.provider, world.next]


def test_nothing_changed_changes_nothing(world):
    before = list(Duty.objects.order_by("pk").values())
    mine = Recipient.objects.select_related("place").get(pk=world.recipient.pk)
    recipients.keep(mine, by=world.officer, now=MORNING)
    assert list(Duty.objects.order_by("pk").values()) == before


def test_a_list_moves_them_as_well(world):
    scope = Scope(world.officer, None, MORNING, DAY, whole=True)
    subject = f"recipient {world.recipient.ref}"
    Recipients().save(scope, [Item(subject, {"provider": str(world.next.pk), "route": "2코스"})])
    assert [v.provider for v in visits(world)] == [world.next, world.next]
    assert [v.worker for v in visits(world)] == [world.next_route.worker] * 2


def test_another_time_is_the_time_of_what_is_opened(world):
    assert lunch_by(world, time(12, 30)) == set()
    assert [v.due_at for v in visits(world)] == [DUE + 2 * HALF_HOUR, DUE + timedelta(days=1) + 2 * HALF_HOUR]
    assert visits(world)[0].duty.due_at == DUE + 3 * HALF_HOUR
    w.watch(DUE + HALF_HOUR)
    assert visits(world)[0].duty.raised_at is None


@pytest.mark.parametrize(("now", "at"), [
    (DUE - HALF_HOUR, time(10, 30)),  # an earlier time, which has passed
    (DUE + timedelta(minutes=10), time(18)),  # what was due already isn't put off
])  # fmt: skip
def test_no_time_is_moved_into_the_past_nor_away_from_what_is_due(world, now, at):
    assert lunch_by(world, at, now=now) == {"lunch"}
    today, tomorrow = visits(world)
    assert (today.due_at, today.duty.is_open, today.duty.due_at) == (DUE, True, DUE + HALF_HOUR)
    assert clock.local(tomorrow.due_at).time() == at
    open_day(world.office.pk, DAY, now=now)
    assert len(visits(world)) == 2


def test_a_meal_that_is_planned_no_more_isnt_owed_and_says_why(world):
    lunch_by(world, time(11, 30), days=[1, 2])
    today, tomorrow = visits(world)
    assert (today.duty.outcome, today.excused_why, tomorrow.duty.is_open) == (
        "excused", "the meal plan was changed", True,
    )  # fmt: skip


def test_a_new_meal_of_today_is_opened_while_its_time_is_still_to_come(world):
    meals = [Wanted(day, "lunch", time(11, 30)) for day in range(5)]
    meals += [Wanted(day, "dinner", time(18)) for day in range(5)]
    plan_meals(world.recipient, meals, since=DAY, by=world.officer, now=DUE + HALF_HOUR)
    assert [(v.day, v.meal) for v in visits(world)] == [
        (DAY, "dinner"), (DAY, "lunch"), (TOMORROW, "dinner"), (TOMORROW, "lunch"),
    ]  # fmt: skip


def entered_after_lunch(world) -> Recipient:
    """Somebody is taken in at one o'clock, from today on, with lunch and dinner."""
    late = DUE + 3 * HALF_HOUR
    place = Place(office=world.office, area=world.dong, address="첨단로 77")
    new = Recipient(
        office=world.office, name="새사람", provider=world.provider, route=world.route, started_on=DAY, place=place
    )
    recipients.keep(new, by=world.officer, now=late)
    meals = [Wanted(day, meal, at) for day in range(5) for meal, at in (("lunch", time(12)), ("dinner", time(18)))]
    assert plan_meals(new, meals, since=DAY, by=world.officer, now=late) == {"lunch"}
    return new


def test_who_is_entered_after_lunch_is_not_missed_at_a_lunch_that_has_passed(world, moved):
    new = entered_after_lunch(world)
    make.role("engine")
    moved(DUE + 4 * HALF_HOUR)
    call_command("open_day")
    make.role("app")
    with acting(world.office.pk):
        found = Visit.objects.filter(recipient=new, day=DAY)
        assert [visit.meal for visit in found] == ["dinner"]
        assert MealPlan.objects.get(recipient=new, weekday=0, meal="lunch").since == TOMORROW
    w.watch(DUE + 5 * HALF_HOUR)
    with acting(world.office.pk):
        assert not Case.objects.filter(subject=new.ref).exists()


def test_who_comes_in_with_a_list_is_served_from_tomorrow_on(world):
    scope = Scope(world.officer, None, DUE + 3 * HALF_HOUR, DAY, whole=True)
    values = {"name": "명단사람", "provider": str(world.provider.pk), "dong": str(world.dong.pk), "days": [0, 1]}
    [subject] = Recipients().save(scope, [Item(None, values | {"address": "첨단로 9"})])
    open_day(world.office.pk, DAY, now=scope.now)
    found = Visit.objects.filter(recipient__ref=subject.split()[1])
    assert [visit.day for visit in found] == [TOMORROW]
