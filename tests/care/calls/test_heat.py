"""A heat week: a warning switched on in the middle of the day, extended, switched off; who is chosen is contacted."""

from datetime import date, time, timedelta

import pytest
from django.db import IntegrityError

from dure.care import alarms
from dure.care.calls import counts, opening, warnings
from dure.care.calls.models import Call, Switch, WeatherWarning
from dure.care.models import Absence, Outcome, Visit
from dure.care.opening import open_day
from dure.care.settling import Seen, settle
from dure.cases.models import Source
from dure.errors import Refused
from dure.people.actions import standing
from tests import make
from tests.care import world as care
from tests.care.calls import world as w
from tests.care.calls.world import when

pytestmark = pytest.mark.django_db
MONDAY, TUESDAY, WEDNESDAY, THURSDAY = (date(2026, 11, day) for day in (23, 24, 25, 26))


@pytest.fixture
def world():
    return care.build()


def on(world, clock="10:00", day=MONDAY, expected=0, **values):
    warning = w.heat(world, **{"until": WEDNESDAY, **values})
    now = when(clock, day)
    return warnings.switch_on(warning, expected=expected, why="폭염주의보", by=world.officer, now=now)[0]


def visited(recipient, clock, day=MONDAY, outcome=Outcome.SEEN_WELL):
    visit = Visit.objects.get(recipient=recipient, day=day)
    settle(visit, Seen(outcome, when(clock, day)), by=visit.worker, report=None, now=when(clock, day))


def left(day=MONDAY):
    mine = Call.objects.filter(day=day, duty__closed_at=None).order_by("recipient__name", "number")
    return list(mine.values_list("recipient__name", "number"))


def missing(world, day=MONDAY):
    return counts.of_day(standing(world.officer, day), day, today=day).difference


def test_a_week_with_a_warning_from_the_middle_of_the_first_day(world):
    frail = [care.recipient(world, f"거동{n}", phone="010-0000-0000") for n in range(4)]
    well = care.recipient(world, "정정")
    for each in frail:
        w.home(each, homebound=True)
    w.home(well, homebound=False)
    open_day(world.office.pk, MONDAY, now=when("00:10", MONDAY))
    for each in (frail[0], frail[2], frail[3]):
        visited(each, "11:00")
    assert warnings.preview(w.heat(world, until=WEDNESDAY), now=when("11:20", MONDAY)).people == 4

    warning = on(world, "11:20", expected=4)
    assert left() == [(f"거동{n}", 1) for n in range(4)]  # who was seen before the warning too
    visited(frail[1], "11:30")  # in person, after it began: settled
    assert left() == [("거동0", 1), ("거동2", 1), ("거동3", 1)]
    w.called(Call.objects.get(recipient=frail[0], day=MONDAY), "well", "13:00", world.desk)
    w.called(Call.objects.get(recipient=frail[2], day=MONDAY), "no_answer", "13:10", world.desk)
    w.watch(when("14:59", MONDAY))
    assert w.case_of(frail[3]) is None and w.case_of(frail[2]) is None
    w.watch(when("15:00", MONDAY))
    assert w.case_of(frail[3]).source == Source.SILENCE and w.case_of(frail[2]) is not None and missing(world) == 0

    opening.open_all(world.office.pk, when("00:10", TUESDAY))
    assert [c.due_at for c in Call.objects.filter(day=TUESDAY)] == [when("15:00", TUESDAY)] * 4
    opening.open_all(world.office.pk, when("00:10", WEDNESDAY))
    assert not Call.objects.filter(day=THURSDAY).exists()
    assert warnings.extend(warning, until=WEDNESDAY, by=world.officer, now=when("14:00", WEDNESDAY))
    assert not warnings.extend(warning, until=WEDNESDAY, by=world.oncall, now=when("14:00", WEDNESDAY))
    assert Call.objects.filter(day=THURSDAY).count() == 4
    w.called(Call.objects.get(recipient=frail[0], day=THURSDAY), "no_answer", "09:00", world.desk)
    over = warnings.switch_off(WeatherWarning.objects.get(), why="해제", by=world.officer, now=when("09:30", THURSDAY))
    assert over == 3 and left(THURSDAY) == [("거동0", 1)]  # who didn't answer is not dropped
    said = Switch.objects.values_list("did", "by", "expected", "people", "calls", "why")
    assert list(said) == [
        ("on", world.officer.pk, 4, 4, 4, "폭염주의보"), ("extended", world.officer.pk, 0, 4, 0, ""),
        ("off", world.officer.pk, 0, 3, 3, "해제"),
    ]  # fmt: skip


