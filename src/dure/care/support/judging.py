"""Every decided meal of some days, judged by what has become of it, in one statement.

`meals` has a row each: recipient, day, meal, visit, provider, dong, tier, centre, state. The database's row-level
security holds in it as everywhere. What a recipient's own reason explains isn't looked at further: who was in hospital
lacked no visit.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection

from dure.care.counts import MEALS_GIVEN
from dure.cases.hours import public_holidays

MEALS = """
WITH days AS MATERIALIZED (  -- with who serves on them
    SELECT d::date AS day, EXTRACT(ISODOW FROM d)::int - 1 AS weekday,
           COALESCE((SELECT NOT c.serves FROM care_closure c
                      WHERE c.office_id = %(office)s AND c.day = d::date AND c.provider_id IS NULL),
                    d::date = ANY (%(holidays)s::date[])) AS closed,
           ARRAY(SELECT c.provider_id FROM care_closure c WHERE c.office_id = %(office)s AND c.day = d::date
                  AND c.provider_id IS NOT NULL AND NOT c.serves) AS shut,
           ARRAY(SELECT c.provider_id FROM care_closure c WHERE c.office_id = %(office)s AND c.day = d::date
                  AND c.provider_id IS NOT NULL AND c.serves) AS serving
      FROM generate_series(GREATEST(%(first)s::date, COALESCE(
               (SELECT min(b.day) FROM care_visit b WHERE b.office_id = %(office)s), %(last)s::date + 1)),
           %(last)s::date, interval '1 day') d
), mine AS MATERIALIZED (
    SELECT r.id, r.provider_id, r.centre_id, r.tier, r.started_on, r.ended_on, p.area_id
      FROM care_recipient r JOIN places_place p ON p.id = r.place_id
     WHERE r.id IN ({seen})
), decided AS (  -- with all of the recipient that is needed, so that nobody is looked up once more for each meal
    SELECT DISTINCT ON (m.id, plan.meal, days.day) m.id AS recipient, plan.meal, days.day, days.weekday,
           days.closed, days.shut, days.serving, m.provider_id, m.area_id AS dong, m.tier, m.centre_id AS centre,
           m.started_on, m.ended_on
      FROM days
      JOIN care_mealplan plan ON plan.weekday = days.weekday AND plan.since <= days.day
       AND (plan.until IS NULL OR plan.until > days.day)
      JOIN mine m ON m.id = plan.recipient_id AND m.started_on <= days.day
       AND (m.ended_on IS NULL OR m.ended_on > days.day)
), visited AS (
    SELECT decided.*, v.id AS visit, COALESCE(v.provider_id, decided.provider_id) AS provider, v.outcome, v.handed,
           v.excused_at, v.excused_why, v.duty_id
      FROM decided
      LEFT JOIN care_visit v ON v.recipient_id = decided.recipient AND v.meal = decided.meal AND v.day = decided.day
       AND v.day BETWEEN %(first)s AND %(last)s
), meals AS MATERIALIZED (  -- judged once, whatever asks for it
    SELECT x.recipient, x.day, x.meal, x.visit, x.provider, x.dong, x.tier, x.centre,
           CASE WHEN x.handed = ANY (%(given)s) THEN 'given' ELSE COALESCE({absent}, {closed}, {of_visit}) END AS state
      FROM visited x
)
"""
_ABSENT = """(
    SELECT a.why FROM care_absence a
     WHERE a.recipient_id = x.recipient AND a.taken_back_at IS NULL AND a.since <= x.day
       AND (a.until IS NULL OR a.until > x.day)
     ORDER BY (a.why = 'hospital') DESC, a.since DESC, a.id DESC LIMIT 1)"""
_CLOSED = """CASE WHEN x.provider = ANY (x.shut) OR (x.closed AND x.provider <> ALL (x.serving))
    THEN CASE WHEN EXISTS (
        SELECT FROM care_visit b WHERE b.recipient_id = x.recipient AND b.meal = x.meal
           AND b.day BETWEEN x.day - 7 AND x.day - 1
           AND CASE WHEN b.meals > 1 AND b.handed = ANY (%(given)s) THEN b.day = {before} END)
    THEN 'made_up' ELSE 'closed' END END"""
_BEFORE = """(  -- the decided day before, within a week: of each weekday there is one
    SELECT max(last.day)
      FROM care_mealplan q, LATERAL (SELECT x.day - ((x.weekday - q.weekday + 6) %% 7 + 1) AS day) AS last
     WHERE q.recipient_id = x.recipient AND q.meal = x.meal
       AND q.since <= last.day AND (q.until IS NULL OR q.until > last.day)
       AND x.started_on <= last.day AND (x.ended_on IS NULL OR x.ended_on > last.day))"""
_OF_VISIT = """CASE
    WHEN x.visit IS NULL THEN CASE WHEN x.day = %(today)s THEN 'pending' ELSE 'never_opened' END
    WHEN x.handed = 'refused' THEN 'refused'
    WHEN x.outcome IN ('seen_well', 'seen_with_concern') THEN 'no_meal'
    WHEN x.outcome <> '' THEN x.outcome
    WHEN x.excused_at IS NOT NULL
        THEN COALESCE((%(states)s::text[])[array_position(%(excuses)s::text[], x.excused_why::text)], 'excused')
    WHEN (SELECT u.closed_at FROM duty_duty u WHERE u.id = x.duty_id) IS NOT NULL THEN 'no_reply'  -- it led to a case
    WHEN x.day = %(today)s THEN 'pending'
    ELSE 'unreported' END"""
_JUDGED = MEALS.replace("{absent}", _ABSENT).replace("{closed}", _CLOSED.replace("{before}", _BEFORE))
_JUDGED = _JUDGED.replace("{of_visit}", _OF_VISIT)


def ask(
    what: str, *, seen: str, first: date, last: date, excuses: Mapping[str, str], **said: Any
) -> Sequence[tuple[Any, ...]]:
    """What a statement says that reads `meals`. `seen`: a query of the recipients that are meant; `excuses`: what has
    become of a meal whose visit a person ended with this reason."""
    holidays = [d for year in range(first.year, last.year + 1) for d in public_holidays(year) if first <= d <= last]
    given = {"first": first, "last": last, "holidays": holidays, "given": list(MEALS_GIVEN),
             "excuses": list(excuses), "states": list(excuses.values()), **said}  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_JUDGED.replace("{seen}", seen) + what, given)
        rows: Sequence[tuple[Any, ...]] = cursor.fetchall()
    return rows
