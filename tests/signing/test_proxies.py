"""A proxy that nobody named in the settings: said once, with what to do, and over when it is named."""

import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dure.health.models import Fault
from dure.offices.acting import act
from dure.people.models import Person, Role
from dure.signing import proxies
from tests import make
from tests.care.pages import signed_in

pytestmark = pytest.mark.django_db
VISITOR = "211.0.0.7"


@pytest.fixture(autouse=True)
def another_process(settings):
    """One that has seen nothing yet."""
    proxies._until.clear()
    settings.DURE_PROXIES = []


@pytest.fixture
def admin() -> Person:
    return make.person(make.office(), as_=Role.ADMIN)


def asks(client: Client, peer: str, forwarded: str | None = VISITOR) -> int:
    said = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    return client.get("/pages/", REMOTE_ADDR=peer, **said).status_code


def faults(admin: Person) -> list[tuple[str, int, bool]]:
    act(admin.office_id)
    return [(each.key, each.times, each.mended_at is None) for each in Fault.objects.order_by("id")]


def test_it_is_said_once_and_not_with_every_request(admin):
    client = signed_in(admin)
    for _ in range(5):
        assert asks(client, "10.1.0.9") == 200
    assert faults(admin) == [("proxy 10.1.0.9", 1, True)]
    page = client.get("/faults/").content.decode()
    assert "DURE_PROXIES=10.1.0.9" in page and "대신" in page


def test_another_process_or_hour_counts_up_the_same(admin):
    client = signed_in(admin)
    asks(client, "10.1.0.9")
    proxies._until.clear()
    asks(client, "10.1.0.9")
    assert faults(admin) == [("proxy 10.1.0.9", 2, True)]


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "192.168.3.4", "100.64.0.1", "fd00::5", "::ffff:10.0.0.4"])
def test_from_near(admin, peer):
    asks(signed_in(admin), peer)
    assert [(key, times) for key, times, _ in faults(admin)] == [(f"proxy {peer}", 1)]


def test_through_a_socket_there_is_another_way(admin):
    client = signed_in(admin)
    asks(client, "")
    assert faults(admin) == [("proxy socket", 1, True)]
    assert "DURE_PROXIES=127.0.0.1" in client.get("/faults/").content.decode()


@pytest.mark.parametrize(("peer", "forwarded"), [("8.8.8.8", VISITOR), ("2001:4860::1", VISITOR), ("10.1.0.9", None)])
def test_from_the_internet_or_not_passed_on_nothing_is_said(admin, peer, forwarded):
    asks(signed_in(admin), peer, forwarded)
    assert faults(admin) == []


def test_nobody_who_is_not_signed_in_has_anything_said(admin):
    asks(Client(), "10.1.0.9")
    assert faults(admin) == []


def test_named_it_is_over_and_nothing_more_is_said(admin, settings):
    client = signed_in(admin)
    asks(client, "10.1.0.9")
    settings.DURE_PROXIES = ["10.1.0.0/24"]
    asks(client, "10.1.0.9")
    asks(client, "10.1.0.9")
    assert faults(admin) == [("proxy 10.1.0.9", 1, False)]


def test_the_jobs_end_what_is_named_or_has_not_passed_anything_on_for_a_day(admin, settings):
    client = signed_in(admin)
    asks(client, "10.1.0.9")
    asks(client, "10.2.0.9")
    act(admin.office_id)
    last = Fault.objects.latest("id").last_at
    make.role("engine")
    settings.DURE_PROXIES = ["10.2.0.9"]
    proxies.settle(last + timedelta(hours=23))
    assert proxies.unnamed() == ["10.1.0.9"]
    proxies.settle(last + timedelta(hours=25))
    assert proxies.unnamed() == []
    make.role("app")


def test_it_asks_the_data_base_nothing_in_between(admin, settings):
    """Measured beside a request that wasn't passed on."""
    client, counts = signed_in(admin), {}
    asks(client, "10.1.0.9")
    for forwarded in (None, VISITOR):
        with CaptureQueriesContext(connection) as asked:
            asks(client, "10.1.0.9", forwarded)
        counts[forwarded] = len(asked)
    assert counts[None] == counts[VISITOR]


def test_many_addresses_fill_nothing(admin):
    client = signed_in(admin)
    for n in range(proxies.MOST + 5):
        asks(client, f"10.1.0.{n}")
    assert len(faults(admin)) == len(proxies._until) == proxies.MOST
    assert all(until > time.monotonic() for until in proxies._until.values())
