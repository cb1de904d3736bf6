"""Every page × every role × own and others' things, read from the URL configuration: a new page is in it by itself."""

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client

from dure import clock, urls
from dure.health.actions import beat
from dure.offices.acting import act
from dure.people.models import Person, Role
from tests import make, matrix
from tests.matrix import GENERAL, Page

PAGES = sorted(matrix.pages(urls.urlpatterns), key=lambda page: page.route)
# Pages without a door, and why.
OPEN = {
    "login/": "the door itself",
    "logout/": "whoever goes out",
    **dict.fromkeys(
        [f"login/{each}/" for each in ("code", "set-up", "set-up/passkey", "passkey/ask", "passkey")],
        "the door's second half: whoever has given the right password, or signs with a key",
    ),
    ".well-known/security.txt": "to whom a weakness is told",
    "healthz": "says only whether all is well",
    "metrics": "counts and ages, for this machine or with a token",
    "care/calendars/<str:token>.ics": "by a secret address: shifts, and nobody who is served",
    **dict.fromkeys(
        [f"api/outbox/v1/{each}" for each in ("status", "replies", "solapi")], "for a gateway that signs with our key"
    ),
    "l/<str:token>": "by a signed link: what one message said, which its holder has; the rest asks for a log-in",
    "field/": "the phone's empty page: it holds nobody's data and fetches its stops with the phone's key",
    "field/sw.js": "what keeps that page on the phone",
    "field/app.webmanifest": "how that page is called among the phone's apps",
}
BY_KEY = "api/field/"  # phones come with a key, not with a session
# Things that others of the same office see as well, and why.
SHARED = {
    "faults/number": "a fault is the office's, not a provider's", "runs/ref": "likewise", "holds/ref": "likewise",
    "requests/ref": "likewise",
}  # fmt: skip
# Things of the provider that the centre of the dong doesn't see, and why.
NOT_FOR_CENTRES = {
    "rosters/ref": "each keeps its own", "shifts/number": "as their roster", "weekly/ref": "as their roster",
    "stand-ins/ref": "as their roster", "notes/number": "as their roster", "links/number": "likewise",
    "phones/ref": "likewise", "numbers/ref": "likewise", "numbers/number": "likewise",
    "gatherings/ref": "whoever is invited", "agreed/ref": "likewise", "material/ref": "likewise",
    "circulars/ref": "whoever it was sent to", "money/ref": "between the provider and the office",
    "certificates/ref": "a provider's own staff", "renewals/ref": "likewise", "providers/ref": "likewise",
    "kinds/ref": "the office's own", "trainings/ref": "whoever is invited",
}  # fmt: skip
WHOLE_OFFICE = {Role.OFFICER, Role.ADMIN}
ids = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.route or "(first)")


def door(page: Page) -> str:
    return "key" if page.route.startswith(BY_KEY) else "open" if page.route in OPEN else "roles"


@ids
def test_every_page_says_for_whom_it_is(page: Page):
    if door(page) == "roles":
        assert page.roles, (
            f"/{page.route} has no door. Put @only(...) of dure.people.doors on its view, or, if it really is for "
            "everybody, say why in OPEN of tests/test_permissions.py."
        )


def test_every_page_has_things_to_be_tried_with(world: dict[str, Any]):
    wanted = {key: p.route for p in PAGES if door(p) != "key" for _, key in p.parameters}
    missing = {key: route for key, route in wanted.items() if key not in GENERAL and key not in world["own"]}
    assert missing == {}, (
        "Nothing is built for these parameters. Add one to side() in tests/matrix.py, "
        "or to GENERAL there if it belongs to nobody."
    )


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    with django_db_blocker.unblock(), built() as found:
        yield found


@contextmanager
def built() -> Iterator[dict[str, Any]]:
    """Built once: each page works in a savepoint that is taken back."""
    if not connection.in_atomic_block:
        connection.close()  # begin with one that nobody has ended
    with undone():
        other_office, [(theirs, their_centre)] = matrix.house("다른구", 1)
        foreign = matrix.side(other_office, theirs, their_centre)
        office, [(ours, centre), (neighbour, their_dong)] = matrix.house("우리구", 2)
        own, beside = matrix.side(office, ours, centre), matrix.side(office, neighbour, their_dong)
        signed = {role: signed_in(person) for role, person in matrix.people(office, ours, centre).items()}
        yield {"own": own, "beside": beside, "foreign": foreign, "clients": signed, "office": office.pk}


def things(page: Page, of: dict[str, Any]) -> dict[str, Any]:
    """What fills this page's address; where one parameter means two things, the last part of the address says which."""
    last = page.route.rstrip("/").rsplit("/", 1)[-1]
    return GENERAL | {k: v[last] if isinstance(v, dict) else v for k, v in of.items() if not _other(v, last)}


