"""Too much in a short time waits, and says so; what comes in from phones and by real links never does."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import Error, connection, transaction
from django.http import HttpResponse
from django.test import Client

from dure import clock
from dure.offices.acting import act
from dure.outbox.links import token
from dure.outbox.models import Message
from dure.outbox.signed import signature
from dure.people.models import Role
from dure.signing import limits
from dure.signing.models import Count
from dure.signing.tasks import forget_old
from tests import make
from tests.field import world as field
from tests.field.test_api import envelope, put
from tests.test_permissions import PAGES, as_app, built, things, undone

HERE = {"REMOTE_ADDR": "203.0.113.5"}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    with django_db_blocker.unblock(), built() as found:
        yield found


@pytest.fixture
def stopped(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """One moment, a minute after a stretch begins."""
    at = datetime(2026, 11, 23, 3, 1, tzinfo=UTC)
    monkeypatch.setattr(clock, "real", lambda: at)
    return at


def held_up(answer: HttpResponse) -> bool:
    """Whether it waits; then it says for how long, in words and for machines."""
    if answer.status_code != 429:
        return False
    assert 0 < int(answer.headers["Retry-After"]) <= limits.STRETCH
    said = answer.json()["message"] if answer["Content-Type"] == "application/json" else answer.content.decode()
    assert re.search(r"\d+분 뒤|그대로", said) and answer.content.decode().count("Traceback") == 0
    return True


def get(world: dict[str, Any], role: Role, address: str, **more: Any) -> HttpResponse:
    return world["clients"][role].get(address, **more)


def test_searches_of_one_person_wait_and_those_of_another_don_t(world: dict[str, Any], settings: Any):
    settings.DURE_MOST = settings.DURE_MOST | {"searches": 3}
    with undone():
        as_app()
        found = [held_up(get(world, Role.OFFICER, "/care/recipients/?tier=red", **HERE)) for _ in range(5)]
        assert found == [False] * 3 + [True] * 2
        assert held_up(get(world, Role.OFFICER, "/care/recipients/", REMOTE_ADDR="198.51.100.7")), "one person"
        assert get(world, Role.ADMIN, "/care/recipients/", **HERE).status_code == 200
        assert get(world, Role.OFFICER, "/board/", **HERE).status_code == 200, "the board always opens"


def test_a_search_that_posts_counts_once(world: dict[str, Any], settings: Any):
    settings.DURE_MOST = settings.DURE_MOST | {"searches": 2}
    with undone():
        as_app()
        look_up = lambda: world["clients"][Role.OFFICER].post("/care/recipients/", {"q": "김"}, follow=True, **HERE)  # noqa: E731
        assert [held_up(look_up()) for _ in range(3)] == [False, False, True]


def test_one_address_with_many_people_is_held_up_later(world: dict[str, Any], settings: Any, monkeypatch: Any):
    monkeypatch.setattr(limits, "TOGETHER", 1)
    settings.DURE_MOST = settings.DURE_MOST | {"searches": 2}
    with undone():
        as_app()
        roles = [Role.OFFICER, Role.ADMIN, Role.PROVIDER]
        assert [held_up(get(world, r, "/care/recipients/", **HERE)) for r in roles] == [False, False, True]
        assert not held_up(get(world, Role.PROVIDER, "/care/recipients/", REMOTE_ADDR="198.51.100.7"))


def test_files_that_go_out_wait(world: dict[str, Any], settings: Any):
    settings.DURE_MOST = settings.DURE_MOST | {"downloads": 2}
    with undone():
        as_app()
        asked = ["/imports/recipients/template.xlsx", "/people/rights.xlsx", "/people/rights.xlsx"]
        found = [get(world, Role.ADMIN, each, **HERE) for each in asked]
        assert [held_up(each) for each in found] == [False, False, True], [each.status_code for each in found]


def test_files_that_come_in_wait_and_forms_without_a_file_don_t(world: dict[str, Any], settings: Any):
    settings.DURE_MOST = settings.DURE_MOST | {"uploads": 2}
    with undone():
        as_app()

        def send(**said: Any) -> bool:
            return held_up(world["clients"][Role.OFFICER].post("/imports/recipients/", said, **HERE))

        def paper() -> SimpleUploadedFile:
            return SimpleUploadedFile("x.csv", "성명\n김".encode())

        assert [send(file=paper()) for _ in range(3)] == [False, False, True]
        assert not send(x="y")


def test_every_page_that_gives_out_files_or_looks_people_up_is_counted(world: dict[str, Any]):
    """A new export or search box says `@counted(...)` of dure.people.doors on its view."""
    forgotten = set()
    for page in (p for p in PAGES if p.roles):
        kind, methods = getattr(page.view, "counted", ("", ()))
        for role in sorted(page.roles or ()):
            for method in ("get", "post"):
                with undone():
                    as_app()
                    send = getattr(world["clients"][role], method)
                    answer = send(page.address(things(page, world["own"])), {"reason": "확인", "as": "xlsx"})
                is_file = "attachment" in answer.get("Content-Disposition", "")
                looks_up = not is_file and method == "get" and b'role="search" method="post"' in answer.content
                wanted = "downloads" if is_file else "searches" if looks_up else ""
                if wanted and (kind != wanted or methods and method.upper() not in methods):
                    forgotten.add((page.route, wanted))
    assert forgotten == set()
    assert len({p.route for p in PAGES if getattr(p.view, "counted", ("",))[0] == "downloads"}) >= 14


@pytest.mark.django_db
def test_a_phone_s_reports_come_in_while_everything_else_waits(moved: Any, settings: Any):
    moved(field.MORNING)
    today = field.day(2)
    settings.DURE_MOST = dict.fromkeys(settings.DURE_MOST, 0)
    code = Client().post("/api/field/v1/enrolments", {"code": "1"}, "application/json")
    assert held_up(code) and list(code.json()) == ["message"]
    answers = [put(today, uuid4(), envelope(visit.ref)) for visit in today.visits]
    assert [answer.status_code for answer in answers] == [201, 201]


@pytest.mark.django_db
def test_a_guesser_on_the_same_address_doesn_t_stop_a_real_link(settings: Any):
    settings.DURE_MOST = settings.DURE_MOST | {"links": 3}
    office = make.office()
    told = make.person(office, "한담당")
    message = Message.objects.create(
        office=office, person=told, channel="sms", address="010-0000-0001", template="x", text="x",
        created_at=clock.now(), sent_at=clock.now(), answerable=True,
    )  # fmt: skip
    real = f"/l/{token(message)}"
    act(None)
    assert [Client().get(f"/l/guess-{n}", **HERE).status_code for n in range(5)] == [404, 404, 404, 429, 429]
    assert held_up(Client().get("/care/calendars/guess.ics", **HERE))
    assert Client().get(real, **HERE).status_code == 200
    assert Client().post(real, **HERE).status_code == 302
    assert Client().get("/l/guess", REMOTE_ADDR="198.51.100.7").status_code == 404, "elsewhere nobody guessed"


@pytest.mark.django_db
def test_forged_receipts_wait_and_signed_ones_don_t(settings: Any):
    settings.DURE_GATEWAY_KEY, settings.DURE_MOST = "key", settings.DURE_MOST | {"signatures": 1}
    post = lambda **h: Client().post("/api/outbox/v1/status", "[]", "application/json", headers=h, **HERE)  # noqa: E731
    assert [post().status_code for _ in range(3)] == [403, 429, 429]
    stamp = str(int(clock.real().timestamp()))
    assert post(**{"Dure-Timestamp": stamp, "Dure-Signature": signature("key", stamp, b"[]")}).status_code == 200


def guesses(at: str) -> int:
    """How many wrong codes are let through."""
    request = Client().get("/login/", REMOTE_ADDR=at).wsgi_request
    for number in range(99):
        try:
            limits.guessed(request, "codes")
        except limits.TooOften:
            return number
    return 99


@pytest.mark.django_db
def test_it_goes_on_with_the_next_stretch(stopped: datetime, monkeypatch: pytest.MonkeyPatch):
    assert (guesses("203.0.113.5"), guesses("203.0.113.5"), guesses("203.0.113.6")) == (20, 0, 20)
    assert (guesses("2001:db8::1"), guesses("2001:db8::ffff")) == (20, 0), "one household"
    monkeypatch.setattr(clock, "real", lambda: stopped + timedelta(minutes=8, seconds=59))
    assert guesses("203.0.113.5") == 0
    monkeypatch.setattr(clock, "real", lambda: stopped + timedelta(minutes=9))
    assert guesses("203.0.113.5") == 20


@pytest.mark.django_db
def test_right_codes_aren_t_counted():
    request = Client().get("/login/", **HERE).wsgi_request
    for _ in range(50):
        with limits.only_wrong_ones(request, "codes"):
            pass
    assert guesses("203.0.113.5") == 20


@pytest.mark.django_db
def test_the_web_counts_but_neither_sees_nor_resets_a_count_and_no_address_stands_there(stopped: datetime):
    guesses("203.0.113.5")
    for attack in (
        "SELECT * FROM signing_count", "UPDATE signing_count SET count = 0", "DELETE FROM signing_count",
        "INSERT INTO signing_count (key_digest, since, count) VALUES ('x', now(), 1)",
    ):  # fmt: skip
        with pytest.raises(Error, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(attack)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count FROM signing_counted(%s, now(), -1000)", [["nobody"]])
        assert cursor.fetchall() == [(0,)]
    make.role("engine")
    kept = str(list(Count.objects.values()))
    assert "203.0.113.5" not in kept
    with pytest.raises(Error, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE signing_count SET count = 0")
    with pytest.raises(Error, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM signing_counted(ARRAY['x'], now(), 1)")


@pytest.mark.django_db
def test_the_jobs_let_go_of_yesterday_s(stopped: datetime):
    guesses("203.0.113.5")
    make.role("engine")
    act(None)
    assert forget_old(stopped + timedelta(hours=23)) == 0
    assert forget_old(stopped + timedelta(hours=25)) == 1


@pytest.mark.django_db
def test_where_nothing_can_be_counted_nobody_is_held_up():
    with undone(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL transaction_read_only = on")
        assert limits._counted("links", {"x": 0}, clock.real(), 1) == {}
