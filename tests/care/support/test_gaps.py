"""Care gaps, held against a count in SQL that shares nothing with the code, over lives made up by chance."""

from collections import Counter
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from dure.care import alarms
from dure.care.alarms import BY_CASE
from dure.care.models import Absence, Closure, MealPlan, Recipient, Visit
from dure.care.opening import open_day
from dure.care.support import gaps
from dure.care.support.gaps import By, Days, State
from dure.people.actions import standing
from tests import make
from tests.care import world as care
from tests.care.pages import signed_in
from tests.care.support import world as w
from tests.care.support.world import A_DAY, at_noon
from tests.care.world import DAY, MORNING

FIRST, LAST = DAY - 7 * A_DAY, DAY + 6 * A_DAY  # two weeks, from a Monday to a Sunday
COUNTED = DAY  # counted from here: what lies before only decides what was made up

# Every decided meal with its state, told anew: the days from a series, the decided day before from a window.
SQL = """
WITH day AS (SELECT d::date AS d FROM generate_series(%(before)s::date, %(last)s::date, '1 day') AS s(d)),
decided AS (
    SELECT DISTINCT r.id AS r, r.provider_id AS p, m.meal, day.d
    FROM care_recipient r JOIN care_mealplan m ON m.recipient_id = r.id
    JOIN day ON extract(isodow FROM day.d) - 1 = m.weekday
    WHERE r.office_id = %(office)s AND m.since <= day.d AND (m.until IS NULL OR day.d < m.until)
    AND r.started_on <= day.d AND (r.ended_on IS NULL OR day.d < r.ended_on)
), seen AS (
    SELECT x.*, lag(d) OVER (PARTITION BY r, meal ORDER BY d) AS previous FROM decided x
), judged AS (
    SELECT s.*, v.id AS visit, v.handed, v.outcome, v.excused_at, v.excused_why, u.closed_at,
        (SELECT array_agg(a.why ORDER BY a.since, a.id) FROM care_absence a WHERE a.recipient_id = s.r
            AND a.since <= s.d AND (a.until IS NULL OR s.d < a.until) AND a.taken_back_at IS NULL) AS away,
        coalesce((SELECT c.serves FROM care_closure c
            WHERE c.provider_id = coalesce(v.provider_id, s.p) AND c.day = s.d), (SELECT c.serves FROM care_closure c
            WHERE c.provider_id IS NULL AND c.office_id = %(office)s AND c.day = s.d), true) AS serves,
        EXISTS (SELECT FROM care_visit b WHERE b.recipient_id = s.r AND b.meal = s.meal AND b.day = s.previous
            AND s.d - s.previous <= 7 AND b.meals > 1 AND b.handed IN ('in_person', 'proxy', 'at_door')) AS doubled
    FROM seen s LEFT JOIN care_visit v ON v.recipient_id = s.r AND v.meal = s.meal AND v.day = s.d
    LEFT JOIN duty_duty u ON u.id = v.duty_id
)
SELECT CASE
    WHEN handed IN ('in_person', 'proxy', 'at_door') THEN 'given'
    WHEN 'hospital' = ANY (away) THEN 'hospital' WHEN away IS NOT NULL THEN away[cardinality(away)]
    WHEN NOT serves THEN CASE WHEN doubled THEN 'made_up' ELSE 'closed' END
    WHEN visit IS NULL THEN CASE WHEN d = %(today)s THEN 'pending' ELSE 'never_opened' END
    WHEN handed = 'refused' THEN 'refused'
    WHEN outcome IN ('seen_well', 'seen_with_concern') THEN 'no_meal'
    WHEN outcome <> '' THEN outcome
    WHEN excused_at IS NOT NULL THEN CASE excused_why WHEN 'hospital stay' THEN 'hospital'
        WHEN 'cleared up by a case' THEN 'no_reply' WHEN 'away' THEN 'away' WHEN 'paused' THEN 'paused'
        WHEN 'absent' THEN 'other' ELSE 'excused' END
    WHEN closed_at IS NULL THEN CASE WHEN d = %(today)s THEN 'pending' ELSE 'unreported' END
    ELSE 'no_reply' END AS state, count(*)
FROM judged WHERE d BETWEEN %(first)s AND least(%(last)s, %(today)s) GROUP BY 1
"""


def by_sql(office: int, first: date, last: date, today: date) -> Counter:
    said = {"office": office, "first": first, "last": last, "before": first - 7 * A_DAY, "today": today}
    with connection.cursor() as cursor:
        cursor.execute(SQL, said)
        return Counter(dict(cursor.fetchall()))


