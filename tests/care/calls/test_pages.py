"""The list that is called and the page of warnings, as people use them."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dure.care.calls.models import Call, Home, Practice, Try, WeatherWarning
from dure.duty.models import Duty
from tests import make
from tests.care import world as care
from tests.care.calls import world as w
from tests.care.calls.world import SATURDAY, when
from tests.care.pages import signed_in

pytestmark = pytest.mark.django_db
LIST, ROWS = "/care/calls/", "/care/calls/rows/"
HTMX = {"HX-Request": "true"}
SAID = {"kind": "heat", "until": SATURDAY, "homebound": "on", "by_time": "15:00", "why": "폭염주의보"}


@pytest.fixture
def world(moved):
    moved(when("09:00"))
    return care.build()


def tap(client, call, result, **said):
    return client.post(f"{LIST}{call.ref}/result/", {"result": result, "key": uuid4(), **said}, headers=HTMX)


def test_one_tap_a_line_undo_and_what_the_other_did_is_seen(world, moved):
    w.at_risk(world, 3)
    one, two, three = w.opened(world)
    client, other = signed_in(world.oncall), signed_in(world.officer)
    page = client.get(LIST).content.decode()
    assert all(f"고위험0{n}" in page for n in range(3)) and 'href="tel:01000000000"' in page
    assert "확인할 분 3명" in page
    seen = other.get(ROWS)
    assert other.get(ROWS, headers={"If-None-Match": seen["ETag"]}).status_code in (200, 304)

    client.post(f"{LIST}{one.ref}/calling/", headers=HTMX)
    assert "당직 님이 통화 중" in other.get(ROWS).content.decode()
    moved(when("09:04"))
    assert "통화 중" not in other.get(ROWS).content.decode().replace("‘통화 중’", "")

    line = tap(client, one, "well").content.decode()
    assert "확인됨" in line and "되돌리기" in line and line.strip().startswith("<li")
    assert "통화됨(이상 없음)" in other.get(ROWS).content.decode()
    assert tap(client, two, "whereabouts").status_code == 422
    assert tap(client, two, "whereabouts", who="딸").status_code == 200
    assert tap(client, three, "no_answer").content.decode().count("1번 안 받음") == 1

    make.act(world.office.pk)
    made = Try.objects.get(call=one)
    again = client.post(f"{LIST}{one.ref}/undo/", {"made": made.pk, "key": uuid4()}, headers=HTMX)
    assert 'value="well"' in again.content.decode()
    moved(when("09:10"))
    make.act(world.office.pk)
    late = client.post(f"{LIST}{two.ref}/undo/", {"made": Try.objects.get(call=two).pk, "key": uuid4()}, headers=HTMX)
    assert late.status_code == 409
    plain = client.post(f"{LIST}{one.ref}/result/", {"result": "well", "key": uuid4()})
    assert plain["Location"] == f"{LIST}?day=2026-11-28#p-{one.recipient.ref}"


def test_nothing_new_is_304_as_long_as_a_minute_brings_nothing(world):
    w.at_risk(world, 2)
    w.opened(world)
    client = signed_in(world.oncall)
    first = client.get(ROWS)
    assert client.get(ROWS, headers={"If-None-Match": first["ETag"]}).status_code == 304
    make.act(world.office.pk)
    tap(client, Call.objects.first(), "no_answer")
    assert client.get(ROWS, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_an_emergency_by_the_list_leads_to_its_page(world):
    w.at_risk(world, 1)
    [call] = w.opened(world)
    shown = tap(signed_in(world.oncall), call, "worried", note="말이 느림").content.decode()
    make.act(world.office.pk)
    case = w.case_of(call.recipient)
    assert case.page in shown and case.source == "office"
    assert shown.count("button") and 'value="well"' not in shown


def test_each_sees_its_own(world):
    other = make.organisation(world.office, "provider")
    theirs = care.recipient(world, "남의기관", tier="red", provider=other, centre=None)
    w.at_risk(world, 1)
    calls = w.opened(world)
    assert len(calls) == 2
    desk, centre, officer = map(signed_in, (world.desk, world.centre, world.officer))
    assert "남의기관" in officer.get(LIST).content.decode()
    for client in (desk, centre):
        page = client.get(LIST).content.decode()
        assert "고위험00" in page and "남의기관" not in page
        assert tap(client, next(c for c in calls if c.recipient == theirs), "well").status_code == 404
    assert "고위험00" not in officer.get(f"{LIST}?of={other.pk}").content.decode()
    assert desk.get("/care/calls/warnings/").status_code == centre.get("/care/calls/practice/").status_code == 403


def test_a_hundred_and_fifty_people_cost_as_many_queries_as_two(world):
    client = signed_in(world.officer)
    counted = []
    for n in (2, 148):
        make.act(world.office.pk)
        w.at_risk(world, n)
        for call in w.opened(world)[:2]:
            w.called(call, "no_answer", when("08:30"), world.oncall)
        client.get(ROWS)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(ROWS)
        counted.append(len(queries))
    assert counted[0] == counted[1] <= 30


def test_what_is_left_of_yesterday_stands_on_todays_list(world, moved):
    w.at_risk(world, 1)
    [call] = w.opened(world, now=when("23:50"))
    moved(when("00:10", w.SUNDAY))
    page = signed_in(world.oncall).get(LIST).content.decode()
    assert "고위험00" in page and "11-28" in page and call.day == SATURDAY


def test_who_stands_on_no_list_is_named(world):
    w.at_risk(world, 1)
    page = signed_in(world.officer).get(LIST).content.decode()
    assert "명단에 빠진 대상자가 있습니다" in page and "고위험00" in page


def test_a_warning_is_looked_at_first_then_switched_on_extended_and_switched_off(world, moved):
    w.home(care.recipient(world, "거동"), homebound=True)
    client, other = signed_in(world.officer), signed_in(world.oncall)
    page = "/care/calls/warnings/"
    wrong = client.post(page, {"kind": "heat", "until": SATURDAY, "by_time": "23:00", "by_time_3": "12:00"})
    wanted = {"alone", "by_time", "why", "by_time_2", "by_time_3"}
    assert wrong.status_code == 422 and set(wrong.context["form"].errors) == wanted
    shown = client.post(page, SAID)
    assert "1명에게 연락이 생깁니다" in shown.content.decode()
    make.act(world.office.pk)
    assert not WeatherWarning.objects.exists()
    assert "1명에게 연락합니다" in client.post(page, SAID | {"expected": 1}, follow=True).content.decode()
    assert "이미 켜져 있습니다(담당" in other.post(page, SAID | {"expected": 1}, follow=True).content.decode()
    for where in ("/board/", LIST):
        assert "폭염특보" in client.get(where).content.decode()
    make.act(world.office.pk)
    warning = WeatherWarning.objects.get()
    for _ in range(2):
        client.post(f"{page}{warning.ref}/extend/", {"until": SATURDAY})
    make.act(world.office.pk)
    assert WeatherWarning.objects.get().until == w.SUNDAY
    client.post(f"{page}{warning.ref}/off/", {"why": "해제"})
    make.act(world.office.pk)
    assert not Duty.objects.filter(kind="care.call", closed_at=None).exists()
    assert "해제" in client.get(page).content.decode()


def test_facts_of_a_recipient_and_how_the_office_calls_are_entered(world):
    recipient = care.recipient(world, "거동", tier="amber")
    desk, officer = signed_in(world.desk), signed_in(world.officer)
    for said, known in (("true", True), ("unknown", None)):
        desk.post(f"/care/calls/home/{recipient.ref}/", {"homebound": said, "alone": "false"})
        make.act(world.office.pk)
        assert (Home.objects.get().homebound, Home.objects.get().alone) == (known, False)
    wrong = officer.post("/care/calls/practice/", {"by_time": "21:00", "tries": 0, "within_minutes": 1})
    assert set(wrong.context["form"].errors) == {"red", "by_time", "tries", "within_minutes"}
    said = {"red": "on", "amber": "on", "by_time": "11:00", "tries": 2, "within_minutes": 60}
    officer.post("/care/calls/practice/", said)
    make.act(world.office.pk)
    assert Practice.objects.get().tiers == ["red", "amber"]
    assert Call.objects.filter(recipient=recipient, day=SATURDAY, due_at=when("11:00")).exists()


def test_the_jobs_open_and_end_with_their_own_rights(world, moved):
    from dure.care.calls import tasks

    w.at_risk(world, 1)
    make.role("engine")
    tasks.open_calls()
    make.role("app")
    make.act(world.office.pk)
    assert set(Call.objects.values_list("day", flat=True)) == {SATURDAY, w.SUNDAY}
