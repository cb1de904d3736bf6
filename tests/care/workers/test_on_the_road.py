"""A course that isn't started and a phone that falls silent are asked about; the worker's own word ends it."""

from datetime import time, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dure.care import alarms, assigning
from dure.care.models import Closure, Route, Visit
from dure.care.on_the_road import RULES, SILENT, STARTS, heard
from dure.care.opening import open_day, reopen
from dure.care.workers.actions import HELP
from dure.care.workers.models import Silence
from dure.care.workers.shown import NAMES, figures
from dure.duty.models import Duty, Outcome, Telling
from dure.health.models import Fault
from dure.people.actions import standing
from dure.people.models import Device
from dure.rules.models import Rule
from tests.care import world as care
from tests.care.workers import world
from tests.care.workers.world import STARTS_AT, owed, pass_time, poll, raised, says, starts, visits_of, well
from tests.care.world import DAY, MORNING, watch
from tests.make import MINUTE, NOON
from tests.test_permissions import undone

pytestmark = pytest.mark.django_db
HALF = 30 * MINUTE


def test_a_course_that_is_not_started_is_asked_about_twenty_minutes_after_its_planned_start():
    made = world.build()
    watch(STARTS_AT + 19 * MINUTE)
    assert not raised(STARTS)

    watch(STARTS_AT + 20 * MINUTE)

    [duty] = owed(STARTS)
    assert duty.raised_at == STARTS_AT + 20 * MINUTE and duty.organisation == made.provider and duty.urgent
    assert [t.person for t in Telling.objects.filter(duty=duty)] == [made.desk]


def test_whoever_starts_it_has_ended_that_and_is_expected_at_the_next_stop():
    made = world.build()

    starts(made, STARTS_AT)

    assert owed(STARTS) == []
    ended = Duty.objects.get(kind=STARTS)
    assert (ended.closed_by, ended.outcome) == (made.worker, Outcome.KEPT)
    [silence] = owed(SILENT)
    assert silence.due_at == care.DUE + HALF and silence.about == made.worker.ref


def test_a_report_at_a_door_starts_it_as_well():
    made = world.build()
    well(visits_of(made)[0], STARTS_AT, made.worker)
    assert owed(STARTS) == [] and len(owed(SILENT)) == 1


def test_a_visit_that_the_desk_enters_starts_nothing():
    made = world.build()
    visit = visits_of(made)[0]
    care.settle(visit, care.Seen(care.Outcome.SEEN_WELL, STARTS_AT), by=made.desk, report=None, now=STARTS_AT)
    assert len(owed(STARTS)) == 1 and owed(SILENT) == []


def test_opening_the_day_again_owes_nothing_twice():
    made = world.build()
    for _ in range(3):
        open_day(made.office.pk, DAY, now=MORNING)
    assert len(owed(STARTS)) == 1


def test_an_offices_own_minutes_hold():
    made = world.build(stops=0)
    for each in RULES[:2]:
        Rule.objects.update_or_create(
            office=made.office, name=each.name, since=each.since,
            defaults={"what": each.what, "unit": each.unit, "source": "x", "made_at": MORNING, "value": 7},
        )  # fmt: skip
    world.stop(made, made.route, time(11, 30))
    open_day(made.office.pk, DAY, now=MORNING)
    [start] = owed(STARTS)
    assert start.due_at == STARTS_AT + 7 * MINUTE
    starts(made, STARTS_AT)
    assert owed(SILENT)[0].due_at == care.DUE + 7 * MINUTE


def test_without_the_contact_order_visits_are_opened_all_the_same_and_it_is_a_fault():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(care, "LADDERS", {k: v for k, v in care.LADDERS.items() if not k.startswith("worker")})
        made = world.build()
    assert len(visits_of(made)) == 2 and owed(STARTS) == []
    assert Fault.objects.filter(office=made.office, key="order worker", mended_at=None).exists()


def test_a_course_without_a_worker_is_asked_about_too():
    made = world.build(stops=0)
    Route.objects.filter(pk=made.route.pk).update(worker=None)
    world.stop(made, made.route, time(11, 30))
    open_day(made.office.pk, DAY, now=MORNING)
    watch(STARTS_AT + 20 * MINUTE)
    assert raised(STARTS)


