"""Urgent reports that came as a text message: taken like the phone's own, counted once, and never thrown away."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import permutations
from uuid import uuid4

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from dure.care.models import Sighting
from dure.care.workers.actions import found_out
from dure.cases.models import Case
from dure.cases.models import Entry as Line
from dure.duty.models import Duty, Report
from dure.field.actions import revoke
from dure.field.models import SetApart
from dure.field.shortcode import key_of, shown, write
from dure.health.models import Fault
from dure.offices.acting import act
from dure.people.models import Role
from tests import make
from tests.desk.test_gateway import post as signed
from tests.field.test_api import envelope, put
from tests.field.test_fuzz import BOUNDED
from tests.field.world import World, day, phone

pytestmark = pytest.mark.django_db
KEY = "our-secret"
NO_REPLY, DANGER, STEP_DANGER, CALLED, ARRIVED, SEEN, PRESSED, HELP = range(8)
NUMBER = "010-0000-9999"


@pytest.fixture
def world(moved: Callable[[datetime], None], settings) -> World:
    settings.DURE_GATEWAY_KEY = KEY
    moved(make.NOON)
    return day()


class Gateway(Client):
    """Whoever hands text messages in, without being anybody of the office."""


def texted(world: World, *texts: str) -> dict:
    said = [{"from": NUMBER, "text": text, "at": make.NOON.isoformat()} for text in texts]
    try:
        return signed(Gateway(), "replies", said, key=KEY).json()
    finally:
        act(world.office.pk)


def code(world: World, what: int = NO_REPLY, about=..., made: datetime = make.NOON, seed: int = 5) -> str:
    about = world.visits[0].ref if about is ... else about
    return write(what, world.device.key_sha256, about, seed, made)


def said(world: World, written: str) -> str:
    return f"연락 안 됨: 1번째, 첨단1동. 전화 주세요. 보고번호 {shown(written)}"


def key(world: World, written: str):
    return key_of(written, world.device.key_sha256)


def whole(world: World, **body) -> dict:
    """The whole report that the phone sends later."""
    sent = envelope(world.visits[0].ref, **{"outcome": "no_reply", "handed": "not_handed", "note": "", **body})
    return {**sent, "version": 2}


def unread() -> int:
    return Duty.objects.filter(kind="field.unread", closed_at=None).count()


def test_a_code_is_the_report_that_the_phone_would_have_sent(world):
    written = code(world)

    assert texted(world, said(world, written)) == {"taken": 1, "answered": 0, "reports": 1}

    report, case = Report.objects.get(), Case.objects.get()
    assert (report.key, report.kind, report.about) == (key(world, written), "care.visit", world.visits[0].ref)
    assert (report.by, report.device, report.gravity) == (world.worker, world.device, "no_reply")
    assert report.understood_at is not None
    assert list(Sighting.objects.values_list("outcome", "at", "by__name")) == [("no_reply", make.NOON, "이배달")]
    assert (case.subject, Duty.objects.get(pk=world.visits[0].duty_id).outcome) == (
        world.visits[0].recipient.ref, "passed_on",
    )  # fmt: skip
    assert Duty.objects.filter(about=case.ref, urgent=True, closed_at=None).exists()
    assert (unread(), Fault.objects.count()) == (0, 0)


def test_a_code_that_comes_again_counts_once(world):
    text = said(world, code(world))
    texted(world, text, text.lower())
    texted(world, text)
    assert (Report.objects.count(), Sighting.objects.count(), Case.objects.count(), unread()) == (1, 1, 1, 0)
    assert Line.objects.filter(step="opened").count() == 1


@pytest.mark.parametrize("order", sorted(set(permutations("ccww"))))
def test_the_code_and_the_whole_report_count_once_in_every_order(world, order):
    written = code(world)
    for each in order:
        if each == "c":
            texted(world, said(world, written))
        else:
            put(world, key(world, written), whole(world, note="우편물이 쌓여 있음", leftover=True))

    assert Report.objects.count() == 2
    assert not Report.objects.filter(understood_at=None).exists()
    noted = [each for each in Sighting.objects.all() if each.note == "우편물이 쌓여 있음" and each.leftover]
    assert len(noted) == 1
    assert set(Sighting.objects.values_list("outcome", "at")) == {("no_reply", make.NOON)}
    assert Case.objects.count() == 1
    assert Line.objects.filter(step__in=["opened", "other_report"]).count() == 1
    assert (unread(), Duty.objects.filter(kind="care.disagree").count()) == (0, 0)


def test_what_the_whole_report_noticed_besides_is_looked_at(world):
    written = code(world)
    texted(world, said(world, written))
    put(world, key(world, written), whole(world, signs=["post"], abuse=True, note="멍 자국"))

    seen = Sighting.objects.latest("pk")
    assert (seen.outcome, seen.signs, seen.note, seen.confidence.note) == ("no_reply", ["post"], "", "멍 자국")
    assert (Case.objects.count(), Line.objects.filter(step="opened").count(), unread()) == (1, 1, 0)
    assert Duty.objects.filter(kind__in=["care.concern", "care.abuse"], closed_at=None).count() == 2


def test_what_adds_nothing_leaves_no_trace(world):
    written = code(world)
    texted(world, said(world, written))
    put(world, key(world, written), whole(world))
    assert (Report.objects.count(), Sighting.objects.count(), unread()) == (2, 1, 0)


def test_who_was_seen_after_the_code_stays_seen_when_the_whole_report_comes(world):
    written, visit = code(world, made=make.NOON - timedelta(minutes=9)), world.visits[0]
    texted(world, said(world, written))
    put(world, uuid4(), envelope(visit.ref, outcome="seen_well", handed="in_person", case=str(Case.objects.get().ref)))
    put(world, key(world, written), whole(world, note="문이 잠겨 있었음"))
    put(world, uuid4(), envelope(visit.ref, outcome="seen_well", handed="in_person"))
    visit.refresh_from_db()
    assert (visit.outcome, Sighting.objects.count(), Duty.objects.filter(kind="care.disagree").count()) == (
        "seen_well", 4, 0,
    )  # fmt: skip


def test_a_case_that_was_closed_meanwhile_isnt_opened_again(world):
    written = code(world)
    texted(world, said(world, written))
    Case.objects.update(closed_at=make.NOON, closed_by=world.desk, finding="mistake", seen_at=None)
    put(world, key(world, written), whole(world))
    assert Case.objects.count() == 1


@pytest.mark.parametrize("first", ["code", "whole"])
def test_when_the_two_say_different_things_both_are_shown(world, first):
    written = code(world)
    other = envelope(world.visits[0].ref, outcome="seen_well", handed="in_person")
    for each in ("code", "whole") if first == "code" else ("whole", "code"):
        if each == "code":
            texted(world, said(world, written))
        else:
            put(world, key(world, written), other)
    assert (Report.objects.count(), unread(), Sighting.objects.count()) == (2, 1, 1)


def test_danger_and_119_act_as_ever(world):
    texted(
        world,
        said(world, code(world, DANGER)),
        said(world, code(world, CALLED)),
        said(world, code(world, PRESSED, None)),
    )
    case = Case.objects.get()
    assert case.danger_at == make.NOON
    assert case.called_119_at == make.NOON
    assert Duty.objects.filter(kind="field.danger", closed_at=None, urgent=True).count() == 1
    assert unread() == 0


def test_help_that_was_pressed_without_a_network_is_told_once(world):
    text = said(world, code(world, HELP, None))
    texted(world, text)
    texted(world, text)
    asked = Duty.objects.get(kind="care.help")
    assert (asked.about, asked.urgent, unread()) == (world.worker.ref, True, 0)


def test_a_step_may_mean_the_case(world):
    texted(world, said(world, code(world)))
    texted(world, said(world, code(world, STEP_DANGER, Case.objects.get().ref)))
    assert Case.objects.get().danger_at == make.NOON


def test_a_stop_that_somebody_else_has_by_now_is_found(world):
    other = make.person(world.office, "김대신", Role.WORKER, world.provider)
    type(world.visits[0]).objects.filter(pk=world.visits[0].pk).update(worker=other)
    texted(world, said(world, code(world)))
    assert Sighting.objects.get().visit == world.visits[0]


def test_a_stop_that_isnt_found_has_somebody_call_and_the_whole_report_ends_that(world):
    visit, written = world.visits[0], code(world)
    real = visit.ref
    type(visit).objects.filter(pk=visit.pk).update(ref=uuid4())
    texted(world, said(world, written))
    assert (unread(), Sighting.objects.count()) == (1, 0)

    type(visit).objects.filter(pk=visit.pk).update(ref=real)
    put(world, key(world, written), whole(world))
    assert (unread(), Sighting.objects.count(), Case.objects.count()) == (0, 1, 1)


def test_a_phone_that_was_taken_away_alarms_and_settles_nothing(world):
    texted(world, said(world, code(world)))
    revoke(world.device, by=world.desk, now=make.NOON)
    texted(world, said(world, code(world, SEEN)), said(world, code(world, NO_REPLY, world.visits[1].ref)))
    assert Case.objects.count() == 2
    assert SetApart.objects.get().report.kind == "care.step"
    assert Case.objects.filter(seen_at=None).count() == 2


def test_after_two_days_somebody_calls_whose_phone_it_was(world, moved):
    revoke(world.device, by=world.desk, now=make.NOON)
    moved(make.NOON + timedelta(hours=49))
    text = said(world, code(world, made=make.NOON + timedelta(hours=49)))
    texted(world, text, text)
    assert (Report.objects.get().kind, Report.objects.get().body, unread(), Case.objects.count()) == (
        "field.text", text, 1, 0,
    )  # fmt: skip


def test_too_old_or_with_a_wrong_sum_somebody_calls(world):
    old = said(world, code(world, made=make.NOON - timedelta(days=4)))
    other, _key = phone(make.person(world.office, "김남", Role.WORKER, world.provider), by=world.desk)
    forged = write(0, world.device.key_sha256[:5] + other.key_sha256[5:], world.visits[0].ref, 3, make.NOON)
    torn = said(world, code(world))[:-3]
    act(world.office.pk)
    texted(world, old, shown(forged), torn)
    assert set(Report.objects.values_list("body", "by__name")) == {(t, "이배달") for t in (old, shown(forged), torn)}
    assert (unread(), Sighting.objects.count()) == (3, 0)


def test_a_foreign_phone_is_shown_with_its_number_and_told_outside(world):
    strange = shown(write(0, "0f" * 32, world.visits[0].ref, 3, make.NOON))
    assert texted(world, strange, strange)["reports"] == 2
    fault = Fault.objects.get()
    assert (fault.office, fault.values, fault.outside) == (None, {"number": NUMBER}, True)
    assert not Report.objects.exists()
    page = make.signed_in(world.officer).get("/faults/").content.decode()
    assert NUMBER in page and strange not in page
    make.signed_in(world.officer).post(f"/faults/{fault.pk}/mended/")
    act(world.office.pk)
    assert Fault.objects.get().mended_at


def test_what_somebody_writes_in_latin_letters_is_no_report(world):
    texted(world, "[KB] Your verification code is 482913. Do not share it.", "OK I am going there now, back at 10")
    assert not Fault.objects.filter(key__startswith="text ").exists()


def test_two_codes_typed_at_once_both_count(world, desk):
    other = shown(code(world, HELP, None, seed=9))
    answer = typed(world, desk, f"{shown(code(world))}\n{other}")
    assert (answer.status_code, Report.objects.count()) == (302, 2)


def test_help_by_text_after_the_desk_has_closed_the_first_is_told_again(world, moved):
    text = said(world, code(world, HELP, None, seed=1))
    texted(world, text)
    closes = make.NOON + timedelta(minutes=10, seconds=20)
    found_out(Duty.objects.get(kind="care.help"), "well", false_alarm=True, by=world.desk, now=closes)
    moved(closes + timedelta(seconds=40))
    texted(world, text)
    assert Duty.objects.filter(kind="care.help", closed_at=None).count() == 0  # the same once more
    texted(world, said(world, code(world, HELP, None, made=closes + timedelta(seconds=20), seed=2)))
    assert Duty.objects.filter(kind="care.help", closed_at=None).count() == 1


def test_a_clock_that_runs_ahead_counts_as_now(world):
    texted(world, said(world, code(world, made=make.NOON + timedelta(hours=20))))
    assert Sighting.objects.get().at == make.NOON


def test_whatever_comes_in_is_answered_and_never_a_report_of_nobody(world):
    written = shown(code(world))

    @BOUNDED
    @given(st.text(max_size=90) | st.builds(lambda a, b, n: a + written[:n] + b + written[n:],
                                            st.text(max_size=9), st.text(max_size=3), st.integers(0, 27)))  # fmt: skip
    def check(text: str) -> None:
        assert texted(world, text.encode(errors="replace").decode())["taken"] == 1
        assert set(Report.objects.values_list("kind", flat=True)) <= {"care.visit", "field.text"}
        assert set(Report.objects.filter(kind="care.visit").values_list("key", flat=True)) <= {key(world, code(world))}

    check()
    assert Case.objects.count() <= 1


@pytest.fixture
def desk(world):
    return make.signed_in(world.desk)


def typed(world: World, desk: Client, text: str):
    try:
        return desk.post("/field/phones/typed/", {"text": text})
    finally:
        act(world.office.pk)


def test_the_desk_types_a_code(world, desk):
    answer = typed(world, desk, shown(code(world)).lower().replace("-", " "))
    assert (answer.status_code, Case.objects.count(), Report.objects.get().by) == (302, 1, world.worker)
    assert "이배달 님의 보고를 받았습니다" in desk.get("/field/phones/").content.decode()


@pytest.mark.parametrize(("how", "sentence"), [
    (lambda text: text[:9] + ("Z" if text[9] != "Z" else "Y") + text[10:], "2번째 묶음이 맞지 않습니다"),
    (lambda text: "안녕하세요", "보고번호가 없습니다"),
    (lambda text: shown(write(0, "0f" * 32, uuid4(), 3, make.NOON)), "등록된 전화의 보고번호가 아니거나"),
])  # fmt: skip
def test_what_the_desk_mistypes_is_said_and_stays_in_the_field(world, desk, how, sentence):
    text = how(shown(code(world)))
    answer = typed(world, desk, text)
    page = answer.content.decode()
    assert (answer.status_code, Report.objects.count(), Fault.objects.count()) == (422, 0, 0)
    assert sentence in page
    assert f'value="{text}"' in page


def beside_a_torn_one(world: World) -> str:
    """A report that counts, and after it one with a letter that was mistyped."""
    other = shown(code(world, HELP, None, seed=9))
    wrong = "Z" if other[9] != "Z" else "Y"
    return f"{said(world, code(world))} 도움이 필요합니다 {other[:9]}{wrong}{other[10:]}"


def test_a_torn_code_beside_a_good_one_is_asked_about(world):
    texted(world, beside_a_torn_one(world))
    assert (Report.objects.count(), Sighting.objects.count(), unread()) == (2, 1, 1)


def test_the_desk_learns_which_of_two_codes_is_torn(world, desk):
    answer = typed(world, desk, beside_a_torn_one(world))
    assert answer.status_code == 422 and "2번째 묶음" in answer.content.decode()
    assert Report.objects.count() == 1


def test_a_code_of_another_office_isnt_taken_here(world, desk):
    other = day()
    act(world.office.pk)
    answer = typed(world, desk, shown(code(other)))
    assert answer.status_code == 422
    for office in (world.office, other.office):
        act(office.pk)
        assert not Report.objects.exists()


def test_a_worker_may_not_type_codes(world):
    assert make.signed_in(world.worker).post("/field/phones/typed/", {"text": ""}).status_code == 403


def test_a_report_that_says_it_was_a_code_is_nothing_special(world):
    sent = whole(world)
    put(world, uuid4(), {**sent, "body": json.dumps({**json.loads(sent["body"]), "sms": 3})})
    assert (Sighting.objects.count(), unread()) == (1, 0)


@pytest.mark.parametrize(("number", "setting", "sms"), [
    ("062-000-0002", "", ""), ("010-1234-5678", "", "010-1234-5678"), ("+82 10-1234-5678", "", "+82 10-1234-5678"),
    ("062-000-0002", "010-0000-7777", "010-0000-7777"), ("1588-0000", "", ""), ("0505-000-0000", "", ""),
])  # fmt: skip
def test_a_landline_is_offered_no_text_messages(world, settings, number, setting, sms):
    settings.DURE_SMS_NUMBER = setting
    type(world.provider).objects.filter(pk=world.provider.pk).update(phone=number)
    told = Client().get("/api/field/v1/hello", headers={"Authorization": f"Bearer {world.key}"}).json()
    assert told["desk"] == {"name": "시험밥상", "phone": number, "sms": sms}
