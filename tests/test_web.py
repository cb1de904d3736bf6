"""What every answer carries, whatever it answers: headers, cookies, tokens, calm words; and never a person's name."""

import importlib
import io
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from dure import settings as product
from dure import urls
from dure.care.models import Recipient
from dure.desk.views import wrong
from dure.health.quiet import Quiet
from dure.people.models import Role
from tests.test_permissions import BY_KEY, PAGES, as_app, built, door, things, undone

UNSIGNED = {f"api/outbox/v1/{each}" for each in ("status", "replies", "solapi")}  # a gateway signs instead
ALWAYS = {
    "Content-Security-Policy": r"default-src '(self|none)'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": r"geolocation=\(\)",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store|private",
}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    with django_db_blocker.unblock(), built() as found:
        yield found


def guarded(answer: HttpResponse) -> set[str]:
    """Which headers are missing."""
    policy = answer.get("Content-Security-Policy", "")
    wrong_ones = {name for name, says in ALWAYS.items() if not re.search(says, answer.get(name, ""))}
    return wrong_ones | ({"unsafe"} if "unsafe" in policy else set())


def test_every_page_and_file_carries_the_headers(world: dict[str, Any]):
    lacking = {}
    for page in (p for p in PAGES if door(p) != "key"):
        may = [client for role, client in world["clients"].items() if role in (page.roles or ())]
        with undone():
            as_app()
            answer = (may or [Client(raise_request_exception=False)])[-1].get(page.address(things(page, world["own"])))
        if missing := guarded(answer):
            lacking[page.route] = missing
    assert lacking == {}


def breaks(request: Any, how: str) -> HttpResponse:
    """Something that goes wrong with a person's data in hand."""
    if how == "row":
        with transaction.atomic():
            Recipient.objects.create(office_id=request.standing.office, name="김마커비밀", started_on="2026-01-01")
    if how == "value":
        raise ValueError("김마커비밀 010-9999-8888")
    return HttpResponse("x")


class Broken:
    """The product with a page that breaks."""

    urlpatterns = [path("breaks/<str:how>/", breaks), *urls.urlpatterns]
    handler400, handler500 = urls.handler400, urls.handler500


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """All that the log says, as it would stand in the file."""
    out, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(out)
    handler.setFormatter(Quiet())
    loggers = [root, logging.getLogger("django"), logging.getLogger("django.request")]
    for each in loggers:
        each.addHandler(handler)
    yield out
    for each in loggers:
        each.removeHandler(handler)


@pytest.mark.parametrize("how", ["row", "value"])
def test_what_breaks_is_said_calmly_with_a_number_and_without_a_name(
    how: str, world: dict[str, Any], logged: io.StringIO, settings: Any
):
    settings.ROOT_URLCONF = Broken
    with undone():
        as_app()
        answer = world["clients"][Role.OFFICER].get(f"/breaks/{how}/?q=김마커비밀")
    page, log = answer.content.decode(), logged.getvalue()
    assert answer.status_code == 500 and guarded(answer) == set()
    (number,) = re.findall(r"<p class=\"muted\">[^<]*?: ?([0-9a-f]{8})</p>", page)
    assert number in log and ("IntegrityError" in log or "ValueError" in log) and "tests/test_web.py" in log
    for said in ("마커", "9999", "DETAIL", "Failing row", "Traceback", "/breaks/row/?"):
        assert said not in page and said not in log, said


def test_the_plain_log_would_have_said_it(world: dict[str, Any], django_db_blocker: Any):
    """The sabotage: without our way of writing, the row stands in the log."""
    with undone(), pytest.raises(IntegrityError) as broke, transaction.atomic():
        as_app()
        Recipient.objects.create(office_id=world["office"], name="김마커비밀", started_on="2026-01-01")
    record = logging.LogRecord("x", 40, "x", 1, "broke", (), (broke.type, broke.value, broke.tb))
    assert "마커" in logging.Formatter().format(record) or "row" in logging.Formatter().format(record)
    assert "마커" not in Quiet().format(record) and "row-level" not in Quiet().format(record)


def test_a_secret_address_and_a_forged_line_do_not_stand_in_the_log():
    record = logging.LogRecord("django.request", 30, "x", 1, "%s: %s", ("Not Found", "/l/secret-token?q=x"), None)
    assert Quiet().format(record) == "Not Found: /l/…"
    forged = logging.LogRecord("x", 30, "x", 1, "a %s", ("b\nERROR all is well\x1b[0m",), None)
    assert Quiet().format(forged).isprintable()


