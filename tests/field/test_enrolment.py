"""A phone becomes known by a code that works once, and is no longer known when it was lost."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.test import Client

from dure.audit.models import Entry
from dure.errors import Refused
from dure.field.actions import enrol, take_code
from dure.field.hashed import key_sha256
from dure.field.models import Enrolment
from dure.offices.acting import act
from dure.people.models import Device, Role
from tests import make

pytestmark = pytest.mark.django_db
NOW = make.NOON


@pytest.fixture
def people():
    """A provider's desk and its worker."""
    office = make.office()
    provider = make.organisation(office, "provider", phone="062-000-0002")
    return make.person(office, "박수행", Role.PROVIDER, provider), make.person(office, "이배달", Role.WORKER, provider)


def test_a_code_gives_one_phone_its_key(people):
    desk, worker = people
    code = enrol(worker, by=desk, now=NOW)
    act(None)

    device, key = take_code(f"{code[:4]} {code[4:]}", "시험 전화", now=NOW + timedelta(minutes=29))

    act(worker.office_id)
    assert (len(code), code.isdigit()) == (8, True)
    made = Device.objects.get(pk=device.pk)
    assert (made.person, made.name, made.key_sha256) == (worker, "시험 전화", key_sha256(key))
    assert (made.revoked_at, Enrolment.objects.get().device) == (None, made)
    assert [*Entry.objects.order_by("pk").values_list("did", "who_id")][-2:] == [
        ("made a code", desk.pk), ("enrolled", worker.pk),
    ]  # fmt: skip


@pytest.mark.parametrize("why", ["used", "late", "newer", "left", "wrong"])
def test_a_code_lets_nobody_else_in(people, why):
    desk, worker = people
    code, later = enrol(worker, by=desk, now=NOW), NOW + timedelta(minutes=1)
    if why == "used":
        take_code(code, "", now=later)
    elif why == "late":
        later = NOW + timedelta(minutes=30)
    elif why == "newer":
        enrol(worker, by=desk, now=later)
    elif why == "left":
        type(worker).objects.filter(pk=worker.pk).update(left_at=NOW)
    elif why == "wrong":
        code = f"{(int(code) + 1) % 10**8:08}"
    known = Device.objects.count()
    act(None)

    with pytest.raises(Refused):
        take_code(code, "", now=later)

    act(worker.office_id)
    assert Device.objects.count() == known


def test_nothing_of_a_code_can_be_read_from_another_office(people):
    desk, worker = people
    enrol(worker, by=desk, now=NOW)
    make.office()

    assert not Enrolment.objects.exists()


@pytest.mark.parametrize(("change", "constraint"), [
    ({"good_until": NOW}, "enrolment_ends_after_it_begins"),
    ({"used_at": NOW}, "enrolment_used_by_a_phone"),
])  # fmt: skip
def test_refuses(people, change, constraint):
    enrol(people[1], by=people[0], now=NOW)
    with pytest.raises(IntegrityError, match=constraint):
        Enrolment.objects.update(**change)


def test_the_phone_types_the_code_and_is_stopped_when_it_guesses(people, moved):
    moved(NOW)
    code = enrol(people[1], by=people[0], now=NOW)
    post = lambda body: Client().post("/api/field/v1/enrolments", body, "application/json")  # noqa: E731

    answers = [post({"code": code, "name": "\x00전화"}), post({"code": code}), post({}), post("{")]
    assert [a.status_code for a in answers] == [201, 409, 400, 400]
    assert sorted(answers[0].json()) == ["key", "person", "ref"]
    assert all(list(a.json()) == ["message"] for a in answers[1:])
    assert [post({"code": "1"}).status_code for _ in range(20)][-2:] == [409, 429]


def test_behind_a_proxy_of_ours_wrong_codes_of_one_hold_up_no_other(settings):
    settings.DURE_PROXIES = ["127.0.0.1"]

    def post(of: str) -> int:
        said = {"data": {"code": "1"}, "content_type": "application/json", "headers": {"X-Forwarded-For": of}}
        return Client().post("/api/field/v1/enrolments", **said).status_code

    assert [post("203.0.113.5") for _ in range(21)][-1] == 429
    assert post("203.0.113.6") == 409


def test_the_desk_makes_codes_for_its_own_workers_and_takes_a_lost_phone_away(people, moved):
    moved(NOW)
    desk, worker = people
    other = make.person(desk.office, "남배달", Role.WORKER, make.organisation(desk.office))
    client = _signed_in(desk)

    shown = client.get("/field/phones/").content.decode()
    assert (worker.name in shown, other.name in shown) == (True, False)
    made = client.post(f"/field/phones/{worker.ref}/code/")
    assert client.post(f"/field/phones/{other.ref}/code/").status_code == 404
    code = made.context["made"]["code"]
    assert code in made.content.decode()

    device, _ = take_code(code, "", now=NOW)
    assert client.post(f"/field/phones/{device.ref}/revoke/").status_code == 302
    act(desk.office_id)
    assert Device.objects.get(pk=device.pk).revoked_at == NOW


def test_a_worker_makes_no_codes(people, moved):
    moved(NOW)
    client = _signed_in(people[1])

    assert client.get("/field/phones/").status_code == 403
    assert client.post(f"/field/phones/{people[1].ref}/code/").status_code == 403


def _signed_in(person) -> Client:
    return make.signed_in(person)
