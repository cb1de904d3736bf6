"""The own account: what proves one, and where one is signed in."""

from datetime import timedelta

import pytest

from dure import clock
from dure.offices.acting import act
from dure.people.models import Person
from dure.signing.models import CodeApp, Passkey, RecoveryCode, SignIn
from tests import make
from tests.signing.people import PASSWORD, WRONG, enter, secret, shown, somebody, type_in

pytestmark = pytest.mark.django_db
NEW = "느티나무 그늘의 참새"


def change(client, old=PASSWORD, new=NEW, again=None):
    said = {"old_password": old, "new_password1": new, "new_password2": again or new}
    return client.post("/password/", said)


def test_a_new_password_signs_out_everywhere_else():
    officer = somebody()
    first = enter(officer)
    second = make.signed_in(officer)
    assert change(second).url == "/account/"
    assert second.get("/board/").status_code == 200
    assert first.get("/board/").status_code == 302
    assert type_in(officer, NEW)[1].url == "/login/code/"


@pytest.mark.parametrize(
    ("new", "why"),
    [("짧은것", "너무 짧"), ("password123", "너무 흔히"), ("gwanghun-kim-1", "유사"), ("1234567890", "너무 흔히")],
)
def test_what_others_would_guess_is_refused_at_its_field(new, why):
    officer = somebody()
    Person.objects.filter(pk=officer.pk).update(username="gwanghun-kim")
    answer = change(make.signed_in(Person.objects.get(pk=officer.pk)), new=new)
    assert why in answer.content.decode()


def test_long_and_plain_is_enough():
    assert change(make.signed_in(somebody()), new="cheonggaeguri").status_code == 302


def test_guessing_the_old_password_on_an_open_screen_is_counted_too():
    client = make.signed_in(somebody())
    for _ in range(5):
        assert change(client, old=WRONG).status_code == 200
    assert "잠겼습니다" in change(client).content.decode()


def test_one_signs_out_at_another_place_and_not_of_somebody_else():
    officer = somebody()
    colleague = make.person(officer.office)
    one, two, other = make.signed_in(officer), make.signed_in(officer), make.signed_in(colleague)
    page = one.get("/account/").content.decode()
    act(officer.office_id)
    theirs, mine = SignIn.objects.get(person=colleague), SignIn.objects.filter(person=officer).latest("id")
    assert f'value="{mine.pk}"' in page and f'value="{theirs.pk}"' not in page
    one.post("/account/elsewhere/", {"which": theirs.pk})
    assert other.get("/board/").status_code == 200
    one.post("/account/elsewhere/", {"which": mine.pk})
    assert two.get("/board/").status_code == 302
    assert one.get("/board/").status_code == 200


def test_all_others_at_once():
    officer = somebody()
    clients = [make.signed_in(officer) for _ in range(3)]
    clients[0].post("/account/elsewhere/", {"which": "all"})
    assert [each.get("/board/").status_code for each in clients] == [200, 302, 302]


@pytest.mark.parametrize(
    "page", ["account/app", "account/codes", "account/passkeys", "account/passkeys/ask", "account/remove"]
)
def test_on_a_screen_left_open_how_one_signs_in_isn_t_changed_without_the_password(page):
    officer = somebody()
    client = enter(officer)
    SignIn.objects.update(proved_at=clock.real() - timedelta(minutes=16))
    before = client.session.session_key
    assert client.post(f"/{page}/", {"which": "app"}).url == "/account/confirm/"
    act(officer.office_id)
    assert CodeApp.objects.count() == 1 and not Passkey.objects.exists()
    assert client.post("/account/confirm/", {"password": WRONG}).status_code == 200
    assert client.post("/account/confirm/", {"password": PASSWORD}).url == "/account/"
    assert client.session.session_key != before


def test_a_new_phone_takes_the_place_of_the_old_one():
    officer = somebody()
    client = enter(officer)
    letters = secret(client, "/account/app/")
    assert client.post("/account/app/", {"code": shown(letters)}).url == "/account/"
    act(officer.office_id)
    assert CodeApp.objects.count() == 1
    again, _ = type_in(officer)
    assert again.post("/login/code/", {"code": shown(letters, 1)}).url == "/"


def test_new_recovery_codes_end_the_earlier_ones():
    officer = somebody()
    client = enter(officer)
    before = set(RecoveryCode.objects.values_list("digest", flat=True))
    assert client.post("/account/codes/").content.decode().count("<code>") == 10
    act(officer.office_id)
    after = set(RecoveryCode.objects.values_list("digest", flat=True))
    assert len(after) == 10 and not before & after


def test_the_only_second_step_of_who_owes_one_isn_t_removed():
    officer = somebody()
    client = enter(officer)
    client.post("/account/remove/", {"which": "app"})
    act(officer.office_id)
    assert CodeApp.objects.count() == 1
    Passkey.objects.create(
        office=officer.office, person=officer, name="x", key_sha256="a" * 64, credential=b"x", made_at=make.NOON
    )
    client.post("/account/remove/", {"which": "app"})
    act(officer.office_id)
    assert not CodeApp.objects.exists()


def test_nobody_removes_somebody_else_s_passkey():
    officer = somebody()
    colleague = make.person(officer.office)
    theirs = Passkey.objects.create(
        office=officer.office, person=colleague, name="x", key_sha256="b" * 64, credential=b"x", made_at=make.NOON
    )
    enter(officer).post("/account/remove/", {"which": theirs.pk})
    act(officer.office_id)
    assert Passkey.objects.filter(person=colleague).exists()


def test_the_page_asks_a_fixed_number_of_questions(django_assert_max_num_queries):
    officer = somebody()
    client = enter(officer)
    for _ in range(5):
        make.signed_in(officer)
    with django_assert_max_num_queries(30):
        assert client.get("/account/").status_code == 200
