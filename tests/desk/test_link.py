"""Taking a matter on from the link in a message, without signing in."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from tests import make
from tests.duty.world import watch
from tests.make import MINUTE, NOON

from dure.duty import actions
from dure.duty.models import Claim, Outcome, Telling
from dure.offices.acting import act
from dure.outbox import links
from dure.outbox.models import Message

pytestmark = pytest.mark.django_db


class Anybody(Client):
    """A browser of somebody who isn't signed in; the test's own connection acts for the office again afterwards."""

    def request(self, **request):
        answer = super().request(**request)
        act(self.office)
        return answer


@pytest.fixture
def one():
    return make.person(make.office(), "하나")


@pytest.fixture
def two(one):
    found = make.person(one.office, "둘")
    found.post = "안전팀장"
    found.save()
    return found


@pytest.fixture
def told(one, two):
    duty = make.duty(one, two, urgent=True, page="/cases/x/", what="Somebody can't be reached in %(dong)s.",
                     values={"dong": "첨단1동"})  # fmt: skip
    watch(NOON)
    Message.objects.update(try_at=None, sent_at=NOON, text="첨단1동에 연락 안 되는 분이 있습니다.")
    return Telling.objects.get(duty=duty)


@pytest.fixture
def browser(one, moved):
    moved(NOON + MINUTE)
    made = Anybody()
    made.office = one.office_id
    return made


def where(telling):
    return f"/l/{links.token(telling.message)}"


def shown(browser, telling) -> str:
    answer = browser.get(where(telling))
    assert answer.status_code == 200
    return answer.content.decode()


def test_opening_it_takes_nothing_on_and_the_button_does(browser, one, told):
    assert browser.head(where(told)).status_code == 200
    page = shown(browser, told)
    assert "첨단1동에 연락 안 되는 분이 있습니다." in page
    assert "제가 맡겠습니다" in page
    assert not Claim.objects.exists()

    answer = browser.post(where(told))

    claim = Claim.objects.get()
    assert (claim.by, claim.at, claim.holds) == (one, NOON + MINUTE, True)
    assert (answer.status_code, answer["Location"]) == (302, where(told))
    told.message.refresh_from_db()
    assert told.message.acknowledged_at == NOON + MINUTE
    page = shown(browser, told)
    assert "12:11까지 맡으셨습니다" in page
    assert 'href="/cases/x/"' in page
    assert "제가 맡겠습니다" not in page


def test_pressing_twice_is_once(browser, told):
    browser.post(where(told))
    browser.post(where(told))
    assert Claim.objects.get().holds


def test_somebody_else_has_it(browser, two, told):
    actions.claim(told.duty, by=two, next_step="가는 중", until=NOON + 5 * MINUTE, now=NOON)
    page = shown(browser, told)
    assert "12:00부터 둘 (안전팀장) 님이 맡고 있습니다" in page
    browser.post(where(told))
    assert Claim.objects.get().by == two


def test_it_is_over(browser, two, told):
    actions.close([told.duty], by=two, outcome=Outcome.KEPT, now=NOON)
    assert "둘 (안전팀장) 님이 종료했습니다" in shown(browser, told)
    browser.post(where(told))
    assert not Claim.objects.exists()
    stand_down = Message.objects.get(telling=None)
    answer = browser.get(f"/l/{links.token(stand_down)}")
    assert answer.status_code == 200
    assert "제가 맡겠습니다" not in answer.content.decode()


def test_after_a_day_and_for_who_has_left_it_says_nothing(browser, one, told, moved):
    one.left_at = NOON
    one.save()
    assert "첨단1동" not in shown(browser, told)
    one.left_at = None
    one.save()
    assert "첨단1동" in shown(browser, told)
    moved(NOON + timedelta(hours=25))
    page = shown(browser, told)
    assert "하루가 지난 링크" in page
    assert "첨단1동" not in page
    browser.post(where(told))
    assert not Claim.objects.exists()


def test_no_link_of_ours_is_not_there(browser, told):
    assert browser.get("/l/nothing").status_code == 404
    assert browser.post(where(told)[:-1]).status_code == 404
    told.message.key = uuid4()
    assert browser.get(where(told)).status_code == 404


def test_a_link_reaches_no_other_office(browser, told):
    key = told.message
    key.office_id = make.office("다른구").pk
    assert browser.get(f"/l/{links.token(key)}").status_code == 404
