"""What was seen is never refused, never lost, and counts once."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID, uuid4

import pytest
from django.db import OperationalError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import make
from tests.make import NOON

from dure.audit.models import Entry
from dure.duty import actions, opening
from dure.duty.auditor import look
from dure.duty.models import Duty, Outcome, Report
from dure.duty.opening import Owed
from dure.duty.reports import Envelope, act_on, hand_in, keep, keep_all, take_up
from dure.errors import Refused
from dure.health.models import Fault
from dure.offices.acting import act

pytestmark = pytest.mark.django_db


def nothing(report, now):
    """A programme that has nothing to do about it."""


def envelope(key=None, kind="t", body="{}", **values):
    return Envelope(key=key or uuid4(), kind=kind, version=1, body=body, **values)


@pytest.fixture
def worker():
    office = make.office()
    make.ladder(office, make.person(office), name="office")
    return make.person(office, as_="worker", at=make.organisation(office))


def put(each, worker, takers=None):
    return hand_in(each, takers or {"t": nothing}, by=worker, device=None, now=NOON)


def test_the_same_one_again_counts_once_and_acts_once(worker):
    acted = []
    each = envelope()
    for _ in range(3):
        put(each, worker, {"t": lambda report, now: acted.append(report.key)})
    assert acted == [each.key]
    assert Report.objects.count() == 1


def test_other_content_under_the_same_key_is_kept_beside_it_and_a_person_is_shown_both(worker):
    key, acted = uuid4(), []
    for body in ("one", "two", "two", "three"):
        put(envelope(key, body=body), worker, {"t": lambda report, now: acted.append(report.body)})
    assert list(Report.objects.order_by("id").values_list("body", "beside")) == [
        ("one", False),
        ("two", True),
        ("three", True),
    ]
    assert acted == ["one"]
    assert Duty.objects.get(kind="field.unread", about=key).urgent


def test_what_is_not_understood_is_kept_and_somebody_looks_at_it_and_sending_it_again_tries_again(worker):
    each, broken = envelope(), {"t": lambda report, now: report.nonsense}
    for _ in range(2):
        assert put(each, worker, broken).understood_at is None
    assert Duty.objects.filter(kind="field.unread", about=each.key).count() == 1
    put(each, worker)
    assert Report.objects.get().understood_at == NOON


def test_half_done_acting_is_taken_back_but_not_the_report(worker):
    def half(report, now):
        make.duty(make.person(worker.office), about=report.key)
        raise ValueError

    each = envelope()
    put(each, worker, {"t": half})
    assert Report.objects.get().key == each.key
    assert {duty.kind for duty in Duty.objects.all()} == {"field.unread"}


def test_a_worker_who_sees_nothing_but_the_own_provider_can_hand_in_what_nobody_understands(worker):
    act(worker.office_id, worker.pk, [])
    each = envelope(kind="nobody.knows")
    put(each, worker)
    assert Report.objects.get().key == each.key
    assert not Duty.objects.exists()
    act(worker.office_id)
    assert Duty.objects.get(kind="field.unread").about == each.key


def test_an_office_without_a_contact_order_still_keeps_it():
    worker = make.person(make.office(), as_="worker")
    each = envelope(kind="nobody.knows")
    put(each, worker)
    assert Report.objects.get().key == each.key
    assert Fault.objects.get(key=f"unread {each.key}").outside


texts = st.text(max_size=60)
times = st.none() | st.datetimes(timezones=st.sampled_from([UTC]))
envelopes = st.builds(
    Envelope, key=st.uuids(), kind=texts, version=st.integers(), body=texts, about=st.none() | st.uuids(),
    gravity=texts, seen_at=times, sent_at=times,
)  # fmt: skip


@given(envelopes)
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_phone_sends_is_kept(worker, sent):
    report = put(sent, worker)
    kept = Report.objects.get(pk=report.pk)
    assert (kept.key, kept.sha256) == (sent.key, sent.sha256)
    assert kept.body == sent.body.replace("\x00", "␀")
    assert put(sent, worker) == kept


@pytest.mark.parametrize(
    "odd",
    [
        {"body": "a\x00b"},
        {"body": "lone \ud800 half"},
        {"kind": "\x00", "gravity": "\x00"},
        {"kind": "k" * 500, "gravity": "g" * 500},
        {"version": 2**40},
        {"version": -1},
        {"seen_at": NOON.astimezone(timezone(timedelta(hours=23, minutes=37)))},
        {"seen_at": datetime.max.replace(tzinfo=timezone(-timedelta(hours=5)))},
        {"seen_at": datetime.max.replace(tzinfo=UTC), "sent_at": datetime.min.replace(tzinfo=UTC)},
    ],
)
def test_odd_envelopes_are_kept(worker, odd):
    sent = Envelope(**{"key": UUID(int=1), "kind": "t", "version": 1, "body": "{}", **odd})
    put(sent, worker)
    put(sent, worker)
    assert Report.objects.get().key == sent.key


def test_a_worse_report_opens_a_successor_whose_first_told_is_who_closed(worker):
    one, two = make.person(worker.office, "하나"), make.person(worker.office, "둘")
    duty = make.duty(one)
    owed = Owed(kind="test.worse", what="Worse.", due_at=NOON, ladder=duty.ladder.name, raised_why="danger")
    with pytest.raises(Refused):
        opening.succeed(duty, owed, by=None, now=NOON)
    actions.close([duty], by=two, outcome=Outcome.KEPT, now=NOON)
    duty.refresh_from_db()
    first = opening.succeed(duty, owed, by=None, now=NOON)
    assert (first.follows, first.first_told, first.rungs) == (duty, two, duty.rungs)
    assert opening.succeed(duty, owed, by=None, now=NOON) == first
    actions.close([first], by=one, outcome=Outcome.KEPT, now=NOON)
    first.refresh_from_db()
    third = opening.succeed(duty, owed, by=None, now=NOON)
    assert (third.follows, third.first_told) == (first, one)


def unable(report, now):
    raise ValueError(report.key)


def taking(report, now):
    act_on(report, {"t": nothing}, by=report.by, now=now)


def test_what_was_kept_by_a_process_that_died_is_acted_on(worker):
    lying = [keep(envelope(), by=worker, device=None, now=NOON)[0] for _ in range(7)]
    make.role("engine")
    assert [take_up(NOON + timedelta(seconds=n), taking) for n in (1, 1, 1)] == [5, 2, 0]
    make.role("app")
    assert {each.understood_at for each in Report.objects.all()} == {NOON + timedelta(seconds=1)}
    assert Report.objects.count() == len(lying)
    assert not Duty.objects.filter(kind="field.unread").exists()


@pytest.mark.parametrize("act", [unable, lambda report, now: act_on(report, {}, by=report.by, now=now)])
def test_what_was_kept_and_cannot_be_acted_on_is_looked_at_once(worker, act):
    lying, understood = envelope(), envelope()
    for each in (lying, understood):
        keep(each, by=worker, device=None, now=NOON)
    put(understood, worker)
    make.role("engine")
    assert [take_up(NOON + minutes * make.MINUTE, act) for minutes in (1, 2)] == [1, 0]
    make.role("app")
    assert Duty.objects.get(kind="field.unread").about == lying.key
    assert Fault.objects.get().key == f"report {lying.key}"
    put(lying, worker)
    assert Report.objects.filter(understood_at=None).count() == 0


def test_a_report_that_ends_each_process_that_takes_it_up_is_left_to_a_person(worker):
    """It can't be helped, but it takes down nothing more."""
    report, _ = keep(envelope(), by=worker, device=None, now=NOON)
    died = []

    def deadly(report, now):
        died.append(now)
        raise SystemExit

    make.role("engine")
    for minute in range(1, 5):
        with suppress(SystemExit):
            take_up(NOON + minute * make.MINUTE, deadly)
    assert len(died) == 3
    make.role("app")
    assert Duty.objects.get(kind="field.unread").about == report.key


