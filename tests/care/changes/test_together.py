"""Two officers at the same moment: both plan the end of a provider, both open the page."""

import pytest

from dure.care.changes import actions
from dure.care.changes.models import Change, Destination
from dure.errors import Refused
from tests.care import world as care
from tests.care.changes.world import build, planned
from tests.care.test_opening_together import emptied_afterwards, together

pytestmark = pytest.mark.django_db(transaction=True)


@emptied_afterwards()
def test_the_end_of_a_provider_planned_by_two_at_once_is_one_plan():
    world = build()
    said = []

    def plan():
        try:
            planned(world)
        except Refused as refusal:
            said.append(refusal.message)

    together(world.office.pk, plan, plan)
    assert Change.objects.filter(ends=True).count() == 1 and len(said) == 1


@emptied_afterwards()
def test_who_came_since_stands_once_in_the_list_that_two_open_at_once():
    world = build()
    change = planned(world)
    new = care.recipient(world, "새로온이")
    together(world.office.pk, *[lambda: actions.look_again(change)] * 3)
    assert Destination.objects.filter(recipient=new).count() == 1
