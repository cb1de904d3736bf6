"""What must not be forgotten afterwards: a later visit, a visit passed on too early, a slow clock, another office."""

import json
from datetime import time, timedelta
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from dure.care import alarms
from dure.care.alarms import after_case
from dure.care.models import MealPlan, Outcome, Visit
from dure.care.opening import open_day
from dure.care.phone import take_visit
from dure.care.settling import Seen, settle
from dure.cases import actions
from dure.cases.models import Case, Finding
from dure.duty.models import Duty, Report
from dure.health.models import Fault
from dure.offices.acting import act
from tests import make
from tests.care import world as w
from tests.care.pages import signed_in
from tests.care.world import DAY, DUE, MORNING
from tests.make import MINUTE, NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return w.build()


def closed_well(world, case, now):
    actions.record(case, "seen", by=world.desk, now=now)
    case = actions.close_case(case, finding=Finding.WELL, by=world.desk, now=now)
    after_case(case, by=world.desk, now=now)


def test_lunch_reported_late_leaves_the_silent_dinner_owed(world):
    MealPlan.objects.create(
        office=world.office, recipient=world.recipient, weekday=DAY.weekday(), by_time=time(17, 30),
        since=DAY - timedelta(days=30), meal="dinner",
    )  # fmt: skip
    open_day(world.office.pk, DAY, now=MORNING)
    lunch, dinner = Visit.objects.filter(recipient=world.recipient, day=DAY).order_by("due_at")
    w.watch(dinner.due_at + 31 * MINUTE)

    seen = Seen(Outcome.SEEN_WELL, DUE - 10 * MINUTE)
    settle(lunch, seen, by=world.worker, report=None, now=dinner.due_at + 60 * MINUTE)

    assert Case.objects.get().closed_at is None
    assert Visit.objects.get(pk=dinner.pk).duty.is_open


def test_fridays_report_leaves_mondays_case_open(world):
    friday = DAY - timedelta(days=3)
    assert world.recipient
    open_day(world.office.pk, friday, now=MORNING - timedelta(days=3))
    open_day(world.office.pk, DAY, now=MORNING)
    old, today = Visit.objects.filter(recipient=world.recipient).order_by("day")
    alarms.excuse([old], why="시험", by=world.officer, now=MORNING - timedelta(days=2))
    w.watch(today.due_at + 31 * MINUTE)

    seen = Seen(Outcome.SEEN_WELL, old.due_at - 10 * MINUTE)
    settle(old, seen, by=world.worker, report=None, now=today.due_at + 60 * MINUTE)

    assert Case.objects.get().closed_at is None
    assert Visit.objects.get(pk=today.pk).duty.is_open


def test_a_visit_passed_on_before_its_time_is_owed_again(world):
    assert world.visit
    case = w.reached_by_nobody(world, now=DUE - timedelta(hours=3))
    closed_well(world, case, DUE - timedelta(hours=2))
    visit = Visit.objects.get(pk=world.visit.pk)
    assert visit.duty.is_open
    assert visit.duty.due_at > DUE - timedelta(hours=2)


def test_a_mistake_can_be_closed_also_after_two_reports_disagreed(world):
    assert world.visit
    case = w.reached_by_nobody(world, now=DUE)
    w.says(world, "seen_well", DUE + 5 * MINUTE, by=world.worker)
    w.says(world, "no_reply", DUE + 6 * MINUTE, by=world.other)
    case = actions.close_case(case, finding=Finding.MISTAKE, by=world.desk, now=DUE + 10 * MINUTE, note="다른 분이었음")
    after_case(case, by=world.desk, now=DUE + 10 * MINUTE)
    assert Visit.objects.get(pk=world.visit.pk).duty.is_open


def test_a_slow_phone_does_not_make_a_fresh_no_reply_a_thing_of_the_past(world):
    assert world.visit
    closed_well(world, w.reached_by_nobody(world, now=DUE - timedelta(hours=2)), DUE - timedelta(hours=1))
    slow, got = timedelta(hours=2), DUE + timedelta(seconds=5)
    report = Report.objects.create(
        office=world.office, key=uuid4(), sha256="x", kind="care.visit", by=world.worker, about=world.visit.ref,
        seen_at=DUE - slow, sent_at=got - slow, received_at=got, body=json.dumps({"outcome": "no_reply"}),
    )  # fmt: skip
    take_visit(report, got)
    assert Case.objects.filter(closed_at=None).count() == 1


def test_an_absence_that_was_doubted_can_be_closed(world, moved):
    moved(NOON)
    w.known_away(world)
    w.says(world, "no_reply")
    duty = Duty.objects.get(kind="care.away")
    signed_in(world.officer).post(f"/duties/{duty.ref}/close/", {"note": "딸이 확인함"})
    act(world.office.pk)
    assert Duty.objects.get(pk=duty.pk).closed_at == NOON


def test_an_office_whose_day_can_not_be_opened_holds_up_no_other(world):
    assert world.recipient
    broken = make.office("아무것도 없는 구")
    act(broken.pk)
    centre = make.organisation(broken)
    place = w.Place.objects.create(office=broken, address="없는길 9")
    someone = w.Recipient.objects.create(
        office=broken, name="시험", provider=centre, place=place, started_on=DAY - timedelta(days=9)
    )
    MealPlan.objects.create(
        office=broken, recipient=someone, weekday=DAY.weekday(), by_time=time(12), since=DAY - timedelta(days=9)
    )
    make.role("engine")
    with pytest.raises(CommandError):
        call_command("open_day", day=DAY, verbosity=0)
    act(world.office.pk)
    assert Visit.objects.filter(day=DAY, office=world.office).exists()
    assert Fault.objects.get(office=broken, key=f"open_day {DAY}").outside
