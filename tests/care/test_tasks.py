"""Work at fixed times is done for every office, by the engine; what fails in one holds up no other."""

from datetime import timedelta

import pytest

from dure.care import tasks
from dure.people.models import Role, Shift
from tests import make
from tests.care import world as w
from tests.make import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(moved):
    """Two offices, the first one made first."""
    moved(NOON)
    return make.office("하나구"), make.office("두리구")


def test_what_fails_in_one_office_holds_up_no_other(two):
    done = []

    def work(office: int, now) -> None:
        if office == two[0].pk:
            raise ValueError("broken here")
        done.append((office, now))

    make.role("engine")
    with pytest.raises(ValueError, match="broken here"):
        tasks.in_every_office(work)
    assert done == [(two[1].pk, NOON)]


def test_the_engine_may_do_all_of_it(two):
    """Rosters are written, checked, and what comes again is owed, with the rights of the jobs."""
    world = w.build()
    desk = make.person(world.office, as_=Role.PROVIDER, at=world.provider)
    roster = make.roster(world.office, answers_for="spare", at=world.provider)
    make.rota(roster, [desk])
    make.role("engine")
    tasks.open_days()
    tasks.forget_yesterdays_providers()
    tasks.write_rosters()
    tasks.check_rosters()
    tasks.owe_what_comes_again()
    make.role("app")
    make.act(world.office.pk)
    assert Shift.objects.filter(roster=roster, starts_at__lt=NOON + timedelta(days=7)).count() == 7
