"""Solapi's carrier against a program on this machine that answers as Solapi's documents say."""

import hmac
import json
import re
from datetime import datetime
from pathlib import Path

import pytest
from tests import make
from tests.make import NOON
from tests.outbox.gateway import serving
from tests.outbox.test_sender import SECOND, message, send, state

from dure import clock
from dure.outbox.carriers import solapi
from dure.outbox.models import Status
from dure.outbox.signed import name
from dure.people.models import Address

pytestmark = pytest.mark.django_db
PATTERN = r"HMAC-SHA256 apiKey=(\w+), date=(\S+), salt=(\w{12,64}), signature=([0-9a-f]{64})"


def answer(code, status=200):
    return status, json.dumps({"statusCode": code, "messageId": "M4V", "groupId": "G4V"}).encode()


@pytest.fixture
def one():
    return make.person(make.office(), "하나")


@pytest.fixture
def there(settings):
    with serving() as listener:
        listener.behaves["*"] = answer("2000")
        settings.DURE_SOLAPI = {
            "url": listener.url, "key": "NCS", "secret": "SECRET", "from": "0212345678", "channel": "", "template": "",
            "webhook": "",
        }  # fmt: skip
        yield listener


def go(now=NOON):
    return send(solapi.carry, now, now)


def test_a_message_goes_out_signed_as_documented(one, there):
    owed = message(one, "첨단1동: 확인하세요.")
    go()
    [asked] = there.asked
    assert there.paths == ["/messages/v4/send"]
    assert asked == {"message": {
        "to": owed.address.replace("-", ""), "from": "0212345678", "type": "SMS", "text": "첨단1동: 확인하세요.",
        "customFields": {"key": name(owed)},
    }}  # fmt: skip
    key, date, salt, signature = re.fullmatch(PATTERN, there.headers[0]["Authorization"]).groups()
    assert (key, signature) == ("NCS", hmac.new(b"SECRET", (date + salt).encode(), "sha256").hexdigest())
    assert abs((datetime.fromisoformat(date) - clock.real()).total_seconds()) < 30
    assert state(owed)[2] == NOON


@pytest.mark.parametrize(("text", "kind"), [("가" * 45, "SMS"), ("가" * 45 + "a", "LMS"), ("a" * 90, "SMS")])
def test_ninety_bytes_are_a_short_message(one, there, text, kind):
    message(one, text)
    go()
    assert (there.asked[0]["message"]["type"], there.asked[0]["message"]["text"]) == (kind, text)


def test_letters_that_text_messages_do_not_have_are_replaced_and_length_is_bounded(one, there):
    message(one, "똠방각하 — 😀 Ａ")
    message(one, "%(long)s", values={"long": "\n".join(["가" * 300] * 9)})
    message(one, "%(long)s", values={"long": "나" * 1500})
    go()
    texts = [each["message"]["text"] for each in there.asked]
    assert texts == ["?방각하 - ? Ａ", "\n".join(["가" * 300] * 3), "나" * 1000]


@pytest.mark.parametrize("template", ["", "KA01"])
def test_a_bundle_too_long_for_one_text_message_loses_none(one, there, settings, template):
    settings.DURE_URL = "https://dure.example.go.kr"
    settings.DURE_SOLAPI = {**settings.DURE_SOLAPI, "channel": template, "template": template}
    said = [f"첨단1동: 확인 전화 {n:02}번이 아직 없습니다. 오늘 안에 전화해 주세요." for n in range(30)]
    owed = [message(one, text, urgent=False, answerable=True) for text in said]
    while go():
        pass
    out = [json.dumps(each, ensure_ascii=False) for each in there.asked]
    assert [sum(text in each for each in out) for text in said] == [1] * 30
    assert sum(each.count("/l/") for each in out) == 30
    assert {state(each)[2] for each in owed} == {NOON}


def test_with_a_template_it_is_a_talk_message_that_falls_back(one, there, settings):
    settings.DURE_SOLAPI = {**settings.DURE_SOLAPI, "channel": "PF01", "template": "KA01"}
    message(one, "첨단1동 😀")
    go()
    said = there.asked[0]["message"]
    assert (said["type"], said["kakaoOptions"]) == ("ATA", {
        "pfId": "PF01", "templateId": "KA01", "variables": {"#{내용}": "첨단1동 😀"}, "disableSms": False,
    })  # fmt: skip
    assert "text" not in said


@pytest.mark.parametrize("code", ["3010", "3032"])
def test_a_number_that_nobody_has_is_not_used_again(one, there, code):
    there.behaves["*"] = answer(code, 400)
    message(one)
    go()
    assert Address.objects.get(person=one).dead_at == NOON


def test_what_is_no_number_is_not_handed_over(one, there):
    message(one, address="1")
    go()
    assert there.asked == []


@pytest.mark.parametrize("how", [(429, b""), (500, b""), (401, b"{}"), (302, b""), answer("1030", 400), "drops"])
def test_too_much_at_once_an_empty_account_or_a_wrong_key_holds_all_and_fails_none(one, there, how):
    there.behaves["*"] = how
    owed = [message(one), message(one)]
    go()
    assert len(there.asked) == 1
    assert [state(each)[:2] for each in owed] == [(NOON + 5 * SECOND, 1), (NOON, 0)]


@pytest.mark.parametrize("body", [b'{"groupInfo": {}}', b"[" * 60_000])
def test_an_answer_of_another_shape_does_not_send_it_again_and_again(one, there, body):
    there.behaves["*"] = (200, body)
    owed = message(one)
    go()
    assert state(owed)[2] == NOON


@pytest.mark.parametrize(("code", "failed"), [("1043", True), ("1031", True), ("2024", False), ("", False)])
def test_what_concerns_one_message_holds_up_no_other(one, there, code, failed):
    other = make.person(one.office)
    there.behaves[one.addresses.get().value.replace("-", "")] = answer(code, 400)
    bad, good = message(one), message(other)
    go()
    assert (bool(state(bad)[3]), state(good)[2]) == (failed, NOON)


@pytest.mark.parametrize(
    ("code", "status"),
    [("4000", Status.DELIVERED), ("3000", Status.SENT), ("3104", Status.SENT), ("3043", Status.FAILED),
     ("3032", Status.FAILED)],
)  # fmt: skip
def test_what_its_webhook_says(code, status):
    given = {"statusCode": code, "customFields": {"key": "1.k"}, "dateReported": "2026-11-23T03:00:40.000Z"}
    said = solapi.reported(given, NOON)
    assert (said.key, said.status, said.at) == ("1.k", status, NOON + 40 * SECOND)
    assert solapi.reported({**given, "dateReported": "soon"}, NOON).at == NOON


@pytest.mark.parametrize("given", [{}, {"customFields": None}, {"customFields": {"key": 1}, "statusCode": "4000"}])
def test_what_its_webhook_says_of_others(given):
    assert solapi.reported(given, NOON) is None


def test_the_docs_say_that_it_was_never_tried_against_solapi():
    assert "never against Solapi" in Path("docs/gateway.md").read_text().replace("\n", " ")