@pytest.mark.parametrize(
    ("status", "send"),
    [
        (400, lambda c: c.get("/login/", headers={"Host": "evil.example"})),
        (403, lambda c: c.get("/metrics", REMOTE_ADDR="203.0.113.9")),
        (404, lambda c: c.get("/there/is/no/such/page/")),
        (405, lambda c: c.put("/login/")),
        (413, lambda c: c.post("/login/", b"x", "text/plain", CONTENT_LENGTH="999999999")),
        (400, lambda c: c.post("/login/", {f"f{n}": "x" for n in range(1500)})),
    ],
)
def test_a_no_is_in_words_and_says_nothing_of_the_inside(status: int, send: Any, world: dict[str, Any]):
    answer = send(Client(raise_request_exception=False))
    page = answer.content.decode()
    assert answer.status_code == status and guarded(answer) == set()
    assert int(answer.get("Content-Length", len(answer.content))) == len(answer.content), "a browser shows all of it"
    assert status == 403 or re.search("[가-힣]{2,}", page)
    assert not re.search("Django|Traceback|Exception|evil|psycopg|DEBUG", page)


def test_a_foreign_host_leads_nowhere(world: dict[str, Any]):
    for host in ("evil.example", "localhost.evil.example", "localhost@evil.example", "localhost:80:80"):
        answer = Client(raise_request_exception=False).get("/", headers={"Host": host})
        assert answer.status_code == 400 and "evil" not in answer.content.decode()
    with_forwarded = Client(raise_request_exception=False).get("/", headers={"X-Forwarded-Host": "evil.example"})
    assert "evil" not in with_forwarded.get("Location", "") + with_forwarded.content.decode()


@pytest.mark.parametrize(
    "page", [p for p in PAGES if not p.route.startswith(BY_KEY)], ids=lambda p: p.route or "(first)"
)
def test_nothing_is_done_without_the_page_s_own_token(page: Any, world: dict[str, Any]):
    for role, client in world["clients"].items():
        if role not in (page.roles or world["clients"]):
            continue
        strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
        strict.cookies = client.cookies
        with undone():
            as_app()
            for method in ("post", "put", "delete"):
                assert getattr(strict, method)(page.address(things(page, world["own"]))).status_code in (403, 405), (
                    method
                )
        return


@pytest.mark.parametrize("to", ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)",
                                "/\t/evil.example", "evil", "____", "http:evil.example", "\x00//evil"])  # fmt: skip
def test_nobody_is_led_away_after_signing_in(to: str, world: dict[str, Any]):
    with undone():
        as_app()
        for method in ("get", "post"):
            answer = getattr(world["clients"][Role.OFFICER], method)("/login/", {"next": to})
            assert answer.status_code == 302 and answer["Location"] == "/"
        assert world["clients"][Role.OFFICER].post("/account/stay/", {"next": to})["Location"] == "/"


def test_cookies_are_bound_to_the_address_when_it_is_https(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DURE_HTTPS", "1")
    try:
        made = importlib.reload(product)
        assert made.SESSION_COOKIE_NAME == "__Host-sessionid" and made.CSRF_COOKIE_NAME == "__Host-csrftoken"
        assert made.SESSION_COOKIE_SECURE and made.CSRF_COOKIE_SECURE and made.SESSION_COOKIE_HTTPONLY
        assert made.CSRF_COOKIE_HTTPONLY and made.SESSION_COOKIE_SAMESITE == made.CSRF_COOKIE_SAMESITE == "Lax"
        assert made.SECURE_HSTS_SECONDS >= 31_536_000
    finally:
        monkeypatch.delenv("DURE_HTTPS")
        importlib.reload(product)


def test_cookies_are_out_of_reach_of_scripts(world: dict[str, Any]):
    answer = Client().get("/login/")
    assert (
        all(cookie["httponly"] and cookie["samesite"] == "Lax" for cookie in answer.cookies.values()) and answer.cookies
    )


def test_whoever_finds_a_weakness_is_told_whom_to_write_to(world: dict[str, Any], settings: Any):
    client = Client(raise_request_exception=False)
    assert client.get("/.well-known/security.txt").status_code == 404
    settings.DURE_SECURITY_CONTACT = "mailto:security@example.org"
    said = client.get("/.well-known/security.txt")
    assert (
        said["Content-Type"].startswith("text/plain")
        and "Contact: mailto:security@example.org" in said.content.decode()
    )
    assert re.search(r"^Expires: \d{4}-\d\d-\d\dT00:00:00Z$", said.content.decode(), re.M)


def test_no_technical_page_is_ever_made():
    assert product.DEBUG is False and wrong.broken.__module__ in urls.handler500
