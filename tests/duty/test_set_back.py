"""The clock was an hour ahead and has been set right: nobody waits for a moment that was noted ahead of time."""

from datetime import timedelta

import pytest
from tests import make
from tests.duty.world import watch
from tests.make import MINUTE, NOON, TEN_MINUTES

from dure.duty import actions
from dure.duty.models import Claim, Duty, Telling
from dure.offices.acting import act
from dure.outbox.actions import bring_back
from dure.outbox.models import Message
from dure.outbox.sender import LEASE, send_due

pytestmark = pytest.mark.django_db
AHEAD = NOON + timedelta(hours=1)
A_YEAR = timedelta(days=365)


@pytest.fixture
def duty():
    """Told by a clock that was ahead."""
    office = make.office()
    made = make.duty(make.person(office), make.person(office), urgent=True)
    watch(AHEAD)
    return made


def set_right(now=NOON):
    make.role("engine")
    found = actions.bring_back(now)
    make.role("app")
    return found


def look_at(duty):
    return Duty.objects.get(pk=duty.pk).look_at


def test_who_comes_next_is_told_now_and_once_however_often_the_clock_is_found_to_be_right(duty):
    still = make.duty(Telling.objects.get().person, due_at=NOON + timedelta(hours=3))
    assert look_at(duty) == AHEAD + TEN_MINUTES
    assert set_right() == 1
    watch(NOON)
    assert (look_at(duty), look_at(still)) == (NOON + TEN_MINUTES, still.due_at)
    assert set_right(NOON + MINUTE) == 0
    assert list(Telling.objects.order_by("id").values_list("turn", "at")) == [(1, AHEAD), (2, NOON)]


@pytest.mark.parametrize("goes_on", [False, True])
def test_who_has_it_has_it_for_as_long_as_they_said_from_now_on(duty, goes_on):
    by = Telling.objects.get().person
    if goes_on:
        actions.claim(duty, by=by, next_step="x", until=NOON + 9 * MINUTE, now=NOON - MINUTE)
        actions.progress(duty, by=by, next_step="x", until=NOON + 8 * MINUTE, now=NOON + 3 * MINUTE)
    else:
        actions.claim(duty, by=by, next_step="x", until=AHEAD + 5 * MINUTE, now=AHEAD)
    for _ in range(2):
        assert set_right() == 1
        watch(NOON)
        assert look_at(duty) == Claim.objects.get().until == NOON + 5 * MINUTE
    assert Telling.objects.count() == 1


def test_what_was_set_aside_is_tried_now_and_what_is_not_due_yet_at_its_time():
    one = make.person(make.office())
    due, later = make.duty(one), make.duty(one, due_at=NOON + TEN_MINUTES)
    Duty.objects.update(set_aside_at=AHEAD, look_at=AHEAD + MINUTE)
    assert set_right() == 2
    watch(NOON)
    assert (look_at(due), look_at(later)) == (NOON + TEN_MINUTES, NOON + TEN_MINUTES)
    assert set_right() == 0


def test_what_waits_for_the_morning_still_does():
    night = NOON + timedelta(hours=10)
    duty = make.duty(make.person(make.office()), due_at=night)
    watch(night)
    assert set_right(night - timedelta(hours=1, minutes=-1)) == 1
    watch(night - MINUTE)
    assert look_at(duty) == NOON + timedelta(hours=19)
    assert not Telling.objects.exists()


def test_urgent_messages_go_out_now_and_those_that_a_sender_held_ahead_of_time_are_let_go(duty):
    Message.objects.update(leased_until=AHEAD + LEASE)
    make.role("engine")
    sent: list[str] = []
    carriers = {"sms": lambda message, text: sent.append(text)}
    assert send_due(NOON, NOON, carriers) == 0
    assert bring_back(NOON, NOON) == 2
    assert send_due(NOON, NOON, carriers) == 1
    assert bring_back(NOON, NOON) == 0
    make.role("app")
    assert len(sent) == 1


def message(office, created_at, try_at, urgent=False):
    return Message.objects.create(
        office=office, channel="sms", address="1", urgent=urgent, template="x", created_at=created_at, try_at=try_at
    )


def test_what_may_wait_is_not_hurried():
    office = make.office()
    message(office, NOON, NOON + LEASE, urgent=True)
    message(office, NOON, NOON + timedelta(hours=16))  # until the morning
    make.role("engine")
    assert bring_back(NOON, NOON) == 0


def test_what_may_wait_and_was_written_ahead_of_time_goes_out_as_if_it_were_written_now():
    here = make.office()
    by_day = message(here, NOON + A_YEAR, NOON + A_YEAR + 2 * MINUTE)
    there = make.office(zone="America/New_York")  # there it is night
    by_night = message(there, NOON + A_YEAR, NOON + A_YEAR + 2 * MINUTE)
    make.role("engine")
    assert bring_back(NOON, NOON) == 2
    assert bring_back(NOON, NOON) == 0
    make.role("app")
    act(here.pk)
    assert Message.objects.get(pk=by_day.pk).try_at == NOON + 2 * MINUTE
    act(there.pk)
    assert Message.objects.get(pk=by_night.pk).try_at == NOON + timedelta(hours=9)


def test_whom_a_siren_could_not_tell_ahead_of_time_is_told_now():
    office = make.office()
    mute = make.person(office, channels=())
    duty = make.duty(mute, urgent=True)
    watch(NOON)
    watch(NOON + A_YEAR)
    mute.addresses.create(office=office, channel="sms", value="010-0000-9999")
    assert set_right(NOON + TEN_MINUTES) == 1
    watch(NOON + TEN_MINUTES)
    assert Telling.objects.get().duty == duty
    assert set_right(NOON + TEN_MINUTES) == 0


def test_what_was_put_off_to_the_night_of_another_year_is_told_in_the_morning():
    evening = NOON + timedelta(hours=8)
    duty = make.duty(make.person(make.office()), due_at=evening)
    watch(evening)
    watch(NOON + A_YEAR + timedelta(hours=10))  # that year's quiet hours
    assert look_at(duty) > NOON + A_YEAR
    assert set_right(evening + TEN_MINUTES) == 1
    watch(evening + TEN_MINUTES)
    assert look_at(duty) < NOON + timedelta(days=1)


def test_what_was_handed_back_by_a_host_whose_clock_is_ahead_is_told_now(duty):
    set_right()
    watch(NOON)
    by = Telling.objects.order_by("id").last().person
    actions.claim(duty, by=by, next_step="x", until=NOON + 9 * MINUTE, now=NOON)
    actions.hand_back(duty, by=by, now=NOON + timedelta(hours=5))
    assert look_at(duty) > NOON + timedelta(hours=4)
    assert set_right(NOON + MINUTE) == 1
    watch(NOON + MINUTE)
    assert look_at(duty) == NOON + MINUTE + TEN_MINUTES
    assert set_right(NOON + 2 * MINUTE) == 0


def test_who_has_it_for_days_has_it_still():
    one = make.person(make.office())
    duty = make.duty(on=make.ladder(one.office, one, claim_seconds=3 * 86400), urgent=True)
    watch(NOON)
    actions.claim(duty, by=one, next_step="x", until=NOON + timedelta(days=3), now=NOON)
    assert set_right(NOON + MINUTE) == 0
