"""The door for gateways: who may come in, what is taken, and a reply that takes a matter on."""

import json
from hashlib import sha1

import pytest
from django.test import Client
from tests import make
from tests.desk.test_link import Anybody
from tests.duty.world import watch
from tests.make import MINUTE, NOON
from tests.outbox.gateway import serving
from tests.outbox.test_sender import SECOND, Post, message, send

from dure import clock
from dure.duty import actions
from dure.duty.models import Outcome
from dure.health.models import Fault
from dure.offices.acting import acting
from dure.outbox.carriers import gateway as carrier
from dure.outbox.links import code, token
from dure.outbox.models import Message, Reply
from dure.outbox.signed import name, signature
from dure.people import addresses
from dure.people.addresses import Answer
from dure.people.models import Person

pytestmark = pytest.mark.django_db
KEY = "our-secret"
AT = "2026-11-23T12:00:30+09:00"


@pytest.fixture
def one():
    return make.person(make.office(), "하나")


@pytest.fixture
def duty(one):
    return told(one)


def told(*people):
    made = make.duty(*people, urgent=True)
    watch(NOON)
    send(Post())
    return made


@pytest.fixture
def gateway(one, moved, settings):
    settings.DURE_GATEWAY_KEY = KEY
    moved(NOON + MINUTE)
    made = Anybody()
    made.office = one.office_id
    return made


def post(gateway, to, said, *, key=KEY, off=0, header=None):
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    stamp = str(int(clock.real().timestamp()) + off)
    given = signature(key, stamp, body) if header is None else header
    return gateway.post(f"/api/outbox/v1/{to}", body, content_type="application/json",
                        headers={"Dure-Timestamp": stamp, "Dure-Signature": given})  # fmt: skip


def status(about, what="failed", **more):
    return [{"key": name(about), "status": what, "at": AT, **more}]


def reply(number, text="1", at=AT):
    return {"from": number, "text": text, "at": at}


def number(person):
    return person.addresses.get().value


def has(duty):
    watch(NOON + MINUTE)
    return list(duty.claims.filter(ended_at=None).values_list("by__name", flat=True))


@pytest.mark.parametrize(
    "off", [{"key": "another"}, {"key": ""}, {"off": -301}, {"off": 301}, {"header": ""}, {"header": "sha256=é"}]
)
def test_only_who_signs_with_our_key_and_now_is_heard(gateway, duty, off):
    for to, said in (("status", status(Message.objects.get())), ("replies", reply(number(Person.objects.get())))):
        assert post(gateway, to, said, **off).status_code == 403
    assert (Message.objects.get().failed_at, Reply.objects.count()) == (None, 0)


def test_without_a_key_of_ours_nobody_is_heard(gateway, duty, settings):
    settings.DURE_GATEWAY_KEY = ""
    assert post(gateway, "status", status(Message.objects.get()), key="").status_code == 403


def test_what_is_too_large_is_not_read(gateway, duty):
    large = status(Message.objects.get(), reason="x" * 70_000)
    assert post(gateway, "status", large).status_code == 403


WRONG = [
    {"status": "lost"}, {"at": "noon"}, {"at": "2026-11-23T12:00"}, {"seq": "1"}, {"seq": 2**70}, {"key": 1},
]  # fmt: skip


@pytest.mark.parametrize(
    "said",
    [
        b"", b"no", b"[1]", b"3", b"[" * 60_000, b'[{"key": 1}]', [{}] * 1001,
        *([{"key": "1", "status": "failed", "at": AT} | wrong] for wrong in WRONG),
    ],
)  # fmt: skip
def test_what_is_not_as_written_is_said_so_and_nothing_of_it_is_taken(gateway, duty, said):
    answer = post(gateway, "status", said)
    assert answer.status_code in (400, 403)
    assert answer.json()["message"]


def test_one_bad_entry_holds_no_other_up(gateway, duty):
    answer = post(gateway, "status", [{"key": 1}, *status(Message.objects.get(), "delivered", seq=3)])
    assert (answer.status_code, answer.json()["taken"], answer.json()["message"][:8]) == (400, 1, "Entry 1:")
    assert Message.objects.get().delivered_at


def test_a_report_is_kept_and_a_strange_one_is_counted(gateway, duty):
    said = [*status(Message.objects.get(), "delivered", seq=3), {"key": "9.x\x00\ud800", "status": "failed", "at": AT}]
    assert post(gateway, "status", said).json() == {"taken": 1, "unknown": 1}
    assert Message.objects.get().delivered_at.isoformat() == "2026-11-23T03:00:30+00:00"
    assert Fault.objects.get(office=None).times == 1


@pytest.mark.parametrize("text", ["1", " 1. ", "확인", "네", "OK!"])
def test_who_replies_yes_has_it(gateway, one, duty, text):
    answer = post(gateway, "replies", reply(number(one).replace("-", ""), text))
    assert answer.json() == {"taken": 1, "answered": 1}
    assert has(duty) == ["하나"]
    assert Reply.objects.get().answers == Message.objects.get()


