"""Before the night it is known who doesn't answer: at which hours, on which roster, and what to do."""

from datetime import timedelta

import pytest

from dure.care import nightly
from dure.care.standing_in import put_in
from dure.duty.models import Ladder
from dure.health.models import Fault
from dure.people.actions import standing
from dure.people.models import Address, Roster, Shift, StandIn
from tests import make
from tests.care import world as w
from tests.care.world import DAY, MORNING
from tests.make import NOON

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
THREE = NOON + 3 * HOUR  # 15:00 in Seoul


@pytest.fixture
def world():
    made = w.build()
    assert made.visit
    return made


def faults(world, now=THREE) -> list[tuple[str, str]]:
    """The board's faults after a check: day and hours, or whom, and the words that begin the sentence."""
    make.role("engine")
    nightly.check(world.office.pk, now)
    make.role("app")
    found = Fault.objects.filter(office=world.office, mended_at=None, key__startswith="roster ").order_by("key")
    return [
        (f.key.removeprefix("roster "), " ".join(f.values.get(k, "") for k in ("day", "hours")).strip()) for f in found
    ]


def until(world, moment):
    Shift.objects.filter(person=world.oncall).update(ends_at=moment)
    return f"{make.house(world.office).pk} oncall"


def test_nothing_is_said_while_everybody_answers(world):
    assert faults(world) == []


def test_tonights_and_tomorrows_hours_are_named_from_three_oclock_on(world):
    key = until(world, NOON + 6 * HOUR)
    assert faults(world, MORNING) == [(f"{key} 2026-11-23", "11-23 18:00–24:00")]
    assert faults(world) == [(f"{key} 2026-11-23", "11-23 18:00–24:00"), (f"{key} 2026-11-24", "11-24 00:00–24:00")]
    before = list(Fault.objects.values())
    assert len(faults(world, THREE + HOUR)) == 2 and list(Fault.objects.values()) == before  # said once
    night = NOON + 16 * HOUR  # four in the morning: yesterday is over, tomorrow isn't looked at yet
    assert faults(world, night) == [(f"{key} 2026-11-24", "11-24 00:00–24:00")]


def test_a_gap_that_is_filled_is_mended_by_itself_and_one_that_shrinks_says_so(world):
    key = until(world, NOON + 6 * HOUR)
    faults(world)
    shift = Shift(office=world.office, roster=Roster.objects.get(answers_for="oncall"), person=world.officer,
                  starts_at=NOON + 6 * HOUR, ends_at=NOON + 20 * HOUR)  # fmt: skip
    shift.save()
    assert faults(world) == [(f"{key} 2026-11-24", "11-24 08:00–24:00")]
    Shift.objects.filter(pk=shift.pk).update(ends_at=NOON + 48 * HOUR)
    assert faults(world) == []
    assert Fault.objects.filter(mended_at=THREE).count() == 2


def test_who_is_absent_today_leaves_a_gap_and_who_stands_in_fills_it(world):
    roster = Roster.objects.get(answers_for="oncall")
    span = {"since": NOON + 6 * HOUR, "until": NOON + 21 * HOUR}
    put_in(StandIn(office=world.office, roster=roster, off=world.oncall, **span), by=world.officer, now=NOON)
    assert [hours for _, hours in faults(world)] == ["11-23 18:00–24:00", "11-24 00:00–09:00"]
    put_in(StandIn(office=world.office, roster=roster, on=world.officer, **span), by=world.officer, now=NOON)
    assert faults(world) == []


def test_only_who_cant_be_reached_is_a_gap_with_the_name_and_so_is_one_on_a_screen(world):
    Address.objects.filter(person=world.desk).update(channel="screen", value="")
    assert [hours for _, hours in faults(world)] == ["11-23 00:00–24:00", "11-24 00:00–24:00"]
    fault = Fault.objects.first()
    assert (fault.what, fault.values["people"]) == (nightly.LOST, "급식소장")


def test_a_step_that_tells_by_text_message_needs_somebody_with_a_number_for_it(world):
    rungs = [{"who": "oncall", "of": "office", "wait": 300, "channels": ["sms"]}]
    make.ladder(world.office, *rungs, name="oncall")
    Address.objects.filter(person=world.oncall).update(channel="email", value="a@example.org")
    assert len(faults(world)) == 2


def test_a_roster_that_is_missing_and_a_person_named_who_cant_be_reached(world):
    Roster.objects.filter(answers_for="centre").update(answers_for="elsewhere")
    silent = make.person(world.office, channels=("screen",))
    make.ladder(world.office, silent, name="office")
    assert faults(world) == [(f"{world.centre_house.pk} centre", ""), (f"person {silent.pk}", "")]


def test_an_order_by_which_something_still_runs_is_looked_at_too(world):
    silent = make.person(world.office, channels=())
    old = make.ladder(world.office, silent, name="odd")
    make.duty(on=old)
    assert [key for key, _ in faults(world)] == [f"person {silent.pk}"]
    w.watch(NOON)
    make.ladder(world.office, world.officer, name="odd")
    assert [key for key, _ in faults(world)] == [f"person {silent.pk}"]  # what is raised goes on by the old one
    assert Ladder.objects.filter(name="odd").count() == 2


def test_another_office_is_left_alone(world):
    until(world, NOON + 6 * HOUR)
    faults(world)
    other = make.office()
    make.role("engine")
    assert nightly.check(other.pk, THREE) == 0
    make.act(world.office.pk)
    assert Fault.objects.filter(office=world.office, mended_at=None).count() == 2
    assert standing(world.officer, DAY).organisations is None
