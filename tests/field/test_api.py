"""The phone's door: what is handed in is kept, what goes out is the worker's own, and a no is a sentence."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from dure.audit.models import Entry
from dure.care.models import Course, Sighting, Visit
from dure.cases.actions import hand_over
from dure.cases.models import Case
from dure.cases.models import Entry as Line
from dure.duty.models import Duty, Report
from dure.field.actions import revoke
from dure.offices.acting import act
from dure.people.models import Device, Membership, Role
from tests import make
from tests.care.world import watch
from tests.field.world import READ_KEY, World, day, phone

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(moved: Callable[[datetime], None]) -> World:
    """A day on which it is noon."""
    moved(make.NOON)
    return day()


def put(world: World, key: object, envelope: Any, token: str | None = None) -> Any:
    """What the phone sends; afterwards the connection acts for the office again, as the test does."""
    raw = envelope if isinstance(envelope, bytes) else json.dumps(envelope).encode()
    try:
        return Client(raise_request_exception=True).put(
            f"/api/field/v1/reports/{key}", raw, "application/json", headers=_bearer(token or world.key)
        )
    finally:
        act(world.office.pk)


def get(world: World, path: str, token: str | None = None) -> Any:
    try:
        return Client().get(f"/api/field/v1/{path}", headers=_bearer(token or world.key))
    finally:
        act(world.office.pk)


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "Dure-Read-Key": READ_KEY}


def envelope(about: object, kind: str = "care.visit", at: datetime = make.NOON, **body: Any) -> dict[str, Any]:
    body = body or {"outcome": "seen_well", "handed": "in_person"}
    return {
        "kind": kind, "version": 1, "about": str(about), "gravity": str(body.get("outcome", "")),
        "seen_at": at.isoformat(), "sent_at": make.NOON.isoformat(), "body": json.dumps(body),
    }  # fmt: skip


def test_a_report_counts_once_however_often_it_is_sent(world):
    key, sent = uuid4(), envelope(world.visits[0].ref)

    first, again = put(world, key, sent), put(world, key, {**sent, "sent_at": "2026-11-23T04:00:00Z"})

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == {"key": str(key), "known": True}
    kept = Report.objects.get()
    assert (kept.key, kept.by, kept.device, kept.body) == (key, world.worker, world.device, sent["body"])
    assert list(Sighting.objects.values_list("outcome", "handed", "at")) == [("seen_well", "in_person", make.NOON)]
    duty = Duty.objects.get(pk=world.visits[0].duty_id)
    assert (duty.closed_by, duty.outcome) == (world.worker, "kept")


def test_the_same_key_with_other_content_is_kept_beside_and_looked_at(world):
    key = uuid4()
    put(world, key, envelope(world.visits[0].ref))

    other = put(world, key, envelope(world.visits[0].ref, outcome="no_reply"))

    assert other.status_code == 201
    assert list(Report.objects.order_by("pk").values_list("key", "beside")) == [(key, False), (key, True)]
    assert Duty.objects.filter(kind="field.unread", about=key, closed_at=None).count() == 1


def test_a_body_not_understood_is_kept_and_somebody_looks(world):
    for body in [
        "",
        "{",
        "null",
        '{"outcome": "fine"}',
        "[" * 100_000,
        '{"outcome":"no_reply","door":{"x":"\\u0000"}}',
    ]:
        key = uuid4()
        answer = put(world, key, {**envelope(world.visits[0].ref), "body": body})
        assert answer.status_code == 201, body[:20]
        assert Report.objects.get(key=key).understood_at is None
        assert Duty.objects.filter(kind="field.unread", about=key, closed_at=None).count() == 1


@pytest.mark.parametrize(("raw", "status"), [
    (b"", 400), (b"\xff\xfe{}", 400), (b"[]", 400), (b"{}", 400), (b'{"body": null}', 400), (b"[" * 90_000, 400),
    (b'{"version": ' + b"9" * 9_000 + b', "body": ""}', 400),
    (b'{"body": "' + b"x" * (256 * 1024 + 1) + b'"}', 413), (b'"' + b"x" * (1024 * 1024) + b'"', 413),
    (b" " * 3_000_000, 413),
])  # fmt: skip
def test_an_envelope_that_cannot_be_read_gets_a_sentence(world, raw, status):
    answer = put(world, uuid4(), raw)

    assert answer.status_code == status
    assert answer.json()["message"].endswith(".")
    assert not Report.objects.exists()


def test_a_wrong_key_or_address_gets_a_sentence(world):
    assert put(world, "no-key", envelope(world.visits[0].ref)).status_code == 400
    assert get(world, f"reports/{uuid4()}").json()["message"]
    for path in ["nowhere", "cases/1", "reports"]:
        answer = get(world, path)
        assert (answer.status_code, list(answer.json())) == (404, ["message"])


def test_an_unknown_phone_is_told_that_its_reports_stay_on_it(world):
    for token in ["", "x", "한글", "a" * 5000]:
        answer = put(world, uuid4(), envelope(world.visits[0].ref), token or " ")
        assert (answer.status_code, answer.json()["why"]) == (401, "unknown")
        assert answer.json()["message"].endswith(".")
    assert not Report.objects.exists()


@pytest.mark.parametrize(("seen", "kept"), [
    ("2026-11-23T00:00:00+00:00", make.NOON - timedelta(hours=3)),
    ("2026-11-23T09:00:00", make.NOON - timedelta(hours=3)),  # no zone: the office's
    ("2026-11-23T23:37:00+23:37", make.NOON - timedelta(hours=3)),
    ("2026-11-24T03:00:00Z", make.NOON + timedelta(days=1)),  # ahead; kept as the phone said it
    *[(odd, None) for odd in ["0001-01-01T00:00:00+23:37", "9999-12-31T23:59:59-23:37", "infinity", 5, {}]],
])  # fmt: skip
def test_a_phone_with_a_wrong_clock_is_taken_and_nothing_is_seen_in_the_future(world, seen, kept):
    answer = put(world, uuid4(), {**envelope(world.visits[0].ref), "seen_at": seen, "sent_at": seen})

    assert answer.status_code == 201
    assert Report.objects.get().seen_at == Report.objects.get().sent_at == kept
    assert Sighting.objects.get().at <= make.NOON


def test_what_can_be_kept_is_kept_whatever_stands_in_the_envelope(world):
    bad = {"kind": "care.visit\x00", "version": 10**30, "about": "x", "gravity": ["\x00"], "body": "\x00\ud800{"}

    assert put(world, uuid4(), bad).status_code == 201

    kept = Report.objects.get()
    assert (kept.kind, kept.version, kept.about, kept.gravity, kept.body) == ("care.visit␀", 0, None, "", "␀?{")


def test_no_reply_opens_the_case_and_the_phone_hears_how_it_stands(world):
    visit = world.visits[1]
    put(world, uuid4(), envelope(visit.ref, outcome="no_reply", handed="not_handed"))

    stop = next(s for s in get(world, "pack").json()["stops"] if s["ref"] == str(visit.ref))
    case = Case.objects.get()
    assert (stop["outcome"], stop["case"]) == ("no_reply", str(case.ref))
    shown = get(world, f"cases/{case.ref}").json()
    assert (shown["has_it"], shown["closed"], shown["number"]) == (None, False, case.number)
    assert "알렸" in shown["sentence"]

    put(world, uuid4(), envelope(case.ref, "care.step", step="danger"))
    assert "119가 올 때까지" in get(world, f"cases/{case.ref}").json()["sentence"]
    hand_over(case, "taken_over", name="구급대", by=world.officer, now=make.NOON)
    assert "다음 방문지로" in get(world, f"cases/{case.ref}").json()["sentence"]


def test_the_drill_belongs_to_the_case_also_when_the_phone_knows_only_the_visit(world):
    visit = world.visits[1]
    put(world, uuid4(), envelope(visit.ref, outcome="no_reply"))

    answer = put(world, uuid4(), envelope(visit.ref, "care.step", step="door", values={"knocked": True}))

    assert answer.status_code == 201
    assert list(Line.objects.values_list("step", "values").order_by("pk"))[-1] == ("door", {"knocked": True})
    assert not Duty.objects.filter(kind="field.unread").exists()


def test_the_pack_holds_own_stops_of_today_only(world):
    other = make.person(world.office, "남배달", Role.WORKER, world.provider)
    Visit.objects.filter(pk=world.visits[2].pk).update(worker=other)
    _, key = phone(other, by=world.desk)
    act(world.office.pk)

    mine, theirs = get(world, "pack").json(), get(world, "pack", key).json()

    assert [s["ref"] for s in mine["stops"]] == [str(v.ref) for v in world.visits[:2]]
    assert [s["ref"] for s in theirs["stops"]] == [str(world.visits[2].ref)]
    assert (mine["person"], mine["desk"]) == ("이배달", {"name": "시험밥상", "phone": "062-000-0002", "sms": ""})
    assert UUID(mine["courses"][0]["ref"])


def test_what_a_worker_was_shown_is_written_once(world):
    get(world, "pack")
    get(world, "pack")

    looked = Entry.objects.filter(did="looked", who_id=world.worker.pk).values_list("about", flat=True)
    assert sorted(looked) == sorted(f"visit {v.ref}" for v in world.visits)


def test_another_office_sees_and_reaches_nothing(world):
    there = day(1)
    act(world.office.pk)
    put(world, uuid4(), envelope(world.visits[0].ref, outcome="no_reply"))
    case = Case.objects.get()

    assert [s["ref"] for s in get(there, "pack").json()["stops"]] == [str(there.visits[0].ref)]
    assert get(there, f"cases/{case.ref}").status_code == 404
    put(there, uuid4(), envelope(world.visits[1].ref))  # kept there and looked at there; nothing happens here
    assert Duty.objects.filter(kind="field.unread").count() == 1
    act(world.office.pk)
    assert not Sighting.objects.filter(visit=world.visits[1]).exists()


def test_a_lost_phone_still_hands_in_but_shows_nobody(world):
    revoke(world.device, by=world.desk, now=make.NOON)

    assert put(world, uuid4(), envelope(world.visits[0].ref)).status_code == 201
    assert get(world, "pack").status_code == 403
    assert get(world, "hello").json()["revoked"] is True


def test_help_from_a_phone_that_was_taken_away_is_told_all_the_same(world):
    revoke(world.device, by=world.desk, now=make.NOON)
    assert put(world, uuid4(), envelope(None, "care.help")).status_code == 201
    assert Duty.objects.filter(kind="care.help", about=world.worker.ref, closed_at=None).count() == 1


def test_a_phone_that_asks_and_one_that_reports_are_heard_of(world, moved):
    """The whole way: a course is started, the phone is silent past its next stop, and a report ends that."""
    Device.objects.filter(pk=world.device.pk).update(enrolled_at=make.NOON - timedelta(days=30))
    Course.objects.create(
        office=world.office, provider=world.provider, route=world.route, day=make.DAY - timedelta(days=30),
        meal="lunch", starts_at=make.NOON - timedelta(days=30),
    )  # fmt: skip
    put(world, uuid4(), envelope(world.visits[0].course.ref, "care.course", did="started"))
    [silence] = Duty.objects.filter(kind="care.silent", closed_at=None)
    assert silence.due_at == make.NOON + timedelta(minutes=60)

    moved(make.NOON + timedelta(minutes=45))
    get(world, "hello")
    silence.refresh_from_db()
    assert silence.due_at == make.NOON + timedelta(minutes=75)

    late = silence.due_at + timedelta(minutes=5)
    watch(late)
    moved(late)
    put(world, uuid4(), envelope(world.visits[0].ref, at=late))
    silence.refresh_from_db()
    assert (silence.closed_by, silence.outcome) == (world.worker, "kept")


def test_who_has_left_still_hands_in_but_sees_nobody(world):
    Membership.objects.filter(person=world.worker).update(until=make.DAY)

    assert put(world, uuid4(), envelope(world.visits[0].ref)).status_code == 201
    assert get(world, "pack").status_code == 403


def test_the_phone_is_heard_at_most_once_a_minute(world, moved):
    for seconds, heard in [(0, 0), (30, 0), (61, 61)]:
        moved(make.NOON + timedelta(seconds=seconds))
        get(world, "hello")
        assert Device.objects.get().heard_at == make.NOON + timedelta(seconds=heard)


def test_a_course_is_started_and_finished(world):
    course = world.visits[0].course
    for did in ("started", "finished"):
        put(world, uuid4(), envelope(course.ref, "care.course", did=did))
    assert [(c["started"], c["finished"]) for c in get(world, "pack").json()["courses"]] == [(True, True)]
