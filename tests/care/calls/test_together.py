"""Two at the same moment: the same day opened, the same warning switched on, the same person called."""

from uuid import uuid4

import pytest

from dure.care import alarms
from dure.care.calls import actions, opening, tasks, warnings
from dure.care.calls.actions import Said
from dure.care.calls.models import Call, Result, Switch, Try, WeatherWarning
from dure.cases.models import Case, Source
from dure.duty.models import Duty
from tests import make
from tests.care import world as care
from tests.care.calls import world as w
from tests.care.calls.world import SATURDAY, when
from tests.care.test_opening_together import emptied_afterwards, together

pytestmark = pytest.mark.django_db(transaction=True)


@emptied_afterwards()
def test_a_day_opened_by_two_at_once_is_opened_once():
    world = care.build()
    w.at_risk(world, 20)

    def open_it():
        opening.open_all(world.office.pk, when("08:00"))

    together(world.office.pk, open_it, open_it, open_it)
    assert Call.objects.filter(day=SATURDAY).count() == 20
    assert Duty.objects.filter(kind="care.call").count() == Call.objects.count() == 40


@emptied_afterwards()
def test_the_jobs_do_it_in_transactions_of_their_own(moved):
    moved(when("09:00"))
    world = care.build()
    w.at_risk(world, 1)
    make.role("engine")
    tasks.open_calls()
    make.role("app")
    make.act(world.office.pk)
    assert Call.objects.filter(recipient__office=world.office, day=SATURDAY).count() == 1


@emptied_afterwards()
def test_a_warning_switched_on_by_two_at_once_is_one():
    world = care.build()
    w.home(w.at_risk(world, 1)[0], homebound=True)
    found = []

    def switch(by):
        now = when("10:00")
        found.append(warnings.switch_on(w.heat(world), expected=1, why="폭염", by=by, now=now)[1])

    together(world.office.pk, lambda: switch(world.officer), lambda: switch(world.oncall))
    assert sorted(found) == [False, True]
    assert (WeatherWarning.objects.count(), Switch.objects.count()) == (1, 1)
    assert Call.objects.exclude(warning=None).count() == 1


@emptied_afterwards()
def test_two_who_call_the_same_person_and_one_who_worries_all_count_and_nobody_waits_for_ever():
    world = care.build()
    w.at_risk(world, 1)
    [call] = w.opened(world)
    results = [Result.WELL, Result.NO_ANSWER, Result.WORRIED]

    def say(result):
        actions.called(call, Said(result, uuid4()), source=Source.OFFICE, by=world.oncall, now=when("09:00"))

    together(world.office.pk, *(lambda r=r: say(r) for r in results))
    assert set(Try.objects.values_list("result", flat=True)) == set(results)
    assert Case.objects.filter(closed_at=None).count() == 1
    assert not Duty.objects.filter(kind="care.call", closed_at=None).exists()


@emptied_afterwards()
def test_a_result_while_the_watch_raises_and_somebody_is_said_to_be_away_all_go_through():
    from dure.care.models import Absence

    world = care.build()
    w.at_risk(world, 6)
    calls = w.opened(world)

    def say():
        for call in calls:
            actions.called(call, Said(Result.WELL, uuid4()), source=Source.OFFICE, by=world.oncall, now=when("12:00"))

    def watch():
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SET ROLE dure_engine")
        from dure.duty.watch import sweep

        for _ in range(5):
            sweep(when("12:00"), w.HOOKS)

    def away():
        for call in reversed(calls):
            absence = Absence(
                office=world.office, recipient=call.recipient, why="away", since=SATURDAY, until=w.SUNDAY,
                told_by="딸", entered_by=world.officer,
            )  # fmt: skip
            alarms.absent(absence, now=when("12:00"))

    together(world.office.pk, say, watch, away)
    make.role("app")
    assert not Duty.objects.filter(kind="care.call", closed_at=None).exists()
    assert Try.objects.count() == 6
