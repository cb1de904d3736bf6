"""Anyone may say that somebody can't be reached; and what hospital, death and a mistake mean for the visits."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from dure.care import alarms, exercises
from dure.care.hospital import admitted
from dure.care.models import Absence, Recipient, Visit
from dure.cases import actions, aftermath
from dure.cases.models import Case, Entry, Source
from dure.duty.models import Duty
from dure.errors import Refused
from tests.care import world as w
from tests.care.world import DAY, DUE, MORNING
from tests.make import MINUTE

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    with translation.override("en"):
        made = w.build()
        assert made.visit
        yield made


@pytest.mark.parametrize("source", [s for s in Source if s != Source.SILENCE])
def test_whoever_says_it_the_visit_is_passed_on_and_somebody_goes(world, source):
    case = alarms.cannot_reach(world.recipient, source, by=world.desk, now=DUE, who="옆집", note="문이 잠김")
    assert (case.source, case.about, case.card["name"]) == (source, world.visit.ref, "홍길동")
    assert w.fresh(world).duty.outcome == "passed_on"
    assert w.owed(case) == {"case.answer", "case.go", "case.see", "case.decide"}
    entry = Entry.objects.get()
    assert (entry.who, entry.note, entry.values) == ("옆집", "문이 잠김", {"source": source})


def test_silence_keeps_the_visit_with_its_own_ladder(world):
    w.raised_by_silence(world)
    case = w.case_of(world)
    assert (case.source, case.opened_by, w.fresh(world).duty.is_open) == ("silence", None, True)


def test_messages_name_the_case_and_the_dong_and_never_the_person(world):
    w.reached_by_nobody(world)
    for duty in Duty.objects.all():
        said = duty.what % duty.values
        assert "홍길동" not in said and world.recipient.place.address not in said
    assert Duty.objects.filter(kind="case.answer", values__dong="첨단1동").exists()


def test_without_a_dong_of_its_own_the_centres_dong_stands(world):
    world.recipient.place.area = None
    world.recipient.place.save()
    assert w.reached_by_nobody(world).area == world.dong


def test_a_drill_touches_no_visit_and_no_real_case(world):
    until = MORNING + timedelta(hours=8)
    begun = exercises.start("x", [world.desk], recipient=world.recipient, ends_at=until, by=world.officer, now=MORNING)
    drill = Case.objects.get(ref=begun.about)
    real = w.reached_by_nobody(world)
    assert (drill.pk != real.pk, drill.drill) == (True, True)
    actions.record(drill, "seen", by=world.desk, now=DUE)
    closed = actions.close_case(drill, finding="died", by=world.desk, now=DUE)
    alarms.after_case(closed, by=world.desk, now=DUE)
    assert Recipient.objects.get().ended_on is None
    assert set(Duty.objects.filter(about=drill.ref).values_list("drill", flat=True)) == {True}


def test_in_hospital_meals_stop_and_come_again_when_somebody_says_so(world):
    tomorrow = DAY + timedelta(days=1)
    w.open_day(world.office.pk, tomorrow, now=MORNING)
    case = w.reached_by_nobody(world, now=DUE)
    actions.hand_over(case, "hospital", name="첨단병원", by=world.desk, now=DUE)
    admitted(case, name="첨단병원", back_on=date(2026, 11, 30), by=world.officer, now=DUE)
    admitted(case, name="첨단병원", back_on=date(2026, 11, 30), by=world.officer, now=DUE)
    absence = Absence.objects.get()
    assert Visit.objects.get(day=tomorrow).excused_why == "hospital stay"
    assert {"case.services", "case.return"} <= w.owed(case)
    alarms.back_again(absence, on=tomorrow, by=world.officer, now=DUE)
    assert Visit.objects.get(day=tomorrow).duty.is_open
    assert "case.return" not in w.owed(case)


def test_after_a_death_nobody_rings_the_door_and_the_services_are_told(world):
    w.open_day(world.office.pk, DAY + timedelta(days=1), now=MORNING)
    case = w.reached_by_nobody(world, now=DUE)
    referral = aftermath.refer(case, agency="재가센터", service="목욕", stopped_on=None, by=world.officer, now=DUE)
    actions.record(case, "died", by=world.officer, now=DUE)
    closed = actions.close_case(case, finding="died", by=world.officer, now=DUE)
    alarms.after_case(closed, by=world.officer, now=DUE)
    recipient = Recipient.objects.get()
    assert (recipient.ended_on, recipient.ended_why, recipient.ended_how) == (DAY, "died", "died")
    for wrong in ({"ended_how": "x"}, {"ended_on": None}):
        with pytest.raises(IntegrityError, match="recipient_ended_how_known"), transaction.atomic():
            Recipient.objects.filter(pk=recipient.pk).update(**wrong)
    assert not Visit.objects.filter(duty__closed_at=None).exists()
    assert w.open_day(world.office.pk, DAY + timedelta(days=2), now=DUE) == 0
    assert (w.owed(referral), w.owed(case)) == (set(), {"case.services"})


def test_a_case_closed_as_a_mistake_owes_the_visit_again(world):
    w.says(world, "no_reply", DUE - 20 * MINUTE)
    closed = actions.close_case(w.case_of(world), finding="mistake", by=world.desk, now=DUE, note="다른 집을 누름")
    alarms.after_case(closed, by=world.desk, now=DUE)
    visit = w.fresh(world)
    assert visit.duty.is_open and visit.duty.follows.outcome == "passed_on"
    w.watch(DUE + 30 * MINUTE)
    assert w.case_of(world).by_silence


def test_only_what_was_overdue_is_cleared_up_by_a_case(world):
    w.raised_by_silence(world)
    case = actions.record(w.case_of(world), "whereabouts", by=world.desk, now=DUE + 40 * MINUTE, note="딸네 집")
    closed = actions.close_case(case, finding="elsewhere", by=world.desk, now=DUE + 41 * MINUTE)
    alarms.after_case(closed, by=world.desk, now=DUE + 41 * MINUTE)
    visit = w.fresh(world)
    assert (visit.excused_why, visit.duty.closed_by) == ("cleared up by a case", world.desk)
    assert Case.objects.get().closed_at


def test_an_absence_says_who_told_it(world):
    absence = Absence(office=world.office, recipient=world.recipient, why="away", since=DAY, entered_by=world.desk)
    with pytest.raises(Refused, match="who told"):
        alarms.absent(absence, now=MORNING)