days = st.integers(0, 13).map(lambda n: FIRST + n * A_DAY)
spans = st.tuples(days, st.one_of(st.none(), st.integers(1, 6)))
lives = st.lists(
    st.fixed_dictionaries({
        "weekdays": st.sets(st.integers(0, 6), min_size=1), "ended": st.one_of(st.none(), days),
        "changed": st.one_of(st.none(), days),
        "away": st.lists(st.tuples(spans, st.sampled_from(["hospital", "away", "paused", "other"])), max_size=2),
    }),
    min_size=1, max_size=3,
)  # fmt: skip
closures = st.lists(st.tuples(days, st.booleans(), st.booleans(), st.booleans()), max_size=4, unique_by=lambda c: c[0])
FATES = [
    {"handed": "in_person", "outcome": "seen_well"}, {"handed": "in_person", "outcome": "seen_well", "meals": 2},
    {"handed": "refused", "outcome": "seen_well"}, {"handed": "not_handed", "outcome": "known_safe"},
    {"handed": "not_handed", "outcome": "no_reply"}, {"handed": "", "outcome": "not_attempted"},
    {"handed": "not_handed", "outcome": "seen_with_concern"}, {"excused_why": BY_CASE},
    {"excused_why": "hospital stay"}, {"excused_why": "absent"}, {"excused_why": "meals ended"}, {},
]  # fmt: skip


class AgainstSql(TestCase):
    @settings(max_examples=40, deadline=None)
    @given(
        lives=lives,
        closures=closures,
        fates=st.lists(st.sampled_from(FATES), min_size=20, max_size=20),
        today=days,
        unopened=st.sets(days, max_size=4),
    )
    def test_every_number_is_what_another_count_says(self, lives, closures, fates, today, unopened):
        with transaction.atomic():
            world = care.build()
            _live(world, lives, closures, fates, unopened)
            asked = (standing(world.officer, DAY), Days(COUNTED, LAST), today)
            found = gaps.rows(*asked, State)
            assert Counter(m.state for m in found) == by_sql(world.office.pk, COUNTED, LAST, today)
            for by in By:
                lines = gaps.lines(*asked, by)
                whole = gaps.together(lines)
                assert whole.states == Counter(m.state for m in found)
                assert whole.decided == whole.given + whole.gaps + whole.apart
                for line in lines:
                    assert Counter(m.state for m in gaps.of_line(found, by, line.key)) == line.sum.states
            assert gaps.days_with_a_gap(*asked) == len({(m.recipient, m.day) for m in found if m.state in gaps.GAPS})
            transaction.set_rollback(True)


def _live(world, lives, closures, fates, unopened) -> None:
    for life in lives:
        made = care.recipient(world, weekdays=life["weekdays"])
        if life["changed"]:
            MealPlan.objects.filter(recipient=made, weekday__lte=2).update(until=life["changed"])
        for (since, length), why in life["away"]:
            until = since + timedelta(days=length) if length else None
            Absence.objects.create(office=world.office, recipient=made, why=why, since=since, until=until,
                                   told_by="딸", told_at=MORNING, entered_by=world.officer)  # fmt: skip
    for day, whole, serves, double in closures:
        Closure.objects.create(office=world.office, provider=None if whole else world.provider, day=day, why="정비",
                               serves=serves, double_before=double)  # fmt: skip
    for n in range(14):
        if FIRST + n * A_DAY not in unopened:
            open_day(world.office.pk, FIRST + n * A_DAY, now=MORNING - 9 * A_DAY)
    first = care.recipient(world, weekdays=[FIRST.weekday()])  # so that the record begins with the first day
    open_day(world.office.pk, FIRST, now=MORNING - 9 * A_DAY, recipients=[first.pk])
    for n, visit in enumerate(Visit.objects.exclude(recipient=first).order_by("day", "id")):
        _fate(visit, fates[n % len(fates)])
    for made, life in zip(Recipient.objects.order_by("id"), lives, strict=False):
        if life["ended"]:
            Recipient.objects.filter(pk=made.pk).update(ended_on=life["ended"], ended_why="본인 요청")


def _fate(visit: Visit, fate: dict) -> None:
    at = {"reported_at": MORNING} if fate.get("outcome") else {}
    at |= {"excused_at": MORNING} if fate.get("excused_why") else {}
    Visit.objects.filter(pk=visit.pk).update(**fate, **at)


pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return w.build()


def states(world, first=DAY, last=LAST, today=LAST) -> list[tuple[int, str]]:
    found = gaps.rows(standing(world.officer, DAY), Days(first, last), today, State)
    return [((m.day - DAY).days, m.state) for m in reversed(found)]


