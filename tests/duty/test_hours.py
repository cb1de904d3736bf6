"""Who is reached where at which hour: the office by day, the own phone at night, and never not at all."""

from datetime import time, timedelta

import pytest
from tests import make
from tests.duty.test_rising import fail, told
from tests.duty.world import watch
from tests.make import NOON

from dure.duty.models import Telling
from dure.people.actions import ways_at

pytestmark = pytest.mark.django_db
NIGHT = NOON + timedelta(hours=10)  # ten in the evening
DAY, EVENING = (time(9), time(18)), (time(18), time(9))


@pytest.fixture
def one():
    return make.person(make.office(), "하나", channels=("sms", "email"))


def hours(person, channel, since, until):
    person.addresses.filter(channel=channel).update(since=since, until=until)


@pytest.mark.parametrize(("at", "first"), [(NOON, "email"), (NIGHT, "sms")])
@pytest.mark.parametrize("channels", [(), ("sms", "email"), ("email", "sms")])
def test_by_day_the_one_and_at_night_the_other_whatever_the_order_says(one, at, first, channels):
    hours(one, "sms", *EVENING), hours(one, "email", *DAY)
    duty = make.duty(on=make.ladder(one.office, make.rung(one, channels=channels)), due_at=at, urgent=True)
    watch(at)
    assert told(duty) == [(1, "하나", first)]
    fail(at)
    watch(at)
    assert [channel for _, _, channel in told(duty)] == [first, {"sms": "email", "email": "sms"}[first]]


def test_what_is_urgent_goes_to_all_of_them_when_none_is_meant_for_this_hour(one):
    hours(one, "sms", *DAY), hours(one, "email", *DAY)
    duty, plain = make.duty(one, due_at=NIGHT, urgent=True), make.duty(one, due_at=NIGHT)
    watch(NIGHT)
    assert told(duty) == [(1, "하나", "sms"), (1, "하나", "email")]
    watch(NIGHT + timedelta(hours=9))  # seven in the morning
    assert [channel for _, _, channel in told(plain)] == ["sms"]
    assert not Telling.objects.filter(duty=plain, at__lt=NIGHT + timedelta(hours=9)).exists()


@pytest.mark.parametrize(
    ("since", "until", "local", "meant"),
    [("09:00", "18:00", "09:00", True), ("09:00", "18:00", "18:00", False), ("18:00", "09:00", "17:59", False),
     ("18:00", "09:00", "18:00", True), ("18:00", "09:00", "00:00", True), ("18:00", "09:00", "09:00", False)],
)  # fmt: skip
def test_hours_begin_and_end_on_the_minute_where_the_office_is(one, since, until, local, meant):
    hours(one, "sms", time.fromisoformat(since), time.fromisoformat(until))
    at = NOON + timedelta(hours=time.fromisoformat(local).hour - 12, minutes=time.fromisoformat(local).minute)
    ways, off = ways_at([one.pk], at)
    assert ((one.pk, "sms", one.addresses.get(channel="sms").value) not in off) == meant
    assert ways[one.pk][0][0] == ("sms" if meant else "email")


def test_at_night_a_landline_that_somebody_has_to_ring_is_not_all_that_is_tried():
    one = make.person(make.office(), "하나", channels=("sms", "call"))
    hours(one, "sms", *DAY), hours(one, "call", *EVENING)
    duty = make.duty(one, due_at=NIGHT, urgent=True)
    watch(NIGHT)
    assert told(duty) == [(1, "하나", "call"), (1, "하나", "sms")]


def test_who_has_only_numbers_to_be_rung_is_rung_at_one_of_them():
    one = make.person(make.office(), "당직실", channels=("call",))
    one.addresses.create(office=one.office, channel="call", value="062-000-0009")
    duty = make.duty(one, due_at=NIGHT, urgent=True)
    watch(NIGHT)
    assert told(duty) == [(1, "당직실", "call")]
