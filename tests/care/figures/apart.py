"""Every figure counted apart: plain SQL over the tables, by another way than the product's, in no one's standing.

`number(cursor, office, asked, key, line)` gives one figure; `times` the percentiles by rank.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dure.cases.hours import public_holidays

SEOUL = ZoneInfo("Asia/Seoul")
GIVEN = "v.handed IN ('in_person', 'proxy', 'at_door')"
# What was said of that day and not overtaken by anything said of a later one: the scheme, and what it pays.
BELONGS = """LEFT JOIN money_belonging b ON b.recipient_id = r.id AND b.since <= {day} AND NOT EXISTS (
    SELECT FROM money_belonging n WHERE n.recipient_id = r.id AND n.since <= {day}
    AND (n.since, n.id) > (b.since, b.id))"""
PRICED = """LEFT JOIN money_terms t ON t.scheme_id = b.scheme_id AND t.replaced_at IS NULL AND t.since <= v.day
    AND NOT EXISTS (SELECT FROM money_terms n WHERE n.scheme_id = b.scheme_id AND n.replaced_at IS NULL
        AND n.since <= v.day AND n.since > t.since)"""
PAID = """(t.id IS NOT NULL AND (v.handed IN ('in_person', 'proxy') OR (v.handed = 'at_door' AND t.pays_at_door)
    OR (v.handed = 'refused' AND t.pays_refused) OR (t.pays_not_handed AND (v.handed = 'not_handed'
        OR (v.handed = '' AND v.outcome IN ('known_safe', 'no_reply'))))))"""
REAL = "NOT (v.unplanned AND v.outcome = '')"
OUTCOMES = ("seen_well", "seen_with_concern", "known_safe", "no_reply", "not_attempted")
HANDED = ("in_person", "proxy", "at_door", "refused", "not_handed")
FINDINGS = ("well", "helped", "hospital", "elsewhere", "died", "mistake")
VISITS: dict[str, str] = {
    "planned": "count(*)",
    **{each: f"count(CASE WHEN v.outcome = '{each}' THEN 1 END)" for each in OUTCOMES},
    "seen": "count(CASE WHEN v.outcome LIKE 'seen%%' THEN 1 END)",
    "excused": "count(CASE WHEN v.outcome = '' AND v.excused_at IS NOT NULL THEN 1 END)",
    "unreported": "count(CASE WHEN v.outcome = '' AND v.excused_at IS NULL THEN 1 END)",
    "given": f"count(CASE WHEN {GIVEN} THEN 1 END)",
    **{each: f"count(CASE WHEN v.handed = '{each}' THEN 1 END)" for each in HANDED},
    "meals_paid": f"sum(CASE WHEN {PAID} THEN v.meals ELSE 0 END)",
    "office_pays": f"sum(CASE WHEN {PAID} THEN v.meals * t.unit_price - v.meals * t.own_share ELSE 0 END)",
    "own_share": f"sum(CASE WHEN {PAID} THEN v.meals * t.own_share ELSE 0 END)",
    "no_price": f"sum(CASE WHEN {GIVEN} AND b.scheme_id IS NULL THEN v.meals ELSE 0 END)",
}
OF_VISIT = {"provider": "v.provider_id", "dong": "p.area_id", "scheme": "b.scheme_id", "tier": "r.tier"}
OF_CASE = {"provider": "c.organisation_id", "dong": "c.area_id", "scheme": "b.scheme_id", "tier": "c.tier"}
BEGAN = """LEAST(c.opened_at, (SELECT e.at FROM cases_entry e WHERE e.case_id = c.id AND e.step = 'opened'
    ORDER BY e.at LIMIT 1))"""
TOLD = """(SELECT t.at FROM duty_telling t JOIN duty_duty d ON d.id = t.duty_id
    WHERE (d.kind LIKE 'case.%%' OR d.kind = 'care.visit') AND (d.about = c.ref OR d.about = c.about)
    ORDER BY t.at LIMIT 1)"""
CLAIMED = (
    "(SELECT k.at FROM duty_claim k JOIN duty_duty d ON d.id = k.duty_id WHERE d.about = c.ref ORDER BY 1 LIMIT 1)"
)
MOMENTS = {"told": TOLD, "claimed": CLAIMED} | {
    each: f"c.{each}" for each in ("going_at", "seen_at", "called_119_at", "family_told_at")
}
LATE = f"""(c.finding <> 'mistake' AND
    COALESCE(c.seen_at, CASE WHEN c.closed_at IS NULL THEN %(now)s::timestamptz END) - {BEGAN}
    > interval '{{}} minutes')"""
WITHIN = f"(c.finding <> 'mistake' AND c.seen_at - {BEGAN} <= interval '{{}} minutes')"
CASES: dict[str, str] = {
    "opened": "TRUE",
    "settled": "c.closed_at IS NOT NULL AND c.finding <> 'mistake'",
    "by_phone": "c.finding NOT IN ('', 'mistake') AND NOT c.on_site AND "
    "COALESCE(c.going_at, c.arrived_at, c.danger_at, c.called_119_at) IS NULL",
    "to_see": f"{WITHIN.format(45)} OR {LATE.format(45)}",
    "seen_45": WITHIN.format(45), "seen_60": WITHIN.format(60), "over_90": LATE.format(90),
    "unclaimed": f"{CLAIMED} IS NULL",
    **{each: f"c.finding = '{each}'" for each in FINDINGS},
    "still_open": "c.closed_at IS NULL", "danger": "c.danger_at IS NOT NULL",
    **{f"time_{key}": f"{moment} IS NOT NULL" for key, moment in MOMENTS.items()},
}  # fmt: skip


def visit_figures(cursor: Any, office: int, asked: Any, line: str | None) -> dict[str, int]:
    """Everything about visits. `line` None: of all."""
    where = _where(OF_VISIT, asked, line)
    cursor.execute(
        f"""SELECT {", ".join(VISITS.values())} FROM care_visit v JOIN care_recipient r ON r.id = v.recipient_id
            JOIN places_place p ON p.id = r.place_id {BELONGS.format(day="v.day")} {PRICED}
            WHERE v.office_id = %(office)s AND v.day >= %(first)s AND v.day <= %(last)s AND {REAL} AND {where}""",
        _values(office, asked, line),
    )
    return {key: int(n or 0) for key, n in zip(VISITS, cursor.fetchone(), strict=True)}


def case_figures(cursor: Any, office: int, asked: Any, line: str | None, now: datetime) -> dict[str, int]:
    """Everything that is counted of emergencies."""
    counts = ", ".join(f"count(CASE WHEN {test} THEN 1 END)" for test in CASES.values())
    cursor.execute(f"SELECT {counts} {_cases(asked, line)}", _values(office, asked, line) | {"now": now})
    return dict(zip(CASES, cursor.fetchone(), strict=True))


def times(cursor: Any, office: int, asked: Any, line: str | None, key: str) -> list[timedelta | None]:
    """Median, p90 and p95 by counting ranks; None of fewer than five."""
    took = f"SELECT {MOMENTS[key]} - {BEGAN} AS t {_cases(asked, line)}"
    cursor.execute(
        f"""WITH took AS ({took}), ranked AS (
                SELECT CASE WHEN t < interval '0' THEN interval '0' ELSE t END AS t,
                       row_number() OVER (ORDER BY t) AS n, count(*) OVER () AS n_all FROM took WHERE t IS NOT NULL)
            SELECT min(t) FILTER (WHERE n * 100 >= n_all * 50), min(t) FILTER (WHERE n * 100 >= n_all * 90),
                   min(t) FILTER (WHERE n * 100 >= n_all * 95), count(*) FROM ranked""",
        _values(office, asked, line),
    )
    *found, n = cursor.fetchone()
    return found if n >= 5 else [None] * 3


@dataclass(frozen=True)
class Missed:
    """A decided meal that wasn't given, with all by which it may be counted."""

    day: date
    why: str
    provider: int
    dong: int | None
    scheme: int | None
    tier: str


