"""Who answers at a moment, how each is reached, and who may see what on a day."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from tests import make
from tests.make import DAY, MINUTE, NOON

from dure.offices.acting import act
from dure.people.actions import addresses_of, officers_of, on_shift, standing
from dure.people.models import Address, Membership, Person, Shift
from dure.people.signing_in import ByName

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return make.office()


def test_a_shift_answers_from_its_start_up_to_but_not_at_its_end(office):
    day, night = make.person(office), make.person(office)
    desk = make.roster(office)
    for person, start in ((day, NOON), (night, NOON + timedelta(hours=9))):
        Shift.objects.create(
            office=office, roster=desk, person=person, starts_at=start, ends_at=start + timedelta(hours=9)
        )
    moments = [NOON - MINUTE, NOON, NOON + timedelta(hours=9) - MINUTE, NOON + timedelta(hours=9)]
    assert [on_shift([desk.pk], at).get(desk.pk, []) for at in moments] == [[], [day.pk], [day.pk], [night.pk]]


def test_all_who_are_on_shift_answer_in_their_order_each_once_and_nobody_who_left(office):
    one, two, gone = (make.person(office) for _ in range(3))
    desk = make.roster(office, two, one, gone)
    Shift.objects.create(
        office=office, roster=desk, person=two, place=9, starts_at=NOON - MINUTE, ends_at=NOON + MINUTE
    )
    Person.objects.filter(pk=gone.pk).update(left_at=NOON)
    assert on_shift([desk.pk], NOON) == {desk.pk: [two.pk, one.pk]}


def test_a_dead_number_is_no_way_to_reach_anybody(office):
    one = make.person(office, channels=("sms", "email", "screen"))
    Address.objects.filter(person=one, channel="sms").update(dead_at=NOON)
    assert [channel for channel, _ in addresses_of([one.pk])[one.pk]] == ["email", "screen"]
    Person.objects.filter(pk=one.pk).update(left_at=NOON)
    assert addresses_of([one.pk]) == {}


def test_officers_of_a_day_are_those_whose_membership_holds_on_it(office):
    boss, admin = make.person(office), make.person(office, as_="admin")
    for role in ("worker", "provider", "centre"):
        make.person(office, as_=role)
    late, gone = make.person(office), make.person(office)
    make.rewrite(Membership.objects.filter(person=late), since=DAY + timedelta(days=1))
    Membership.objects.filter(person=gone).update(until=DAY)
    other = make.office()
    make.person(other)
    act(office.pk)
    assert officers_of(office.pk, DAY) == [boss.pk, admin.pk]
    assert officers_of(office.pk, DAY - timedelta(days=1)) == [boss.pk, admin.pk, gone.pk]
    assert officers_of(office.pk, DAY + timedelta(days=1)) == [boss.pk, admin.pk, late.pk]


def test_who_is_of_the_office_sees_all_of_it_and_others_their_organisations(office):
    provider = make.organisation(office)
    desk = make.person(office, as_="provider", at=provider)
    assert standing(desk, DAY).organisations == {provider.pk}
    assert standing(desk, DAY).has("provider", "worker")
    assert standing(make.person(office), DAY).organisations is None
    Membership.objects.filter(person=desk).update(until=DAY)
    assert (standing(desk, DAY).roles, standing(desk, DAY).organisations) == (frozenset(), frozenset())


def test_signing_in_by_name_and_password_only_as_long_as_one_works_here(office):
    one = make.person(office)
    one.set_password("바람-구름-77")
    one.save()
    act(None)
    door = ByName()
    assert door.authenticate(None, one.username, "wrong") is None
    assert door.authenticate(None, "nobody", "바람-구름-77") is None
    assert door.authenticate(None, one.username, "바람-구름-77") == one
    Person.objects.filter(pk=one.pk).update(left_at=NOON)
    assert door.authenticate(None, one.username, "바람-구름-77") is None


def test_a_roster_that_an_open_duty_names_is_retired_only_when_the_duty_is_closed(office):
    from dure.duty.actions import close
    from dure.duty.models import Outcome

    one = make.person(office)
    desk = make.roster(office, one)
    duty = make.duty(on=make.ladder(office, one, desk))
    desk.retired_at = NOON
    with pytest.raises(IntegrityError, match="roster_named_by_an_open_duty"), transaction.atomic():
        desk.save()
    close([duty], by=one, outcome=Outcome.VOID, now=NOON)
    desk.save()
