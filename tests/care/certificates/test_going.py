"""Who has to renew a certificate leaves, or goes to another agency; and what renewed it was a mistake."""

from datetime import date, timedelta

import pytest

from dure.care.certificates import actions
from dure.care.certificates.models import Renewal
from dure.duty.models import Duty
from dure.outbox.models import Message
from dure.people import accounts
from dure.people.models import Membership
from tests import make
from tests.care.certificates import world as c
from tests.make import DAY, NOON

pytestmark = pytest.mark.django_db
UNTIL = date(2027, 1, 5)
SOON = UNTIL - timedelta(days=20)


def noon(day: date):
    return NOON + (day - DAY)


def job(world, day):
    make.role("engine")
    actions.owe_renewals(world.office.pk, noon(day))
    make.role("app")


@pytest.fixture
def world():
    made = c.build()
    c.examined(made, made.worker, date(2026, 1, 5))
    job(made, SOON)
    return made


def owed() -> list[Duty]:
    return list(Duty.objects.filter(kind="care.certificate", closed_at=None))


def test_what_renewed_it_is_withdrawn_and_it_is_owed_again(world):
    [before] = owed()
    new = c.examined(world, world.worker, SOON + c.A_DAY, now=noon(SOON + c.A_DAY))
    assert owed() == []
    actions.withdraw([new], why="다른 사람의 것", by=world.desk, now=noon(SOON + 2 * c.A_DAY))
    [again] = owed()
    assert again.pk != before.pk and Renewal.objects.get().duty == again


def test_what_was_excused_stays_so(world):
    actions.excuse(Renewal.objects.get(), why="그만둠", by=world.desk, now=noon(SOON))
    job(world, SOON + c.A_DAY)
    assert owed() == []


def test_nobody_is_reminded_of_who_has_left(world):
    accounts.leave(world.worker, by=world.officer, now=noon(SOON))
    job(world, SOON + c.A_DAY)
    closed = Duty.objects.get(kind="care.certificate")
    assert (closed.closed_by, closed.outcome) == (world.officer, "void")


def test_who_goes_to_another_agency_renews_it_there(world):
    there = make.organisation(world.office, "provider", "새 기관")
    desk = make.person(world.office, "새소장", as_="provider", at=there)
    Membership.objects.filter(person=world.worker).update(until=SOON)
    Membership.objects.create(office=world.office, person=world.worker, organisation=there, role="worker", since=SOON)
    for day in (SOON, SOON + c.A_DAY):
        job(world, day)
    [duty] = owed()
    assert (duty.organisation, duty.first_told, duty.values["organisation"]) == (there, desk, "새 기관")
    assert Message.objects.filter(person=desk).count() == 1


def test_of_what_is_overdue_already_the_new_agency_sees_it_too(world):
    there = make.organisation(world.office, "provider", "새 기관")
    Duty.objects.filter(kind="care.certificate").update(raised_at=noon(SOON))
    Membership.objects.filter(person=world.worker).update(until=SOON)
    Membership.objects.create(office=world.office, person=world.worker, organisation=there, role="worker", since=SOON)
    job(world, SOON + c.A_DAY)
    assert owed()[0].organisation == there
