"""Every figure counted apart: plain SQL over the tables, by another way than the product's, in no one's standing.

`number(cursor, office, asked, key, line)` gives one figure; `times` the percentiles by rank.
"""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dure.cases.hours import public_holidays

SEOUL = ZoneInfo("Asia/Seoul")
GIVEN = "v.handed IN ('in_person', 'proxy', 'at_door')"
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
    "meals_paid": f"sum(CASE WHEN {GIVEN} THEN v.meals ELSE 0 END)",
    "office_pays": f"sum(CASE WHEN {GIVEN} THEN v.meals * s.unit_price - v.meals * s.own_share ELSE 0 END)",
    "own_share": f"sum(CASE WHEN {GIVEN} THEN v.meals * s.own_share ELSE 0 END)",
    "no_price": f"sum(CASE WHEN {GIVEN} AND s.id IS NULL THEN v.meals ELSE 0 END)",
}
OF_VISIT = {"provider": "v.provider_id", "dong": "p.area_id", "scheme": "r.scheme_id", "tier": "r.tier"}
OF_CASE = {"provider": "c.organisation_id", "dong": "c.area_id", "scheme": "r.scheme_id", "tier": "c.tier"}
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
            JOIN places_place p ON p.id = r.place_id LEFT JOIN care_scheme s ON s.id = r.scheme_id
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


def gap_figures(cursor: Any, office: int, asked: Any, line: str | None, today: date) -> dict[str, int]:
    """Gaps by walking through every day of every recipient in Python."""
    found: dict[str, int] = {}
    people = _rows(cursor, """SELECT r.id, r.provider_id AS provider, r.scheme_id AS scheme, r.tier, p.area_id AS dong,
        r.started_on, r.ended_on FROM care_recipient r JOIN places_place p ON p.id = r.place_id
        WHERE r.office_id = %s""", office)  # fmt: skip
    plans = _by(_rows(cursor, "SELECT * FROM care_mealplan WHERE office_id = %s", office), "recipient_id")
    away = _by(
        _rows(cursor, "SELECT * FROM care_absence WHERE office_id = %s ORDER BY since, id", office), "recipient_id"
    )
    closed = {(c["provider_id"], c["day"]): c for c in _rows(cursor, "SELECT * FROM care_closure WHERE office_id = %s",
                                                             office)}  # fmt: skip
    visits = {(v["recipient_id"], v["meal"], v["day"]): v
              for v in _rows(cursor, "SELECT * FROM care_visit WHERE office_id = %s", office)}  # fmt: skip
    begun = min((day for *_, day in visits), default=date.max)  # before the office's first visit nothing was owed
    for person in people:
        day = max(asked.first, begun)
        while day <= min(asked.last, today - timedelta(days=1)):
            for meal in sorted({p["meal"] for p in plans.get(person["id"], []) if _owes(p, person, day)}):
                visit = visits.get((person["id"], meal, day))
                mine = person | ({"provider": visit["provider_id"]} if visit else {})
                why = _why(visit, [a for a in away.get(person["id"], []) if _covers(a, day)], closed, mine, day)
                ahead = why == "closed" and _brought(visits, person["id"], meal, day)
                if why and not ahead and _meant(mine, asked, line):
                    found["gaps"] = found.get("gaps", 0) + 1
                    found[f"gap_{why}"] = found.get(f"gap_{why}", 0) + 1
            day += timedelta(days=1)
    return found


def _owes(plan: dict[str, Any], person: dict[str, Any], day: date) -> bool:
    ends = [each for each in (plan["until"], person["ended_on"]) if each]
    begins = max(plan["since"], person["started_on"])
    return plan["weekday"] == day.weekday() and begins <= day and all(day < each for each in ends)


def _covers(absence: dict[str, Any], day: date) -> bool:
    ends = absence["until"] or date.max
    return absence["taken_back_at"] is None and absence["since"] <= day < ends


def _why(visit: Any, away: Any, closed: Any, person: Any, day: date) -> str:
    if visit and visit["handed"] in ("in_person", "proxy", "at_door"):
        return ""
    if visit and visit["handed"] == "refused":
        return "refused"
    if visit and visit["outcome"]:
        return str(visit["outcome"]) if not visit["outcome"].startswith("seen") else "no_meal"
    if away:
        return str(away[-1]["why"])
    said = closed.get((person["provider"], day)) or closed.get((None, day))
    if not said["serves"] if said else day in public_holidays(day.year):
        return "closed"
    return "never_opened" if not visit else "excused" if visit["excused_at"] else "unreported"


def _brought(visits: Any, person: int, meal: str, day: date) -> bool:
    for n in range(1, 8):
        visit = visits.get((person, meal, day - timedelta(days=n)))
        if visit and visit["meals"] > 1 and visit["handed"] in ("in_person", "proxy", "at_door"):
            return True
    return False


def _meant(person: Any, asked: Any, line: str | None) -> bool:
    wanted = {key: getattr(asked, key) for key in ("provider", "dong", "scheme", "tier") if getattr(asked, key)}
    if line is not None and asked.by != "all":
        mine = person[asked.by.value]
        if (str(mine) if mine is not None else "none") != line:
            return False
    return all(person[key] == value for key, value in wanted.items())


def _cases(asked: Any, line: str | None) -> str:
    return f"""FROM cases_case c LEFT JOIN care_recipient r ON r.ref = c.subject
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


def _by(rows: list[dict[str, Any]], key: str) -> dict[Any, list[dict[str, Any]]]:
    found: dict[Any, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row[key], []).append(row)
    return found