GAPS = ("closed", "not_attempted", "no_reply", "no_meal", "excused", "unreported", "never_opened")
ENDED = {"hospital stay": "hospital", "away": "away", "paused": "paused", "absent": "other",
         "cleared up by a case": "no_reply"}  # fmt: skip


def gap_figures(missed: list[Missed], asked: Any, line: str | None) -> dict[str, int]:
    """Of what was missed what is meant, counted."""
    found: dict[str, int] = {}
    for each in missed:
        if asked.first <= each.day <= asked.last and _meant(each, asked, line):
            for key in (f"gap_{each.why}", "gaps" if each.why in GAPS else "apart"):
                found[key] = found.get(key, 0) + 1
    return found


def missed(cursor: Any, office: int, today: date) -> list[Missed]:
    """Every decided meal that wasn't given, by walking through every day of every recipient in Python."""
    found = []
    people = _rows(cursor, """SELECT r.id, r.provider_id AS provider, r.tier, p.area_id AS dong,
        r.started_on, r.ended_on FROM care_recipient r JOIN places_place p ON p.id = r.place_id
        WHERE r.office_id = %s""", office)  # fmt: skip
    plans = _of(cursor, "care_mealplan", office)
    away, said = _of(cursor, "care_absence", office, "since, id"), _of(cursor, "money_belonging", office, "since, id")
    closed = {(c["provider_id"], c["day"]): c for c in _rows(cursor, "SELECT * FROM care_closure WHERE office_id = %s",
                                                             office)}  # fmt: skip
    visits = {(v["recipient_id"], v["meal"], v["day"]): v
              for v in _rows(cursor, """SELECT v.*, d.closed_at AS ended_at FROM care_visit v
                             JOIN duty_duty d ON d.id = v.duty_id WHERE v.office_id = %s""", office)}  # fmt: skip
    begun = min((day for *_, day in visits), default=date.max)  # before the office's first visit nothing was owed
    for person in people:
        before: dict[str, date] = {}  # by meal the decided day before
        day = person["started_on"]
        while day <= today:
            for meal in sorted({p["meal"] for p in plans.get(person["id"], []) if _owes(p, person, day)}):
                visit = visits.get((person["id"], meal, day))
                provider = visit["provider_id"] if visit else person["provider"]
                why = _why(visit, [a for a in away.get(person["id"], []) if _covers(a, day)], closed, provider, day)
                if why in ("unreported", "never_opened") and day == today:
                    why = ""  # nobody can know yet
                if why == "closed" and _brought(visits, person["id"], meal, before.get(meal), day):
                    why = ""
                if why and day >= begun:
                    schemes = [s["scheme_id"] for s in said.get(person["id"], []) if s["since"] <= day]
                    scheme = schemes[-1] if schemes else None
                    found.append(Missed(day, why, provider, person["dong"], scheme, person["tier"]))
                before[meal] = day
            day += timedelta(days=1)
    return found


