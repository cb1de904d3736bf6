"""Trial messages: through the real outbox and its sender; whether they go out is known before somebody needs one."""

from datetime import timedelta

import pytest
from tests import make
from tests.make import MINUTE, NOON

from dure.health.models import Beat, Fault
from dure.outbox.canary import Trial, trials, try_all
from dure.outbox.carriers import Refusal
from dure.outbox.models import Message
from dure.outbox.sender import send_due

pytestmark = pytest.mark.django_db
HOURLY, DAILY = Trial("sms", "010-0000-1234"), Trial("sms", "010-0000-5678", daily=True)


@pytest.fixture(autouse=True)
def engine():
    make.person(make.office())
    make.role("engine")
    yield
    make.role("app")


def at(now, *tried, carrier=lambda message, text: None):
    """One minute of the jobs, and of the sender."""
    try_all(tried or (HOURLY,), now=now, real=now)
    send_due(now, now, {"sms": carrier})


def refuse(message, text):
    raise Refusal("closed")


def away(message, text):
    raise OSError


def test_it_goes_out_once_an_hour_to_nobody_and_gives_a_sign_of_life():
    said = []
    for minute in range(122):
        at(NOON + minute * MINUTE, carrier=lambda message, text: said.append((message.address, text)))

    assert said == [("010-0000-1234", "[시험 발송] 알림이 나가는지 확인하는 문자입니다. 하실 일은 없습니다.")] * 2
    assert not Message.objects.exclude(person=None).exists()
    assert Beat.objects.get(name="canary sms").at == NOON + 62 * MINUTE
    assert not Fault.objects.exists()


def test_once_a_day_at_nine():
    nine = NOON - timedelta(hours=3)
    for hours in (-1, 0, 1, 20, 24, 25):
        at(nine + timedelta(hours=hours), DAILY)

    made = list(Message.objects.order_by("id").values_list("created_at", flat=True))
    assert made == [nine - timedelta(hours=1), nine, nine + timedelta(hours=24)]


def test_one_from_an_hour_that_is_still_to_come_does_not_count():
    """The clock was ahead and has been set back."""
    for moment in (NOON + timedelta(hours=1), NOON, NOON + MINUTE):
        at(moment)

    assert sorted(Message.objects.values_list("created_at", flat=True)) == [NOON, NOON + timedelta(hours=1)]


@pytest.mark.parametrize("carrier", [refuse, away])
def test_one_that_does_not_go_out_is_a_fault_within_five_minutes_and_mended_by_the_next_that_does(carrier):
    for minute in range(6):
        at(NOON + minute * MINUTE, carrier=carrier)

    found = Fault.objects.get(key="canary sms")
    assert (found.outside, found.office, found.mended_at) == (True, None, None)
    at(NOON + 10 * MINUTE)
    at(NOON + 11 * MINUTE)
    assert Fault.objects.get(key="canary sms").mended_at
    assert not Message.objects.filter(try_at__isnull=False).exists()


def test_what_was_wrong_with_a_trial_that_is_not_asked_for_any_more_is_over():
    for minute in range(6):
        at(NOON + minute * MINUTE, HOURLY, DAILY, carrier=refuse)
    for minute in range(6, 18):
        at(NOON + minute * MINUTE, DAILY, carrier=refuse)
    assert list(Fault.objects.filter(key__startswith="canary", mended_at=None).values_list("key", flat=True)) == [
        "canary sms daily"
    ]


def test_a_sender_that_is_dead_is_noticed():
    for minute in range(6):
        try_all([HOURLY], now=NOON + minute * MINUTE, real=NOON)

    assert Fault.objects.filter(key="canary sms", mended_at=None).exists()


def test_what_is_tried():
    """Into the file where nothing else is set up; a real carrier only to an address that was named for it."""
    assert trials({"sms": "file", "email": "smtp"}, {}, {}) == [Trial("sms", "file")]
    assert trials({"sms": "solapi", "email": "smtp"}, {"sms": "010-0000-1234"}, {"email": "a@example.org"}) == [
        HOURLY, Trial("email", "a@example.org", daily=True),
    ]  # fmt: skip