def test_the_number_is_known_however_it_is_written(gateway, one, duty):
    post(gateway, "replies", reply("+82 10" + number(one)[3:]))
    assert has(duty) == ["하나"]


def test_of_several_the_newest_or_the_one_that_the_code_names(gateway, one, duty):
    second, third = told(one), told(one)
    post(gateway, "replies", reply(number(one)))
    assert (has(duty), has(second), has(third)) == ([], [], ["하나"])
    post(gateway, "replies", reply(number(one), code(Message.objects.get(telling__duty=duty))))
    assert (has(duty), has(second)) == (["하나"], [])


def test_handed_in_again_it_does_not_take_on_the_next(gateway, one, duty):
    second = told(one)
    for _ in range(3):
        post(gateway, "replies", reply(number(one)))
    assert (has(duty), has(second)) == ([], ["하나"])
    assert Reply.objects.count() == 1


def test_what_is_closed_meanwhile_is_not_meant(gateway, one, duty):
    second = told(one)
    actions.close([second], by=one, outcome=Outcome.KEPT, now=NOON)
    post(gateway, "replies", reply(number(one)))
    assert has(duty) == ["하나"]


def test_a_late_reply_does_not_take_on_what_came_after_it_was_written(gateway, one, duty):
    assert post(gateway, "replies", reply(number(one), at="2026-11-23T11:30:00+09:00")).json()["answered"] == 0
    assert has(duty) == [] and not Fault.objects.exists()
    post(gateway, "replies", reply(number(one)))
    assert has(duty) == ["하나"]


def test_yes_to_a_newer_text_does_not_take_on_the_emergency_before_it(gateway, one, duty):
    Message.objects.create(
        office=one.office, person=one, channel="sms", address=number(one), template="Say yes or no.", text="?",
        created_at=NOON, sent_at=NOON + 20 * SECOND,
    )  # fmt: skip
    assert post(gateway, "replies", reply(number(one), "네")).json()["answered"] == 0
    assert has(duty) == []
    assert Fault.objects.get(office=one.office).values == {"person": "하나", "text": "네"}  # somebody calls back
    post(gateway, "replies", reply(number(one), code(Message.objects.get(telling__duty=duty))))
    assert has(duty) == ["하나"]


def test_yes_when_nothing_is_open_any_more_is_kept_and_is_no_fault(gateway, one, duty):
    actions.close([duty], by=one, outcome=Outcome.KEPT, now=NOON)
    assert post(gateway, "replies", reply(number(one))).json()["answered"] == 0
    assert Reply.objects.get().answers is None
    assert not Fault.objects.exists()


def test_what_is_not_understood_is_shown_with_the_name_and_the_words(gateway, one, duty):
    for _ in range(2):
        post(gateway, "replies", reply(number(one), "지금 병원입니다"))
    post(gateway, "replies", reply(number(one), "1234" if code(Message.objects.get()) != "1234" else "1235"))
    first, _ = Fault.objects.filter(office=one.office).order_by("id")
    assert (first.values, first.times) == ({"person": "하나", "text": "지금 병원입니다"}, 1)
    assert has(duty) == []


def test_nobodys_number_is_a_fault_of_the_installation_and_shows_no_text(gateway, one, duty):
    one.left_at = NOON
    one.save()
    post(gateway, "replies", reply(number(one), "비밀"))
    post(gateway, "replies", reply("", "비밀"))
    assert Fault.objects.get().office is None
    assert "비밀" not in str(Fault.objects.get().values)


def test_a_number_of_two_offices_answers_where_it_was_told(gateway, one, duty):
    shared, other = number(one), make.office()
    same = make.person(other, "같은 번호", channels=())
    same.addresses.create(office=other, channel="sms", value=shared)
    post(gateway, "replies", reply(shared))
    assert has(duty) == ["하나"]


def test_urgent_text_messages_say_what_to_reply(one, settings):
    settings.DURE_REPLIES = True
    Person.objects.update(language="ko")
    make.duty(one, urgent=True), make.duty(one, due_at=NOON)
    watch(NOON)
    post = Post()
    send(post, now=NOON + 3 * MINUTE)
    urgent = code(Message.objects.get(urgent=True))
    assert [text.splitlines()[1:] for _, text in post.carried] == [[f"맡으려면 1(또는 {urgent})로 답장하세요."], []]
    assert len(urgent) == 4


