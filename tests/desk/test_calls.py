"""A number that somebody rings by hand stands on the board and on the case, until it is said what came of the call."""

import pytest
from tests import make
from tests.desk.test_board import signed_in
from tests.duty.world import watch
from tests.field import world
from tests.make import MINUTE, NOON

from dure.care import on_the_road
from dure.care.alarms import cannot_reach
from dure.care.models import Course
from dure.cases.models import Source
from dure.desk.calls import to_ring
from dure.duty import actions
from dure.duty.models import Claim, Duty, Telling
from dure.outbox.models import Message
from dure.people.actions import standing
from dure.people.models import Address

pytestmark = pytest.mark.django_db
NUMBER = "062-000-0111"


@pytest.fixture(autouse=True)
def noon(moved):
    moved(NOON)


@pytest.fixture
def day():
    """Who answers first is reached by a landline alone; the message to ring it has come to the screen."""
    found = world.day()
    Address.objects.filter(person=found.desk).update(channel="call", value=NUMBER)
    found.case = cannot_reach(found.visits[0].recipient, Source.WORKER, by=found.worker, now=NOON)
    Course.objects.update(started_at=NOON)
    on_the_road.changed(Course.objects.values_list("pk", flat=True), by=found.worker, now=NOON)
    watch(NOON)
    Message.objects.filter(channel="call").update(try_at=None, sent_at=NOON, text="…")
    return found


@pytest.fixture
def officer(day):
    return signed_in(day.officer)


def calls(day, who=None, now=NOON):
    found = to_ring(standing(who or day.officer, make.DAY), [day.case.ref], now)
    return found.get(str(day.case.ref), [])


def press(client, call, result, **more):
    return client.post(f"/calls/{call.pk}/", {"result": result, **more})


def test_the_number_stands_on_the_board_and_on_the_case_with_three_buttons(day, officer):
    for page in ("/board/", "/board/exceptions/", day.case.page, f"{day.case.page}line/?part=head"):
        shown = officer.get(page).content.decode()
        assert f'href="tel:{NUMBER}"' in shown, page
        assert [name in shown for name in ("takes_it", "no_answer", "wrong_number")] == [True] * 3


def test_who_takes_it_has_it_and_the_number_is_gone(day, officer):
    [call, *_] = calls(day)
    answer = press(officer, call, "takes_it", next="board")
    watch(NOON)
    assert (answer.status_code, answer["Location"]) == (302, "/board/")
    assert Claim.objects.get(duty=call.duty).by == day.desk
    assert NUMBER not in officer.get("/board/").content.decode()


def test_no_answer_tells_the_next_one_at_once(day, officer):
    [call, *_] = calls(day)
    answer = press(officer, call, "no_answer")
    watch(NOON)
    assert answer["Location"] == call.duty.page
    assert Telling.objects.filter(duty=call.duty, turn=2).exists()
    assert call not in calls(day)


def test_somebody_else_has_it_or_the_next_was_told_nobody_rings_any_more(day):
    [call, *_] = calls(day)
    actions.claim(call.duty, by=day.officer, next_step="가는 중", until=NOON + 5 * MINUTE, now=NOON)
    assert call not in calls(day)
    assert call in calls(day, now=NOON + 5 * MINUTE)
    Duty.objects.filter(pk=call.duty.pk).update(turn=2)
    assert call not in calls(day, now=NOON + 5 * MINUTE)


def test_a_nonsense_answer_is_refused_in_words(day, officer):
    [call, *_] = calls(day)
    answer = press(officer, call, "perhaps")
    assert answer.status_code == 409
    assert "통화 결과" in answer.content.decode()


def test_who_may_only_look_sees_the_number_without_buttons(day):
    [call, *_] = calls(day)
    other = make.person(day.office, as_="provider", at=make.organisation(day.office))
    [seen, *_] = calls(day, other)
    assert (call.may, seen.may) == (True, False)


def test_looking_for_numbers_costs_one_query(day, django_assert_num_queries):
    who = standing(day.officer, make.DAY)
    refs = list(Duty.objects.values_list("ref", flat=True)) + [day.case.ref]
    with django_assert_num_queries(1):
        assert to_ring(who, refs, NOON)


def test_who_was_told_sees_it_on_the_own_board_until_they_take_it_on_and_looking_is_no_answer(day, officer):
    said = "에 알림을 받으셨습니다"
    desk = signed_in(day.desk)
    told = Telling.objects.filter(person=day.desk).first()
    assert f"12:00{said}" in desk.get("/board/").content.decode()
    assert said not in officer.get("/board/").content.decode()
    desk.get(day.case.page)
    told.message.refresh_from_db()
    assert told.message.acknowledged_at is None
    desk.post(f"/duties/{told.duty.ref}/claim/", {"next_step": "phone", "minutes": "10"})
    told.message.refresh_from_db()
    assert told.message.acknowledged_at == NOON
    assert said not in desk.get("/board/").content.decode()
