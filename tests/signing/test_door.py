"""In by name, password and second step; nobody learns more than they should, and nothing else is reached before."""

import re
import statistics
import time

import pytest
from django.core.management import call_command
from django.test import Client

from dure.audit.models import Entry
from dure.offices.acting import act
from dure.outbox.models import Message
from dure.people.models import Membership, Role
from dure.signing.models import CodeApp, Passkey, RecoveryCode, SignIn
from tests import make
from tests.signing.people import PASSWORD, WRONG, enter, secret, shown, somebody, type_in, with_password

pytestmark = pytest.mark.django_db
OFFICE_NETWORK = {"REMOTE_ADDR": "10.20.0.5"}


@pytest.fixture
def inside(settings):
    settings.DURE_OFFICE_NETWORKS = ["10.20.0.0/16"]


def test_an_officer_reaches_nothing_but_the_enrolment_until_it_is_done():
    officer = somebody()
    client, answer = type_in(officer)
    assert answer.url == "/login/set-up/"
    for page in ("/", "/board/", "/care/recipients/", "/account/", "/people/"):
        assert client.get(page).url.startswith("/login/?next="), page
    assert client.post("/login/set-up/", {"code": "000000"}).status_code == 200
    assert client.get("/board/").status_code == 302

    done = client.post("/login/set-up/", {"code": shown(secret(client))}).content.decode()
    assert len(re.findall(r"<code>[a-z2-9]{5}-[a-z2-9]{5}</code>", done)) == 10
    assert client.get("/board/").status_code == 200


def test_the_second_time_the_app_s_code_is_asked_for_and_each_is_taken_once():
    officer = somebody()
    first, _ = type_in(officer)
    letters = secret(first)
    now, after = shown(letters), shown(letters, 1)
    first.post("/login/set-up/", {"code": now})
    again, answer = type_in(officer)
    assert answer.url == "/login/code/"
    assert again.post("/login/code/", {"code": now}).status_code == 200, "the code that set it up"
    assert again.post("/login/code/", {"code": after}).url == "/"
    assert again.get("/board/").status_code == 200
    third, _ = type_in(officer)
    assert third.post("/login/code/", {"code": after}).status_code == 200
    assert third.get("/board/").status_code == 302


def test_who_knows_only_the_password_can_set_up_nothing_once_somebody_has():
    officer = somebody()
    enter(officer)
    thief, _ = type_in(officer)
    assert thief.get("/login/set-up/").url == "/login/code/"
    assert thief.post("/login/set-up/", {"code": "123456"}).url == "/login/code/"
    assert thief.post("/login/set-up/passkey/").json() == {}


def test_a_code_on_paper_gets_one_in_once():
    officer = somebody()
    client, _ = type_in(officer)
    page = client.post("/login/set-up/", {"code": shown(secret(client))}).content.decode()
    paper = re.search(r"<code>([a-z2-9-]+)</code>", page)[1]
    again, _ = type_in(officer)
    assert again.post("/login/code/", {"code": paper.upper()}).url == "/"
    assert "9개 남았습니다" in again.get("/board/").content.decode()
    third, _ = type_in(officer)
    assert third.post("/login/code/", {"code": paper}).status_code == 200


def test_neither_secret_nor_codes_can_be_read_in_the_database():
    officer = somebody()
    client, _ = type_in(officer)
    letters = secret(client)
    page = client.post("/login/set-up/", {"code": shown(letters)}).content.decode()
    act(officer.office_id)
    kept = f"{list(CodeApp.objects.values())} {list(RecoveryCode.objects.values())}"
    assert letters not in kept
    assert not [code for code in re.findall(r"<code>([a-z2-9-]+)</code>", page) if code.replace("-", "") in kept]


def test_a_desk_signs_in_with_the_password_alone_inside_the_office_and_not_outside(inside):
    desk = with_password(make.person(office := make.office(), as_=Role.PROVIDER, at=make.organisation(office)))
    client, answer = type_in(desk, **OFFICE_NETWORK)
    assert answer.url == "/"
    assert client.get("/board/", **OFFICE_NETWORK).status_code == 200
    assert client.get("/board/", REMOTE_ADDR="203.0.113.9").status_code == 302, "carried out of the office"
    assert client.get("/board/", **OFFICE_NETWORK).status_code == 302, "and ended by that"
    assert type_in(desk, REMOTE_ADDR="203.0.113.9")[1].url == "/login/set-up/"


