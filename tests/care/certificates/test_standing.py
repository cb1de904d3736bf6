"""Who is asked for what: who carries, who cooks, what is packed, how many hours, and what others entered."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from dure.care import fit
from dure.care.certificates import actions, listing
from dure.care.certificates.actions import New, enter, enter_all
from dure.care.certificates.holding import State
from dure.care.certificates.models import Certificate, Kind, Renewal, Work
from dure.care.models import Hindrance
from dure.duty.models import Duty
from dure.errors import Refused
from dure.gatherings import actions as gatherings
from dure.gatherings.models import Attendance, Gathering
from dure.people.actions import standing
from dure.people.models import Role
from dure.rules.models import Rule
from tests import make
from tests.care.certificates import world as c
from tests.make import DAY, NOON

pytestmark = pytest.mark.django_db
LONG_AGO = DAY - timedelta(days=500)


@pytest.fixture
def world():
    return c.build()


def says(world, who, **work):
    actions.say_work(who, Work(**work), by=world.desk, now=NOON)


def state(world, who, code="health", day=DAY):
    found = c.holding(world, who, code, day)
    return found and found.state


def test_who_carries_packed_food_only_needs_no_health_certificate_unless_they_cook(world):
    worker, cook = world.worker, make.person(world.office, "조리장", Role.PROVIDER, world.provider)
    c.examined(world, worker, LONG_AGO)
    assert state(world, worker) == State.LAPSED and fit.hindered([worker.pk], DAY)
    duty = Renewal.objects.get().duty
    says(world, worker, packed_only=True)
    assert state(world, worker) == State.NOT_NEEDED and not fit.hindered([worker.pk], DAY)
    assert Duty.objects.get(pk=duty.pk).outcome == "void"
    assert state(world, worker, "hygiene") == State.MISSING  # training is asked of everybody
    says(world, worker)
    assert state(world, worker) == State.LAPSED
    actions.say_packed(world.provider, True, by=world.desk, now=NOON)
    assert state(world, worker) == State.NOT_NEEDED and not fit.hindered([worker.pk], DAY)
    says(world, worker, cooks=True)
    assert state(world, worker) == State.LAPSED and fit.hindered([worker.pk], DAY)
    assert state(world, cook) is None
    says(world, cook, cooks=True)
    assert state(world, cook) == State.MISSING
    actions.say_packed(world.provider, False, by=world.desk, now=NOON)
    assert state(world, world.other) == State.MISSING
    with pytest.raises(Refused):
        says(world, worker, cooks=True, packed_only=True)


@pytest.mark.parametrize(("work", "hours", "complete"), [
    ({}, 2.5, False), ({}, 3, True),
    ({"began_on": date(2026, 2, 1)}, 5.5, False), ({"began_on": date(2026, 2, 1)}, 6, True),
    ({"cooks": True, "qualified": True}, 5.5, False), ({"cooks": True, "qualified": True}, 6, True),
])  # fmt: skip
def test_hours_of_a_year_are_added_up_against_what_that_year_asks(world, work, hours, complete):
    says(world, world.worker, **work)
    for n, part in enumerate((1.0, hours - 1)):
        c.trained(world, world.worker, DAY - timedelta(days=n), part)
    found = c.holding(world, world.worker, "hygiene")
    assert found.values["done"] == f"{hours:g}" and found.values["needed"] in ("3", "6")
    assert found.done == Decimal(str(hours)) and found.until == date(2027 if complete else 2026, 12, 31)
    new_year = c.holding(world, world.worker, "hygiene", date(2027, 1, 1))
    assert new_year.state == (State.VALID if complete else State.LAPSED)
    assert bool(fit.hindered([world.worker.pk], date(2027, 1, 1))) is not complete
    assert not fit.hindered([world.worker.pk], date(2026, 12, 31))


def test_who_came_to_a_training_has_its_hours_and_an_attendance_put_right_later_counts_too(world):
    training = Gathering(programme="care", kind="training", title="위생교육", begins_at=NOON - timedelta(hours=3),
                         ends_at=NOON - timedelta(hours=1))  # fmt: skip
    gatherings.arrange(training, [world.provider], by=world.officer, now=NOON - timedelta(days=1))
    actions.count_training(training, c.kind("hygiene"), Decimal(3), by=world.officer, now=NOON)
    assert state(world, world.worker, "hygiene") == State.MISSING
    Attendance.objects.create(
        office=world.office, gathering=training, person=world.worker, noted_at=NOON, noted_by=world.officer
    )
    assert state(world, world.worker, "hygiene") == State.VALID
    actions.count_training(training, c.kind("hygiene"), None, by=world.officer, now=NOON)
    assert state(world, world.worker, "hygiene") == State.MISSING


def test_an_own_kind_is_asked_of_who_has_it_and_bars_only_if_the_office_says_so(world):
    said = {"office": world.office, "months": 12}
    first_aid = Kind.objects.create(name="응급처치", **said)
    driving = Kind.objects.create(name="운전", bars=True, **said)
    enter(New(world.worker, first_aid, LONG_AGO), by=world.desk, now=NOON)
    assert not fit.hindered([world.worker.pk], DAY) and Renewal.objects.get().kind == first_aid
    enter(New(world.other, driving, LONG_AGO), by=world.desk, now=NOON)
    assert fit.hindered([world.other.pk], DAY)
    actions.retire(driving, by=world.officer, now=NOON)
    assert not fit.hindered([world.other.pk], DAY)
    with pytest.raises(Refused):
        actions.retire(c.kind(), by=world.officer, now=NOON)


def test_entered_by_mistake_counts_for_nothing_and_stays_on_record(world):
    right = c.examined(world, world.worker, LONG_AGO)
    wrong = c.examined(world, world.worker, DAY)
    assert not fit.hindered([world.worker.pk], DAY)
    with pytest.raises(Refused):
        actions.withdraw([wrong], why=" ", by=world.desk, now=NOON)
    actions.withdraw([wrong], why="다른 사람 것", by=world.desk, now=NOON)
    assert fit.hindered([world.worker.pk], DAY) and Certificate.objects.count() == 2
    assert c.holding(world, world.worker).latest == right.day
    c.examined(world, world.worker, DAY)  # and may be entered again


@pytest.mark.parametrize("new", ["tomorrow", "no hours", "twice", "twice at once"])
def test_what_is_entered_wrongly_is_refused_with_a_sentence_and_nothing_is_kept(world, new):
    health, hygiene = c.kind(), c.kind("hygiene")
    c.examined(world, world.worker, LONG_AGO)
    one = New(world.other, health, DAY)
    wrong = {
        "tomorrow": New(world.worker, health, DAY + timedelta(days=1)), "no hours": New(world.worker, hygiene, DAY),
        "twice": New(world.worker, health, LONG_AGO), "twice at once": one,
    }[new]  # fmt: skip
    with pytest.raises(Refused):
        enter_all([one, wrong], by=world.desk, now=NOON)
    assert Certificate.objects.count() == 1


def test_the_office_may_also_bar_who_has_none_and_be_stricter_after_the_end(world):
    c.examined(world, world.worker, DAY - timedelta(days=370))  # ended five days ago
    actions.owe_renewals(world.office.pk, NOON)
    assert not fit.hindered([world.worker.pk, world.other.pk], DAY)
    Rule.objects.filter(name="health-after").update(value=0)
    Rule.objects.filter(name="health-missing-bars").update(value=1)
    actions.owe_renewals(world.office.pk, NOON)
    assert set(fit.hindered([world.worker.pk, world.other.pk], DAY)) == {world.worker.pk, world.other.pk}
    Rule.objects.filter(name="health-bars").update(value=0)
    actions.owe_renewals(world.office.pk, NOON)
    assert set(fit.hindered([world.worker.pk, world.other.pk], DAY)) == {world.other.pk}


def test_who_left_hinders_nobody_and_the_renewal_is_ended_by_a_person(world):
    c.examined(world, world.worker, LONG_AGO)
    renewal = Renewal.objects.get()
    world.worker.left_at = NOON
    world.worker.save()
    actions.owe_renewals(world.office.pk, NOON)
    assert not Hindrance.objects.filter(person=world.worker).exists() and renewal.duty.is_open
    with pytest.raises(Refused):
        actions.excuse(renewal, why="", by=world.desk, now=NOON)
    actions.excuse(renewal, why="퇴사", by=world.desk, now=NOON)
    assert Duty.objects.get(pk=renewal.duty_id).outcome == "excused"
    actions.owe_renewals(world.office.pk, NOON)
    assert Renewal.objects.count() == 1


def test_an_office_without_rules_gets_the_standard_ones(world):
    office = make.office()
    actions.owe_renewals(office.pk, NOON)
    assert Rule.objects.filter(office=office).count() == 10 and Kind.objects.filter(office=office).count() == 2


def test_the_list_has_those_who_lapsed_first_and_a_provider_sees_its_own(world, django_assert_num_queries):
    elsewhere = make.organisation(world.office, "provider")
    theirs = make.person(world.office, "남의 종사자", "worker", elsewhere)
    c.examined(world, world.other, LONG_AGO)
    c.examined(world, theirs, DAY)
    c.trained(world, theirs, DAY, 3)
    officer, desk = standing(world.officer, DAY), standing(world.desk, DAY)
    every = listing.lines(officer, NOON)
    assert [line.person for line in every] == [world.other, world.worker, theirs]
    assert [line.person for line in listing.lines(desk, NOON)] == [world.other, world.worker]
    first = listing.sums(officer, every)[0]
    assert (first.provider, dict(first.counts)[State.LAPSED], first.people) == (world.provider, 1, 2)
    for _more in range(12):
        c.examined(world, make.person(world.office, as_="worker", at=world.provider), DAY)
    with django_assert_num_queries(10):
        assert len(listing.lines(officer, NOON)) == 15
