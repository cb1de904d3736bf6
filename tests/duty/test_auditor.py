"""The auditor: what the watch and the sender forgot is found within one look, and nothing that is well is."""

from datetime import UTC, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from tests import make
from tests.make import MINUTE, NOON, TEN_MINUTES

from dure.duty import actions, auditor
from dure.duty.auditor import audit, look
from dure.duty.models import Duty, Outcome, Report, Telling
from dure.duty.watch import sweep
from dure.health.models import Fault
from dure.outbox.models import Message
from dure.outbox.sender import send_due
from dure.people.models import Person

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
NEXT_YEAR = timedelta(days=365)
EVENING = NOON + 525 * MINUTE  # 20:45 in Seoul


@pytest.fixture(autouse=True)
def engine():
    yield
    make.role("app")


@pytest.fixture
def duty():
    office = make.office()
    first, second = make.person(office), make.person(office)
    return make.duty(first, second, urgent=True)


def watched(at):
    make.role("engine")
    while sweep(at):
        pass


def sabotage(sql, *values):
    make.role("owner")
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
    make.role("engine")


def finds(at):
    make.role("engine")
    return {missing.what: missing.n for missing in look(at, at - MINUTE)}


def test_a_watch_that_stands_still_is_found_after_a_minute(duty):
    assert finds(NOON + MINUTE) == {}
    assert finds(NOON + MINUTE + SECOND) == {"due": 1}
    watched(NOON + 2 * MINUTE)
    assert finds(NOON + 2 * MINUTE) == {}
    assert finds(NOON + 13 * MINUTE + SECOND) == {"unmoved": 1, "unsent": 1}


def nothing(message, text):
    raise OSError("no answer")


def lives(minutes, carrier):
    """The watch and the sender for a while; in which of the minutes it was found that messages don't go out."""
    found = []
    for minute in minutes:
        at = NOON + minute * MINUTE
        watched(at)
        send_due(at, at, {"sms": carrier})
        found += [minute] if "unsent" in finds(at + SECOND) else []
    return found


def test_a_gateway_that_takes_nothing_for_an_hour_is_noticed_all_the_time(duty):
    """Each failed try puts the next a little ahead, and what grew stale is owed no more: both are found."""
    assert lives(range(60), nothing) == [*range(1, 60)]
    assert lives(range(60, 62), lambda message, text: None) == []


def test_a_watch_that_forgets_is_found(duty):
    watched(NOON)
    sabotage("UPDATE duty_duty SET look_at = look_at + %s WHERE id = %s", NEXT_YEAR, duty.pk)

    assert finds(NOON + SECOND) == {"unexplained": 1}


def test_an_unraised_duty_that_was_set_aside_for_ever_is_found(duty):
    sabotage("UPDATE duty_duty SET look_at = look_at + %s, set_aside_at = %s WHERE id = %s", NEXT_YEAR, NOON, duty.pk)

    assert finds(NOON + 2 * MINUTE) == {"due": 1}


def test_a_deleted_telling_is_found(duty):
    watched(NOON)
    sabotage("DELETE FROM duty_telling WHERE duty_id = %s", duty.pk)
    sabotage("UPDATE outbox_message SET try_at = NULL, sent_at = %s, text = 'x'", NOON)

    assert finds(NOON + 2 * MINUTE) == {"unexplained": 1, "untold": 1}


def test_a_duty_raised_without_telling_anybody_is_found(duty):
    sabotage("UPDATE duty_duty SET raised_at = %s, look_at = %s, step = 1, turn = 1 WHERE id = %s",
             NOON, NOON + TEN_MINUTES, duty.pk)  # fmt: skip

    assert finds(NOON + 2 * MINUTE) == {"unexplained": 1, "untold": 1}


@pytest.mark.parametrize("handed_back", [True, False])
def test_a_claim_that_was_handed_back_or_is_longer_than_it_may_be_explains_nothing(duty, handed_back):
    watched(NOON)
    Message.objects.update(try_at=None, sent_at=NOON, text="x")
    by = Telling.objects.get().person
    actions.claim(duty, by=by, next_step="x", until=NOON + 9 * MINUTE, now=NOON + MINUTE)
    assert finds(NOON + 2 * MINUTE) == {}
    if handed_back:
        actions.hand_back(duty, by=by, now=NOON + 2 * MINUTE)
        sabotage("UPDATE duty_duty SET look_at = %s", NOON + 9 * MINUTE)
    else:
        sabotage("UPDATE duty_claim SET until = %s", NOON + 12 * MINUTE)
        sabotage("UPDATE duty_duty SET look_at = %s", NOON + 12 * MINUTE)
    assert finds(NOON + 4 * MINUTE) == {"unexplained": 1}