def test_it_ends_by_itself_and_what_it_owes_stays_owed(world):
    w.home(care.recipient(world, "거동"), homebound=True)
    on(world, until=MONDAY)
    assert warnings.end_over(world.office.pk, when("00:05", TUESDAY)) == 1
    assert warnings.end_over(world.office.pk, when("00:15", TUESDAY)) == 0
    assert left() == [("거동", 1)] and list(Switch.objects.values_list("did", "by")) == [
        ("on", world.officer.pk), ("off", None),
    ]  # fmt: skip
    with pytest.raises(Refused, match="이미 끝난"):
        warnings.switch_off(WeatherWarning.objects.get(), why="", by=world.officer, now=when("09:00", TUESDAY))
    with pytest.raises(Refused, match="끝난 특보"):
        warnings.extend(WeatherWarning.objects.get(), until=MONDAY, by=world.officer, now=when("09:00", TUESDAY))
    on(world, "09:10", TUESDAY)  # and another one can begin


def test_switched_on_twice_it_is_one(world):
    w.home(care.recipient(world, "거동"), homebound=True)
    first = on(world)
    second = w.heat(world, until=THURSDAY, red=True)
    found = warnings.switch_on(second, expected=1, why="또", by=world.oncall, now=when("10:00", MONDAY))
    assert found == (first, False) and Switch.objects.count() == 1 and len(left()) == 1
    cold = w.heat(world, until=MONDAY)
    cold.kind, cold.homebound, cold.red = "cold", True, False
    warnings.switch_on(cold, expected=1, why="한파", by=world.oncall, now=when("10:00", MONDAY))
    w.called(Call.objects.filter(day=MONDAY).first(), "well", "10:30", world.desk)
    assert left() == []  # one talk settles both


def test_late_in_the_evening_it_begins_tomorrow_and_says_so(world):
    w.home(care.recipient(world, "거동"), homebound=True)
    with pytest.raises(Refused, match="늦었습니다"):
        on(world, "23:50", until=MONDAY)
    assert warnings.preview(w.heat(world, until=TUESDAY), now=when("23:50", MONDAY)).first_day == TUESDAY
    assert on(world, "23:50", until=TUESDAY).first_day == TUESDAY
    assert left() == [] and left(TUESDAY) == [("거동", 1)] and missing(world) == 0 and missing(world, TUESDAY) == 0
    assert Call.objects.get().due_at == when("15:00", TUESDAY)


def test_after_the_last_time_of_the_day_there_is_one_contact_within_the_hour(world):
    w.home(care.recipient(world, "거동"), homebound=True)
    on(world, "16:00", by="12:00", by_time_2=time(15))
    assert [(c.number, c.since_at, c.due_at) for c in Call.objects.filter(day=MONDAY)] == [
        (2, when("16:00", MONDAY), when("17:00", MONDAY))
    ]
    opening.open_all(world.office.pk, when("18:00", MONDAY))
    assert left() == [("거동", 2)]


