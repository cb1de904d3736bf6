"""Somebody is told that calls are to be made when they begin, not only when one is overdue; and that ends with them."""

from datetime import time, timedelta

import pytest

from dure.care.calls import opening, warnings
from dure.care.calls.models import Call, Home
from dure.care.recipients import keep
from dure.duty.models import Duty, Telling
from dure.places.models import Place
from tests import make
from tests.care import world as care
from tests.care.calls import world as w
from tests.care.calls.world import MONDAY, SATURDAY, when

pytestmark = pytest.mark.django_db
KIND = "care.call_list"


@pytest.fixture
def world():
    return care.build()


def told(kind: str = KIND) -> list[str]:
    return [str(each.person) for each in Telling.objects.filter(duty__kind=kind).order_by("pk")]


def lists() -> list[Duty]:
    return list(Duty.objects.filter(kind=KIND, closed_at=None).order_by("due_at", "pk"))


def test_on_a_saturday_whoever_is_on_call_is_told_at_nine_once_for_everybody(world):
    w.at_risk(world, 3)
    w.opened(world, now=when("00:05"))
    opening.open_calls(world.office.pk, SATURDAY, now=when("00:15"))
    [owed] = lists()
    assert (owed.due_at, owed.area, owed.values["time"]) == (when("09:00"), None, "12:00")
    w.watch(when("08:59"))
    assert told() == []
    w.watch(when("09:00"))
    assert told() == ["당직"]
    w.watch(when("10:01"))
    assert told() == ["당직", "당직"] and told("care.call") == []


def test_on_a_holiday_in_the_week_and_on_a_working_day_the_right_ones_are_told(world):
    w.at_risk(world, 2, weekdays=range(1, 5))
    w.opened(world, MONDAY, now=when("00:05", MONDAY))
    w.watch(when("09:00", MONDAY))
    assert told() == ["동담당"] and lists()[0].area == world.dong
    w.watch(when("10:01", MONDAY))
    assert told() == ["동담당", "당직"]


def test_who_calls_has_it_and_the_last_call_ends_it(world):
    w.at_risk(world, 2)
    first, second = w.opened(world, now=when("00:05"))
    w.watch(when("09:00"))
    w.called(first, "well", "09:10", world.oncall)
    [owed] = lists()
    assert owed.claims.get(ended_at=None).by == world.oncall
    w.watch(when("09:15"))
    assert told() == ["당직"]
    w.called(second, "no_answer", "09:55", world.oncall)
    assert lists() == [owed]
    w.called(second, "well", "10:10", world.oncall)
    assert lists() == []
    closed = Duty.objects.get(kind=KIND)
    assert (closed.closed_by, closed.outcome) == (world.oncall, "kept")


def test_a_provider_that_calls_its_own_ends_a_list_only_when_nobody_elses_is_left(world):
    other = make.organisation(world.office, "provider")
    w.at_risk(world, 1)
    care.recipient(world, "남의대상", tier="red", provider=other, route=None)
    calls = {call.recipient.name: call for call in w.opened(world, now=when("00:05"))}
    make.act(world.office.pk, world.desk.pk, {world.provider.pk})
    w.called(calls["고위험00"], "well", "09:10", world.desk)
    make.act(world.office.pk)
    assert len(lists()) == 1
    w.called(calls["남의대상"], "well", "09:20", world.oncall)
    assert lists() == []


def test_switching_a_warning_on_tells_at_once_and_each_contact_anew(world):
    [who] = w.at_risk(world, 1, weekdays=range(7))
    w.home(who, homebound=True)
    warning = w.heat(world, by="15:00", by_time_2=time(19))
    warnings.switch_on(warning, expected=1, why="폭염경보", by=world.officer, now=when("13:00"))
    first, second = lists()
    assert (first.due_at, second.due_at) == (when("13:00"), when("15:00"))
    w.watch(when("13:01"))
    assert told() == ["당직"]
    warnings.switch_off(warning, why="해제", by=world.officer, now=when("13:30"))
    opening.open_all(world.office.pk, when("13:40"))
    assert lists() == [] and set(Duty.objects.filter(kind=KIND).values_list("outcome", flat=True)) == {"excused"}


def test_whom_a_provider_makes_one_of_those_chosen_is_on_a_list_too(world):
    who = care.recipient(world, "고위험", weekdays=range(7))
    other = w.at_risk(world, 1, weekdays=range(7))[0]
    w.home(other, homebound=True)
    warnings.switch_on(w.heat(world), expected=1, why="폭염", by=world.officer, now=when("10:00"))
    [before] = lists()
    Duty.objects.filter(pk=before.pk).update(
        look_at=None, closed_at=when("10:01"), closed_by=world.oncall, outcome="kept"
    )
    make.act(world.office.pk, world.desk.pk, {world.provider.pk})
    warnings.keep_home(Home(office=world.office, recipient=who, homebound=True), by=world.desk, now=when("10:30"))
    make.act(world.office.pk)
    assert [each.due_at for each in lists()] == [when("10:30")]


def test_a_warning_switched_on_at_night_is_told_in_the_morning(world):
    [who] = w.at_risk(world, 1, weekdays=range(7))
    w.home(who, homebound=True)
    warning = w.heat(world, until=SATURDAY + timedelta(days=1))
    warnings.switch_on(warning, expected=1, why="폭염경보", by=world.officer, now=when("23:59"))
    assert [each.due_at for each in lists()] == [when("09:00", SATURDAY + timedelta(days=1))]


def test_whose_only_call_goes_to_another_dong_leaves_no_list_behind_for_ever(world):
    here, gone = w.at_risk(world, 2, weekdays=range(1, 5))
    there = make.area(world.office, "수완동")
    make.organisation(world.office, "centre", area=there)
    gone.place.area = there
    gone.place.save()
    w.opened(world, MONDAY, now=when("00:05", MONDAY))
    assert {each.area for each in lists()} == {world.dong, there}
    gone.place = Place.objects.get(pk=gone.place_id)
    gone.place.area = world.dong
    keep(gone, by=world.officer, now=when("08:00", MONDAY))
    opening.open_all(world.office.pk, when("08:10", MONDAY))
    for call in Call.objects.filter(day=MONDAY).select_related("recipient"):
        w.called(call, "well", "09:10", world.centre)
    assert lists() == [] and here


def test_tomorrows_call_isnt_made_by_what_was_said_today(world):
    w.at_risk(world, 1)
    [today], [tomorrow] = w.opened(world), w.opened(world, SATURDAY + timedelta(days=1), now=when("08:00"))
    for result in ("well", "no_answer"):
        w.called(tomorrow, result, when("09:10"), world.oncall)
    assert w.fresh(tomorrow).duty.is_open and not w.fresh(today).duty.is_open
    assert w.fresh(tomorrow).duty.due_at == when("12:00", SATURDAY + timedelta(days=1))