def test_a_claim_made_under_an_earlier_version_of_the_order_still_explains():
    one = make.person(make.office())
    on = make.ladder(one.office, one)
    made = make.duty(on=on, urgent=True, due_at=NOON + 5 * MINUTE)
    actions.claim(made, by=one, next_step="x", until=NOON + TEN_MINUTES, now=NOON)
    make.ladder(one.office, one, name=on.name, claim_seconds=60)
    watched(NOON + 5 * MINUTE)
    assert Duty.objects.get(pk=made.pk).ladder.claim_seconds == 60
    assert finds(NOON + 6 * MINUTE + SECOND) == {}


@pytest.mark.parametrize(("change", "what"), [
    ("try_at = try_at + interval '1 year'", "unsent"),
    ("try_at = NULL, withdrawn_at = created_at", "unreached"),
    ("try_at = NULL, failed_at = created_at, risen_at = created_at", "unreached"),
])  # fmt: skip
def test_a_message_that_a_broken_sender_or_watch_lost_is_found(duty, change, what):
    watched(NOON)
    sabotage(f"UPDATE outbox_message SET {change}")
    assert finds(NOON + MINUTE) == {}
    assert finds(NOON + MINUTE + SECOND) == {what: 1}


@pytest.mark.parametrize("holds", [True, False])
def test_that_nobody_is_told_after_a_failure_while_somebody_has_it_is_no_finding(duty, holds):
    """Nor when a claim that doesn't hold is over: the next is told at the end of the step."""
    watched(NOON)
    make.role("app")
    by = Telling.objects.get().person
    if not holds:
        actions.claim(duty, by=by, next_step="x", until=NOON + SECOND, now=NOON)
        Duty.objects.update(look_at=NOON + TEN_MINUTES)
    actions.claim(duty, by=by, next_step="x", until=NOON + 5 * MINUTE, now=NOON + 2 * SECOND)
    Message.objects.update(try_at=None, failed_at=NOON + MINUTE)
    watched(NOON + MINUTE)
    for minute in (3, 6) if not holds else (3,):
        assert finds(NOON + minute * MINUTE) == {}
    assert Telling.objects.count() == 1


def test_a_report_that_nobody_read_is_found(duty):
    Report.objects.create(
        office=duty.office, key=uuid4(), sha256="0", kind="care.visit", by=Person.objects.first(), received_at=NOON,
        body="{}",
    )  # fmt: skip
    watched(NOON)
    assert "report" not in finds(NOON + 5 * MINUTE)
    assert finds(NOON + 7 * MINUTE)["report"] == 1


@pytest.mark.parametrize("late", [2, 30, 58])
def test_what_a_clock_that_was_an_hour_ahead_told_and_put_off_is_found(duty, late):
    watched(NOON + 60 * MINUTE)
    assert finds(NOON + late * MINUTE) == {"unexplained": 1}


def test_a_claim_made_by_a_clock_that_was_an_hour_ahead_explains_nothing(duty):
    watched(NOON)
    make.role("app")
    ahead = NOON + 60 * MINUTE
    actions.claim(duty, by=Person.objects.first(), next_step="x", until=ahead + 5 * MINUTE, now=ahead)
    Message.objects.update(try_at=None, sent_at=NOON, text="x")
    assert finds(NOON + 2 * MINUTE) == {"unexplained": 1}


def test_an_answer_that_nobody_read_is_found(duty):
    watched(NOON)
    Message.objects.update(try_at=None, sent_at=NOON, text="x", acknowledged_at=NOON)

    assert finds(NOON + 2 * MINUTE) == {"news": 1}
    watched(NOON + 2 * MINUTE)
    assert finds(NOON + 2 * MINUTE) == {}