def _other(value: Any, last: str) -> bool:
    return isinstance(value, dict) and last not in value


@contextmanager
def undone() -> Iterator[None]:
    """Whatever a page does is taken back before the next is tried."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def signed_in(person: Person) -> Client:
    act(person.office_id, person.pk)
    return make.signed_in(person, Client(raise_request_exception=False))


def as_app() -> None:
    """From here on with the rights of the web, and no more."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE dure_app")


def ask(client: Client, method: str, address: str) -> HttpResponse:
    with undone():
        as_app()
        send: Callable[..., Any] = getattr(client, method)
        answer = send(address)
        if answer.status_code >= 500:
            why = "".join(traceback.format_exception(*answer.exc_info)[-3:]) if answer.exc_info else ""
            pytest.fail(f"{method.upper()} {address} broke ({answer.status_code}). {why}")
    return answer


def answers(client: Client, address: str) -> list[int]:
    """What the page answers to those ways of asking that it knows."""
    codes = [ask(client, method, address).status_code for method in ("get", "post")]
    known = [code for code in codes if code != 405]
    assert known, f"{address} answers neither GET nor POST"
    return known


def sees_beside(page: Page, role: str) -> bool:
    """Whether the things of another provider of the same office are shown to this role."""
    return role in WHOLE_OFFICE or keys_of(page) <= set(SHARED)


def keys_of(page: Page) -> set[str]:
    """What the address names of somebody's."""
    return {key for _, key in page.parameters} - set(GENERAL)


guarded = pytest.mark.parametrize(
    "page", [p for p in PAGES if door(p) == "roles" and p.roles], ids=lambda page: page.route or "(first)"
)


@guarded
def test_who_is_not_signed_in_is_asked_to_sign_in(page: Page, world: dict[str, Any]):
    client = Client(raise_request_exception=False)
    address = page.address(things(page, world["own"]))
    for method in ("get", "post"):
        answer = ask(client, method, address)
        assert answer.status_code in (302, 405), f"{method} {address}: {answer.status_code}"
        assert answer.status_code == 405 or answer["Location"].startswith("/login/")


@guarded
def test_own_things_are_shown_to_those_for_whom_the_page_is_and_to_nobody_else(page: Page, world: dict[str, Any]):
    address = page.address(things(page, world["own"]))
    for role, client in world["clients"].items():
        found = answers(client, address)
        if role == Role.CENTRE and keys_of(page) & set(NOT_FOR_CENTRES):
            assert set(found) <= {403, 404}, f"{role} at {address}: {found}"
        elif role in page.roles:  # a page may let some look who may not enter anything
            assert 404 not in found and set(found) - {401, 403}, f"{role} at {address}: {found}"
        else:
            assert set(found) <= {403}, f"{role} at {address}: {found}"


@guarded
def test_things_of_others_are_not_there(page: Page, world: dict[str, Any]):
    if not keys_of(page):
        return
    for whose in ("foreign", "beside"):
        address = page.address(things(page, world[whose]))
        for role, client in world["clients"].items():
            if role not in page.roles or (whose == "beside" and sees_beside(page, role)):
                continue
            found = answers(client, address)
            allowed = {404} if whose == "foreign" else {403, 404}  # in the office some things are seen, not touched
            assert set(found) <= allowed, f"{role} at {address}, a thing {whose}: {found}"


@pytest.mark.parametrize("page", [p for p in PAGES if door(p) == "key"], ids=lambda page: page.route)
def test_a_phone_without_a_known_key_gets_nothing(page: Page, world: dict[str, Any]):
    address = page.address({key: "00000000-0000-4000-8000-000000000000" for _, key in page.parameters})
    for method in ("get", "post", "put"):
        answer = ask(Client(raise_request_exception=False), method, address)
        assert answer.status_code in (400, 401, 403, 404, 405, 409), f"{method} {address}: {answer.status_code}"
        assert answer.status_code in (404, 405) or answer.json()["message"]


def test_pages_that_are_open_hold_nobody_s_data(world: dict[str, Any]):
    make.role("engine")
    for process in ("watch", "sender"):  # as if they ran
        beat(process, real=clock.real(), clock_at=make.NOON, every=600)
    make.role("app")
    for route in OPEN:
        assert set(answers(Client(raise_request_exception=False), f"/{route}")) <= {200, 302, 403, 404}


def test_no_address_names_an_office_or_a_person():
    telling = {"name", "office", "person", "username", "phone"}
    named = [(p.route, name) for p in PAGES for name, key in p.parameters if name in telling and key not in GENERAL]
    assert named == []
