"""Photographs of signs: sealed, counted once, joined to their report, and shown to nobody who may not see them."""

import io
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from PIL import Image

from dure.audit.models import Entry
from dure.care.consents import actions as consents
from dure.care.consents.models import Consent
from dure.care.photos import actions
from dure.care.photos.models import Photo
from dure.field.actions import revoke
from dure.field.models import SetApart
from dure.field.sealed import public, seal_photo
from dure.files.models import Content
from dure.offices.acting import act
from dure.people.models import Person, Role
from tests import make
from tests.field.test_api import envelope
from tests.field.test_api import put as put_report
from tests.field.world import World, day
from tests.files import hostile
from tests.files.hostile import ANYWHERE
from tests.retention.lives import tonight

pytestmark = pytest.mark.django_db
SENT = make.NOON.isoformat()


@pytest.fixture
def world(moved: Callable[[datetime], None]) -> World:
    moved(make.NOON)
    return day(2)


def put(world: World, key: object, raw: bytes, token: str | None = None) -> Any:
    """What the phone sends; afterwards the connection acts for the office again."""
    try:
        return Client().put(
            f"/api/field/v1/photos/{key}", raw, "application/octet-stream",
            headers={"Authorization": f"Bearer {token or world.key}"},
        )  # fmt: skip
    finally:
        act(world.office.pk)


def photo(key: UUID, about: object, report: object, picture: bytes | None = None, **also: Any) -> bytes:
    said = {"about": str(about), "report": str(report), "seen_at": SENT, **also}
    return seal_photo(key, said, hostile.photo() if picture is None else picture, public(), SENT)


def page(person: Person, address: str) -> Any:
    try:
        return make.signed_in(person).get(address)
    finally:
        act(person.office_id)


def test_a_photo_counts_once_is_drawn_anew_and_joins_its_report_whichever_comes_first(world):
    key, report, visit = uuid4(), uuid4(), world.visits[0]
    sent = photo(key, visit.ref, report, hostile.located())

    first, again = put(world, key, sent), put(world, key, photo(key, visit.ref, report, hostile.located()))

    assert (first.status_code, again.status_code) == (201, 200)
    [kept] = Photo.objects.all()
    assert (kept.visit, kept.report, kept.by, kept.at, kept.apart) == (visit, report, world.worker, make.NOON, False)
    data = bytes(kept.content.data)
    assert b"SECRET" not in data and b"Exif" not in data and data.startswith(b"\xff\xd8\xff")
    assert "함께 보낸 기록이 아직 오지 않았습니다" in page(world.desk, f"/care/visits/{visit.ref}/").content.decode()
    assert put_report(world, report, envelope(visit.ref)).status_code == 201
    after = page(world.desk, f"/care/visits/{visit.ref}/").content.decode()
    assert str(kept.ref) in after and "아직 오지 않았습니다" not in after


def test_other_bytes_under_the_same_key_are_kept_beside_it(world):
    key, report = uuid4(), uuid4()
    for size in ((40, 30), (50, 30)):
        assert put(world, key, photo(key, world.visits[0].ref, report, hostile.photo(size))).status_code == 201
    assert Photo.objects.filter(key=key).count() == 2


def test_without_a_visit_it_goes_where_its_report_went_and_else_nowhere(world):
    key, report = uuid4(), uuid4()
    assert put(world, key, photo(key, uuid4(), report)).status_code == 422
    put_report(world, report, envelope(world.visits[1].ref))
    assert put(world, key, photo(key, uuid4(), report)).status_code == 201
    assert Photo.objects.get().visit == world.visits[1]


def _broken(key: UUID, about: object) -> dict[str, bytes]:
    good = photo(key, about, uuid4())
    return {
        "of another key": photo(uuid4(), about, uuid4()),
        "a letter altered": good[:-1] + bytes([good[-1] ^ 1]),
        "no line": b"x" * 20_000,
        "no json": b"{\n" + good,
        "of no report": seal_photo(key, {"about": str(about)}, hostile.photo(), public()),
        "nothing inside": seal_photo(key, {"about": str(about), "report": str(uuid4())}, b"", public()),
        "empty": b"",
    }


@pytest.mark.parametrize("what", list(_broken(uuid4(), "")))
def test_what_cant_be_opened_is_turned_away_with_a_sentence(world, what):
    key = uuid4()
    answer = put(world, key, _broken(key, world.visits[0].ref)[what])
    assert answer.status_code in (400, 422) and answer.json()["message"].endswith(("요.", "다."))
    assert not Photo.objects.exists()


@pytest.mark.parametrize("what", [*ANYWHERE, "a paper"])
def test_what_is_no_picture_is_turned_away_and_nothing_of_it_kept(world, what):
    key, (_name, data) = uuid4(), ANYWHERE.get(what, ("x.pdf", hostile.PDF))
    answer = put(world, key, photo(key, world.visits[0].ref, uuid4(), data))
    assert answer.status_code == 422 and answer.json()["message"]
    assert not Photo.objects.exists() and not Content.objects.exists()


def test_more_than_ten_mb_is_turned_away_and_three_are_taken(world):
    key = uuid4()
    assert put(world, key, b"0" * (10 * 1024 * 1024 + 100_000)).status_code == 413
    noise = Image.effect_noise((2200, 2200), 90).convert("RGB")
    out = io.BytesIO()
    noise.save(out, "JPEG", quality=98)
    assert out.tell() > 3_000_000  # more than Django reads of a body by itself
    assert put(world, key, photo(key, world.visits[0].ref, uuid4(), out.getvalue())).status_code == 201