def test_an_officer_owes_the_second_step_inside_as_well(inside):
    assert type_in(somebody(), **OFFICE_NETWORK)[1].url == "/login/set-up/"


def test_somebody_who_becomes_an_officer_owes_it_at_once(inside):
    office = make.office()
    desk = with_password(make.person(office, as_=Role.PROVIDER, at=make.organisation(office)))
    client, _ = type_in(desk, **OFFICE_NETWORK)
    client.get("/board/", **OFFICE_NETWORK)
    act(office.pk)
    Membership.objects.create(
        office=office, person=desk, organisation=make.house(office), role="officer", since=make.DAY
    )
    assert client.get("/board/", **OFFICE_NETWORK).status_code == 302

    proved = enter(desk, **OFFICE_NETWORK)
    proved.get("/board/", **OFFICE_NETWORK)
    act(office.pk)
    Membership.objects.create(office=office, person=desk, organisation=make.house(office), role="admin", since=make.DAY)
    assert proved.get("/board/", **OFFICE_NETWORK).status_code == 200


def test_an_invented_office_asks_for_no_second_step_unless_the_settings_say_so(settings):
    officer = somebody(is_demo=True)
    client, answer = type_in(officer)
    assert answer.url == "/"
    assert "체험용 기관이라" in client.get("/board/").content.decode()
    settings.DURE_SECOND_FACTOR = "always"
    assert client.get("/board/").status_code == 302
    assert type_in(officer)[1].url == "/login/set-up/"


def test_nothing_tells_whether_a_name_exists():
    officer = somebody()
    pages = []
    for name in (officer.username, "nobody-here"):
        for _ in range(6):
            client, answer = type_in(name, WRONG)
            pages.append(
                re.sub(r'value="[^"]*"|\d\d:\d\d|content="[^"]*"|X-CSRFToken[^}]*', "", answer.content.decode())
            )
    assert pages[:6] == pages[6:]
    assert "잠겼습니다" in pages[5] and "잠겼습니다" not in pages[4]


def test_an_unknown_name_takes_as_long_as_a_wrong_password(settings):
    settings.DURE_TRIES = 1_000
    officer, took = somebody(), {True: [], False: []}
    for turn in range(16):
        known = turn % 2 == 0
        began = time.monotonic()
        type_in(officer if known else "nobody-here", WRONG)
        took[known].append(time.monotonic() - began)
    known, unknown = (statistics.median(took[each]) for each in (True, False))
    assert 0.5 < known / unknown < 2


def test_after_five_wrong_passwords_the_right_one_is_refused_too_until_an_administrator_unlocks():
    officer = somebody()
    admin = make.person(officer.office, as_=Role.ADMIN)
    boss = make.signed_in(admin)
    for _ in range(5):
        type_in(officer, WRONG)
    _, answer = type_in(officer)
    assert re.search(r"여러 번 틀려 잠겼습니다. \d\d:\d\d 뒤에", answer.content.decode())
    assert type_in(officer, REMOTE_ADDR="198.51.100.7")[1].url == "/login/set-up/", "elsewhere they aren't locked out"
    assert "까지 잠김" in boss.get("/people/").content.decode()
    assert boss.post(f"/people/{officer.ref}/unlock/").status_code == 302
    assert "까지 잠김" not in boss.get("/people/").content.decode()
    assert type_in(officer)[1].url == "/login/set-up/"


def test_wrong_codes_count_from_wherever_they_are_tried():
    officer = somebody()
    client, _ = type_in(officer)
    letters = secret(client)
    client.post("/login/set-up/", {"code": shown(letters)})
    for number in range(5):
        thief, _ = type_in(officer, REMOTE_ADDR=f"198.51.100.{number}")
        assert "인증번호가 맞지 않습니다" in thief.post("/login/code/", {"code": "000000"}).content.decode()
    thief, _ = type_in(officer, REMOTE_ADDR="198.51.100.99")
    assert "잠겼습니다" in thief.post("/login/code/", {"code": shown(letters, 1)}).content.decode()