def whole(world, today=LAST) -> gaps.Sum:
    return gaps.together(gaps.lines(standing(world.officer, DAY), Days(DAY, LAST), today, By.RECIPIENT))


def test_a_closed_day_is_no_gap_when_two_meals_were_handed_over_before(world):
    world.recipient  # noqa: B018
    Closure.objects.create(office=world.office, day=DAY + A_DAY, why="소독", double_before=True)
    Closure.objects.create(office=world.office, day=DAY + 3 * A_DAY, why="소독")
    for n in range(5):
        open_day(world.office.pk, DAY + n * A_DAY, now=MORNING)
    assert Visit.objects.get(day=DAY).meals == 2
    Visit.objects.update(handed="in_person", outcome="seen_well", reported_at=MORNING)
    assert states(world) == [(0, "given"), (1, "made_up"), (2, "given"), (3, "closed"), (4, "given")]
    Visit.objects.filter(day=DAY).update(handed="not_handed")  # nobody got the two
    assert states(world)[:2] == [(0, "no_meal"), (1, "closed")]


def test_hospital_and_absence_stand_apart_and_count_as_no_gap(world):
    absence = Absence(office=world.office, recipient=world.recipient, why="hospital", since=DAY + A_DAY,
                      until=DAY + 3 * A_DAY, told_by="딸", entered_by=world.officer)  # fmt: skip
    for n in range(5):
        open_day(world.office.pk, DAY + n * A_DAY, now=MORNING)
    alarms.absent(absence, now=MORNING)
    Visit.objects.filter(excused_at=None).update(handed="in_person", outcome="seen_well", reported_at=MORNING)
    found = whole(world)
    assert (found[State.HOSPITAL], found.apart, found.gaps, found.given) == (2, 2, 0, 3)


def test_of_today_only_what_is_known_counts_and_nothing_of_tomorrow(world):
    world.recipient  # noqa: B018
    open_day(world.office.pk, DAY, now=MORNING)
    assert states(world, today=DAY) == [(0, "pending")]
    assert states(world, today=DAY + A_DAY) == [(0, "unreported"), (1, "pending")]
    assert whole(world, today=DAY).decided == 0


def test_nothing_is_counted_before_the_first_day_on_record(world):
    world.recipient  # noqa: B018
    assert states(world) == []
    open_day(world.office.pk, DAY + 2 * A_DAY, now=MORNING)
    assert [day for day, _ in states(world, first=DAY - 30 * A_DAY)] == [2, 3, 4]


def test_a_provider_counts_its_own_and_the_questions_asked_are_the_same_for_any_span(world):
    for n in range(3):
        care.recipient(world, weekdays=range(7 - n))
    for n in range(7):
        open_day(world.office.pk, DAY + n * A_DAY, now=MORNING)
    other = make.person(world.office, as_="provider", at=make.organisation(world.office))
    assert gaps.rows(standing(other, DAY), Days(DAY, LAST), LAST, State) == []
    asked = []
    for last in (DAY, LAST):
        with CaptureQueriesContext(connection) as queries:
            gaps.lines(standing(world.desk, DAY), Days(DAY, last), LAST, By.DONG)
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 3


def test_each_number_of_the_page_leads_to_its_rows(world, moved):
    one, two = care.recipient(world, "홍길동"), care.recipient(world, "김나중", weekdays=range(2))
    for n in range(5):
        open_day(world.office.pk, DAY + n * A_DAY, now=MORNING)
    Visit.objects.filter(recipient=one).update(outcome="no_reply", handed="not_handed", reported_at=MORNING)
    Visit.objects.filter(recipient=two).update(outcome="not_attempted", reported_at=MORNING)
    moved(at_noon(LAST))
    client = signed_in(world.officer)
    shown = client.get("/care/support/gaps/?month=2026-11&by=recipient")
    assert [(line.name, line.sum.gaps) for line, _cells in shown.context["lines"]] == [("홍길동", 5), ("김나중", 2)]
    assert "홍*동" in shown.content.decode() and "홍길동" not in shown.content.decode()
    rows = client.get(f"/care/support/gaps/rows/?month=2026-11&by=recipient&key={two.pk}&of=not_attempted")
    assert {row["recipient"] for row in rows.context["rows"]} == {two} and rows.context["page"].paginator.count == 2
    for odd in ("month=x&by=y&of=z", "key=99999999999999999999", "key=①"):
        assert client.get(f"/care/support/gaps/rows/?{odd}").status_code == 200
