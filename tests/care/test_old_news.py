"""What was seen once says nothing of what came after it: old reports, and silence after an alarm that was settled."""

from datetime import timedelta

import pytest

from dure.care import alarms
from dure.care.models import Visit
from dure.care.opening import open_day
from dure.cases import actions
from dure.cases.models import Case, Entry, Finding, Source, Step
from dure.errors import Refused
from tests.care import world as w
from tests.care.test_phone import sends
from tests.care.world import DAY, DUE, MORNING
from tests.make import MINUTE

pytestmark = pytest.mark.django_db
ONE = timedelta(days=1)
RINGS = {"case.answer", "case.go", "case.see", "case.decide"}


@pytest.fixture
def world():
    made = w.build()
    assert made.visit
    return made


def ended(case, world, at):
    actions.record(case, Step.SEEN, by=world.desk, now=at)
    closed = actions.close_case(case, finding=Finding.WELL, by=world.desk, now=at)
    alarms.after_case(closed, by=world.desk, now=at)


def visit_on(world, days):
    """The lunch of a later day, silent by its time."""
    day = DAY + days * ONE
    open_day(world.office.pk, day, now=MORNING + days * ONE)
    w.watch(DUE + days * ONE + 31 * MINUTE)
    return Visit.objects.select_related("duty").get(recipient=world.recipient, day=day)


def test_who_was_found_in_danger_is_not_away_because_an_older_report_says_so(world):
    w.raised_by_silence(world)
    case = w.case_of(world)
    actions.record(case, Step.DANGER, by=world.desk, now=DUE + 40 * MINUTE, note="이웃이 봤다고 함")
    said = {"outcome": "known_safe", "who": "딸"}
    sends(world, "visit", world.visit, said, now=DUE + 45 * MINUTE, seen_at=DUE - 20 * MINUTE)
    assert "case.answer" in w.owed(case)
    assert Entry.objects.filter(case=case, step=Step.OTHER_REPORT).exists()


def test_a_step_that_was_kept_on_a_phone_overnight_settles_nothing_of_today(world):
    w.says(world, "no_reply", DUE, by=world.other)
    ended(w.case_of(world), world, DUE + 20 * MINUTE)
    today = alarms.cannot_reach(world.recipient, Source.FAMILY, by=world.desk, now=DUE + ONE)
    now = DUE + ONE + 5 * MINUTE
    sends(world, "step", world.visit, {"step": "seen"}, now=now, seen_at=DUE + 10 * MINUTE, sent_at=now)
    today.refresh_from_db()
    assert (today.seen_at, w.owed(today)) == (None, RINGS)
    assert Entry.objects.get(case=today, step=Step.OTHER_REPORT).values == {"outcome": "seen_well"}


def test_a_step_older_than_a_phones_clock_is_believed_settles_nothing_either(world):
    w.says(world, "no_reply", DUE, by=world.other)
    ended(w.case_of(world), world, DUE + 20 * MINUTE)
    today = alarms.cannot_reach(world.recipient, Source.FAMILY, by=world.desk, now=DUE + 5 * ONE)
    now = DUE + 5 * ONE + 5 * MINUTE
    sends(world, "step", world.visit, {"step": "seen"}, now=now, seen_at=DUE + 10 * MINUTE, sent_at=now)
    assert w.owed(today) == RINGS


def test_who_found_the_person_behind_the_door_settles_the_case_also_without_knowing_its_number(world):
    w.says(world, "no_reply", DUE)
    case = w.case_of(world)
    sends(world, "step", world.visit, {"step": "seen"}, now=DUE + 10 * MINUTE, sent_at=DUE + 10 * MINUTE)
    assert w.owed(case) == {"case.finish"}


def test_a_report_of_days_ago_leaves_the_silence_of_today(world):
    w.raised_by_silence(world)
    ended(w.case_of(world), world, DUE + 40 * MINUTE)
    visit = visit_on(world, 4)
    now = DUE + 4 * ONE + 35 * MINUTE
    sends(world, "visit", world.visit, {"outcome": "seen_well"}, now=now, seen_at=DUE - 5 * MINUTE, sent_at=now)
    assert w.case_of(world) and visit.duty.is_open


def test_silence_counts_anew_when_the_case_only_had_to_be_written_down(world):
    w.says(world, "no_reply", DUE, by=world.other)
    case = w.case_of(world)
    actions.record(case, Step.SEEN, by=world.desk, now=DUE + 20 * MINUTE)
    visit = visit_on(world, 1)
    assert w.owed(case) == {*RINGS, "case.finish"}
    with pytest.raises(Refused):  # on the strength of yesterday's sighting
        actions.close_case(case, finding=Finding.WELL, by=world.officer, now=DUE + ONE + 35 * MINUTE)
    ended(Case.objects.get(pk=case.pk), world, DUE + ONE + 40 * MINUTE)
    visit.refresh_from_db()
    assert (w.owed(case), visit.excused_why) == (set(), "cleared up by a case")


def test_closing_a_case_later_clears_up_no_visit_due_since_the_person_was_seen(world):
    w.says(world, "no_reply", DUE, by=world.other)
    case = actions.record(w.case_of(world), Step.SEEN, by=world.desk, now=DUE + 20 * MINUTE)
    open_day(world.office.pk, DAY + ONE, now=MORNING + ONE)
    at = DUE + ONE + 10 * MINUTE  # due, and not yet overdue
    closed = actions.close_case(case, finding=Finding.WELL, by=world.officer, now=at)
    alarms.after_case(closed, by=world.officer, now=at)
    assert Visit.objects.get(recipient=world.recipient, day=DAY + ONE).duty.is_open
