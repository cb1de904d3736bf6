"""The auditor finds what it is there to find: each rule is broken once, past all our code."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from dure.cases import actions
from dure.cases.models import Case
from dure.demo.day import auditing
from dure.duty.models import Claim, Duty, Telling
from dure.duty.watch import sweep
from dure.outbox.models import Message
from tests import make
from tests.care import world as w

pytestmark = pytest.mark.django_db
NOWHERE = Path("/nonexistent")


@pytest.fixture
def told():
    """A duty of which the first was told at noon and the second ten minutes later."""
    of = make.office()
    duty = make.duty(make.person(of), make.person(of), urgent=True)
    make.role("engine")
    for step in range(2):
        sweep(make.NOON + step * make.TEN_MINUTES)
    make.role("owner")
    duty.refresh_from_db()
    return duty


LATER = make.NOON + timedelta(minutes=12)


def broken(now=LATER) -> set[str]:
    return {line.split(".")[0] for line, rows in auditing.broken(now, [], NOWHERE).items() if rows}


def test_nothing_is_broken_in_an_ordinary_hour(told):
    Message.objects.update(sent_at=make.NOON, try_at=None, channel="screen")

    assert broken() == set()


def test_silence_is_found(told):
    assert broken(now=make.NOON + timedelta(hours=2)) == {"4, 5"}


def test_a_night_is_no_silence_for_what_is_not_urgent():
    one = make.person(make.office())
    late, hour = make.NOON + timedelta(hours=10), timedelta(hours=1)  # 22:00
    for urgent in (True, False):
        make.duty(one, due_at=late, urgent=urgent)
    make.role("engine")
    while sweep(late):
        pass
    make.role("owner")
    Message.objects.update(sent_at=late, try_at=None, channel="screen")

    found = auditing.nobody_is_left_in_silence(late + hour)
    assert found == [f"test.duty {Duty.objects.get(urgent=True).ref}"]
    assert len(auditing.nobody_is_left_in_silence(make.NOON + timedelta(hours=20))) == 2


def test_what_was_never_raised_is_found():
    make.duty(make.person(make.office()))
    make.role("owner")

    assert broken() == {"2"}


def test_a_stranger_who_was_told_is_found(told):
    Telling.objects.filter(turn=1).update(person=make.person(told.office))

    assert broken() == {"3"}


def test_two_who_have_it_are_found(told):
    person = make.person(told.office)
    for ended in (None, LATER):
        Claim.objects.create(
            office=told.office, duty=told, by=person, next_step="…", at=make.NOON, until=LATER, ended_at=ended,
            ended="handed_back" if ended else "",
        )  # fmt: skip

    assert broken() == {"6"}


def test_a_lost_turn_is_found(told):
    Telling.objects.filter(turn=1).delete()

    assert "10" in broken()


def test_a_lost_report_is_found(told):
    assert auditing.reports_are_kept([uuid4()])


def test_a_message_that_never_went_out_is_found(told):
    Message.objects.update(sent_at=make.NOON, try_at=None, text="…", tries=1)

    assert broken() == {"9"}


def test_a_case_that_nobody_owes_an_answer_to_is_found():
    world = w.build()
    case = w.reached_by_nobody(world)
    actions.record(case, "seen", by=world.desk, now=make.NOON + timedelta(minutes=5))
    make.role("owner")
    assert auditing.nobody_is_unowned(LATER) == []

    Case.objects.update(seen_at=None)  # only to be written down, and nobody has seen the person
    assert auditing.nobody_is_unowned(LATER) == [f"case {case.number}"]
    Case.objects.update(seen_at=LATER)
    Duty.objects.filter(kind="case.finish").update(opened_at=LATER)  # minutes in which it was nobody's
    assert auditing.nobody_is_unowned(LATER) == [f"case {case.number}"]