def test_what_rests_for_a_reason_is_no_finding(duty):
    """A claim, one taken over, the time of a step, nobody to be told, the night: each explains the next look."""
    one, other = (Person.objects.get(pk=rung["person"]) for rung in duty.rungs)
    nobody = make.duty(make.person(duty.office, channels=()), urgent=True)
    night = make.duty(one, due_at=EVENING + 30 * MINUTE)
    watched(NOON)
    Message.objects.update(try_at=None, sent_at=NOON, text="x")
    actions.claim(duty, by=one, next_step="going", until=NOON + 5 * MINUTE, now=NOON + MINUTE)
    assert finds(NOON + 2 * MINUTE) == {}
    actions.claim(duty, by=other, next_step="me", until=NOON + 4 * MINUTE, now=NOON + 2 * MINUTE, take_over=True)
    assert finds(NOON + 3 * MINUTE) == {}
    actions.progress(duty, by=other, next_step="on", now=NOON + 3 * MINUTE)
    assert finds(NOON + 3 * MINUTE) == {}
    actions.close([duty, nobody], by=one, outcome=Outcome.KEPT, now=NOON + 4 * MINUTE)
    watched(EVENING + 30 * MINUTE)
    assert Duty.objects.get(pk=night.pk).raised_at and not Telling.objects.filter(duty=night).exists()
    assert finds(EVENING + 60 * MINUTE) == {}


@pytest.mark.parametrize("day", [datetime(2026, 10, 24, tzinfo=UTC), datetime(2027, 3, 27, tzinfo=UTC)])
def test_a_night_of_eleven_hours_or_nine_is_no_finding(day):
    evening = datetime.combine(day, time(21), ZoneInfo("Europe/Berlin")).astimezone(UTC)
    night = make.duty(make.person(make.office(zone="Europe/Berlin")), due_at=evening)
    watched(evening)
    assert Duty.objects.get(pk=night.pk).look_at - evening in (11 * HOUR, 9 * HOUR)
    for hours in range(9):
        assert finds(evening + hours * HOUR + 2 * MINUTE) == {}


def test_a_claim_of_the_only_one_that_is_nearly_over_is_no_finding():
    one = make.person(make.office(), as_="centre")
    made = make.duty(on=make.ladder(one.office, make.rung(one, wait=HOUR)), urgent=True)
    watched(NOON)
    Message.objects.update(try_at=None, sent_at=NOON, text="x")
    actions.claim(made, by=one, next_step="x", until=NOON + SECOND, now=NOON)
    watched(NOON + SECOND)
    Message.objects.update(try_at=None, sent_at=NOON, text="x")
    soon = NOON + SECOND + HOUR
    actions.claim(made, by=one, next_step="x", until=soon + SECOND, now=soon - SECOND)
    watched(soon)
    assert Duty.objects.get().look_at == soon + MINUTE
    for seconds in (0, 1, 59):
        assert finds(soon + seconds * SECOND) == {}


def test_a_finding_is_told_outside_and_is_mended_by_itself(duty):
    make.role("engine")
    late = NOON + 5 * MINUTE
    audit(late, late - MINUTE)
    audit(late + MINUTE, late)

    found = Fault.objects.get(key="audit due")
    assert (found.office_id, found.outside, found.times, found.mended_at) == (duty.office_id, True, 2, None)
    assert found.values == {"n": 1, "kind": "test.duty", "ref": str(duty.ref)}
    watched(late + MINUTE)
    audit(late + MINUTE, late)
    assert Fault.objects.get(key="audit due").mended_at == late + MINUTE


def test_it_doesnt_read_what_rests_a_million_times(duty):
    """Each look finds its rows by an index, however many are open."""
    sabotage("SET LOCAL enable_seqscan = off")
    with connection.cursor() as cursor:
        for name in ("due", "unmoved", "unexplained", "untold", "unreached"):
            cursor.execute("EXPLAIN " + auditor.QUERIES[name], {"now": NOON, "late": NOON - MINUTE})
            plan = "\n".join(line for (line,) in cursor.fetchall())
            assert "Seq Scan on duty_duty" not in plan and "duty_" in plan, plan


def test_it_doesnt_read_what_was_mended_in_ten_years(duty):
    watched(NOON)
    sabotage(
        "INSERT INTO health_fault (office_id, key, what, values, outside, first_at, last_at, times, mended_at)"
        " SELECT %s, 'message sms ' || n, 'x', '{}', false, %s, %s, 1, %s FROM generate_series(1, 5000) n",
        duty.office_id, NOON, NOON, NOON,
    )  # fmt: skip
    make.role("owner")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE health_fault")
        for name in ("unexplained", "untold"):
            cursor.execute("EXPLAIN " + auditor.QUERIES[name], {"now": NOON, "late": NOON - MINUTE})
            assert "fault_key" in str(cursor.fetchall())
