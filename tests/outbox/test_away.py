"""A carrier that doesn't answer: what waits for it, what doesn't, and who learns of it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import make
from tests.make import MINUTE, NOON
from tests.outbox.test_sender import SECOND, Post, message, send, state

from dure.health.models import Fault
from dure.outbox.carriers import Away

pytestmark = pytest.mark.django_db


@pytest.fixture
def one():
    return make.person(make.office(), "하나")


def test_many_urgent_ones_on_a_carrier_that_is_away_hold_no_other_channel_up(one):
    many = [message(one, "urgent") for _ in range(120)]
    behind = message(one, "mail", channel="email", try_at=NOON + SECOND)
    away, mail = Post(urgent=Away("timed out")), Post()
    assert send(away, NOON + SECOND, email=mail) == 51
    assert (len(away.asked), len(mail.carried), state(behind)[2]) == (1, 1, NOON + SECOND)
    assert sorted((state(each)[:2]) for each in many) == [(NOON, 0)] * 119 + [(NOON + 6 * SECOND, 1)]


def test_one_sender_leaves_it_alone_for_a_while_and_holds_up_no_other_whose_way_out_works(one):
    own, many = {}, [message(one, "urgent") for _ in range(60)]
    away = Post(urgent=Away("no route from here"))
    assert (send(away, away=own), send(away, NOON + 4 * SECOND, away=own), len(away.asked)) == (50, 0, 1)
    works = Post()
    assert send(works, NOON + 4 * SECOND) == 50
    assert {state(each)[0] for each in many[1:51]} == {None}
    assert (send(away, NOON + 5 * SECOND, away=own), len(away.asked)) == (10, 2)


def test_a_clock_that_is_set_back_keeps_no_channel_shut(one):
    own, post = {}, Post()
    message(one)
    send(Post(Go=Away("timed out")), NOON + 60 * MINUTE, away=own)
    message(one, "Go home.")
    assert (send(post, away=own), len(post.carried)) == (1, 1)


def test_what_of_a_bundle_did_not_fit_waits_untried_when_the_carrier_goes_away(one):
    owed = [message(one, "%(n)s %(long)s", urgent=False, values={"n": n, "long": "가" * 600}) for n in range(3)]
    post = Post(**{"1 ": Away("timed out")})
    send(post)
    assert [state(each)[:3] for each in owed] == [
        (None, 1, NOON), (NOON + 5 * SECOND, 1, None), (NOON, 0, None),
    ]  # fmt: skip


def test_a_carrier_that_works_again_is_a_fault_no_more(one):
    message(one), message(one)
    send(Post(Go=Away("timed out")))
    assert Fault.objects.get(key="carrier sms").mended_at is None
    send(Post(), NOON + 15 * SECOND)
    assert Fault.objects.get(key="carrier sms").mended_at == NOON + 15 * SECOND


def test_as_long_as_one_is_tried_again_its_fault_stays_however_many_others_go_out(one):
    busy, stale_at = Post(bad=RuntimeError("busy")), NOON + 2 * MINUTE
    bad = message(one, "bad", stale_at=stale_at)
    for seconds in range(0, 120, 5):
        now = NOON + seconds * SECOND
        message(one, "fine", try_at=now)
        send(busy, now, now)
    found = Fault.objects.get(key="carrier sms busy")
    assert (found.mended_at, found.outside) == (None, False)
    end = stale_at + MINUTE
    message(one, "fine", try_at=stale_at)
    send(busy, end, end)
    assert (state(bad)[3], Fault.objects.get(key="carrier sms busy").mended_at) == (end, end)


def lives(owed, problem, minutes):
    """The sender tries one for so many minutes."""
    now = NOON
    while state(owed)[0] and now <= NOON + minutes * MINUTE:
        send(Post(Go=problem), now, now)
        now = state(owed)[0] or now
    return now


def test_an_urgent_one_that_is_refused_for_now_again_and_again_goes_the_next_way_and_alarms_nobody_outside(one):
    owed = message(one, stale_at=NOON + 300 * MINUTE)
    at = lives(owed, RuntimeError("try again later"), 10)
    assert NOON + 3 * MINUTE < state(owed)[3] == at <= NOON + 5 * MINUTE
    assert owed.why == "not taken (RuntimeError)"
    assert not Fault.objects.filter(outside=True).exists()
    message(one, "fine", try_at=at)
    send(Post(), at, at)
    assert not Fault.objects.filter(key__startswith="carrier", mended_at=None).exists()


def test_one_that_may_wait_is_tried_again_all_day_and_its_carrier_is_well_for_all_others(one):
    lives(message(one), Away("timed out"), 4)
    assert Fault.objects.get(key="carrier sms").outside
    at = NOON + 5 * MINUTE
    owed = message(one, "Stop", urgent=False, try_at=at)
    send(Post(Stop=RuntimeError("try again later")), at, at)
    assert state(owed)[0] > at
    assert Fault.objects.get(key="carrier sms").mended_at == at
    assert Fault.objects.get(key="carrier sms busy").mended_at is None


def test_that_all_is_well_costs_one_question_for_a_batch(one):
    for _ in range(20):
        message(one)
    with CaptureQueriesContext(connection) as asked:
        send(Post())
    assert sum("health_fault" in each["sql"] for each in asked) == 1


@pytest.mark.parametrize(("given", "outside"), [({}, True), ({"urgent": False}, False), ({"drill": True}, False)])
def test_somebody_outside_is_told_when_an_urgent_one_cannot_go_out_for_minutes(one, given, outside):
    owed, now = message(one, **given), NOON
    while now <= NOON + 4 * MINUTE:
        send(Post(Go=Away("timed out")), now, now)
        now = state(owed)[0]
        assert now > NOON + 3 * MINUTE or not Fault.objects.filter(outside=True).exists()
    assert Fault.objects.get(key="carrier sms").outside is outside