def test_an_unknown_phone_hands_in_nothing(world):
    key = uuid4()
    assert put(world, key, photo(key, world.visits[0].ref, uuid4()), "nobody").status_code == 401
    assert not Photo.objects.exists()


def test_no_more_than_twenty_of_one_report(world):
    report = uuid4()
    answers = []
    for number in range(actions.MOST + 1):
        key = uuid4()
        answers.append(put(world, key, photo(key, world.visits[0].ref, report, hostile.photo((20 + number, 20)))))
    assert [answer.status_code for answer in answers] == [201] * actions.MOST + [422]


def test_only_who_may_see_the_visit_sees_it_and_that_is_on_the_record(world):
    key, visit = uuid4(), world.visits[0]
    put(world, key, photo(key, visit.ref, uuid4()))
    other = make.organisation(world.office, "provider", "다른밥상", phone="062-000-0009")
    stranger = make.person(world.office, "남수행", Role.PROVIDER, other)
    address = reverse("care:photos:show", args=[Photo.objects.get().ref])

    assert page(stranger, address).status_code == 404
    shown = page(world.desk, address)
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/jpeg")
    assert "sandbox" in shown["Content-Security-Policy"] and shown["X-Content-Type-Options"] == "nosniff"
    page(world.desk, address)
    looks = Entry.objects.filter(who_id=world.desk.pk, about__startswith="page care:photos:show")
    assert [(look.did, look.whose) for look in looks] == [("looked", [visit.recipient.ref])]  # once in a day's work


@pytest.mark.parametrize("told", ["by the photo", "by its report"])
def test_what_came_with_a_suspicion_of_abuse_is_the_offices_alone(world, told):
    key, report, visit = uuid4(), uuid4(), world.visits[0]
    abuse = told == "by the photo"
    put_report(world, report, envelope(visit.ref, outcome="seen_with_concern", handed="in_person", abuse=not abuse))
    put(world, key, photo(key, visit.ref, report, abuse=abuse))
    address = reverse("care:photos:show", args=[Photo.objects.get().ref])

    assert page(world.desk, address).status_code == 404
    assert address not in page(world.desk, f"/care/visits/{visit.ref}/").content.decode()
    assert page(world.officer, address).status_code == 200
    assert "지자체만 볼 수 있음" in page(world.officer, f"/care/visits/{visit.ref}/").content.decode()
    act(world.office.pk, world.desk.pk, [world.provider.pk])
    assert not Photo.objects.exists()  # past every filter of ours


def test_a_case_shows_what_was_photographed_at_its_door(world):
    key, report, visit = uuid4(), uuid4(), world.visits[0]
    put_report(world, report, envelope(visit.ref, outcome="no_reply", handed="not_handed"))
    put(world, key, photo(key, visit.ref, report))
    with connection.cursor() as cursor:
        cursor.execute("SELECT ref FROM cases_case")
        [(case,)] = cursor.fetchall()
    assert str(Photo.objects.get().ref) in page(world.desk, f"/cases/{case}/").content.decode()


def test_from_a_phone_that_was_taken_away_it_is_no_picture_on_a_page_until_somebody_has_asked(world):
    key, report, visit = uuid4(), uuid4(), world.visits[0]
    revoke(world.device, by=world.desk, now=make.NOON)
    put_report(world, report, envelope(visit.ref))
    assert put(world, key, photo(key, visit.ref, report)).status_code == 201
    kept, address = Photo.objects.get(), f"/field/apart/{SetApart.objects.get().report.key}/"
    assert kept.apart
    for where in (address, f"/care/visits/{visit.ref}/"):
        shown = page(world.officer, where).content.decode()
        assert str(kept.ref) in shown and "<img src" not in shown
    assert make.signed_in(world.officer).post(f"{address}decide/", {"counts": "on"}).status_code == 302
    act(world.office.pk)
    assert not Photo.objects.get().apart
    assert "<img src" in page(world.officer, f"/care/visits/{visit.ref}/").content.decode()


@pytest.mark.parametrize(("said", "left"), [("refused", 0), ("given", 1)])
def test_of_who_refuses_photos_none_are_shown_or_kept_over_night(world, tmp_path, said, left):
    key, visit = uuid4(), world.visits[0]
    put(world, key, photo(key, visit.ref, uuid4()))
    text = consents.publish(world.office.pk, "photos", "x", make.DAY, by=world.officer, now=make.NOON)
    for each in ("given", said):
        given = Consent(
            recipient=visit.recipient, purpose="photos", said=each, on=make.DAY, how="oral", who="딸",
            text=text if each == "given" else None,
        )  # fmt: skip
        consents.say(given, by=world.officer, now=make.NOON)
    address = reverse("care:photos:show", args=[Photo.objects.get().ref])
    shown = page(world.officer, f"/care/visits/{visit.ref}/").content.decode()
    assert (page(world.officer, address).status_code, address in shown) == ((200, True) if left else (404, False))
    act(world.office.pk)
    run = tonight(world.office, make.NOON, tmp_path)
    assert run.found.get("photos-refused", 0) == 1 - left  # the first night asks a person before anything goes


@pytest.mark.parametrize(
    ("change", "constraint"),
    [("at = received_at + interval '1 s'", "photo_was_taken_before_it_came")],
)
def test_refuses(world, change, constraint):
    key = uuid4()
    put(world, key, photo(key, world.visits[0].ref, uuid4()))
    make.role("owner")
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE photos_photo SET {change}")
    with pytest.raises(IntegrityError, match="photo_counts_once"), transaction.atomic():
        again = Photo.objects.get()
        again.pk, again.ref = None, uuid4()
        again.save(force_insert=True)