def test_two_contacts_a_day_are_two_and_the_morning_says_nothing_of_the_afternoon(world):
    one = care.recipient(world, "거동", phone="1")
    w.home(one, homebound=True)
    open_day(world.office.pk, TUESDAY, now=when("00:10", MONDAY))
    on(world, by="12:00", by_time_2=time(17), until=TUESDAY)
    visited(one, "11:30", TUESDAY)
    assert left(TUESDAY) == [("거동", 2)]
    w.watch(when("17:00", TUESDAY))
    case = w.case_of(one)
    assert case.source == Source.SILENCE
    late = Visit.objects.get(recipient=one, day=TUESDAY)
    seen = Seen(Outcome.SEEN_WELL, when("11:25", TUESDAY))  # a second report of the morning arrives now
    settle(late, seen, by=world.other, report=None, now=when("17:05", TUESDAY))
    assert w.case_of(one) == case and left(TUESDAY) == [("거동", 2)]
    w.called(Call.objects.get(day=TUESDAY, number=2), "whereabouts", "17:20", world.desk, who="경로당 총무")
    assert w.case_of(one) is None and left(TUESDAY) == []


def test_whom_nobody_has_asked_counts_unless_it_says_otherwise(world):
    unasked, asked = care.recipient(world, "모름"), care.recipient(world, "있음")
    w.home(asked, no_cooling=False)
    found = warnings.preview(w.heat(world, homebound=False, unequipped=True, unknown=True), now=when("10:00"))
    assert (found.people, found.unknown, found.calls) == (1, 1, 1)
    with pytest.raises(Refused, match="해당하는 분이 없습니다"):
        on(world, homebound=False, unequipped=True)
    on(world, homebound=False, unequipped=True, unknown=True)
    assert [name for name, _ in left()] == [unasked.name]


def test_who_is_taken_in_or_found_to_be_chosen_in_between_is_contacted_the_same_day(world):
    w.home(care.recipient(world, "거동"), homebound=True)
    other, third = care.recipient(world, "나중"), care.recipient(world, "더나중")
    on(world)
    fact = w.Home(office=world.office, recipient=other, homebound=True)
    warnings.keep_home(fact, by=world.desk, now=when("13:00", MONDAY))
    assert left() == [("거동", 1), ("나중", 1)]
    late = w.Home(office=world.office, recipient=third, homebound=True)
    warnings.keep_home(late, by=world.desk, now=when("19:30", MONDAY))
    assert Call.objects.get(recipient=third, day=MONDAY).due_at == when("09:00", TUESDAY) and missing(world) == 0


def test_who_is_away_isn_t_contacted(world):
    one = care.recipient(world, "거동")
    w.home(one, homebound=True)
    on(world)
    away = Absence(office=world.office, recipient=one, why="away", since=MONDAY, told_by="딸", entered_by=world.officer)
    alarms.absent(away, now=when("11:00", MONDAY))
    assert left() == [] and left(TUESDAY) == []


def test_a_case_by_a_call_leaves_the_meal_of_the_evening_owed(world):
    one = care.recipient(world, "저녁", by_time=time(18))
    w.home(one, homebound=True)
    open_day(world.office.pk, MONDAY, now=when("00:10", MONDAY))
    on(world)
    w.watch(when("15:00", MONDAY))
    w.called(Call.objects.get(day=MONDAY), "well", "15:05", world.desk)
    assert w.case_of(one) is None and Visit.objects.get(recipient=one, day=MONDAY).duty.is_open


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"kind": "rain"}, "warning_kind_known"),
        ({"until": MONDAY - timedelta(days=1)}, "warning_ends_after_it_begins"),
        ({"homebound": False}, "warning_is_for_somebody"),
        ({"by_time_2": time(9)}, "warning_times_one_after_the_other"),
        ({"by_time": time(22)}, "warning_contacts_by_day"),
        ({"ended_by": 1}, "warning_ended_by_whom_has_a_moment"),
    ],
)
def test_the_data_base_refuses(world, change, constraint):
    w.home(care.recipient(world, "거동"), homebound=True)
    on(world)
    make.role("owner")
    with pytest.raises(IntegrityError, match=constraint):
        WeatherWarning.objects.update(**change)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [({"did": "x"}, "switch_did_known"), ({"why": ""}, "switch_on_says_why"), ({"by": None}, "switch_by_somebody")],
)
def test_the_data_base_refuses_of_what_was_switched(world, change, constraint):
    w.home(care.recipient(world, "거동"), homebound=True)
    on(world)
    make.role("owner")
    with pytest.raises(IntegrityError, match=constraint):
        Switch.objects.update(**change)
