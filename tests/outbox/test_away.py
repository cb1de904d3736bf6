"""A carrier that doesn't answer: what waits for it, what doesn't, and who learns of it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import make
from tests.care.test_opening_together import emptied_afterwards
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
    assert {state(each)[0] for each in many} == {NOON + 6 * SECOND}
    assert sorted(state(each)[1] for each in many) == [0] * 119 + [1]


@pytest.mark.django_db(transaction=True)
@emptied_afterwards()
def test_the_sender_puts_off_by_itself_as_nobody_else_has_a_transaction_open(one):
    many = [message(one, "urgent") for _ in range(60)]
    assert send(Post(urgent=Away("timed out"))) == 50
    assert {state(each)[0] for each in many} == {NOON + 5 * SECOND}


def test_what_of_a_bundle_did_not_fit_is_put_off_when_the_carrier_goes_away(one):
    owed = [message(one, "%(n)s %(long)s", urgent=False, values={"n": n, "long": "가" * 600}) for n in range(3)]
    post = Post(**{"1 ": Away("timed out")})
    send(post)
    assert [state(each)[:3] for each in owed] == [
        (None, 1, NOON), (NOON + 5 * SECOND, 1, None), (NOON + 5 * SECOND, 0, None),
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
    assert Fault.objects.get(key="carrier sms").mended_at is None
    end = stale_at + MINUTE
    message(one, "fine", try_at=stale_at)
    send(busy, end, end)
    assert (state(bad)[3], Fault.objects.get(key="carrier sms").mended_at) == (end, end)


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