def test_many_that_are_kept_at_once_count_once_each(worker):
    reports = [envelope(kind=kind) for kind in ("a", "b", "c")]
    other = envelope(reports[0].key, body="other")
    keep(reports[2], by=worker, device=None, now=NOON)
    for _ in range(2):
        keep_all([*reports, reports[1], other], by=worker, device=None, now=NOON)
    assert sorted(Report.objects.values_list("kind", "beside")) == [
        ("a", False),
        ("b", False),
        ("c", False),
        ("t", True),
    ]
    assert Report.objects.get(beside=True).body == "other"
    assert sorted(Entry.objects.filter(did="reported").values_list("why", flat=True)) == ["a", "b", "c", "t"]


def test_a_report_that_the_database_let_go_is_taken_once_more(worker):
    tried = []

    def crossed(report, now):
        tried.append(report.key)
        if len(tried) == 1:
            raise OperationalError("deadlock detected")

    report = put(envelope(), worker, {"t": crossed})
    report.refresh_from_db()
    assert (len(tried), report.understood_at) == (2, NOON)
    assert not Fault.objects.exists()


@pytest.mark.parametrize("known_body", ["{}", "other"])
def test_a_key_that_another_office_has_used_counts_here_like_any_other(worker, known_body):
    key, acted = uuid4(), []
    put(envelope(key, body=known_body), worker)
    office = make.office("다른구")
    make.ladder(office, make.person(office), name="office")
    theirs = make.person(office, as_="worker", at=make.organisation(office))
    for _ in range(2):
        put(envelope(key), theirs, {"t": lambda report, now: acted.append(report.office_id)})
    assert acted == [office.pk]
    report = Report.objects.get(key=key)
    assert (report.office, report.beside) == (office, False)


def test_reports_left_lying_in_two_offices_under_one_key_are_both_looked_at(worker):
    key = uuid4()
    keep(envelope(key), by=worker, device=None, now=NOON)
    office = make.office("다른구")
    make.ladder(office, make.person(office), name="office")
    keep(envelope(key), by=make.person(office, as_="worker"), device=None, now=NOON)
    make.role("engine")
    assert [take_up(NOON + timedelta(minutes=6), unable) for _ in range(2)] == [2, 0]
    assert Duty.objects.filter(kind="field.unread", about=key).values("office").distinct().count() == 2


def test_reports_of_an_office_without_orders_hold_up_no_other(worker):
    """They are a fault each; as soon as the order is there somebody looks at them as well, and the faults are over."""
    bare = make.office()
    by = make.person(bare)
    for _ in range(10):
        keep(envelope(), by=by, device=None, now=NOON)
    act(worker.office_id)
    lies, _ = keep(envelope(), by=worker, device=None, now=NOON)
    make.role("engine")
    later = NOON + timedelta(minutes=6)
    assert [take_up(later, unable) for _ in range(4)] == [5, 5, 1, 0]
    assert Duty.objects.get(kind="field.unread").about == lies.key
    make.role("app")
    act(bare.pk)
    make.ladder(bare, by, name="office")
    make.role("engine")
    assert look(later, later)[0].n == 10
    assert [take_up(later, unable) for _ in range(3)] == [5, 5, 0]
    assert Duty.objects.filter(kind="field.unread", office=bare).count() == 10
    assert not Fault.objects.filter(key__startswith="unread ", mended_at=None).exists()
    assert look(later, later) == []
