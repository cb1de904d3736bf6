"""A password that somebody else gave: changed before anything else, and not kept for a rainy day."""

from datetime import timedelta

import pytest

from dure import clock
from dure.offices.acting import act
from dure.people import accounts
from dure.people.models import Person
from dure.signing import tries
from dure.signing.models import Tries
from tests import make
from tests.signing.people import enter, secret, shown, somebody, type_in

pytestmark = pytest.mark.django_db
NEW = "느티나무 그늘의 참새"


def given() -> tuple[Person, str]:
    admin = somebody()
    person = make.person(admin.office)
    return person, accounts.give_login(person, "newcomer", by=admin, now=make.NOON)


def changed(client, old: str, new: str):
    return client.post("/password/", {"old_password": old, "new_password1": new, "new_password2": new})


def test_nothing_else_is_reached_until_it_is_changed():
    person, password = given()
    client = enter_with(person, password)
    for page in ("/board/", "/account/", "/care/recipients/"):
        assert client.get(page).url == "/password/", page
    assert "다른 사람이 정해 준" in client.get("/password/").content.decode()
    assert "지금 쓰는 비밀번호" in changed(client, password, password).content.decode()
    assert client.get("/board/").status_code == 302
    assert changed(client, password, NEW).url == "/"
    assert client.get("/board/").status_code == 200


def enter_with(person, password):
    client, _ = type_in("newcomer", password)
    assert client.post("/login/set-up/", {"code": shown(secret(client))}).status_code == 200
    act(person.office_id, person.pk)
    return client


def test_one_that_lay_about_for_a_week_opens_nothing():
    person, password = given()
    act(person.office_id, person.pk)
    Person.objects.filter(pk=person.pk).update(password_given_at=clock.real() - timedelta(days=7, minutes=1))
    assert "받은 지 7일" in type_in("newcomer", password)[1].content.decode()
    act(person.office_id, person.pk)
    Person.objects.filter(pk=person.pk).update(password_given_at=clock.real() - timedelta(days=6))
    assert type_in("newcomer", password)[1].status_code == 302


def test_one_s_own_password_is_asked_for_no_change():
    assert enter(somebody()).get("/board/").status_code == 200


def test_a_name_that_was_tried_before_it_was_anybody_s_is_opened_by_its_administrator():
    admin = somebody()
    for _ in range(3):
        tries.reserve("latecomer", "203.0.113.5", real=clock.real())
    person = make.person(admin.office)
    Person.objects.filter(pk=person.pk).update(username="latecomer")
    person.refresh_from_db()
    for _ in range(2):
        tries.reserve("latecomer", "203.0.113.5", real=clock.real())
    with pytest.raises(tries.Locked):
        tries.reserve("latecomer", "203.0.113.5", real=clock.real())
    act(admin.office_id, admin.pk)
    tries.unlock(person, by=admin, now=make.NOON)
    assert Tries.objects.get(office=admin.office).locked_until is None
    tries.reserve("latecomer", "203.0.113.5", real=clock.real())
