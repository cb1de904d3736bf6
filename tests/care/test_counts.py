"""Planned = seen + explained + open: whatever became of the visits, the difference is 0, unless one was forgotten."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dure.care import alarms, counts
from dure.care.closures import keep as keep_closure
from dure.care.models import Absence, Closure, Visit
from dure.cases import actions
from dure.people.actions import standing
from tests import make
from tests.care import world as w
from tests.care.world import DUE

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    made = w.build()
    made.people = [w.recipient(made, f"가상{n:02}") for n in range(12)]
    w.open_day(made.office.pk, w.DAY, now=w.MORNING)
    return made


def of(world, n: int) -> Visit:
    return Visit.objects.select_related("duty", "recipient").get(recipient=world.people[n])


def says(world, n: int, outcome: str, at=DUE, by=None, **values) -> None:
    seen = w.Seen(w.Outcome(outcome), at, **{"who": "딸", **values})
    w.settle(of(world, n), seen, by=by or world.worker, report=None, now=at)


def case(world, n: int):
    return w.Case.objects.get(subject=world.people[n].ref, closed_at=None)


def check(world, person=None) -> list[counts.Tally]:
    return counts.evening(standing(person or world.officer, w.DAY), w.DAY)


def added(checks) -> dict[str, int]:
    all_of_them = counts.together(checks)
    return {name: getattr(all_of_them, name) for name in ("planned", "seen", "explained", "open", "difference")}


def absent(world, n: int, why: str = "hospital", since=w.DAY) -> None:
    absence = Absence(
        office=world.office, recipient=world.people[n], why=why, since=since, told_by="딸", entered_by=world.desk
    )
    alarms.absent(absence, now=w.MORNING)


def a_whole_day(world) -> None:
    """One of each: what can become of a visit."""
    says(world, 0, "seen_well", handed="in_person")
    says(world, 1, "seen_with_concern", handed="refused")
    says(world, 2, "known_safe", handed="not_handed")
    says(world, 3, "no_reply")  # the case stays open
    says(world, 4, "no_reply")  # settled by phone
    actions.record(case(world, 4), "whereabouts", by=world.desk, now=DUE, note="딸네 집")
    actions.close_case(case(world, 4), finding="elsewhere", by=world.desk, now=DUE)
    absent(world, 5)
    says(world, 6, "seen_well", handed="in_person")
    says(world, 6, "no_reply", by=world.other)  # two witnesses disagree
    says(world, 7, "not_attempted")
    alarms.end_service(world.people[8], why="이사", by=world.desk, now=DUE)
    says(world, 9, "no_reply", danger=True)
    alarms.excuse([of(world, 10)], why="본인이 거절", by=world.desk, now=DUE)


def test_every_end_of_a_visit_is_seen_explained_or_open(world):
    a_whole_day(world)
    [found] = check(world)
    assert (found.planned, found.seen, found.explained, found.open, found.difference) == (12, 2, 5, 5, 0)
    assert [row.recipient.name for row in found.of("open")] == [f"가상{n:02}" for n in (3, 6, 7, 9, 11)]
    assert sorted(n for _, n in found.reasons) == [1] * 5
    assert (found.given, found.in_person, found.share) == (2, 2, 100)


def test_after_a_death_the_day_still_adds_up(world):
    says(world, 3, "no_reply")
    actions.record(case(world, 3), "died", by=world.officer, now=DUE)
    closed = actions.close_case(case(world, 3), finding="died", by=world.officer, now=DUE)
    alarms.after_case(closed, by=world.officer, now=DUE)
    says(world, 0, "seen_well")
    alarms.end_service(world.people[0], why="이사", by=world.desk, now=DUE)  # seen at noon, ended in the afternoon
    [found] = check(world)
    assert (found.planned, found.seen, found.explained, found.difference) == (12, 1, 1, 0)


def test_a_visit_that_was_never_opened_is_missed(world):
    forgotten = w.recipient(world, "잊힌이", started_on=w.DAY)
    [found] = check(world)
    assert (found.planned, found.difference, [row.recipient for row in found.odd]) == (13, 1, [forgotten])


def test_a_closed_day_is_explained_or_owes_nothing(world):
    keep_closure(Closure(office=world.office, day=w.DAY, why="김장"), by=world.officer, now=w.MORNING)
    assert added(check(world)) == {"planned": 12, "seen": 0, "explained": 12, "open": 0, "difference": 0}
    tomorrow = w.DAY + timedelta(days=1)
    keep_closure(Closure(office=world.office, day=tomorrow, why="김장"), by=world.officer, now=w.MORNING)
    assert counts.evening(standing(world.officer, tomorrow), tomorrow) == []


def test_known_absences_are_explained_though_no_visit_was_opened(world):
    absent(world, 0, since=w.DAY - timedelta(days=3))
    Visit.objects.filter(recipient=world.people[0]).update(unplanned=True)
    [found] = check(world)
    assert (found.planned, found.explained, found.difference) == (12, 1, 0)


def test_a_provider_sees_its_own_and_all_are_added_up(world):
    elsewhere = make.organisation(world.office, "provider")
    w.recipient(world, provider=elsewhere, route=None)
    w.open_day(world.office.pk, w.DAY, now=w.MORNING)
    assert added(check(world)) == {"planned": 13, "seen": 0, "explained": 0, "open": 13, "difference": 0}
    assert [c.provider for c in check(world, world.desk)] == [world.provider]
    assert added(check(world, world.centre))["planned"] == 13


def test_as_many_queries_for_many_as_for_few(world):
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            check(world)
        return len(found)

    a_whole_day(world)
    few = queries()
    for _ in range(20):
        w.recipient(world)
    w.open_day(world.office.pk, w.DAY, now=w.MORNING)
    assert queries() == few <= 12
