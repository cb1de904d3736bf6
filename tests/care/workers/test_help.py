"""She presses help: her desk is told at once, whatever the network and the phone's clock; a person ends it."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from dure.care.on_the_road import SILENT, STARTS
from dure.care.opening import open_day
from dure.care.workers.actions import HELP, found_out
from dure.care.workers.models import Ending, Silence
from dure.care.workers.shown import figures
from dure.duty.actions import claim
from dure.duty.models import Duty, Outcome, Report, Telling
from dure.errors import Refused
from dure.people.actions import standing
from tests.care import world as care
from tests.care.workers import world
from tests.care.workers.world import STARTS_AT, owed, says, starts, visits_of
from tests.care.world import DAY, watch
from tests.make import MINUTE, NOON

pytestmark = pytest.mark.django_db


def press(made: care.World, now: Any = NOON, **times: Any) -> Report:
    return says(made.worker, HELP, None, {"stop": ""}, now, **times)


def test_her_desk_is_told_at_once_then_the_office():
    made = world.build()
    press(made)
    watch(NOON)
    watch(NOON + 10 * MINUTE)
    [duty] = owed(HELP)
    assert (duty.urgent, duty.raised_at, duty.organisation, duty.opened_by) == (True, NOON, made.provider, made.worker)
    told = Telling.objects.filter(duty=duty).order_by("id").values_list("person", flat=True)
    assert list(told)[0] == made.desk.pk and made.oncall.pk in told


def test_pressed_again_or_sent_again_it_is_one_matter():
    made, key = world.build(), uuid.uuid4()
    press(made, key=key)
    press(made, NOON + MINUTE, key=key, seen=NOON, sent=NOON + MINUTE)
    press(made, NOON + 2 * MINUTE)
    assert len(owed(HELP)) == 1 and Report.objects.filter(kind=HELP).count() >= 2


def test_sent_late_it_is_told_all_the_same_with_the_time_at_which_it_was_pressed():
    made = world.build()
    press(made, NOON + timedelta(hours=2), seen=NOON)
    [duty] = owed(HELP)
    assert duty.values["time"] == "12:00" and duty.raised_at == NOON + timedelta(hours=2)


def test_a_clock_that_is_a_day_off_hides_nothing():
    made = world.build()
    wrong = NOON - timedelta(days=1)
    press(made, seen=wrong, sent=wrong)
    assert owed(HELP)[0].values["time"] == "12:00"


def test_what_was_pressed_before_somebody_reached_her_needs_nobody_once_more():
    made = world.build()
    press(made)
    [duty] = owed(HELP)
    found_out(duty, "well", by=made.desk, now=NOON + 10 * MINUTE)
    press(made, NOON + 20 * MINUTE, seen=NOON + 5 * MINUTE)
    assert owed(HELP) == []
    press(made, NOON + 30 * MINUTE)
    assert len(owed(HELP)) == 1


def test_pressed_anew_with_a_clock_a_little_behind_she_is_called_again():
    made = world.build()
    press(made)
    [duty] = owed(HELP)
    found_out(duty, "well", false_alarm=True, by=made.desk, now=NOON + 10 * MINUTE)
    slow = NOON + 11 * MINUTE - timedelta(seconds=90)
    says(made.worker, HELP, None, {"stop": ""}, NOON + 11 * MINUTE, seen=slow, sent=slow)
    assert len(owed(HELP)) == 1


def test_neither_a_report_of_hers_nor_her_stops_given_away_end_it():
    made = world.build()
    starts(made, STARTS_AT)
    press(made, STARTS_AT + MINUTE)
    for visit in visits_of(made):
        world.well(visit, STARTS_AT + 5 * MINUTE, made.worker)
    assert len(owed(HELP)) == 1


def test_a_worker_without_a_course_is_heard_as_well():
    made = world.build()
    says(made.other, HELP, None, {}, NOON)
    assert [duty.about for duty in owed(HELP)] == [made.other.ref]


def test_what_cannot_be_read_in_it_hinders_nothing():
    made = world.build()
    says(made.worker, HELP, None, {"stop": ["x"]}, NOON)
    assert len(owed(HELP)) == 1


def test_who_needed_help_was_no_false_alarm_and_it_is_said_what_is_done():
    made = world.build()
    press(made)
    [duty] = owed(HELP)
    for said in ({}, {"note": "119", "false_alarm": True}):
        with pytest.raises(Refused):
            found_out(duty, "helped", by=made.desk, now=NOON, **said)
    made_of_it = found_out(duty, "helped", note="119 출동", by=made.desk, now=NOON + MINUTE)
    duty.refresh_from_db()
    assert (duty.outcome, duty.closed_by, made_of_it.note) == (Outcome.PASSED_ON, made.desk, "119 출동")


def test_an_answer_to_something_else_is_refused():
    made = world.build()
    press(made)
    with pytest.raises(Refused):
        found_out(owed(HELP)[0], "on_the_way", by=made.desk, now=NOON)
    [start] = owed(STARTS)
    with pytest.raises(Refused):
        found_out(start, "well", by=made.desk, now=NOON)


def test_who_is_on_the_way_is_expected_anew_and_so_is_who_takes_over():
    made = world.build()
    watch(STARTS_AT + 20 * MINUTE)
    [start] = owed(STARTS)
    found_out(start, "on_the_way", by=made.desk, now=STARTS_AT + 25 * MINUTE)
    [again] = owed(STARTS)
    assert again.due_at == STARTS_AT + 45 * MINUTE

    watch(again.due_at)
    found_out(again, "others", by=made.desk, now=STARTS_AT + 50 * MINUTE)
    open_day(made.office.pk, DAY, now=STARTS_AT + 51 * MINUTE)
    assert [duty.due_at for duty in owed(STARTS)] == [STARTS_AT + 71 * MINUTE]


def test_who_was_reached_on_the_road_may_be_silent_anew():
    made = world.build()
    starts(made, STARTS_AT)
    watch(care.DUE + 30 * MINUTE)
    found_out(owed(SILENT)[0], "well", false_alarm=True, by=made.desk, now=care.DUE + 35 * MINUTE)
    assert [duty.due_at for duty in owed(SILENT)] == [care.DUE + 65 * MINUTE]


def test_false_alarms_are_counted_and_so_is_who_reported_alone():
    made = world.build()
    press(made)
    found_out(owed(HELP)[0], "well", false_alarm=True, by=made.desk, now=NOON)
    starts(made, STARTS_AT)
    watch(care.DUE + 30 * MINUTE)
    world.well(visits_of(made)[0], care.DUE + 40 * MINUTE, made.worker)
    Silence.objects.create(
        office=made.office, person=made.worker, provider=made.provider, since=NOON - MINUTE, until=NOON
    )
    with translation.override("en"):
        found = figures(standing(made.desk, DAY), NOON + timedelta(hours=2))
    assert [(f.asked, f.false_alarms, f.helped, f.by_herself, f.counted_only) for f in found] == [
        (1, 1, 0, 0, 0), (1, 1, 0, 1, 1), (0, 0, 0, 0, 0),
    ]  # fmt: skip


def test_who_has_it_is_not_rung_again_by_a_second_press():
    made = world.build()
    press(made)
    watch(NOON)
    claim(owed(HELP)[0], by=made.desk, next_step="전화", until=NOON + 5 * MINUTE, now=NOON)
    press(made, NOON + MINUTE)
    watch(NOON + 2 * MINUTE)
    assert set(Telling.objects.filter(duty__kind=HELP).values_list("person", flat=True)) == {made.desk.pk}


def ending(made: care.World, **values: Any) -> Ending:
    return Ending(
        office=made.office, duty=Duty.objects.filter(kind=STARTS).get(), by=made.desk, at=NOON,
        **{"found": "others", **values},
    )  # fmt: skip


@pytest.mark.parametrize(("change", "constraint"), [
    ({"found": "perhaps"}, "ending_found_known"),
    ({"found": "helped"}, "ending_of_who_needed_help_says_what_was_done"),
    ({"found": "helped", "note": "x", "false_alarm": True}, "ending_is_no_false_alarm_when_help_was_needed"),
])  # fmt: skip
def test_the_data_base_refuses(change: dict[str, Any], constraint: str):
    made = world.build()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ending(made, **change).save()


def test_the_data_base_refuses_a_silence_that_ends_before_it_begins_or_counts_twice():
    made = world.build()
    said = {"office": made.office, "person": made.worker, "provider": made.provider, "since": NOON}
    with pytest.raises(IntegrityError, match="silence_ends_after_it_begins"), transaction.atomic():
        Silence.objects.create(until=NOON, **said)
    Silence.objects.create(until=NOON + MINUTE, **said)
    with pytest.raises(IntegrityError, match="silence_counts_once"), transaction.atomic():
        Silence.objects.create(until=NOON + 2 * MINUTE, **said)
