"""What phones send: every kind is acted on, a wrong clock is put right, and what can't be read is looked at."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest

from dure.care import phone
from dure.care.models import Course, Sighting
from dure.cases import actions
from dure.cases.models import Case, Entry
from dure.duty.models import Duty, Report
from dure.duty.reports import Envelope, hand_in
from dure.health.models import Fault
from tests.care import world as w
from tests.care.world import DAY, DUE
from tests.make import MINUTE, NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    made = w.build()
    assert made.visit
    return made


def sends(world, kind: str, about, body, now=DUE, by=None, **envelope) -> Report:
    text = body if isinstance(body, str) else json.dumps(body)
    made = Envelope(
        uuid4(), f"care.{kind}", 1, text, about=getattr(about, "ref", about), **{"seen_at": now, **envelope}
    )
    return hand_in(made, phone.TAKERS, by=by or world.worker, device=None, now=now)


def test_a_stop_as_the_phone_says_it(world):
    body = {
        "outcome": "seen_with_concern", "handed": "proxy", "who": "이웃", "signs": ["post", "walking"],
        "leftover": True, "worried": True, "abuse": False, "note": "계단", "door": {"knocked": "3"},
    }  # fmt: skip
    sends(world, "visit", world.visit, body)
    s = Sighting.objects.get()
    assert (s.outcome, s.handed, s.who, s.signs, s.leftover, s.worried, s.note, s.door, s.at) == (
        "seen_with_concern", "proxy", "이웃", ["walking", "post"], True, True, "계단", {"knocked": "3"}, DUE,
    )  # fmt: skip


def test_a_sign_of_a_later_version_is_worrying(world):
    sends(world, "visit", world.visit, {"outcome": "seen_well", "signs": ["smoke"]})
    assert Sighting.objects.get().worried
    assert Duty.objects.filter(kind="care.concern").exists()


@pytest.mark.parametrize("body", [
    "", "{", "[]", "null", "7", '"x"', '{"outcome": "fine"}', '{"outcome": null}',
    '{"outcome": "seen_well", "door": 7}',
    '{"outcome": "seen_well", "case": "x"}', '{"outcome": "seen_well", "handed": "thrown"}',
    '{"outcome": "seen_well", "door": {"a": "\\u0000"}}',
])  # fmt: skip
def test_a_body_of_unknown_content_is_kept_and_looked_at(world, body):
    report = sends(world, "visit", world.visit, body)
    kept = Report.objects.get(pk=report.pk)
    assert (kept.body, kept.understood_at) == (body, None)
    duty = Duty.objects.get(kind="field.unread")
    assert (duty.about, duty.urgent, duty.raised_at) == (kept.key, True, DUE)
    assert Fault.objects.filter(key=f"report {kept.key}").exists()
    assert w.fresh(world).duty.is_open and not Sighting.objects.exists()


@pytest.mark.parametrize(
    ("kind", "about"), [("visit", None), ("visit", uuid4()), ("course", uuid4()), ("unknown", None)]
)
def test_a_report_about_nothing_known_is_looked_at(world, kind, about):
    sends(world, kind, about, {"outcome": "seen_well", "did": "started"})
    assert Duty.objects.filter(kind="field.unread").count() == 1


@pytest.mark.parametrize(("seen", "sent", "at"), [
    (0, 0, 0),
    (-180, 0, -180),           # three hours late, from a dead spot
    (30, 30, 0),               # a clock that runs half an hour ahead
    (10, 30, -20),
    (60, None, 0),             # the future, and nothing to put it right with
    (-60 * 24 * 400, 0, 0),    # a phone that believes it is last year
])  # fmt: skip
def test_a_wrong_clock_is_put_right_as_far_as_can_be(world, seen, sent, at):
    sends(
        world, "visit", world.visit, {"outcome": "seen_well"}, now=NOON, seen_at=NOON + seen * MINUTE,
        sent_at=None if sent is None else NOON + sent * MINUTE,
    )  # fmt: skip
    assert Sighting.objects.get().at == NOON + at * MINUTE


def test_steps_from_the_door_leave_the_answering_to_the_desk(world):
    sends(world, "visit", world.visit, {"outcome": "no_reply"})
    case = w.case_of(world)
    for step in ("arrived", "door", "seen"):
        sends(world, "step", case, {"step": step, "note": "두드림"})
    case.refresh_from_db()
    assert list(Entry.objects.order_by("id").values_list("step", flat=True)) == ["opened", "arrived", "door", "seen"]
    assert (case.seen_at, w.owed(case)) == (DUE, {"case.finish"})
    assert not Duty.objects.get(kind="case.finish").claims.exists()


def test_what_isnt_a_step_of_the_door_is_looked_at(world):
    sends(world, "visit", world.visit, {"outcome": "no_reply"})
    sends(world, "step", w.case_of(world), {"step": "closed"})
    assert Duty.objects.filter(kind="field.unread").exists()


@pytest.mark.parametrize("step", ["danger", "called_119"])
def test_danger_reported_into_a_closed_case_opens_the_next(world, step):
    first = w.reached_by_nobody(world, now=DUE)
    actions.record(first, "whereabouts", by=world.desk, now=DUE, note="딸네 집")
    actions.close_case(first, finding="elsewhere", by=world.desk, now=DUE)
    sends(world, "step", first, {"step": "arrived"}, now=DUE + 10 * MINUTE)
    assert w.case_of(world) is None
    sends(world, "step", first, {"step": step}, now=DUE + 20 * MINUTE)
    second = w.case_of(world)
    assert (second.pk != first.pk, second.danger_at, second.on_site) == (True, DUE + 20 * MINUTE, True)


def test_a_phone_that_says_silence_isnt_silent(world):
    sends(world, "unreachable", world.recipient, {"source": "silence", "note": "전화 두 번"})
    assert w.case_of(world).source == "worker"


def test_a_course_is_started_and_finished_once(world):
    course = Course.objects.get()
    for minute, did in ((0, "started"), (5, "started"), (90, "finished")):
        sends(world, "course", course, {"did": did}, now=DUE + minute * MINUTE)
    course.refresh_from_db()
    assert (course.started_at, course.finished_at) == (DUE, DUE + 90 * MINUTE)


def test_sending_again_counts_once(world):
    envelope = Envelope(uuid4(), "care.visit", 1, '{"outcome": "no_reply"}', about=world.visit.ref, seen_at=DUE)
    for minute in range(3):
        hand_in(envelope, phone.TAKERS, by=world.worker, device=None, now=DUE + minute * MINUTE)
    assert (Report.objects.count(), Sighting.objects.count(), Case.objects.count()) == (1, 1, 1)


def test_the_pack_names_the_case_that_is_open_and_looks_for_the_last_meal(world):
    yesterday = DAY - timedelta(days=3)
    w.open_day(world.office.pk, yesterday, now=DUE - timedelta(days=3))
    before = w.Visit.objects.get(day=yesterday)
    seen = w.Seen(w.Outcome.NO_REPLY, DUE - timedelta(days=3), handed="at_door")
    w.settle(before, seen, by=world.worker, report=None, now=DUE - timedelta(days=3))
    w.watch(DUE + 30 * MINUTE)
    [stop] = phone.pack(world.worker, DAY)["stops"]
    assert (stop["case"], stop["look_for_last_meal"]) == (str(w.case_of(world).ref), True)
    assert phone.pack(world.other, DAY)["stops"] == []
