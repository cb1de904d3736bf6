"""A number that only a call by hand reaches: who has to be rung, and what comes of it."""

import pytest
from tests import make
from tests.duty.world import watch
from tests.make import MINUTE, NOON

from dure.audit.models import Entry
from dure.duty import actions
from dure.duty.models import Answer, Claim, Outcome, Telling
from dure.errors import Refused
from dure.health.models import Fault
from dure.outbox.models import Message
from dure.people.models import Address

pytestmark = pytest.mark.django_db


@pytest.fixture
def one():
    """Who rings."""
    return make.person(make.office(), "하나")


@pytest.fixture
def night_desk(one):
    return make.person(one.office, "당직실", channels=("call", "email"))


@pytest.fixture
def telling(one, night_desk):
    """The night desk is to be rung; after it, somebody gets a text message."""
    duty = make.duty(night_desk, make.person(one.office, "둘"), urgent=True)
    watch(NOON)
    Message.objects.update(try_at=None, sent_at=NOON, text="…")
    return Telling.objects.get(duty=duty)


def told(telling) -> list[tuple]:
    rows = Telling.objects.filter(duty=telling.duty).order_by("id")
    return list(rows.values_list("turn", "person__name", "channel"))


def test_who_takes_it_on_the_phone_has_it(one, night_desk, telling):
    actions.called(telling, Answer.TAKES_IT, by=one, now=NOON + MINUTE)
    watch(NOON + MINUTE)
    assert Claim.objects.get().by == night_desk
    rang = Entry.objects.get(did="rang")
    assert (rang.who_id, rang.why, rang.about) == (one.pk, "takes_it", f"duty {telling.duty.ref}")


def test_no_answer_tries_the_next_way_and_then_the_next_person_at_once(one, telling):
    actions.called(telling, Answer.NO_ANSWER, by=one, now=NOON + MINUTE)
    watch(NOON + MINUTE)
    assert told(telling)[1:] == [(1, "당직실", "email")]
    Message.objects.filter(channel="email").update(try_at=None, failed_at=NOON + MINUTE)
    watch(NOON + MINUTE)
    assert told(telling)[2:] == [(2, "둘", "sms")]
    assert not Fault.objects.filter(key__startswith="number").exists()
    assert Address.objects.get(channel="call").dead_at is None


def test_a_wrong_number_is_not_rung_again_and_must_be_mended(one, telling):
    actions.called(telling, Answer.WRONG_NUMBER, by=one, now=NOON + MINUTE)
    watch(NOON + MINUTE)
    assert told(telling)[1:] == [(1, "당직실", "email")]
    assert Address.objects.get(channel="call").dead_at == NOON + MINUTE
    assert Fault.objects.get().values == {"number": telling.address, "person": "당직실"}


def test_only_the_first_who_rang_says_what_came_of_it(one, telling):
    actions.called(telling, Answer.TAKES_IT, by=one, now=NOON + MINUTE)
    with pytest.raises(Refused, match="이미 입력"):
        actions.called(telling, Answer.NO_ANSWER, by=one, now=NOON + MINUTE)
    assert Message.objects.get().failed_at is None


def test_nobody_is_rung_for_what_is_over_or_not_sent_yet(one, telling):
    Message.objects.update(try_at=NOON, sent_at=None)
    with pytest.raises(Refused):
        actions.called(telling, Answer.NO_ANSWER, by=one, now=NOON)
    actions.close([telling.duty], by=one, outcome=Outcome.KEPT, now=NOON)
    with pytest.raises(Refused, match="하나"):
        actions.called(telling, Answer.TAKES_IT, by=one, now=NOON)
