"""What is typed into any field or address is words and nothing else: it never runs, breaks nothing, leads nowhere."""

import random
import re
import time
import traceback
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from dure.people.models import Role
from tests.matrix import Page
from tests.surface import INJECTIONS, MARK, SHORT, TEMPLATE
from tests.test_permissions import PAGES, as_app, built, door, things, undone

NAMED = re.compile(r'<(?:input|select|textarea|button)\b[^>]*\bname="([^"]+)"')
ALWAYS = (
    "q",
    "next",
    "sort",
    "order",
    "page",
    "day",
    "month",
    "since",
    "until",
    "reason",
    "why",
    "who",
    "which",
    "sheet",
)
EACH = 1  # injections a page and method; `make soak` tries them all
SLOW = 5.0  # seconds
pages = pytest.mark.parametrize(
    "page", [p for p in PAGES if door(p) != "key"], ids=lambda page: page.route or "(first)"
)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    with django_db_blocker.unblock(), built() as found:
        yield found


def who(page: Page, world: dict[str, Any]) -> list[tuple[str, Client]]:
    """Everybody who may come in there; somebody who isn't signed in where there is no door."""
    may = [(role, client) for role, client in world["clients"].items() if role in (page.roles or ())]
    return may or [("nobody", Client(raise_request_exception=False))]


def ask(client: Client, method: str, address: str, said: dict[str, Any], what: str) -> HttpResponse:
    """The answer, which is no error of ours and doesn't take long; whatever it did is taken back."""
    with undone():
        as_app()
        begun = time.monotonic()
        answer = getattr(client, method)(address, said)
        if answer.status_code >= 500 and address != "/healthz":
            why = "".join(traceback.format_exception(*answer.exc_info)[-4:]) if answer.exc_info else ""
            pytest.fail(f"{method.upper()} {address} with {what} broke ({answer.status_code}). {why}")
        assert time.monotonic() - begun < SLOW, f"{method.upper()} {address} with {what} takes too long"
    return answer


def fields(client: Client, address: str) -> list[str]:
    """What the page's forms ask for, and what pages are usually asked by."""
    answer = ask(client, "get", address, {}, "nothing")
    body = b"" if answer.streaming else answer.content
    return sorted({*NAMED.findall(body.decode(errors="ignore")), *ALWAYS} - {"csrfmiddlewaretoken"})


def harmless(answer: HttpResponse, what: str) -> None:
    """What was thrown stands there as words at most."""
    body = "" if answer.streaming else answer.content.decode(errors="ignore")
    if answer.get("Content-Type", "").startswith("text/html"):
        assert MARK not in body and SHORT not in body and "<svg/onload" not in body and "<script>alert" not in body, (
            what
        )
        assert '" onmouseover="alert' not in body and 'href="javascript:' not in body, what
    assert "54439" not in body and "root:x:0" not in body, what
    assert "a" not in answer.cookies and not any("\n" in v or "\r" in v for v in answer.headers.values()), what
    if to := answer.headers.get("Location"):
        assert re.match(r"/(?![/\\])|\?", to), f"{what} leads away: {to}"


@pages
def test_no_value_breaks_a_page_or_runs_on_it(page: Page, world: dict[str, Any], request: pytest.FixtureRequest):
    address, draw = page.address(things(page, world["own"])), random.Random(page.route)
    every = request.config.getoption("--hypothesis-profile") == "soak"
    names = fields(who(page, world)[0][1], address)
    for method in ("get", "post"):
        for what in list(INJECTIONS) if every else draw.sample(list(INJECTIONS), EACH):
            role, client = draw.choice(who(page, world))
            answer = ask(client, method, address, dict.fromkeys(names, INJECTIONS[what]), f"{what} as {role}")
            harmless(answer, f"{what} at {method} {address}")


@pages
def test_every_way_of_asking_is_answered(page: Page, world: dict[str, Any]):
    address, draw = page.address(things(page, world["own"])), random.Random(page.route)
    for method in ("head", "put", "delete", "options"):
        role, client = draw.choice(who(page, world))
        with undone():
            as_app()
            answer = getattr(client, method)(address)
        assert answer.status_code < 500 or page.route == "healthz", f"{method} {address} as {role}"
        assert method != "head" or not answer.content
    odd = {
        "HTTP_HX_REQUEST": "true",
        "HTTP_ACCEPT_LANGUAGE": "xx-" * 40,
        "HTTP_RANGE": "bytes=9-1",
        "HTTP_COOKIE": "\x7f",
    }
    with undone():
        as_app()
        answer = Client(raise_request_exception=False).get(address, {"a[]": ["1", "2"]}, **odd)
    assert answer.status_code < 500 or page.route == "healthz"


REFS = ["0", "-1", "9" * 19, "9" * 5000, "1e9", "x", "%00", "%0d%0aX: y", "..%2f..%2fetc", "%ff%fe", "%ED%A0%BD",
        "'--", "00000000-0000-4000-8000-000000000000", "%F0%9F%98%80", "a" * 3000]  # fmt: skip


@pytest.mark.parametrize("page", [p for p in PAGES if p.parameters], ids=lambda page: page.route)
def test_no_address_breaks_a_page(page: Page, world: dict[str, Any]):
    client = who(page, world)[-1][1]
    for ref in REFS:
        answer = ask(client, "get", page.address({key: ref for _, key in page.parameters}), {}, ref[:20])
        harmless(answer, ref[:20])
        assert answer.status_code in (200, 301, 302, 400, 401, 403, 404, 405), f"{page.route}: {answer.status_code}"


@pytest.mark.parametrize("words", ["%", "____", "\\", "'; DROP TABLE people_person; --", "%' OR '1'='1"])
def test_a_search_finds_what_was_typed_and_nothing_more(words: str, world: dict[str, Any]):
    client = world["clients"][Role.OFFICER]
    with undone():
        as_app()
        all_of_them = client.get("/care/recipients/").content.decode()
        found = client.post("/care/recipients/", {"q": words}, follow=True).content.decode()
    assert str(world["own"]["recipients/ref"]) in all_of_them and str(world["own"]["recipients/ref"]) not in found


def test_a_template_that_is_typed_is_words(world: dict[str, Any]):
    client = world["clients"][Role.OFFICER]
    with undone():
        as_app()
        assert "{{7777*7}}" in client.post("/care/recipients/", {"q": TEMPLATE}, follow=True).content.decode()


def test_there_are_more_than_thirty():
    assert len(INJECTIONS) >= 45
