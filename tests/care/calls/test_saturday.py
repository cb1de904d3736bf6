"""A Saturday without meals: who is at high risk is called until reached, and nobody is dropped."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError

from dure.care import alarms
from dure.care.calls import actions, counts, opening
from dure.care.calls.models import Call, Practice, Result, Try
from dure.care.models import Absence, Outcome, Visit
from dure.care.opening import open_day
from dure.care.settling import Seen, settle
from dure.cases import actions as cases
from dure.cases.models import Case, Finding, Source, Step
from dure.duty.models import Duty
from dure.errors import Refused
from dure.people.actions import standing
from tests.care import world as care
from tests.care.calls import world as w
from tests.care.calls.world import MINUTE, MONDAY, SATURDAY, SUNDAY, when

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return care.build()


def total(world, day=SATURDAY):
    found = counts.of_day(standing(world.officer, day), day, today=day)
    return found.owed, found.answered, found.explained, found.open, found.difference


def test_twenty_three_people_of_whom_two_do_not_answer_and_one_is_found(world):
    people = w.at_risk(world, 23)
    care.recipient(world, "보통", tier="green")
    calls = w.opened(world)
    assert [call.recipient for call in calls] == people and total(world) == (23, 0, 0, 23, 0)
    for call in calls[2:]:
        w.called(call, "well", "09:10", world.oncall)
    lost, late = calls[0], calls[1]
    w.called(late, "no_answer", "09:20", world.oncall)
    for clock in ("09:20", "10:00", "10:40"):
        w.called(lost, "no_answer", clock, world.oncall)
    assert total(world) == (23, 21, 0, 2, 0)

    case = w.case_of(lost.recipient)
    assert case.source == Source.OFFICE and case.opened_at == when("10:40") and case.about == lost.ref
    assert {"case.answer", "case.go", "case.see", "case.decide_119"} == set(
        Duty.objects.filter(about=case.ref, closed_at=None).values_list("kind", flat=True)
    )
    assert w.fresh(lost).duty.outcome == "passed_on"
    case = cases.record(case, Step.SEEN, by=world.oncall, now=when("11:05"), note="화장실에 넘어져 있었음")
    closed = cases.close_case(case, finding=Finding.HELPED, by=world.oncall, now=when("11:20"))
    alarms.after_case(closed, by=world.oncall, now=when("11:20"))

    assert w.case_of(late.recipient) is None
    w.watch(when("11:19"))
    assert w.case_of(late.recipient) is None
    w.watch(when("11:20"))  # two hours after the first try, not only at noon
    assert w.case_of(late.recipient).source == Source.SILENCE and w.fresh(late).duty.raised_at == when("11:20")
    w.called(late, "well", "11:24", world.oncall)
    assert w.case_of(late.recipient) is None and total(world) == (23, 22, 1, 0, 0)
    assert Case.objects.filter(closed_at=None).count() == 0


def test_a_list_that_nobody_opens_is_raised_and_each_becomes_a_case(world):
    w.at_risk(world, 3)
    calls = w.opened(world)
    w.watch(when("11:59"))
    assert not Case.objects.exists()
    w.watch(when("12:00"))
    assert Case.objects.filter(source=Source.SILENCE, closed_at=None).count() == 3
    assert {w.fresh(call).duty.tellings.get().person for call in calls} == {world.oncall}  # a Saturday: no centre
    assert total(world) == (3, 0, 0, 3, 0)


def test_on_a_working_day_the_centre_is_told_first(world):
    w.at_risk(world, 1, weekdays=range(4))  # nothing on Fridays
    [call] = w.opened(world, w.FRIDAY)
    w.watch(when("12:00", w.FRIDAY))
    assert w.fresh(call).duty.tellings.get().person == world.centre


def test_opening_twice_opens_nothing_twice(world):
    w.at_risk(world, 2)
    assert opening.open_calls(world.office.pk, SATURDAY, now=when("08:00")) == 2
    assert opening.open_calls(world.office.pk, SATURDAY, now=when("08:10")) == 0
    w.called(Call.objects.first(), "well", "09:00", world.oncall)
    assert opening.open_all(world.office.pk, when("09:10")) == 2  # Sunday's
    assert Call.objects.filter(day=SATURDAY).count() == 2


def test_tries_close_together_count_as_one_and_a_button_pressed_twice_once(world):
    w.at_risk(world, 1)
    [call] = w.opened(world)
    key = uuid4()
    for n in range(5):
        w.called(call, "no_answer", when("09:00") + n * MINUTE, world.oncall)
    for _ in range(2):
        w.called(call, "no_answer", "09:30", world.oncall, key=key)
    assert Try.objects.count() == 6 and w.case_of(call.recipient) is None
    w.called(call, "wrong_number", "09:45", world.oncall)
    assert w.case_of(call.recipient) is not None


def test_a_worry_opens_a_case_at_once_and_danger_calls_119(world):
    w.at_risk(world, 2)
    one, two = w.opened(world)
    w.called(one, "worried", "09:00", world.oncall, note="말이 어눌함")
    w.called(two, "danger", "09:01", world.oncall, note="넘어져 못 일어남")
    assert w.case_of(one.recipient).danger_at is None
    assert w.case_of(two.recipient).danger_at == when("09:01")
    assert Duty.objects.filter(kind="case.call_119", closed_at=None, raised_at=when("09:01")).count() == 1
    assert {w.fresh(call).duty.note for call in (one, two)} == set(Case.objects.values_list("number", flat=True))


def test_a_worry_after_somebody_else_heard_that_all_is_well_is_not_lost(world):
    w.at_risk(world, 1)
    [call] = w.opened(world)
    w.called(call, "well", "09:00", world.oncall)
    w.called(call, "no_answer", "09:00", world.officer)  # at the same moment, in vain: changes nothing
    assert w.case_of(call.recipient) is None
    w.called(call, "worried", "09:20", world.officer)
    assert w.case_of(call.recipient) is not None


def test_a_wrong_tap_is_taken_back_within_a_minute_and_the_call_is_owed_again(world):
    w.at_risk(world, 1)
    [call] = w.opened(world)
    w.called(call, "well", "09:00", world.oncall)
    made = Try.objects.get()
    with pytest.raises(Refused, match="입력한 사람만"):
        actions.take_back(made, key=uuid4(), by=world.officer, now=when("09:00"))
    with pytest.raises(Refused, match="1분 안에"):
        actions.take_back(made, key=uuid4(), by=world.oncall, now=when("09:02"))
    for _ in range(2):  # pressed twice
        actions.take_back(made, key=uuid4(), by=world.oncall, now=when("09:00") + MINUTE)
    assert w.open_duty(call).due_at == when("12:00") and total(world) == (1, 0, 0, 1, 0)
    assert list(Try.objects.values_list("result", flat=True)) == ["well", "taken_back"]
    w.watch(when("12:00"))
    assert w.case_of(call.recipient) is not None


def test_a_mistaken_no_answer_is_corrected_and_does_not_shorten_the_time(world):
    w.at_risk(world, 2)
    one, two = w.opened(world)
    w.called(one, "no_answer", "09:00", world.oncall)
    assert w.open_duty(one).due_at == when("11:00")
    actions.take_back(Try.objects.get(), key=uuid4(), by=world.oncall, now=when("09:00"))
    assert w.open_duty(one).due_at == when("12:00")
    w.called(two, "no_answer", "09:10", world.oncall)
    w.called(two, "well", when("09:10") + MINUTE / 2, world.oncall)
    assert two.tries.last().corrects == two.tries.first() and w.open_duty(two) is None


def test_a_tap_that_opened_a_case_is_not_taken_back_silently_and_after_the_mistake_the_call_is_owed_again(world):
    w.at_risk(world, 1)
    [call] = w.opened(world)
    w.called(call, "worried", "09:00", world.oncall)
    with pytest.raises(Refused, match="긴급 상황 화면"):
        actions.take_back(Try.objects.get(), key=uuid4(), by=world.oncall, now=when("09:00"))
    case = w.case_of(call.recipient)
    closed = cases.close_case(case, finding=Finding.MISTAKE, by=world.oncall, now=when("09:05"), note="잘못 누름")
    alarms.after_case(closed, by=world.oncall, now=when("09:05"))
    assert total(world) == (1, 0, 0, 1, 0)
    opening.open_all(world.office.pk, when("09:10"))
    assert w.open_duty(call).due_at == when("12:00") and total(world) == (1, 0, 0, 1, 0)


def test_a_case_by_witness_stands_until_somebody_who_knows_of_it_has_reached_the_person(world):
    w.at_risk(world, 1)
    [call] = w.opened(world)
    case = alarms.cannot_reach(call.recipient, Source.NEIGHBOUR, by=world.desk, now=when("08:50"))
    w.called(call, "well", "09:00", world.oncall)  # from a page that didn't show it yet
    assert Case.objects.get().whereabouts == ""
    actions.take_back(call.tries.get(), key=uuid4(), by=world.oncall, now=when("09:00"))
    w.called(w.fresh(call), "well", "09:05", world.oncall, case=case.ref)
    assert Case.objects.get().whereabouts and Case.objects.get().closed_at is None  # a person writes how it ended


def test_after_midnight_what_is_left_of_the_day_before_is_still_owed(world):
    w.at_risk(world, 1)
    [call] = w.opened(world, now=when("23:50"))  # high risk only since late in the evening
    assert call.due_at == when("09:00", SUNDAY)
    opening.open_all(world.office.pk, when("00:05", SUNDAY))
    assert [c.due_at for c in Call.objects.filter(day=SUNDAY)] == [when("12:00", SUNDAY)]
    w.watch(when("08:59", SUNDAY))
    assert not Case.objects.exists()
    w.called(call, "well", when("08:59", SUNDAY), world.oncall)
    assert not Duty.objects.filter(kind="care.call", closed_at=None).filter(due_at__lt=when("23:00", SUNDAY)).exists()


def test_who_is_away_is_not_called_and_is_again_when_back(world):
    w.at_risk(world, 2)
    one, two = w.opened(world)
    away = Absence(
        office=world.office, recipient=one.recipient, why="hospital", since=SATURDAY, told_by="딸",
        entered_by=world.officer,
    )  # fmt: skip
    alarms.absent(away, now=when("08:30"))
    paused = Absence(
        office=world.office, recipient=two.recipient, why="paused", since=SATURDAY, told_by="본인",
        entered_by=world.officer,
    )  # fmt: skip
    alarms.absent(paused, now=when("08:30"))
    assert w.open_duty(one) is None and w.open_duty(two) is not None  # meals pause, the person is at home alone
    assert total(world) == (2, 0, 1, 1, 0)
    alarms.back_again(away, on=SATURDAY, by=world.officer, now=when("09:00"))
    opening.open_all(world.office.pk, when("09:10"))
    assert w.open_duty(one).due_at == when("12:00") and total(world) == (2, 0, 0, 2, 0)
    alarms.end_service(one.recipient, why="전출", by=world.officer, now=when("09:20"))
    assert w.open_duty(one) is None


def test_a_closure_brings_the_call_and_a_meal_after_all_takes_it_away_unless_somebody_did_not_answer(world):
    from dure.care import closures
    from dure.care.models import Closure

    w.at_risk(world, 3)
    monday = when("08:00", MONDAY)
    open_day(world.office.pk, MONDAY, now=when("23:00", SUNDAY))
    closed = Closure(office=world.office, day=MONDAY, why="설비 점검", double_before=True)
    closures.keep(closed, by=world.officer, now=when("23:00", SUNDAY))
    one, two, three = w.opened(world, MONDAY, now=monday)
    w.called(two, "no_answer", "08:30", world.desk)
    closures.take_back(closed, by=world.officer, now=when("09:00", MONDAY))
    assert w.open_duty(one) is None and w.fresh(one).duty.note == "a meal comes on this day"
    assert w.open_duty(two).due_at == when("10:30", MONDAY) and w.open_duty(three) is None
    visit = Visit.objects.get(recipient=two.recipient, day=MONDAY)
    settle(
        visit, Seen(Outcome.SEEN_WELL, when("10:10", MONDAY)), by=world.worker, report=None, now=when("10:10", MONDAY)
    )
    assert w.open_duty(two) is None


def test_a_call_goes_along_to_another_provider_at_once(world):
    from dure.care.following import follow
    from tests import make

    w.at_risk(world, 1)
    [call] = w.opened(world)
    new = make.organisation(world.office, "provider")
    call.recipient.provider = new
    call.recipient.save()
    follow(world.office.pk, [call.recipient.pk], by=world.officer, now=when("08:30"))
    assert w.open_duty(call).organisation == new


def test_the_office_says_whom_it_calls_by_when_and_how_often(world):
    amber = care.recipient(world, "중위험", tier="amber")
    Practice.objects.create(office=world.office, red=False, amber=True, by_time="10:00", tries=1, within_minutes=30)
    w.at_risk(world, 1)
    [call] = w.opened(world)
    assert (call.recipient, call.due_at) == (amber, when("10:00"))
    w.called(call, "no_answer", "09:00", world.oncall)
    assert w.case_of(amber) is not None


@pytest.mark.parametrize(
    ("table", "change", "constraint"),
    [
        (Try, {"result": "maybe"}, "try_result_known"),
        (Try, {"result": "whereabouts"}, "try_says_who_knows"),
        (Try, {"result": "taken_back"}, "try_takes_something_back"),
        (Call, {"due_at": when("00:00")}, "call_due_after_it_begins"),
        (Call, {"calling_at": when("09:00")}, "call_being_made_by_somebody"),
        (Practice, {"red": False}, "practice_somebody_is_called"),
        (Practice, {"tries": 0}, "practice_tries_are_few"),
        (Practice, {"within_minutes": 5}, "practice_unanswered_is_not_left_lying"),
        (Practice, {"by_time": "22:00"}, "practice_called_by_day"),
    ],
)
def test_the_data_base_refuses(world, table, change, constraint):
    from tests import make

    w.at_risk(world, 1)
    [call] = w.opened(world)
    w.called(call, "no_answer", "09:00", world.oncall)
    Practice.objects.create(office=world.office)
    make.role("owner")
    with pytest.raises(IntegrityError, match=constraint):
        table.objects.update(**change)


def test_what_came_of_a_try_is_never_changed(world):
    from django.db import ProgrammingError

    w.at_risk(world, 1)
    [call] = w.opened(world)
    w.called(call, "no_answer", "09:00", world.oncall)
    with pytest.raises(ProgrammingError, match="permission denied"):
        Try.objects.update(result=Result.WELL)


def test_silence_with_nobody_to_answer_still_reaches_every_officer(world):
    from dure.people.models import Shift

    w.at_risk(world, 1)
    Shift.objects.update(ends_at=when("00:00") - timedelta(days=1))
    [call] = w.opened(world)
    w.watch(when("12:00"))
    told = {telling.person for telling in w.fresh(call).duty.tellings.all()}
    assert {world.oncall, world.officer} <= told
