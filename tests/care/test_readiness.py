"""The morning check and the unheard: nobody answers tonight, nobody is on the way, a phone is silent."""

from datetime import timedelta

import pytest

from dure.care import readiness
from dure.care.models import Contact, Course
from dure.people.actions import standing
from dure.people.models import Address, Device, Roster, Shift
from tests import make
from tests.care import world as w
from tests.care.world import DUE, MORNING
from tests.make import MINUTE

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    made = w.build()
    assert made.visit
    return made


def gaps(world, person=None):
    return readiness.gaps(standing(person or world.officer, w.DAY), MORNING)


def test_nothing_is_missing_while_everybody_answers(world):
    assert gaps(world) == []


def test_a_night_that_nobody_answers(world):
    night = MORNING + timedelta(hours=10)
    Shift.objects.filter(person=world.oncall).update(ends_at=night)
    [gap] = gaps(world)
    assert (gap.organisation, gap.answers_for, gap.since, gap.until, gap.on) == (
        make.house(world.office), "oncall", night, MORNING + timedelta(hours=24), (),
    )  # fmt: skip


def test_who_is_on_shift_but_cant_be_reached_answers_nothing(world):
    Address.objects.filter(person=world.desk).update(dead_at=MORNING)
    [gap] = gaps(world)
    assert (gap.organisation, gap.on) == (world.provider, (world.desk,))
    assert gaps(world, world.desk) == [gap]
    assert gaps(world, world.centre) == []


def test_who_is_on_shift_but_only_on_a_screen_answers_nothing(world):
    Address.objects.filter(person=world.desk).update(channel="screen", value="")
    [gap] = gaps(world)
    assert (gap.organisation, gap.on) == (world.provider, (world.desk,))


def test_a_roster_that_doesnt_exist_is_a_gap(world):
    Roster.objects.filter(answers_for="centre").update(answers_for="elsewhere")
    [gap] = gaps(world)
    assert (gap.organisation, gap.roster) == (world.centre_house, None)


def test_numbers_never_tested_and_visits_without_a_worker(world):
    contact = Contact.objects.create(office=world.office, recipient=world.recipient, name="딸", phone="010-0000-0001")
    nobody = w.recipient(world, route=None)
    w.open_day(world.office.pk, w.DAY, now=MORNING)
    who = standing(world.officer, w.DAY)
    assert list(readiness.untested(who)) == [contact]
    assert [v.recipient for v in readiness.without_worker(who, MORNING)] == [nobody]


def test_a_course_that_hasnt_started_and_a_phone_that_is_silent(world):
    who, course = standing(world.officer, w.DAY), Course.objects.get()
    assert list(readiness.not_started(who, course.starts_at + 10 * MINUTE)) == []
    assert list(readiness.not_started(who, course.starts_at + 15 * MINUTE)) == [course]
    Course.objects.update(started_at=course.starts_at)
    assert list(readiness.not_started(who, course.starts_at + 15 * MINUTE)) == []
    [never] = readiness.unheard(who, DUE)
    assert (never.worker, never.courses, never.since) == (world.worker, [course], None)
    phone = Device.objects.create(
        office=world.office, person=world.worker, key_sha256="0" * 64, enrolled_at=MORNING, heard_at=DUE - 20 * MINUTE
    )
    assert readiness.unheard(who, DUE) == []
    assert [u.since for u in readiness.unheard(who, DUE + MINUTE)] == [phone.heard_at]
    w.says(world, "seen_well")
    assert readiness.unheard(who, DUE + MINUTE) == []
