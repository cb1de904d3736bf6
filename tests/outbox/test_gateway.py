"""The gateway's carrier, through the real sender, against a gateway that listens on this machine."""

import json
import time
from datetime import timedelta
from pathlib import Path

import pytest
from tests import make
from tests.make import MINUTE, NOON
from tests.outbox.gateway import serving
from tests.outbox.test_carriers import free_port
from tests.outbox.test_sender import SECOND, message, send, state

from dure import clock
from dure.health.models import Fault
from dure.outbox.carriers import gateway as carrier
from dure.outbox.carriers import http
from dure.outbox.models import Message
from dure.outbox.signed import name, signature
from dure.people.models import Address

pytestmark = pytest.mark.django_db
KEY = "our-secret"


@pytest.fixture
def one():
    return make.person(make.office(), "하나")


@pytest.fixture
def there(settings):
    with serving() as gateway:
        settings.DURE_GATEWAY_URL, settings.DURE_GATEWAY_KEY = gateway.url + "/messages", KEY
        yield gateway


def go(now=NOON, **carriers):
    return send(carrier.carry, now, now, **carriers)


def test_a_message_is_handed_over_as_signed_json_and_kept_as_sent(one, there):
    owed = message(one, "Go to %(dong)s.", values={"dong": "첨단1동"})
    go()
    [asked], [headers], [body] = there.asked, there.headers, there.bodies
    assert asked == {
        "key": f"{one.office_id}.{owed.key}", "to": owed.address, "channel": "sms", "text": "Go to 첨단1동.",
        "urgent": True, "again": 0,
    }  # fmt: skip
    assert headers["Idempotency-Key"] == name(owed)
    assert headers["Dure-Signature"] == signature(KEY, headers["Dure-Timestamp"], body)
    assert abs(int(headers["Dure-Timestamp"]) - clock.real().timestamp()) < 30
    assert state(owed) == (None, 1, NOON, None, None)


def test_an_answer_that_got_lost_is_asked_for_again_under_the_same_key(one, there):
    owed = message(one)
    for how in ("drops", "half", (503, b""), (302, b""), (429, b'{"reason": "slow down"}')):
        there.behaves["*"] = how
        go(state(owed)[0])
    there.behaves.clear()
    go(state(owed)[0])
    assert [each["again"] for each in there.asked] == [0, 1, 2, 3, 4, 5]
    assert {each["key"] for each in there.asked} == {name(owed)}
    assert set(there.paths) == {"/messages"}
    assert state(owed)[2] is not None
    assert Fault.objects.get().times == 5


def test_an_unknown_number_is_never_asked_again(one, there):
    there.behaves["*"] = (422, b'{"reason": "no_such_address"}')
    owed = message(one)
    go()
    assert (state(owed)[3], owed.why) == (NOON, "no such address")
    assert Address.objects.get(person=one).dead_at == NOON


def test_refused_with_a_reason_fails_for_good_and_the_number_lives_on(one, there):
    there.behaves["*"] = (400, '{"reason": "문구 심사 필요"}'.encode())
    owed = message(one)
    go()
    assert (state(owed)[3], owed.why) == (NOON, "문구 심사 필요")
    assert Address.objects.get(person=one).dead_at is None


@pytest.mark.parametrize("reason", ["\x00", "\ud800"])
def test_a_reason_that_cannot_be_kept_stops_nobody(one, there, reason):
    other = make.person(one.office)
    there.behaves[one.addresses.get().value] = (422, json.dumps({"reason": f"closed {reason}"}).encode())
    bad, good = message(one), message(other)
    go()
    assert (state(bad)[3], state(good)[2]) == (NOON, NOON)
    assert Fault.objects.get().values["why"] == bad.why


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_wrong_key_or_address_of_the_gateway_fails_no_message(one, there, status):
    there.behaves["*"] = (status, b'{"reason": "who are you"}')
    owed = [message(one), message(one)]
    go()
    assert len(there.asked) == 1  # nothing else is handed to it for the moment
    assert [state(each)[:2] for each in owed] == [(NOON + 5 * SECOND, 1), (NOON, 0)]


def test_one_that_is_not_understood_holds_up_no_other(one, there):
    other = make.person(one.office)
    there.behaves[one.addresses.get().value] = (400, b"what?")
    bad, good = message(one), message(other)
    go()
    assert (state(bad)[0], state(good)[2]) == (NOON + 5 * SECOND, NOON)


@pytest.mark.parametrize("how", [5.0, "dribbles"])
def test_a_gateway_that_does_not_end_its_answer_holds_the_urgent_lane_for_one_answer(one, there, monkeypatch, how):
    monkeypatch.setattr(http, "SECONDS", 0.4)
    there.behaves["*"] = how
    for _ in range(5):
        message(one)
    mail = message(one, channel="email", address="a@example.org")
    before, mailed = time.monotonic(), []
    go(email=lambda each, text: mailed.append(text))
    assert time.monotonic() - before < 1.2
    assert (len(there.asked), mailed, state(mail)[2]) == (1, ["Go."], NOON)


def test_what_grew_stale_while_the_gateway_was_away_does_not_go_out_as_new(one, settings):
    settings.DURE_GATEWAY_KEY, port = KEY, free_port()
    settings.DURE_GATEWAY_URL = f"http://127.0.0.1:{port}/"
    old, fresh = message(one, "old", stale_at=NOON + MINUTE), message(one, "fresh", stale_at=NOON + 9 * MINUTE)
    go()
    assert Fault.objects.get(key="carrier sms").values["why"] == "Away"
    with serving(port) as back:
        go(NOON + 2 * MINUTE)
    assert [each["text"] for each in back.asked] == ["fresh"]
    assert (state(old)[3], old.why, state(fresh)[2]) == (NOON + 2 * MINUTE, "stale", NOON + 2 * MINUTE)


def test_an_idempotent_gateway_never_swallows_what_joined_a_bundle(one, there):
    first = message(one, "a", urgent=False)
    second = message(one, "b", urgent=False)
    there.behaves["*"] = "half"  # taken, but we can't know
    go()
    third = message(one, "c", urgent=False, try_at=NOON + 5 * SECOND)
    go(NOON + 5 * SECOND)
    there.behaves.clear()
    go(NOON + timedelta(minutes=1))
    assert [sorted(each["text"].split()) for each in there.asked] == [["a", "b"], ["a", "b", "c"], ["a", "b", "c"]]
    keys = [each["key"] for each in there.asked]
    assert keys[0] != keys[1] == keys[2]
    assert {name(each) for each in Message.objects.all()} == {keys[2]}
    assert {state(each)[2] for each in (first, second, third)} == {NOON + timedelta(minutes=1)}


def test_the_worked_example_of_the_docs_is_right():
    text = Path("docs/gateway.md").read_text()
    body = next(line for line in text.splitlines() if line.startswith('{"key"'))
    stamp = text.partition("Dure-Timestamp: ")[2].split()[0]
    given = text.partition("Dure-Signature: ")[2].split()[0]
    assert signature("example-key", stamp, body.encode()) == given
    assert set(json.loads(body)) == {"key", "to", "channel", "text", "urgent", "again"}
