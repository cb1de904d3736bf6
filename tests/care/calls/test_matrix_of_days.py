"""Plans, closures, holidays, absences and risk in every mixture: who is called is what one sentence of SQL says."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dure.care.calls import counts, opening
from dure.care.calls.models import Call
from dure.care.models import Absence, Closure, Recipient
from dure.care.opening import open_day
from dure.cases.hours import public_holidays
from dure.duty.models import Duty
from dure.people.actions import standing
from tests.care import world as care
from tests.care.calls.world import heat, home, when

pytestmark = pytest.mark.django_db
FIRST = date(2026, 12, 21)  # a week with a Friday that is a holiday
DAYS = [FIRST + timedelta(days=n) for n in range(7)]
person = st.fixed_dictionaries(
    {
        "tier": st.sampled_from(["red", "red", "amber", "green"]),
        "weekdays": st.sampled_from([range(5), range(7), range(0), range(5, 7)]),
        "away": st.sampled_from(["", "", "hospital", "away", "paused", "other"]),
        "begins": st.integers(-9, 6),
        "ends": st.sampled_from([None, None, 2, 5]),
        "homebound": st.sampled_from([None, True, False]),
    }
)
closed = st.dictionaries(st.sampled_from(range(7)), st.booleans(), max_size=3)  # day -> whether meals come


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(person, min_size=1, max_size=5), closed, st.booleans(), st.booleans())
def test_who_is_called_is_what_another_way_of_asking_says(people, closures, warned, unknown):
    world = care.build()
    for said in people:
        _serve(world, said)
    for n, serves in closures.items():
        Closure.objects.create(office=world.office, day=DAYS[n], why="점검", serves=serves, double_before=not serves)
    if warned:
        warning = heat(world, until=DAYS[4], unknown=unknown)
        warning.since_at, warning.first_day = when("00:00", DAYS[1]), DAYS[1]
        warning.save()
    for day in DAYS:
        open_day(world.office.pk, day, now=when("00:10", day))
        opening.open_calls(world.office.pk, day, now=when("00:10", day))
        called = set(Call.objects.filter(day=day).values_list("recipient__name", flat=True))
        assert called == {name for name, said in _named(people) if _by_hand(said, day, closures, warned, unknown)}, day
        assert counts.of_day(standing(world.officer, day), day, today=day).difference == 0
    before = Call.objects.count()
    for day in DAYS:
        opening.open_calls(world.office.pk, day, now=when("23:50", day))
    assert Call.objects.count() == before == Duty.objects.filter(kind="care.call").count()


def _named(people):
    return [(f"p{n}", said) for n, said in enumerate(people)]


def _serve(world, said):
    name = f"p{Recipient.objects.filter(office=world.office).count()}"
    ends = {"ended_on": DAYS[said["ends"]], "ended_why": "전출"} if said["ends"] is not None else {}
    begins = FIRST + timedelta(days=said["begins"])
    if ends and ends["ended_on"] < begins:
        begins = FIRST - timedelta(days=1)
    said["begins"] = (begins - FIRST).days
    made = care.recipient(world, name, weekdays=said["weekdays"], tier=said["tier"], started_on=begins, **ends)
    if said["homebound"] is not None:
        home(made, homebound=said["homebound"])
    if said["away"]:
        Absence.objects.create(
            office=world.office, recipient=made, why=said["away"], since=DAYS[1], until=DAYS[6], told_by="딸",
            told_at=when("09:00", FIRST), entered_by=world.officer,
        )  # fmt: skip


def _by_hand(said, day, closures, warned, unknown):
    """As somebody would count on paper."""
    n = (day - FIRST).days
    if n < said["begins"] or (said["ends"] is not None and n >= said["ends"]):
        return False
    absent = said["away"] if 1 <= n < 6 else ""
    if absent in ("hospital", "away"):
        return False
    homebound = said["homebound"] if said["homebound"] is not None else unknown
    if warned and 1 <= n <= 4 and homebound:
        return True
    comes = closures.get(n, day not in public_holidays(day.year))
    meal = day.weekday() in said["weekdays"] and comes and not absent
    return said["tier"] == "red" and not meal
