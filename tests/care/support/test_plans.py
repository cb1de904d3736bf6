"""Support plans: nobody is dropped when a period is over; who decides what follows, and by when it is owed."""

from datetime import timedelta

import pytest

from dure.care import alarms
from dure.care.models import Recipient, Visit
from dure.care.opening import open_day
from dure.care.support import plans
from dure.care.support.models import Check, Over, Plan
from dure.duty.models import Duty, Telling
from dure.errors import Refused
from dure.outbox.models import Message
from dure.places.models import Place
from tests import make
from tests.care.support import world as w
from tests.care.support.world import A_DAY, at_noon
from tests.care.world import DAY, MORNING, watch

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return w.build()


def test_a_renewal_is_owed_thirty_days_before_the_end_by_the_centre_of_the_dong(world):
    ends = DAY + 31 * A_DAY
    w.plan(world.recipient, world, ends_on=ends)
    assert w.open_duty("renew", world.recipient) is None

    assert [plans.owe(world.office.pk, at_noon(DAY + A_DAY)) for _ in range(2)] == [1, 0]
    owed = w.open_duty("renew", world.recipient)
    assert (owed.area, owed.ladder.name, owed.organisation) == (world.dong, "dong", None)
    assert owed.due_at.date() == ends - 7 * A_DAY and owed.values["day"] == str(ends)
    assert owed.page == f"/care/support/recipients/{world.recipient.ref}/"


def test_a_period_that_is_over_stops_no_meal_and_is_told_until_somebody_has_decided(world):
    old = w.plan(world.recipient, world, ends_on=DAY)
    later = DAY + 7 * A_DAY  # a Monday, a week after its last day
    plans.owe(world.office.pk, at_noon(DAY))

    open_day(world.office.pk, later, now=at_noon(later))
    assert Visit.objects.filter(recipient=world.recipient, day=later, excused_at=None).count() == 1
    old.refresh_from_db()
    assert old.is_past(later) and old.over_at is None

    for days in range(8):
        watch(at_noon(DAY + (days + 2) * A_DAY))
    duty = w.open_duty("renew", world.recipient)
    told = list(Telling.objects.filter(duty=duty).order_by("turn").values_list("person__name", flat=True))
    assert told[:2] == ["동담당", "담당"] and len(told) >= 6 and set(told[1:]) == {"담당"}

    w.plan(world.recipient, world, now=at_noon(later), begins_on=DAY + A_DAY, ends_on=later + 180 * A_DAY,
           next_check_on=later + 90 * A_DAY)  # fmt: skip
    old.refresh_from_db()
    assert (old.over_why, old.over_on, old.over_by) == ("renewed", DAY + A_DAY, world.officer)
    assert w.open_duty("renew", world.recipient) is None


def test_what_follows_leaves_no_day_without_a_plan_and_says_whether_it_renews_or_changes(world):
    first = w.plan(world.recipient, world)
    with pytest.raises(Refused):
        w.plan(world.recipient, world, begins_on=first.ends_on + 2 * A_DAY, ends_on=first.ends_on + 100 * A_DAY)
    with pytest.raises(Refused):
        w.plan(world.recipient, world, begins_on=first.begins_on)
    second = w.plan(world.recipient, world, begins_on=DAY, meals_a_week=3)
    first.refresh_from_db()
    assert (first.over_why, first.over_on) == ("changed", DAY)
    assert world.recipient.support_plans.newest() == second
    assert Plan.objects.filter(recipient=world.recipient).count() == 2


def test_the_provider_is_told_of_each_decision_and_change(world):
    w.plan(world.recipient, world)
    w.plan(world.recipient, world, begins_on=DAY, meals_a_week=3)
    mine = Message.objects.filter(person=world.desk, template=plans.DECIDED)
    assert [m.values["dong"] for m in mine] == ["첨단1동"] * 2


def test_ending_the_support_ends_the_meals_and_a_mistake_does_not(world):
    wrong = w.plan(world.recipient, world, ends_on=DAY + 9 * A_DAY, next_check_on=DAY)
    plans.end(wrong, Over.MISTAKE, "다른 분의 계획", by=world.officer, now=MORNING)
    assert Recipient.objects.get().ended_on is None and w.open_duty("renew", world.recipient) is None

    right = w.plan(world.recipient, world)
    with pytest.raises(Refused):
        plans.end(right, Over.ENDED, " ", by=world.officer, now=MORNING)
    plans.end(right, Over.ENDED, "시설 입소", by=world.officer, now=MORNING)
    assert (Recipient.objects.get().ended_on, Recipient.objects.get().ended_why) == (DAY, "시설 입소")
    with pytest.raises(Refused):
        plans.end(right, Over.ENDED, "한 번 더", by=world.officer, now=MORNING)


def test_nobody_is_asked_about_the_plan_of_somebody_who_has_died(world):
    w.plan(world.recipient, world, ends_on=DAY + 5 * A_DAY, next_check_on=DAY + A_DAY)
    assert {w.open_duty(kind, world.recipient).kind for kind in ("renew", "check")} == set(plans.KINDS.values())
    alarms.end_service(world.recipient, why=alarms.DIED, by=world.officer, now=MORNING)
    assert not Duty.objects.filter(kind__startswith="care.support", closed_at=None).exists()
    assert plans.owe(world.office.pk, at_noon(DAY + A_DAY)) == 0
    with pytest.raises(Refused):
        w.plan(Recipient.objects.get(), world)


def test_a_regular_look_is_owed_kept_and_owed_again(world):
    plan = w.plan(world.recipient, world, next_check_on=DAY + 10 * A_DAY)
    assert w.open_duty("check", world.recipient)
    said = {"by": world.centre, "now": MORNING}
    with pytest.raises(Refused):
        plans.checked(plan, as_decided=False, said="", next_on=DAY + 80 * A_DAY, **said)
    with pytest.raises(Refused):
        plans.checked(plan, as_decided=True, said="", next_on=DAY, **said)
    plans.checked(plan, as_decided=False, said="주 3회만 배달됨", next_on=DAY + 80 * A_DAY, **said)
    assert w.open_duty("check", world.recipient) is None
    assert Check.objects.get().said == "주 3회만 배달됨"
    assert plans.owe(world.office.pk, at_noon(DAY + 70 * A_DAY)) >= 1
    assert w.open_duty("check", world.recipient)


def test_who_has_moved_is_looked_after_by_the_centre_there(world):
    w.plan(world.recipient, world, ends_on=DAY + 20 * A_DAY)
    there = make.area(world.office, "첨단2동")
    make.organisation(world.office, "centre", area=there)
    Place.objects.filter(pk=world.recipient.place_id).update(area=there)
    plans.owe(world.office.pk, MORNING + timedelta(hours=1))
    assert w.open_duty("renew", world.recipient).area == there


def test_a_plan_of_the_past_is_not_decided(world):
    with pytest.raises(Refused):
        w.plan(world.recipient, world, begins_on=DAY - 90 * A_DAY, ends_on=DAY - A_DAY)
