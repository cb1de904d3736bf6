"""Meals that a plan decided on and that weren't given, by reason; `care/support` says which of them are care gaps.

Counted from the meal plans, not from the visits, so that a visit that was never opened is missed. What no plan asks for
is no gap. One statement; the database's row-level security holds in it as everywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from dure.care.counts import MEALS_GIVEN
from dure.care.figures.asked import NONE, Asked, By
from dure.care.figures.tables import Groups, Measure
from dure.care.figures.visits import line_of
from dure.care.models import Recipient
from dure.cases.hours import public_holidays
from dure.people.actions import Standing

_ABSENT = _("No meal because this absence was told beforehand.")
_REPORTED = _("No meal was given, and this is what was reported.")
REASONS = [
    Measure("gap_hospital", _("Hospital stay"), _ABSENT),
    Measure("gap_away", _("Away"), _ABSENT),
    Measure("gap_paused", _("Paused"), _ABSENT),
    Measure("gap_other", _("Other absence"), _ABSENT),
    Measure("gap_closed", _("No meals on this day"), _(
        "A holiday or closed day for which the meal wasn't brought the day before."
    )),
    Measure("gap_refused", _("Refused"), _REPORTED),
    Measure("gap_no_reply", _("Can't be reached"), _REPORTED),
    Measure("gap_known_safe", _("Not at home, known where"), _REPORTED),
    Measure("gap_not_attempted", _("Not visited"), _REPORTED),
    Measure("gap_no_meal", _("Seen, but no meal"), _("The person was seen, and no meal handed over was reported.")),
    Measure("gap_excused", _("Cleared up without a visit"), _("A person ended the visit with a reason.")),
    Measure("gap_unreported", _("Not reported"), _("Nothing was reported of the visit.")),
    Measure("gap_never_opened", _("No visit was opened"), _("A plan asks for the meal, and there is no visit.")),
]  # fmt: skip
GAPS = Measure("gaps", _("Meals not given"), _(
    "Planned meals that weren't given, for whatever reason, from the office's first visit until yesterday, each "
    "counted once, by the first reason that holds. Care gaps are those without a reason of the recipient's own."
))  # fmt: skip
MEASURES = {each.key: each for each in [GAPS, *REASONS]}
COLUMNS = {By.SCHEME: "scheme", By.PROVIDER: "provider", By.DONG: "dong", By.TIER: "tier"}

_FOUND = """
WITH days AS (
    SELECT d::date AS day, EXTRACT(ISODOW FROM d)::int - 1 AS weekday
      FROM generate_series(GREATEST(%(first)s::date, COALESCE(
               (SELECT min(b.day) FROM care_visit b WHERE b.office_id = %(office)s), %(last)s::date + 1)),
           %(last)s::date, interval '1 day') d
), mine AS MATERIALIZED (
    SELECT r.id, r.provider_id, r.centre_id, r.scheme_id, r.tier, r.started_on, r.ended_on, p.area_id
      FROM care_recipient r JOIN places_place p ON p.id = r.place_id
     WHERE r.id IN ({seen})
), owed AS (
    SELECT DISTINCT m.id AS recipient, plan.meal, days.day
      FROM days
      JOIN care_mealplan plan ON plan.weekday = days.weekday AND plan.since <= days.day
       AND (plan.until IS NULL OR plan.until > days.day)
      JOIN mine m ON m.id = plan.recipient_id AND m.started_on <= days.day
       AND (m.ended_on IS NULL OR m.ended_on > days.day)
), missing AS MATERIALIZED (
    SELECT owed.recipient, owed.meal, owed.day, v.id AS visit, v.outcome, v.handed, v.excused_at,
           COALESCE(v.provider_id, m.provider_id) AS provider, m.scheme_id AS scheme, m.area_id AS dong, m.tier,
           m.centre_id AS centre
      FROM owed
      JOIN mine m ON m.id = owed.recipient
      LEFT JOIN care_visit v ON v.recipient_id = owed.recipient AND v.meal = owed.meal AND v.day = owed.day
       AND v.day BETWEEN %(first)s AND %(last)s
     WHERE v.id IS NULL OR v.handed <> ALL (%(given)s)
), said AS (
    SELECT missing.*,
           (SELECT a.why FROM care_absence a
             WHERE a.recipient_id = missing.recipient AND a.taken_back_at IS NULL AND a.since <= missing.day
               AND (a.until IS NULL OR a.until > missing.day) ORDER BY a.since DESC, a.id DESC LIMIT 1) AS absent,
           COALESCE(
               (SELECT NOT c.serves FROM care_closure c WHERE c.office_id = %(office)s AND c.day = missing.day
                   AND (c.provider_id = missing.provider OR c.provider_id IS NULL)
                 ORDER BY c.provider_id NULLS LAST LIMIT 1),
               missing.day = ANY (%(holidays)s::date[])) AS closed
      FROM missing
), explained AS (
    SELECT said.*, CASE
        WHEN handed = 'refused' THEN 'refused'
        WHEN outcome IN ('no_reply', 'known_safe', 'not_attempted') THEN outcome
        WHEN outcome <> '' THEN 'no_meal'
        WHEN absent IS NOT NULL THEN absent
        WHEN closed THEN 'closed'
        WHEN visit IS NULL THEN 'never_opened'
        WHEN excused_at IS NOT NULL THEN 'excused'
        ELSE 'unreported' END AS reason
      FROM said
), gap AS (
    SELECT * FROM explained
     WHERE NOT (reason = 'closed' AND EXISTS (
        SELECT FROM care_visit b WHERE b.recipient_id = explained.recipient AND b.meal = explained.meal
           AND b.day BETWEEN explained.day - 7 AND explained.day - 1 AND b.meals > 1 AND b.handed = ANY (%(given)s)))
)
"""


@dataclass(frozen=True)
class Gap:
    """A planned meal that wasn't given."""

    recipient: int
    day: date
    meal: str
    reason: str
    visit: int | None