def test_a_closure_ends_what_no_longer_is_owed_by_whoever_entered_it():
    made = world.build()
    Closure.objects.create(office=made.office, day=DAY, why="폭설")
    alarms.calendar_changed(made.office.pk, DAY, why="폭설", by=made.officer, now=MORNING + 10 * MINUTE)
    ended = Duty.objects.get(kind=STARTS)
    assert (ended.closed_by, ended.outcome) == (made.officer, Outcome.EXCUSED)

    Closure.objects.filter(office=made.office).delete()
    alarms.calendar_changed(made.office.pk, DAY, why="x", by=made.officer, now=MORNING + 20 * MINUTE)

    assert [duty.due_at for duty in owed(STARTS)] == [STARTS_AT + 20 * MINUTE]


def test_two_courses_are_started_each_and_the_worker_is_expected_once():
    made = world.build()
    evening = Route.objects.create(office=made.office, provider=made.provider, name="2코스", worker=made.worker)
    world.stop(made, evening, time(17, 0))
    open_day(made.office.pk, DAY, now=MORNING)
    assert len(owed(STARTS)) == 2

    starts(made, STARTS_AT)
    assert len(owed(STARTS)) == 1 and len(owed(SILENT)) == 1
    for visit in visits_of(made):
        well(visit, care.DUE, made.worker)
    assert owed(SILENT) == [], "at home between the courses"

    says(made.worker, "care.course", world.course_of(made, evening), {"did": "started"}, NOON + 240 * MINUTE)
    [silence] = owed(SILENT)
    assert owed(STARTS) == [] and silence.due_at == NOON + timedelta(hours=5, minutes=30)


def test_the_last_stop_ends_it_and_a_report_moves_it():
    made = world.build()
    starts(made, STARTS_AT)
    first, second = visits_of(made)
    well(first, STARTS_AT + 10 * MINUTE, made.worker)
    assert owed(SILENT)[0].due_at == second.due_at + HALF
    well(second, STARTS_AT + 20 * MINUTE, made.worker)
    assert owed(SILENT) == []
    assert Duty.objects.get(kind=SILENT).closed_by == made.worker


def test_a_phone_that_asks_is_heard_and_writes_nothing_before_its_next_stop(django_assert_num_queries: Any):
    made = world.build()
    starts(made, STARTS_AT)
    before = owed(SILENT)[0].due_at
    with django_assert_num_queries(1):
        heard(made.worker, now=STARTS_AT + 5 * MINUTE)
    assert owed(SILENT)[0].due_at == before
    poll(made.worker, care.DUE + 20 * MINUTE)
    assert owed(SILENT)[0].due_at == care.DUE + 50 * MINUTE


def test_a_contact_that_comes_too_late_for_a_watch_that_lags_stands_nobody_down():
    made = world.build()
    starts(made, STARTS_AT)
    poll(made.worker, care.DUE + 31 * MINUTE)
    watch(care.DUE + 32 * MINUTE)
    assert raised(SILENT)


def test_a_phone_that_was_taken_away_is_not_heard():
    made = world.build()
    starts(made, STARTS_AT)
    Device.objects.filter(person=made.worker).update(revoked_at=STARTS_AT)
    poll(made.worker, care.DUE + 20 * MINUTE)
    watch(care.DUE + HALF)
    assert raised(SILENT)


def test_a_contact_alone_ends_nothing_that_is_asked_and_a_report_does():
    made = world.build()
    starts(made, STARTS_AT)
    watch(care.DUE + HALF)
    poll(made.worker, care.DUE + 35 * MINUTE)
    assert raised(SILENT)

    well(visits_of(made)[0], care.DUE + 40 * MINUTE, made.worker)

    assert not raised(SILENT)
    ended = Duty.objects.get(kind=SILENT, closed_at__isnull=False)
    assert (ended.closed_by, ended.closed_at) == (made.worker, care.DUE + 40 * MINUTE)
    [again] = owed(SILENT)
    assert again.due_at == care.DUE + 70 * MINUTE, "she is still on the road"


def test_what_she_had_entered_before_says_nothing_of_how_she_is():
    made = world.build()
    starts(made, STARTS_AT)
    watch(care.DUE + HALF)
    for visit in visits_of(made):
        well(visit, care.DUE + 40 * MINUTE, made.worker, seen=care.DUE)
    assert raised(SILENT), "the phone has sent by itself what lay on it"


def test_who_gets_stops_of_a_course_under_way_is_expected_and_who_has_none_left_is_not():
    made = world.build()
    starts(made, STARTS_AT)
    now = STARTS_AT + 10 * MINUTE

    assigning.give_course(world.course_of(made), made.other, by=made.desk, now=now)

    assert [duty.about for duty in owed(SILENT)] == [made.other.ref]
    assert Duty.objects.get(about=made.worker.ref).closed_by == made.desk


