"""The morning check: what has to be mended before the day, and what may stay as it is."""

from datetime import timedelta

import pytest

from dure.care import morning
from dure.care.models import Contact
from dure.people.actions import standing
from dure.people.models import Address, Device, Roster, Shift
from tests import make
from tests.care import world as w
from tests.care.world import MORNING

pytestmark = pytest.mark.django_db
SIX = MORNING + timedelta(hours=11)


@pytest.fixture
def world():
    made = w.build()
    assert made.visit
    return made


def who(world, person=None):
    return standing(person or world.officer, w.DAY)


def gaps(world, now=MORNING):
    found = morning.answered(who(world), now)
    return [[(g.organisation.kind, g.since, g.until) for g in each] for each in (found.serious, found.closed)]


def test_a_centre_closed_at_night_is_no_alarm(world):
    Shift.objects.filter(person=world.centre).update(ends_at=SIX)
    seven = MORNING + timedelta(hours=24)  # before the centre opens
    assert gaps(world) == [[], [("centre", SIX, seven)]]
    assert gaps(world, MORNING + timedelta(hours=3))[0] == [("centre", SIX, seven + timedelta(hours=3))]


def test_a_night_that_the_last_in_the_order_doesnt_answer_is_one(world):
    Shift.objects.filter(person=world.oncall).update(ends_at=SIX)
    assert gaps(world) == [[("office", SIX, MORNING + timedelta(hours=24))], []]


def test_a_desk_that_is_empty_while_meals_are_owed_is_one(world):
    night = MORNING + timedelta(hours=12)
    Shift.objects.filter(person=world.desk).update(ends_at=night)
    assert gaps(world)[0] == []
    w.Visit.objects.update(due_at=night + timedelta(hours=1))
    assert [kind for kind, _, _ in gaps(world)[0]] == ["provider"]


def test_a_step_without_a_roster_is_one(world):
    Roster.objects.filter(answers_for="centre").update(answers_for="elsewhere")
    assert [kind for kind, _, _ in gaps(world)[0]] == ["centre"]


def test_who_answers_but_has_no_number_that_works(world):
    assert morning.unreachable(who(world), MORNING) == []
    Address.objects.filter(person=world.desk).update(dead_at=MORNING)
    Address.objects.filter(person=world.oncall).update(dead_at=MORNING)
    Address.objects.create(office=world.office, person=world.oncall, channel="screen")
    found = {(lost.person, lost.on_screen) for lost in morning.unreachable(who(world), MORNING)}
    assert found == {(world.desk, False), (world.oncall, True)}
    assert [lost.person for lost in morning.unreachable(who(world, world.desk), MORNING)] == [world.desk]


def test_numbers_are_tested_of_those_who_answer(world):
    four = {world.desk, world.centre, world.oncall, world.officer}
    assert {a.person for a in morning.never_tested(who(world), MORNING)} == four
    Address.objects.filter(person=world.desk).update(tested_at=MORNING)
    assert {a.person for a in morning.never_tested(who(world), MORNING)} == four - {world.desk}


def test_dead_numbers_of_contacts(world):
    dead = Contact.objects.create(
        office=world.office, recipient=world.recipient, name="딸", phone="010-0000-0001", dead_at=MORNING
    )
    assert list(morning.dead_contacts(who(world))) == [dead]


def test_phones_that_no_report_could_come_from(world):
    [phone] = morning.phones(who(world), MORNING)
    assert (phone.worker, phone.known, phone.heard_at) == (world.worker, False, None)
    device = Device.objects.create(office=world.office, person=world.worker, key_sha256="0" * 64, enrolled_at=MORNING)
    assert [p.known for p in morning.phones(who(world), MORNING)] == [True]
    Device.objects.filter(pk=device.pk).update(heard_at=MORNING - timedelta(hours=20))
    assert morning.phones(who(world), MORNING) == []
    assert [p.heard_at is None for p in morning.phones(who(world), MORNING + timedelta(hours=5))] == [False]
    w.says(world, "seen_well")
    assert morning.phones(who(world), MORNING + timedelta(hours=5)) == []


def test_another_provider_sees_nothing_of_it(world):
    stranger = make.person(world.office, as_="provider", at=make.organisation(world.office, "provider"))
    Shift.objects.filter(person=world.oncall).update(ends_at=SIX)
    seen = who(world, stranger)
    assert morning.answered(seen, MORNING) == morning.Gaps([], [])
    assert (morning.unreachable(seen, MORNING), morning.never_tested(seen, MORNING)) == ([], [])
    assert morning.phones(seen, MORNING) == []
