"""A certificate lapses: people are told early, nobody gets stops who may not, and no visit is lost by it."""

from datetime import date, timedelta

import pytest

from dure import clock
from dure.care import assigning, fit, readiness
from dure.care.certificates import actions
from dure.care.certificates.holding import State
from dure.care.certificates.models import Renewal
from dure.care.models import Course, Hindrance, Visit
from dure.care.opening import open_day
from dure.duty.models import Duty
from dure.errors import Refused
from dure.outbox.models import Message
from dure.people.actions import standing
from tests import make
from tests.care import world as w
from tests.care.certificates import world as c
from tests.make import DAY, NOON

pytestmark = pytest.mark.django_db
EXAMINED = date(2026, 1, 5)  # valid until 2027-01-05, to be renewed until 2027-02-04
UNTIL = date(2027, 1, 5)
LAST = date(2027, 2, 4)


def noon(day: date):
    return NOON + (day - DAY)


def job(world, day):
    make.role("engine")
    actions.owe_renewals(world.office.pk, noon(day))
    make.role("app")


def owed_once_and_told(world) -> Duty:
    """The renewal is the desk's, and the worker knows of it too."""
    renewal = Renewal.objects.get()
    duty = renewal.duty
    assert (renewal.person, renewal.until, duty.kind, duty.organisation, duty.first_told) == (
        world.worker, UNTIL, "care.certificate", world.provider, world.desk,
    )  # fmt: skip
    assert clock.local(duty.due_at).date() == UNTIL and duty.about == renewal.ref
    told = Message.objects.filter(person__in=[world.worker, world.desk])
    assert set(told.values_list("person", flat=True)) == {world.worker.pk, world.desk.pk}
    return duty


def nobody_gives_stops_to(world, worker, visit, now):
    """By no way in which stops are given; and the refusal says why, and who else could."""
    with pytest.raises(Refused) as said:
        assigning.give([visit], worker, by=world.desk, now=now)
    assert worker.name in said.value.message and "2027-02-04" in said.value.message
    assert world.other.name in said.value.message
    with pytest.raises(Refused):
        assigning.give_course(visit.course, worker, by=world.desk, now=now)
    with pytest.raises(Refused):
        assigning.share_out(visit.course, [worker], by=world.desk, now=now)
    names = {taker.person: bool(taker.why_not) for taker in assigning.takers(visit.course)}
    assert names == {world.other: False, worker: True}


def test_a_certificate_from_its_end_to_its_renewal(world):
    worker, recipient = world.worker, world.recipient
    c.examined(world, worker, EXAMINED)
    c.examined(world, world.other, DAY)
    for each in (worker, world.other):
        c.trained(world, each, DAY, 3)
    job(world, UNTIL - timedelta(days=31))
    assert not Renewal.objects.exists() and not fit.told(standing(world.desk, DAY), noon(UNTIL - timedelta(days=31)))

    job(world, UNTIL - timedelta(days=30))
    job(world, UNTIL - timedelta(days=29))  # once
    duty = owed_once_and_told(world)

    w.watch(noon(UNTIL + timedelta(days=1)))
    assert Duty.objects.get(pk=duty.pk).raised_at
    job(world, LAST)
    assert c.holding(world, worker, day=LAST).state == State.OVER
    open_day(world.office.pk, LAST, now=noon(LAST))
    assert Course.objects.get(day=LAST).worker == worker  # the window is open still

    tomorrow = LAST + timedelta(days=1)
    open_day(world.office.pk, tomorrow, now=noon(LAST))  # without any job at midnight
    visit = Visit.objects.get(day=tomorrow)
    assert (visit.recipient, visit.worker, visit.course.worker, visit.duty.is_open) == (recipient, None, None, True)
    [unmanned] = fit.unmanned(readiness.without_worker(standing(world.officer, DAY), noon(tomorrow)))
    assert unmanned.usual == worker and "2027-02-04" in unmanned.why
    [told] = fit.told(standing(world.desk, DAY), noon(tomorrow))
    assert (told.person, told.bars, told.bars_from) == (worker, True, tomorrow)
    nobody_gives_stops_to(world, worker, visit, noon(tomorrow))
    assert Visit.objects.get(pk=visit.pk).worker is None and Course.objects.get(day=tomorrow).worker is None

    c.examined(world, worker, tomorrow, now=noon(tomorrow))
    done = Duty.objects.get(pk=duty.pk)
    assert (done.outcome, done.closed_by) == ("kept", world.desk)
    assert c.holding(world, worker, day=tomorrow).until == date(2028, 2, 5)  # too late to keep the old day
    assigning.give_course(visit.course, worker, by=world.desk, now=noon(tomorrow))
    assert Visit.objects.get(pk=visit.pk).worker == worker
    assert not fit.told(standing(world.desk, DAY), noon(tomorrow))


def test_the_visit_of_who_lapsed_is_raised_like_any_other(world):
    """Nobody drives, nobody is dropped: the watch tells people of the visit as of every other."""
    c.examined(world, world.worker, date(2025, 1, 2))
    visit = world.visit
    assert visit.worker is None
    w.watch(w.DUE + timedelta(minutes=31))
    assert w.fresh(world).duty.raised_at


def test_who_lapsed_after_the_stops_were_given_is_named_with_the_stops(world):
    visit = world.visit
    assert visit.worker == world.worker
    c.examined(world, world.worker, date(2025, 1, 2))
    [told] = fit.told(standing(world.desk, DAY), NOON)
    assert (told.bars, told.stops) == (True, 1)
    assert Visit.objects.get(pk=visit.pk).worker == world.worker  # taken away by a person, never by itself


def test_nobody_is_kept_from_work_because_nothing_was_entered_yet(world):
    job(world, DAY)
    assert world.visit.worker == world.worker
    assert Hindrance.objects.filter(
        bars_from=None, person=world.worker, what="No health certificate is entered."
    ).exists()
    assert not Renewal.objects.exists()


@pytest.fixture
def world():
    return c.build()
