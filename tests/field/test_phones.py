"""Two keys, one phone each, and what becomes of a phone that was lost: what it may, what it hands in, who is told."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from dure.audit.models import Entry
from dure.care import phone as care
from dure.care.models import Sighting
from dure.cases.models import Case
from dure.duty.models import Duty, Report
from dure.errors import Refused
from dure.field import apart, phones
from dure.field.actions import enrol, revoke, take_code
from dure.field.models import Phone, SetApart
from dure.offices.acting import act
from dure.people.accounts import leave
from dure.people.models import Device, Membership
from tests import make
from tests.care.pages import signed_in
from tests.field.test_api import envelope, get, put
from tests.field.world import READ_KEY, World, day

pytestmark = pytest.mark.django_db
NOW, HOUR = make.NOON, timedelta(hours=1)
SEEN = {"outcome": "seen_well", "handed": "in_person"}


@pytest.fixture
def world(moved) -> World:
    moved(NOW)
    return day(3)


def call(world: World, method: str, path: str, body=None, key: str = "", **heads):
    headers = {"Authorization": f"Bearer {key or world.key}", **{k.replace("_", "-"): v for k, v in heads.items()}}
    try:
        return getattr(Client(), method)(f"/api/field/v1/{path}", body, "application/json", headers=headers)
    finally:
        act(world.office.pk)


def of(world: World) -> Phone:
    return Phone.objects.get(device=world.device)


# --- two keys


def test_the_key_that_hands_in_reads_nothing(world):
    assert call(world, "get", "pack").status_code == 403
    assert call(world, "get", "pack", Dure_Read_Key="y" * 43).json()["why"] == "pin"
    assert "이배달" not in call(world, "get", "hello").content.decode()
    assert call(world, "get", "pack", Dure_Read_Key=READ_KEY).status_code == 200
    assert call(world, "get", f"cases/{uuid4()}").status_code == 403


def test_a_read_key_is_chosen_once(world):
    same = call(world, "put", "read-key", {"read_key": READ_KEY})
    other = call(world, "put", "read-key", {"read_key": "z" * 43})
    assert (same.status_code, other.status_code, list(other.json())) == (200, 409, ["message"])
    assert call(world, "put", "read-key", {"read_key": "short"}).status_code == 400
    assert call(world, "put", "read-key", "{").status_code == 400


def test_a_phone_of_before_reads_with_its_one_key_until_its_owner_has_chosen_a_pin(world):
    Phone.objects.filter(device=world.device).update(two_keys=False, read_sha256="")
    assert call(world, "get", "pack").status_code == 200
    assert call(world, "put", "read-key", {"read_key": READ_KEY}).status_code == 200
    assert call(world, "get", "pack").status_code == 403
    assert call(world, "get", "pack", Dure_Read_Key=READ_KEY).status_code == 200


def test_a_phone_that_was_never_kept_beside_its_device_is_known_all_the_same(world):
    old = Device.objects.create(
        office=world.office, person=world.worker, key_sha256=phones.key_sha256("old"), enrolled_at=NOW
    )
    assert call(world, "get", "pack", key="old").status_code == 200
    assert call(world, "get", "hello", key="old", Dure_Unsent="2", Dure_Oldest="60", Dure_App="0.1").status_code == 200
    assert call(world, "get", "pack", key="old").status_code == 200  # what it says of itself changes nothing
    told = Phone.objects.get(device=old)
    assert (told.unsent, told.unsent_since, told.version) == (2, NOW - timedelta(seconds=60), "0.1")


# --- what a phone says of itself


@pytest.mark.parametrize(("heads", "kept"), [
    ({"Dure_Unsent": "3", "Dure_Oldest": "120", "Dure_App": "0.1.0"}, (3, NOW - timedelta(minutes=2), "0.1.0")),
    ({"Dure_Unsent": "0", "Dure_Oldest": "9"}, (0, None, "")),
    ({"Dure_Unsent": "999999999999", "Dure_Oldest": "999999999999"}, (99_999, NOW - timedelta(days=400), "")),
    *[({"Dure_Unsent": odd, "Dure_Oldest": odd}, (None, None, "")) for odd in ["-1", "x", "", "1e9", "٣", "1" * 13]],
])  # fmt: skip
def test_what_a_phone_says_of_itself_is_kept_as_far_as_it_makes_sense(world, heads, kept):
    assert call(world, "get", "hello", **heads).status_code == 200
    assert (of(world).unsent, of(world).unsent_since, of(world).version) == kept


# --- taken away


def test_a_phone_taken_away_reads_nothing_at_once_hands_in_for_two_days_and_is_unknown_then(world, moved):
    revoke(world.device, by=world.desk, now=NOW)
    assert get(world, "pack").json()["why"] == "ended"
    moved(NOW + 47 * HOUR)
    assert get(world, "hello").json()["revoked"] is True
    assert put(world, uuid4(), envelope(world.visits[0].ref)).status_code == 201
    moved(NOW + 48 * HOUR)
    late = put(world, uuid4(), envelope(world.visits[0].ref))
    assert (late.status_code, late.json()["why"]) == (401, "unknown")
    assert "전화하세요" in late.json()["message"]


@pytest.mark.parametrize("how", ["leaves", "role"])
def test_so_it_is_when_its_owner_leaves_or_has_no_role_any_more(world, moved, how):
    if how == "leaves":
        leave(world.worker, by=world.officer, now=NOW)
    else:
        Membership.objects.filter(person=world.worker).update(until=make.DAY)
    assert get(world, "pack").json()["why"] == "ended"
    assert put(world, uuid4(), envelope(world.visits[0].ref)).status_code == 201
    assert SetApart.objects.count() == 1
    moved(NOW + 48 * HOUR)
    assert get(world, "hello").status_code == 401


def test_nobody_counts_as_seen_by_a_phone_that_was_taken_away_and_alarms_ring(world):
    revoke(world.device, by=world.desk, now=NOW)
    keys = [uuid4() for _ in range(5)]
    put(world, keys[0], envelope(world.visits[0].ref))
    put(world, keys[1], envelope(world.visits[0].ref, outcome="known_safe", who="딸", handed="not_handed"))
    put(world, keys[2], envelope(world.visits[1].ref, outcome="no_reply", handed="not_handed"))
    case = Case.objects.get()
    put(world, keys[3], envelope(case.ref, "care.step", step="seen"))
    put(world, keys[4], envelope(world.visits[2].ref, outcome="seen_well", danger=True))

    assert set(SetApart.objects.values_list("report__key", flat=True)) == {keys[0], keys[1], keys[3]}
    assert Duty.objects.get(pk=world.visits[0].duty_id).closed_at is None
    assert list(Sighting.objects.order_by("pk").values_list("outcome", "danger")) == [
        ("no_reply", False), ("seen_well", True),
    ]  # fmt: skip
    assert Case.objects.count() == 2 and Case.objects.filter(seen_at=None, pk=case.pk).exists()
    owed = Duty.objects.filter(kind="field.apart", closed_at=None)
    assert owed.count() == 3 and not Duty.objects.filter(kind="field.unread").exists()
    assert owed.get(about=keys[0]).organisation == world.provider


def test_without_setting_apart_a_stolen_phone_would_say_seen_well(world, monkeypatch):
    """The guard can fail: taken away, with reports taken as ever, the visit closes."""
    revoke(world.device, by=world.desk, now=NOW)
    monkeypatch.setattr(phones, "is_apart", lambda device, ended: False)
    put(world, uuid4(), envelope(world.visits[0].ref))
    assert Duty.objects.get(pk=world.visits[0].duty_id).closed_at


def test_the_desk_asks_and_takes_it_over_or_sets_it_aside_for_a_reason(world):
    revoke(world.device, by=world.desk, now=NOW)
    first, second = uuid4(), uuid4()
    put(world, first, envelope(world.visits[0].ref))
    put(world, second, envelope(world.visits[1].ref))
    client = make.signed_in(world.desk)
    page = client.get(f"/field/apart/{first}/").content.decode()
    assert "최순례" in page and "이배달" in page

    assert client.post(f"/field/apart/{first}/decide/", {"counts": "on", "why": "전화로 확인"}).status_code == 302
    assert client.post(f"/field/apart/{second}/decide/", {"why": " "}).status_code == 409
    assert client.post(f"/field/apart/{second}/decide/", {"why": "본인이 아님"}).status_code == 302
    assert client.post(f"/field/apart/{second}/decide/", {"counts": "on"}).status_code == 409
    assert client.post(f"/field/apart/{second}/decide/", {"why": "x" * 301}).status_code == 409

    act(world.office.pk)
    assert list(SetApart.objects.order_by("pk").values_list("counts", "decided_by", "why")) == [
        (True, world.desk.pk, "전화로 확인"), (False, world.desk.pk, "본인이 아님"),
    ]  # fmt: skip
    assert list(Sighting.objects.values_list("visit", "outcome", "by")) == [
        (world.visits[0].pk, "seen_well", world.worker.pk)
    ]
    ended = Duty.objects.filter(kind="field.apart").order_by("pk").values_list("closed_by", "outcome")
    assert list(ended) == [(world.desk.pk, "kept"), (world.desk.pk, "void")]
    assert Duty.objects.get(pk=world.visits[0].duty_id).closed_at
    assert not Duty.objects.get(pk=world.visits[1].duty_id).closed_at
    did = Entry.objects.filter(about__startswith="setapart").order_by("pk").values_list("did", flat=True)
    assert list(did) == ["took over", "set aside"]


def test_what_cant_be_taken_over_changes_nothing(world):
    revoke(world.device, by=world.desk, now=NOW)
    put(world, uuid4(), envelope(uuid4()))  # of a visit that isn't there
    found = SetApart.objects.get()
    with pytest.raises(Refused), transaction.atomic():
        apart.decide(found, care.TAKERS, counts=True, why="", by=world.desk, now=NOW)
    assert SetApart.objects.get().decided_at is None


def test_119_on_a_locked_phone_has_somebody_call_the_worker(world):
    for _ in range(2):
        assert put(world, uuid4(), envelope("x", "field.danger", step="x")).status_code == 201
    owed = Duty.objects.get(kind="field.danger")
    assert (owed.urgent, owed.organisation, owed.raised_at) == (True, world.provider, NOW)


# --- one phone each, a forgotten PIN, a wipe


def test_with_a_new_code_the_same_phone_goes_on_and_hands_in_under_the_old_key(world):
    device, key = take_code(enrol(world.worker, by=world.desk, now=NOW), "", now=NOW, before=world.key)
    act(world.office.pk)

    assert get(world, "pack").status_code == 403
    assert put(world, uuid4(), envelope(world.visits[0].ref)).status_code == 201
    assert Duty.objects.get(pk=world.visits[0].duty_id).closed_at  # not set apart: it is its owner's
    assert (of(world).replaced_by, of(world).wiped_at) == (device, None)
    assert Device.objects.get(revoked_at=None) == device
    assert not Duty.objects.filter(kind="field.wiped").exists()
    assert call(world, "put", "read-key", {"read_key": "n" * 43}, key=key).status_code == 200


def test_another_phone_ends_the_one_before_and_what_it_had_unsent_is_asked_for(world):
    call(world, "get", "hello", Dure_Unsent="3", Dure_Oldest="600")
    take_code(enrol(world.worker, by=world.desk, now=NOW), "", now=NOW)
    act(world.office.pk)

    was = of(world)
    assert (was.wiped_why, was.lost, was.read_sha256, was.replaced_by) == ("anew", 3, "", None)
    owed = Duty.objects.get(kind="field.wiped")
    assert (owed.about, owed.values, owed.organisation) == (
        world.device.ref, {"person": "이배달", "n": 3}, world.provider,
    )  # fmt: skip
    page = make.signed_in(world.desk).get("/field/phones/").content.decode()
    assert "기록 3건이 도착하지 않았습니다" in page


def test_a_phone_given_to_somebody_else_is_no_longer_the_first_ones(world):
    other = make.person(world.office, "남배달", at=world.provider, as_="worker")
    take_code(enrol(other, by=world.desk, now=NOW), "", now=NOW, before=world.key)
    act(world.office.pk)
    put(world, uuid4(), envelope(world.visits[0].ref))
    assert SetApart.objects.count() == 1


def test_a_key_of_before_that_is_no_phones_ends_nobodys(world):
    other = make.person(world.office, "남배달", at=world.provider, as_="worker")
    take_code(enrol(other, by=world.desk, now=NOW), "", now=NOW, before="x\udc80" * 50)
    act(world.office.pk)
    assert Device.objects.get(pk=world.device.pk).revoked_at is None


@pytest.mark.parametrize(("why", "told", "lost", "owed"), [
    ("pins", 2, 2, 1), ("pins", 0, 0, 0), ("gone", 0, 5, 1), ("gone", 7, 7, 1), ("ended", 0, 0, 0),
])  # fmt: skip
def test_a_wipe_is_recorded_with_what_had_not_arrived(world, why, told, lost, owed):
    call(world, "get", "hello", Dure_Unsent="5", Dure_Oldest="60")
    for _ in range(2):
        assert call(world, "post", "wiped", {"why": why, "unsent": told}).status_code == 200
    was = of(world)
    assert (was.wiped_at, was.wiped_why, was.lost, was.read_sha256) == (NOW, why, lost, "")
    assert Duty.objects.filter(kind="field.wiped").count() == owed
    assert call(world, "get", "pack", Dure_Read_Key=READ_KEY).status_code == 403
    assert call(world, "put", "read-key", {"read_key": READ_KEY}).status_code == 409
    assert Entry.objects.filter(did="wiped", why=f"{why} {lost}").count() == 1


def test_what_was_unsent_at_the_wrong_pins_and_comes_after_all_needs_nobody_to_ask(world):
    call(world, "post", "wiped", {"why": "pins", "unsent": 1})
    assert Duty.objects.get(kind="field.wiped").closed_at is None
    call(world, "get", "hello", Dure_Unsent="0", Dure_App="1")
    assert Duty.objects.get(kind="field.wiped").closed_by == world.worker


@pytest.mark.parametrize("body", ["", "[]", {"why": "x"}, {"why": "pins", "unsent": -1}, {"why": None},
                                  {"why": "pins", "unsent": 10**30}])  # fmt: skip
def test_a_wipe_that_makes_no_sense_gets_a_sentence(world, body):
    answer = call(world, "post", "wiped", body)
    assert (answer.status_code, list(answer.json())) == (400, ["message"])
    assert of(world).wiped_at is None


# --- the page, the rows


def test_the_page_of_phones_shows_each_and_asks_the_database_as_often_for_many(world, django_assert_max_num_queries):
    call(world, "get", "hello", Dure_Unsent="2", Dure_Oldest="300", Dure_App="0.9")
    client = make.signed_in(world.desk)
    page = client.get("/field/phones/").content.decode()
    assert "2건" in page and "0.9" in page
    act(world.office.pk)
    for n in range(10):
        make.person(world.office, f"배달{n}", at=world.provider, as_="worker")
    with django_assert_max_num_queries(22):
        client.get("/field/phones/")


def test_a_code_is_shown_as_digits_and_as_a_link_that_keeps_it_out_of_the_address(world):
    made = make.signed_in(world.desk).post(f"/field/phones/{world.worker.ref}/code/").context["made"]
    code = made["code"].replace(" ", "")
    assert made["link"] == f"http://testserver/field/#code={code}"
    assert made["picture"].startswith("data:image/svg+xml")


@pytest.mark.parametrize(("change", "constraint"), [
    ({"two_keys": False}, "phone_reads_with_a_key_of_its_own"),
    ({"unsent_since": NOW}, "phone_unsent_since_when"),
    ({"wiped_at": NOW, "read_sha256": ""}, "phone_wiped_for_a_reason"),
    ({"wiped_why": "pins"}, "phone_wiped_for_a_reason"),
    ({"wiped_at": NOW, "wiped_why": "fun", "lost": 0, "read_sha256": ""}, "phone_wiped_for_a_reason"),
    ({"wiped_at": NOW, "wiped_why": "pins", "lost": 0}, "phone_wiped_reads_nothing"),
])  # fmt: skip
def test_refuses(world, change, constraint):
    with pytest.raises(IntegrityError, match=constraint):
        Phone.objects.filter(device=world.device).update(**change)


@pytest.mark.parametrize(("change", "constraint"), [
    ({"decided_at": NOW}, "set_apart_until_a_person_decides"),
    ({"counts": True}, "set_apart_until_a_person_decides"),
    ({"decided_at": NOW, "counts": False, "decided_by": 1}, "set_aside_for_a_reason"),
])  # fmt: skip
def test_a_decision_is_whole(world, change, constraint):
    revoke(world.device, by=world.desk, now=NOW)
    put(world, uuid4(), envelope(world.visits[0].ref))
    if "decided_by" in change:
        change = {**change, "decided_by": world.desk}
    with pytest.raises(IntegrityError, match=constraint):
        SetApart.objects.update(**change)


def test_nothing_of_it_can_be_read_or_written_from_another_office(world):
    revoke(world.device, by=world.desk, now=NOW)
    put(world, uuid4(), envelope(world.visits[0].ref))
    there = make.office()
    act(there.pk)
    assert not Phone.objects.exists() and not SetApart.objects.exists()
    assert Phone.objects.update(unsent=9) == 0


def test_reports_say_what_they_said(world):
    revoke(world.device, by=world.desk, now=NOW)
    odd = ["[]", '"x"', "5", '{"outcome": 5, "signs": 3}', json.dumps({"outcome": "seen_well", "signs": ["vigour", 3]})]
    for body in odd:
        put(world, uuid4(), {**envelope(world.visits[0].ref), "body": body})
    keys = list(SetApart.objects.values_list("report__key", flat=True))
    client = make.signed_in(world.officer)
    shown = [client.get(f"/field/apart/{key}/").status_code for key in keys]
    act(world.office.pk)
    assert set(shown) == {200}
    assert Report.objects.count() == len(odd)


def test_what_a_lost_phone_says_in_confidence_is_the_office_s_alone(world):
    revoke(world.device, by=world.desk, now=NOW)
    key = uuid4()
    said = envelope(
        world.visits[0].ref, outcome="seen_well", handed="proxy", who="의심받는사람", note="멍이보임", abuse=True
    )
    put(world, key, said)
    act(world.office.pk)
    owed = Duty.objects.get(kind="field.apart", about=key)
    assert (owed.organisation, owed.area) == (None, None)
    assert signed_in(world.desk).get(f"/field/apart/{key}/").status_code == 404
    page = signed_in(world.officer).get(f"/field/apart/{key}/").content.decode()
    assert "의심받는사람" in page and "멍이보임" in page