def test_stops_given_away_stand_nobody_down_who_is_asked_about():
    made = world.build()
    starts(made, STARTS_AT)
    watch(care.DUE + HALF)
    assigning.give_course(world.course_of(made), made.other, by=made.desk, now=care.DUE + 31 * MINUTE)
    assert [duty.about for duty in owed(SILENT) if duty.raised_at] == [made.worker.ref]


def test_who_has_no_phone_can_not_be_heard():
    made = world.build(phones=False)
    well_on_paper = care.Seen(care.Outcome.SEEN_WELL, STARTS_AT, by_paper=True)
    care.settle(visits_of(made)[0], well_on_paper, by=made.desk, report=None, now=STARTS_AT)
    assert owed(SILENT) == [] and owed(STARTS) == []


@pytest.mark.parametrize(("days", "enrolled"), [(3, 40), (40, 3)], ids=["provider", "phone"])
def test_in_the_trial_days_a_silence_is_only_counted(days: int, enrolled: int):
    made = world.build(days=days)
    Device.objects.filter(person=made.worker).update(enrolled_at=NOON - timedelta(days=enrolled))
    starts(made, STARTS_AT)
    assert owed(SILENT) == []

    poll(made.worker, care.DUE + 10 * MINUTE)
    assert not Silence.objects.exists()
    poll(made.worker, care.DUE + 45 * MINUTE)

    [counted] = Silence.objects.values_list("person", "since", "until")
    assert counted == (made.worker.pk, care.DUE + 10 * MINUTE, care.DUE + 45 * MINUTE)


def test_a_new_code_for_the_same_phone_begins_no_new_trial():
    made = world.build()
    Device.objects.filter(person=made.worker).update(revoked_at=MORNING)
    world.phone(made.worker, enrolled_at=MORNING)
    starts(made, STARTS_AT)
    assert len(owed(SILENT)) == 1


contacts = st.lists(st.integers(0, 150), max_size=12).map(sorted)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(contacts=contacts, reports=st.lists(st.tuples(st.integers(0, 150), st.integers(0, 2)), max_size=4))
def test_silence_is_always_asked_about_and_never_too_early(contacts: list[int], reports: list[tuple[int, int]]):
    """Against an own reckoning, minute by minute: the last contact, the stops that are left."""
    with undone():
        made = world.build(stops=3)
        starts(made, STARTS_AT)
        visits, due = visits_of(made), {}
        said = {}
        for minute, which in reports:
            said.setdefault(minute, []).append(which)
        heard_at, left, asked = STARTS_AT, [0, 1, 2], False
        for minute in range(1, 200):
            now = STARTS_AT + minute * MINUTE
            due = max(visits[left[0]].due_at, heard_at) + HALF if left else None
            watch(now)
            asked = asked or bool(due and now >= due)
            assert raised(SILENT) == asked, minute
            if asked:
                break
            if minute in contacts:
                poll(made.worker, now)
                heard_at = now
            for which in said.get(minute, []):
                well(visits[which], now, made.worker)
                left, heard_at = [each for each in left if each != which], now
        assert asked or not left


def test_it_is_asked_about_although_no_job_runs():
    """The day was opened in the morning; then nothing runs but the watch, and nobody does anything."""
    world.build()
    pass_time(STARTS_AT, STARTS_AT + 25 * MINUTE)
    assert raised(STARTS)


def test_a_stop_that_is_owed_again_is_expected_of_who_is_on_the_road():
    made = world.build()
    starts(made, STARTS_AT)
    one, two = visits_of(made)
    alarms.excuse([two], why="부재", by=made.desk, now=STARTS_AT + MINUTE)
    well(Visit.objects.get(pk=one.pk), STARTS_AT + 2 * MINUTE, made.worker)
    assert owed(SILENT) == []
    again = Visit.objects.select_related("duty", "recipient__place__area").filter(pk=two.pk)
    for minute in (3, 4):  # once, however often it is said
        reopen(again, now=STARTS_AT + minute * MINUTE)
    [duty] = owed(SILENT)
    assert duty.about == made.worker.ref


def test_a_silence_that_ended_by_pressing_help_was_no_false_alarm():
    made = world.build()
    starts(made, STARTS_AT)
    [silence] = owed(SILENT)
    late = silence.due_at + 10 * MINUTE
    watch(late)
    says(made.worker, HELP, None, {"stop": ""}, late + 5 * MINUTE)
    found = {each.name: each for each in figures(standing(made.officer, late.date()), late + 6 * MINUTE)}
    row = found[str(NAMES[SILENT])]
    assert (row.asked, row.false_alarms) == (1, 0)
