"""What a provider says came of messages, in every order, through the real rising."""

from datetime import timedelta
from itertools import permutations

import pytest
from tests import make
from tests.duty.world import watch
from tests.make import MINUTE, NOON
from tests.outbox.test_sender import SECOND, Killed, Post, message, send, state

from dure.duty.models import Telling
from dure.health.models import Fault
from dure.offices.acting import act
from dure.outbox.actions import acknowledge
from dure.outbox.carriers import Refusal
from dure.outbox.models import Message, Receipt
from dure.outbox.receipts import Said, hear
from dure.outbox.signed import name, named
from dure.people.models import Address

pytestmark = pytest.mark.django_db


@pytest.fixture
def one():
    return make.person(make.office(), "하나", channels=("sms", "email"))


@pytest.fixture
def solo():
    return make.person(make.office(), "하나")


@pytest.fixture
def duty(one):
    made = make.duty(one, make.person(one.office, "둘"), urgent=True)
    watch(NOON)
    send(Post(), email=Post())
    return made


def sent():
    return Message.objects.order_by("id").first()


def said(about, status, second=0, seq=None, reason=""):
    return Said(name(about), status, NOON + second * SECOND, seq, reason)


def told(duty):
    return list(Telling.objects.filter(duty=duty).order_by("id").values_list("person__name", "channel"))


def moments(about):
    about.refresh_from_db()
    return bool(about.delivered_at), bool(about.failed_at)


def test_a_failure_tries_the_next_channel_and_then_the_next_person_and_each_once(duty):
    for _ in range(3):
        hear([said(sent(), "failed", 5, 2, "phone off")], now=NOON + MINUTE)
        watch(NOON + MINUTE)
    assert told(duty) == [("하나", "sms"), ("하나", "email")]
    send(Post(), email=Post(), now=NOON + MINUTE)
    hear([said(Message.objects.get(channel="email"), "failed", 9)], now=NOON + 2 * MINUTE)
    watch(NOON + 2 * MINUTE)
    assert told(duty)[2:] == [("둘", "sms")]
    assert Fault.objects.get(key__startswith="message sms").values == {"channel": "sms", "why": "phone off"}


@pytest.mark.parametrize("with_seq", [True, False])
def test_in_whatever_order_they_come_the_newest_of_the_providers_order_counts(solo, with_seq):
    """delivered after failed: people were told meanwhile or not, but a failure older than it never counts after it."""
    story = [("accepted", 0), ("sent", 1), ("failed", 2), ("delivered", 3)]
    for order in permutations(story):
        about = message(solo)
        send(Post(), email=Post())
        for status, n in order:
            hear([said(about, status, n, n if with_seq else None)] * 2, now=NOON + MINUTE)
        failed_first = order.index(("failed", 2)) < order.index(("delivered", 3))
        assert moments(about) == (True, failed_first), order
        assert about.why == ("failed; delivered after all" if failed_first else "")
        assert about.receipts.count() == 4


def test_a_provider_that_takes_its_delivery_back_is_believed(duty):
    hear([said(sent(), "delivered", 3, 1), said(sent(), "failed", 2, 2)], now=NOON + MINUTE)
    assert moments(sent()) == (True, True)
    watch(NOON + MINUTE)
    assert told(duty) == [("하나", "sms"), ("하나", "email")]


def test_read_is_no_answer(duty):
    hear([said(sent(), "read", 3)], now=NOON + MINUTE)
    watch(NOON + MINUTE)
    assert moments(sent()) == (True, False)
    assert not duty.claims.exists()


def test_who_answers_a_message_that_had_counted_as_failed_has_it(duty, one):
    hear([said(sent(), "failed", 3)], now=NOON + MINUTE)
    watch(NOON + MINUTE)
    acknowledge(sent(), now=NOON + 2 * MINUTE)
    watch(NOON + 2 * MINUTE)
    assert duty.claims.get(ended_at=None).by == one


def test_delivered_although_the_answer_to_us_got_lost_is_not_sent_again(solo):
    def dies(each, text):
        raise Killed

    about = message(solo, drill=True)
    with pytest.raises(Killed):
        send(dies, email=dies)
    hear([said(about, "delivered", 3)], now=NOON + MINUTE)
    post = Post()
    assert send(post, real=NOON + timedelta(hours=1)) == 0
    assert state(about)[2] == NOON + 3 * SECOND
    assert about.text == "[모의훈련] Go."


def test_a_report_that_comes_before_the_sender_has_written_it_down(solo):
    class Fast(Post):
        def __call__(self, each, text):
            hear([said(each, "failed", 1)], now=NOON)
            make.role("engine")

    about = message(solo)
    send(Fast())
    assert state(about) == (None, 1, NOON, NOON, None)


def test_what_went_out_together_fails_together(solo):
    a, b = message(solo, "a", urgent=False), message(solo, "b", urgent=False)
    send(Post())
    a.refresh_from_db(), b.refresh_from_db()
    assert name(a) == name(b)
    hear([said(a, "failed", 1)], now=NOON)
    assert moments(a) == moments(b) == (False, True)


def test_a_number_that_does_not_exist_is_not_used_again(one):
    about = Message.objects.create(
        office=one.office, person=one, channel="sms", address=one.addresses.get(channel="sms").value, urgent=True,
        template="Go.", created_at=NOON, sent_at=NOON, text="Go.",
    )  # fmt: skip
    hear([said(about, "failed", 1, None, Refusal.NO_SUCH_ADDRESS)], now=NOON)
    assert Address.objects.get(person=one, channel="sms").dead_at == NOON


def test_what_is_not_ours_is_one_fault_of_the_installation(one):
    keys = ["", "x", "1", f"{one.office_id}.x", f"{one.office_id}.{make.house(one.office).ref}", f"99999999.{one.ref}"]
    assert hear([Said(key, "failed", NOON) for key in keys], now=NOON) == 0
    fault = Fault.objects.get()
    assert (fault.office, fault.key, fault.times) == (None, "receipts", 6)
    assert Receipt.objects.count() == 0


def test_the_fault_of_the_installation_is_over_when_a_day_went_well(solo):
    about = message(solo)
    hear([Said("x", "failed", NOON)], now=NOON)
    for hours, open_still in ((23, True), (25, False)):
        hear([said(about, "sent", hours)], now=NOON + timedelta(hours=hours))
        assert Fault.objects.filter(mended_at=None).exists() == open_still


def test_a_key_of_one_office_says_nothing_to_another(solo):
    about = message(solo)
    other = make.office()
    assert hear([Said(f"{other.pk}.{about.key}", "failed", NOON)], now=NOON) == 0
    act(solo.office_id)
    assert state(about)[3] is None


@pytest.mark.parametrize("given", ["", ".", "1.", "0.0", "-1.x", "١.x", "1" * 30 + ".x"])
def test_what_names_no_message(given):
    assert named(given) is None
