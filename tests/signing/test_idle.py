"""Left alone one is signed out, and a page that asks by itself isn't somebody; but a board at night doesn't go dark."""

from datetime import timedelta

import pytest

from dure import clock
from dure.offices.acting import act
from dure.people.models import Shift
from dure.signing.models import SignIn
from tests import make

pytestmark = pytest.mark.django_db
POLL = {"HX-Request": "true"}
POLLS = ("/banners/", "/board/exceptions/")


@pytest.fixture
def officer():
    return make.person(make.office())


def age(client, seconds: int) -> int:
    """As if nothing had been opened for so long."""
    session = client.session
    session["used"] -= seconds
    session.save()
    return session["used"]


def on_duty(officer, hours: int = 1) -> None:
    now = clock.now()
    roster, span = make.roster(officer.office, answers_for="oncall"), timedelta(hours=hours)
    Shift.objects.create(office=officer.office, roster=roster, person=officer, starts_at=now - span, ends_at=now + span)


@pytest.mark.parametrize("poll", POLLS)
def test_what_a_page_asks_for_by_itself_is_no_use(officer, poll):
    client = make.signed_in(officer)
    used = age(client, 120)
    before = client.session.get_expiry_date()
    assert client.get(poll, headers=POLL).status_code == 200
    assert client.session["used"] == used
    assert client.session.get_expiry_date() - before < timedelta(seconds=30)


def test_opening_a_page_is_use_and_so_is_saying_that_one_is_there(officer):
    client = make.signed_in(officer)
    used = age(client, 120)
    client.get("/board/")
    assert client.session["used"] > used
    used = age(client, 120)
    assert client.post("/account/stay/", headers=POLL).status_code == 204
    assert client.session["used"] > used


def test_who_is_on_shift_stays_signed_in_by_the_open_board_alone(officer):
    client = make.signed_in(officer)
    on_duty(officer)
    used = age(client, 120)
    client.get("/board/exceptions/", headers=POLL)
    assert client.session["used"] > used


def test_it_runs_out_in_the_database_although_the_board_asks_all_the_time(officer, settings):
    settings.SESSION_COOKIE_AGE = 2
    client = make.signed_in(officer)
    ends = client.session.get_expiry_date()
    codes = []
    while clock.real() < ends + timedelta(seconds=1):
        codes.append(client.get("/board/exceptions/", headers=POLL).status_code)
    assert codes[0] == 200 and codes[-1] == 401


def test_five_minutes_before_a_banner_says_so(officer):
    client = make.signed_in(officer)
    age(client, 60 * 24)
    assert "로그아웃됩니다" not in client.get("/banners/", headers=POLL).content.decode()
    age(client, 60 * 2)
    assert "4분 뒤 로그아웃됩니다" in client.get("/banners/", headers=POLL).content.decode()


@pytest.mark.parametrize(("shift", "status"), [(False, 401), (True, 200)])
def test_after_sixteen_hours_one_signs_in_anew_but_not_in_the_midst_of_a_shift(officer, shift, status):
    client = make.signed_in(officer)
    if shift:
        on_duty(officer)
    act(officer.office_id)
    SignIn.objects.update(begun_at=clock.real() - timedelta(hours=16, minutes=1))
    assert client.get("/banners/", headers=POLL).status_code == status
