"""What somebody lacked over some days is what looking at each day alone says."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest

from dure.care.certificates.holding import State, book
from dure.care.certificates.models import Certificate, Kind, Work
from dure.care.certificates.over_time import lacks
from dure.people.models import Membership
from dure.rules.models import Rule
from tests import make
from tests.care.certificates import world as c
from tests.make import DAY, NOON

pytestmark = pytest.mark.django_db
A_DAY = timedelta(days=1)
FIRST = DAY - timedelta(days=600)


@pytest.fixture
def world():
    return c.build()


def day_by_day(world, who, first: date, last: date) -> set[tuple[int, str, date]]:
    """Each day by itself, from certificates that are read anew as if later ones weren't there."""
    found = set()
    every = list(Certificate.objects.filter(person=who))
    day = first
    while day <= last:
        gone = [each.pk for each in every if each.day > day]
        Certificate.objects.filter(pk__in=gone).update(withdrawn_at=NOON, withdrawn_by=world.desk, withdrawn_why="아직")
        for each in book(world.office.pk, [who], day).holdings(who):
            if each.state in (State.LAPSED, State.MISSING):
                found.add((each.kind.pk, str(each.state), day))
        Certificate.objects.filter(pk__in=gone).update(withdrawn_at=None, withdrawn_by=None, withdrawn_why="")
        day += A_DAY
    return found


def spread_out(lacking) -> set[tuple[int, str, date]]:
    return {
        (each.kind.pk, str(each.state), each.since + n * A_DAY)
        for each in lacking
        for n in range((each.until - each.since).days + 1)
    }


@pytest.mark.parametrize("seed", range(4))
def test_what_was_lacking_is_what_each_day_by_itself_says(world, seed):
    chance, who = random.Random(seed), world.worker
    own = Kind.objects.create(office=world.office, name="응급처치", months=3)
    for kind, hours in ((c.kind(), None), (c.kind("hygiene"), Decimal(3)), (own, None)):
        days = {FIRST + chance.randrange(560) * A_DAY for _ in range(chance.choice([0, 1, 2, 3]))}
        Certificate.objects.bulk_create(
            Certificate(office=world.office, person=who, kind=kind, day=day, hours=hours, entered_at=NOON,
                        entered_by=world.desk)
            for day in days
        )  # fmt: skip
    make.rewrite(
        Membership.objects.filter(person=who),
        since=FIRST + chance.randrange(200) * A_DAY,
        until=DAY - chance.randrange(99) * A_DAY,
    )
    if chance.random() < 0.4:
        Work.objects.create(office=world.office, person=who, qualified=True)
    Rule.objects.create(
        office=world.office, name="health-after", what="x", value=chance.choice([0, 60]), unit="days", source="x",
        since=FIRST + 300 * A_DAY, made_at=NOON,
    )  # fmt: skip
    first = FIRST + (230 + chance.randrange(60)) * A_DAY
    last = first + 130 * A_DAY

    found = lacks(book(world.office.pk, [who], last), who, first, last)

    assert spread_out(found) == day_by_day(world, who, first, last)
    assert all(each.since <= each.until for each in found)


def test_a_gap_between_two_examinations_has_its_first_and_its_last_day(world):
    who = world.worker
    for day in (date(2025, 3, 10), date(2026, 6, 1)):
        c.examined(world, who, day)

    found = lacks(book(world.office.pk, [who], DAY), who, date(2026, 1, 1), DAY)

    assert [(each.state, each.since, each.until) for each in found if each.kind == c.kind()] == [
        (State.LAPSED, date(2026, 4, 10), date(2026, 5, 31))  # 30 days after the end it could still be renewed
    ]