def test_solapi_reports_with_the_hash_of_its_secret(gateway, duty, settings):
    settings.DURE_SOLAPI = {**settings.DURE_SOLAPI, "webhook": "ours"}
    said = [{"messageId": "M1", "statusCode": "3043", "customFields": {"key": name(Message.objects.get())},
             "dateReported": "2026-11-23T03:00:40.000Z"}, {"statusCode": "4000"},
            {"statusCode": "4000", "customFields": {"key": "9.x\ud800"}}]  # fmt: skip
    for secret, expected in (("wrong", 403), ("ours", 200), ("ours", 200)):
        answer = gateway.post("/api/outbox/v1/solapi", said, content_type="application/json",
                              headers={"X-Solapi-Secret": sha1(secret.encode()).hexdigest()})  # fmt: skip
        assert answer.status_code == expected
    assert Message.objects.get().why == "Solapi 3043"


def test_a_gateway_that_takes_everything_and_then_says_that_it_failed(one, gateway, settings):
    """It listens on this machine, says 202, and reports late, twice and in the wrong order."""
    number_of_two = number(two := make.person(one.office, "둘"))
    made = make.duty(one, two, urgent=True)
    with serving() as relay:
        settings.DURE_GATEWAY_URL = relay.url
        watch(NOON)
        send(carrier.carry)
        story = [("accepted", 1), ("sent", 2), ("failed", 3)]
        for what, seq in (*reversed(story), *story):
            [said] = [{"key": relay.asked[0]["key"], "status": what, "at": AT, "seq": seq}]
            assert post(gateway, "status", [said]).json() == {"taken": 1, "unknown": 0}
            watch(NOON + MINUTE)
            send(carrier.carry, now=NOON + MINUTE)
        assert [each["to"] for each in relay.asked] == [number(one), number_of_two]
        post(gateway, "replies", reply(number_of_two, code(Message.objects.get(person=two))))
        post(gateway, "status", [{"key": relay.asked[1]["key"], "status": "failed", "at": AT}])
    assert has(made) == ["둘"]
    assert len(relay.asked) == 2


def test_the_door_opens_for_post_only():
    for to in ("status", "replies", "solapi"):
        assert Client().get(f"/api/outbox/v1/{to}").status_code == 405


def test_what_is_not_understood_is_shown_to_the_office_that_told(moved, settings):
    """The number stands in another office too, and stood there first."""
    settings.DURE_GATEWAY_KEY = KEY
    moved(NOON + MINUTE)
    other = make.office()
    shared = number(make.person(other, "다른 구"))
    mine = make.office()
    one = make.person(mine, "하나", channels=())
    one.addresses.create(office=mine, channel="sms", value=shared)
    told(one)
    gateway = Anybody()
    gateway.office = mine.pk
    post(gateway, "replies", reply(shared, "지금 병원입니다"))
    assert [fault.values["person"] for fault in Fault.objects.filter(office=mine)] == ["하나"]
    with acting(other.pk):
        assert not Fault.objects.filter(office=other).exists()


def test_of_two_with_one_phone_whoever_was_told_is_named(gateway, one):
    two = make.person(one.office, "둘", channels=())
    two.addresses.create(office=one.office, channel="sms", value=number(one))
    told(two)
    post(gateway, "replies", reply(number(one), "못 갑니다"))
    assert Fault.objects.get(office=one.office).values["person"] == "둘"


def test_a_wrong_number_takes_nothing_on(gateway, one, duty):
    addresses.called(one.addresses.get(), Answer.WRONG, by=one, now=NOON)
    post(gateway, "replies", reply(number(one)))
    gateway.post(f"/l/{token(Message.objects.get())}")
    assert has(duty) == []


def test_a_yes_of_this_morning_holds_nothing_up_tonight(gateway, one, duty, moved):
    tonight = NOON + 480 * MINUTE
    moved(tonight)
    watch(tonight)
    post(gateway, "replies", reply(number(one)))
    assert not duty.claims.exists()
    assert Fault.objects.get(office=one.office).values == {"person": "하나", "text": "1"}  # somebody calls back


def test_yes_to_a_text_sent_in_the_same_breath_does_not_take_on_the_emergency(gateway, one):
    made = make.duty(one, urgent=True)
    watch(NOON)
    message(one, template="Say yes or no.")
    send(Post())
    post(gateway, "replies", reply(number(one), "네"))
    assert has(made) == []


def test_a_bare_yes_is_not_enough_while_an_exercise_and_something_real_are_open(gateway, one, duty):
    drill = told(one)
    Message.objects.filter(telling__duty=drill).update(drill=True)
    post(gateway, "replies", reply(number(one)))
    assert (has(duty), has(drill)) == ([], [])
    post(gateway, "replies", reply(number(one), code(Message.objects.get(telling__duty=duty))))
    assert (has(duty), has(drill)) == (["하나"], [])


def test_yes_to_what_takes_no_reply_is_shown(gateway, one):
    message(one, template="Say yes or no.")
    send(Post())
    post(gateway, "replies", reply(number(one), "1"))
    assert Fault.objects.get(office=one.office).values == {"person": "하나", "text": "1"}