def _owes(plan: dict[str, Any], person: dict[str, Any], day: date) -> bool:
    ends = [each for each in (plan["until"], person["ended_on"]) if each]
    begins = max(plan["since"], person["started_on"])
    return plan["weekday"] == day.weekday() and begins <= day and all(day < each for each in ends)


def _covers(absence: dict[str, Any], day: date) -> bool:
    ends = absence["until"] or date.max
    return absence["taken_back_at"] is None and absence["since"] <= day < ends


def _why(visit: Any, away: Any, closed: Any, provider: int, day: date) -> str:
    if visit and visit["handed"] in ("in_person", "proxy", "at_door"):
        return ""
    if away:
        return "hospital" if "hospital" in {each["why"] for each in away} else str(away[-1]["why"])
    said = closed.get((provider, day)) or closed.get((None, day))
    if not said["serves"] if said else day in public_holidays(day.year):
        return "closed"
    if not visit:
        return "never_opened"
    if visit["handed"] == "refused":
        return "refused"
    if visit["outcome"]:
        return str(visit["outcome"]) if not visit["outcome"].startswith("seen") else "no_meal"
    if visit["excused_at"]:
        return ENDED.get(visit["excused_why"], "excused")
    return "no_reply" if visit["ended_at"] else "unreported"


def _brought(visits: Any, person: int, meal: str, before: date | None, day: date) -> bool:
    if before is None or day - before > timedelta(days=7):
        return False
    visit = visits.get((person, meal, before))
    return visit is not None and visit["meals"] > 1 and visit["handed"] in ("in_person", "proxy", "at_door")


def _meant(of: Missed, asked: Any, line: str | None) -> bool:
    if line is not None and asked.by != "all":
        mine = getattr(of, asked.by.value)
        if (str(mine) if mine is not None else "none") != line:
            return False
    wanted = ((key, getattr(asked, key)) for key in ("provider", "dong", "scheme", "tier"))
    return all(getattr(of, key) == value for key, value in wanted if value)


def _cases(asked: Any, line: str | None) -> str:
    day = "(c.opened_at AT TIME ZONE 'Asia/Seoul')::date"
    return f"""FROM cases_case c LEFT JOIN care_recipient r ON r.ref = c.subject {BELONGS.format(day=day)}
        WHERE c.office_id = %(office)s AND c.programme = 'care' AND NOT c.drill AND c.opened_at >= %(begins)s
        AND c.opened_at < %(ends)s AND {_where(OF_CASE, asked, line)}"""


def _where(columns: dict[str, str], asked: Any, line: str | None) -> str:
    tests = [f"{column} = %({key})s" for key, column in columns.items() if getattr(asked, key)]
    if line is not None and asked.by != "all":
        column = columns[asked.by.value]
        tests.append(f"{column} IS NULL" if line == "none" else f"{column}::text = %(line)s")
    return " AND ".join(tests) or "TRUE"


def _values(office: int, asked: Any, line: str | None) -> dict[str, Any]:
    begins, ends = (datetime.combine(d, time(), SEOUL) for d in (asked.first, asked.last + timedelta(days=1)))
    named = {key: getattr(asked, key) for key in ("provider", "dong", "scheme", "tier")}
    return {"office": office, "first": asked.first, "last": asked.last, "begins": begins, "ends": ends, "line": line,
            **named}  # fmt: skip


def _rows(cursor: Any, query: str, office: int) -> list[dict[str, Any]]:
    cursor.execute(query, [office])
    names = [column.name for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _of(cursor: Any, table: str, office: int, order: str = "id") -> dict[int, list[dict[str, Any]]]:
    """All rows of a table by recipient."""
    found: dict[int, list[dict[str, Any]]] = {}
    for row in _rows(cursor, f"SELECT * FROM {table} WHERE office_id = %s ORDER BY {order}", office):
        found.setdefault(row["recipient_id"], []).append(row)
    return found