def counted(standing: Standing, asked: Asked, today: date) -> Groups:
    """The gaps by reason, a line for each that is compared. One query."""
    column = COLUMNS.get(asked.by)
    rows = _ask(standing, asked, today, f"SELECT {column or 'NULL'}, reason, count(*) FROM gap {{meant}} GROUP BY 1, 2")
    found: dict[str, dict[str, int]] = {}
    for key, reason, n in rows:
        line = found.setdefault(line_of(key) if column else "", {each: 0 for each in MEASURES})
        line[f"gap_{reason}"] += n
        line[GAPS.key] += n
    return found


def behind(standing: Standing, asked: Asked, today: date, of: str, line: str) -> list[Gap]:
    """The gaps behind a number, the latest first."""
    more = "" if of == GAPS.key else "AND reason = %(reason)s"
    if line == NONE and asked.by in COLUMNS:
        more += f" AND {COLUMNS[asked.by]} IS NULL"
    rows = _ask(
        standing, asked.only(line), today,
        f"SELECT recipient, day, meal, reason, visit FROM gap {{meant}} {more} ORDER BY day DESC, recipient, meal",
        reason=of.removeprefix("gap_"),
    )  # fmt: skip
    return [Gap(*row) for row in rows]


def _ask(standing: Standing, asked: Asked, today: date, what: str, **more: Any) -> Sequence[tuple[Any, ...]]:
    asked = asked.until(today - timedelta(days=1))
    seen, values = Recipient.objects.seen_by(standing).values("pk").query.sql_with_params()
    meant = "WHERE TRUE"
    for column in ("provider", "dong", "scheme", "tier"):
        meant += f" AND {column} = %({column})s" if getattr(asked, column) else ""
    if standing.organisations is not None:  # who moved was another provider's then
        meant += " AND (provider = ANY (%(own)s) OR centre = ANY (%(own)s))"
    named = {f"seen{n}": value for n, value in enumerate(values)}
    years = range(asked.first.year, asked.last.year + 1)
    holidays = [day for year in years for day in public_holidays(year) if asked.first <= day <= asked.last]
    given: dict[str, Any] = {
        "first": asked.first, "last": asked.last, "given": list(MEALS_GIVEN), "office": standing.office,
        "holidays": holidays, "provider": asked.provider, "dong": asked.dong, "scheme": asked.scheme,
        "tier": asked.tier, "own": list(standing.organisations or []), **named, **more,
    }  # fmt: skip
    found = _FOUND.replace("{seen}", seen % tuple(f"%({name})s" for name in named))
    with connection.cursor() as cursor:
        cursor.execute(found + what.replace("{meant}", meant), given)
        rows: Sequence[tuple[Any, ...]] = cursor.fetchall()
    return rows