def test_the_session_s_key_is_new_after_every_step_and_a_planted_one_is_worth_nothing(settings):
    officer = somebody()
    planted = Client()
    planted.post("/login/passkey/ask/")  # an attacker has the server make a session, and plants its key
    known = planted.session.session_key
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = known
    keys = [known]
    type_in(officer, client=client)
    keys.append(client.session.session_key)
    client.post("/login/set-up/", {"code": shown(secret(client))})
    keys.append(client.session.session_key)
    assert len(set(keys)) == 3
    assert client.get("/board/").status_code == 200
    for each in keys[:2]:
        thief = Client()
        thief.cookies[settings.SESSION_COOKIE_NAME] = each
        assert thief.get("/board/").status_code == 302


def test_signing_out_ends_it_on_the_server(settings):
    client = enter(somebody())
    key = client.session.session_key
    assert client.post("/logout/").url == "/login/"
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = key
    assert thief.get("/board/").status_code == 302


def test_a_session_that_is_put_back_after_signing_out_is_none(settings):
    officer = somebody()
    client = enter(officer)
    session = client.session
    kept = dict(session.items())
    client.post("/logout/")
    session.create()
    session.update(kept)
    session.save()
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    assert thief.get("/board/").status_code == 302


def test_after_a_reset_the_person_is_out_told_and_sets_up_anew():
    officer = somebody()
    boss = make.signed_in(make.person(officer.office, as_=Role.ADMIN))
    client = enter(officer)
    assert boss.post(f"/people/{officer.ref}/second-step/").status_code == 302
    assert client.get("/board/").status_code == 302
    act(officer.office_id)
    assert not CodeApp.objects.exists() and not RecoveryCode.objects.exists() and not Passkey.objects.exists()
    assert Message.objects.filter(person=officer, template__startswith="Your second step").count() == 1
    assert Entry.objects.filter(did="reset the second step", about=f"person {officer.ref}").count() == 1
    assert type_in(officer)[1].url == "/login/set-up/"


def test_nobody_resets_the_own_second_step_and_an_officer_resets_nobody_s():
    office = make.office()
    boss, officer = make.person(office, as_=Role.ADMIN), make.person(office)
    assert make.signed_in(boss).post(f"/people/{boss.ref}/second-step/").status_code == 409
    assert make.signed_in(officer).post(f"/people/{boss.ref}/second-step/").status_code == 403


def test_the_machine_itself_resets_the_only_administrator_s(capsys):
    officer = somebody()
    client = enter(officer)
    make.role("owner")
    call_command("reset_second_step", officer.username)
    make.role("app")
    assert client.get("/board/").status_code == 302
    assert type_in(officer)[1].url == "/login/set-up/"


def test_who_leaves_is_out_at_once_everywhere():
    officer = somebody()
    boss = make.signed_in(make.person(officer.office, as_=Role.ADMIN))
    client = enter(officer)
    boss.post(f"/people/{officer.ref}/leave/")
    assert client.get("/board/").status_code == 302
    act(officer.office_id)
    assert not SignIn.objects.open().filter(person=officer).exists()
    assert type_in(officer, PASSWORD)[1].status_code == 200


def test_a_password_that_an_administrator_gives_ends_where_the_person_is_signed_in():
    officer = somebody()
    boss = make.signed_in(make.person(officer.office, as_=Role.ADMIN))
    client = enter(officer)
    assert boss.post(f"/people/{officer.ref}/login/", {"username": officer.username}).status_code == 200
    assert client.get("/board/").status_code == 302
    assert client.get("/nowhere/").status_code == 404
    assert boss.get("/board/").status_code == 200


def test_where_one_is_sent_afterwards_is_here():
    officer = somebody(is_demo=True)
    client = Client()
    said = {"username": officer.username, "password": PASSWORD, "next": "https://evil.example/"}
    assert client.post("/login/", said).url == "/"


def test_who_is_half_way_with_the_old_password_gets_no_further_once_there_is_another():
    person = somebody()
    client, answer = type_in(person)
    assert answer.url == "/login/set-up/"
    act(person.office_id)
    person.set_password("또-다른-비밀번호-14")
    person.save(update_fields=["password"])
    assert client.get("/login/set-up/").url == "/login/"
