"""What always holds, checked from the rows alone, by queries that share nothing with the code that wrote them.

Beside it stands the auditor that the product brings along. Each check returns a line for every row that breaks it: an
empty day is a good day.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from dure.demo.day.hands import Unexpected
from dure.demo.day.living import Day, Episode
from dure.duty.auditor import look

SLACK, TEN_MINUTES = timedelta(minutes=1), timedelta(minutes=10)
NIGHT, DAY = timedelta(hours=10, minutes=2), timedelta(days=1)
Row = tuple[Any, ...]
GRAVITY = "array['danger','no_reply','seen_with_concern','not_attempted','known_safe','seen_well']"


def ask(sql: str, *values: Any) -> list[Row]:
    """The rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        return list(cursor.fetchall())


def open_or_closed(now: datetime) -> list[str]:
    """1. An open duty has a next moment; a closed one a person, a moment, an outcome. Never neither, never both."""
    bad = ask("""
        SELECT kind, ref FROM duty_duty WHERE NOT (
          (closed_at IS NULL AND look_at IS NOT NULL AND closed_by_id IS NULL AND outcome = '') OR
          (closed_at IS NOT NULL AND look_at IS NULL AND closed_by_id IS NOT NULL AND outcome <> ''))""")
    follow = ask("""
        SELECT n.kind, n.ref FROM duty_duty n JOIN duty_duty o ON o.id = n.follows_id
        WHERE o.closed_at IS NULL OR o.closed_at > n.opened_at OR n.first_told_id IS DISTINCT FROM o.closed_by_id""")
    return [f"{kind} {ref}" for kind, ref in bad + follow]


def silence_is_overdue(now: datetime) -> list[str]:
    """2. What is past its time is raised, and at its time: due-ness is the server's alone."""
    late = ask(
        """SELECT kind, ref FROM duty_duty WHERE raised_by_id IS NULL AND raised_why = '' AND due_at <= %s
           AND coalesce(raised_at, closed_at, %s) > due_at + interval '1 minute'""",
        now, now,
    )  # fmt: skip
    return [f"{kind} {ref}" for kind, ref in late]


def the_right_people_are_told(now: datetime) -> list[str]:
    """3. Who was told stood on the frozen order: on shift at that moment, named, first told, or every officer."""
    strange = ask("""
        SELECT d.kind, d.ref, t.at, t.step FROM duty_telling t JOIN duty_duty d ON d.id = t.duty_id
        WHERE t.step >= jsonb_array_length(d.rungs)
           OR (t.step = -1 AND t.person_id IS DISTINCT FROM d.first_told_id)
           OR (t.step >= 0 AND t.person_id IS DISTINCT FROM (d.rungs->t.step->>'person')::bigint AND NOT EXISTS (
                 SELECT FROM people_shift s WHERE s.roster_id = (d.rungs->t.step->>'roster')::bigint
                 AND s.person_id = t.person_id AND s.starts_at <= t.at AND s.ends_at > t.at))""")
    return [f"{kind} {ref} {at} {step}" for kind, ref, at, step in strange]


def nobody_is_left_in_silence(now: datetime) -> list[str]:
    """4, 5. From raising until a person closes it, somebody has it or has been told within the wait: no gap, no end."""
    covers: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    told = ask("""
        SELECT d.id, t.at, CASE WHEN t.step >= 0 THEN (d.rungs->t.step->>'wait')::int
                                ELSE (d.rungs->-1->>'wait')::int END
        FROM duty_telling t JOIN duty_duty d ON d.id = t.duty_id""")
    for duty, at, wait in told:
        covers[duty].append((at, at + timedelta(seconds=min(max(wait, 60), 86400))))
    for duty, at, until in ask("SELECT duty_id, at, coalesce(ended_at, until) FROM duty_claim WHERE holds"):
        covers[duty].append((at, until))
    for duty, evening in _nights(now):
        covers[duty].append((evening, evening + NIGHT))
    raised = ask(
        "SELECT id, kind, ref, raised_at, coalesce(closed_at, %s) FROM duty_duty WHERE raised_at <= %s", now, now
    )
    return [f"{kind} {ref}" for id, kind, ref, since, until in raised if _gap(covers[id], since, until)]


def _nights(now: datetime) -> Iterable[tuple[int, datetime]]:
    """What isn't urgent waits through the night: the evenings of each such duty, when nothing goes out any more."""
    ordinary = ask(
        """SELECT d.id, d.raised_at, o.zone FROM duty_duty d JOIN offices_office o ON o.id = d.office_id
           WHERE NOT d.urgent AND d.raised_at <= %s""", now,
    )  # fmt: skip
    for duty, raised_at, zone in ordinary:
        evening = datetime.combine(raised_at.astimezone(ZoneInfo(zone)), time(20, 58), ZoneInfo(zone)) - DAY
        while evening < now:
            yield duty, evening
            evening += DAY


def _gap(covers: Iterable[tuple[datetime, datetime]], since: datetime, until: datetime) -> bool:
    reached = since
    for start, end in sorted(covers):
        if start > reached + SLACK:
            break
        reached = max(reached, end)
    return reached + SLACK < until


def a_claim_is_a_lease(now: datetime) -> list[str]:
    """6. One has it at a time; who has it isn't rung; a lapsed one wasn't taken away before its time."""
    two = ask("""
        SELECT a.duty_id FROM duty_claim a JOIN duty_claim b ON a.duty_id = b.duty_id AND a.id < b.id
        WHERE b.at < coalesce(a.ended_at, 'infinity') AND a.at < coalesce(b.ended_at, 'infinity')""")
    rung = ask("""
        SELECT c.duty_id FROM duty_claim c JOIN duty_telling t ON t.duty_id = c.duty_id AND t.person_id = c.by_id
        WHERE t.step >= 0 AND t.at > c.at AND t.at < least(c.until, coalesce(c.ended_at, c.until))""")
    early = ask("SELECT duty_id FROM duty_claim WHERE ended = 'lapsed' AND ended_at < until")
    return [f"duty {duty}" for (duty,) in two + rung + early]


def reports_are_kept(acknowledged: Sequence[UUID]) -> list[str]:
    """7. Every report that was acknowledged is there, once, and was understood or is somebody's to look at."""
    kept = defaultdict(list)
    for key, understood in ask("SELECT key, understood_at IS NOT NULL FROM duty_report WHERE NOT beside"):
        kept[key].append(understood)
    unread = {about for (about,) in ask("SELECT about FROM duty_duty WHERE kind = 'field.unread'")}
    lost = [f"report {key} lost or double" for key in acknowledged if len(kept[key]) != 1]
    return lost + [
        f"report {key} unread" for key, understood in kept.items() if not all(understood) and key not in unread
    ]


def the_graver_counts(now: datetime) -> list[str]:
    """8. A visit's outcome is the gravest of what was seen; nobody unreached or unreported is without a case."""
    outcome = ask(f"""
        SELECT v.ref FROM care_visit v JOIN LATERAL (
          SELECT outcome FROM care_sighting s WHERE s.visit_id = v.id
          ORDER BY array_position({GRAVITY}, CASE WHEN danger THEN 'danger' ELSE outcome END::text), id LIMIT 1
        ) g ON true WHERE g.outcome <> v.outcome""")
    no_case = ask("""
        SELECT v.ref FROM care_sighting s JOIN care_visit v ON v.id = s.visit_id
        JOIN care_recipient r ON r.id = v.recipient_id
        WHERE (s.outcome = 'no_reply' OR s.danger) AND NOT EXISTS (
          SELECT FROM cases_case c WHERE c.subject = r.ref AND coalesce(c.closed_at, 'infinity') >= s.received_at)""")
    silent = ask("""
        SELECT v.ref FROM duty_duty d JOIN care_visit v ON v.duty_id = d.id
        JOIN care_recipient r ON r.id = v.recipient_id
        WHERE d.raised_at IS NOT NULL AND d.raised_why = '' AND NOT EXISTS (
          SELECT FROM cases_case c WHERE c.subject = r.ref AND coalesce(c.closed_at, 'infinity') >= d.raised_at)""")
    unseen = ask("""SELECT ref FROM cases_case WHERE closed_at IS NOT NULL AND finding <> 'mistake'
                    AND seen_at IS NULL AND whereabouts = ''""")
    return [f"visit or case {ref}" for (ref,) in outcome + no_case + silent + unseen]


def nobody_is_unowned(now: datetime) -> list[str]:
    """8b. At every minute of a case somebody owes an answer to it or, once seen or explained, how it ended."""
    bad = ask("""
        SELECT c.number FROM cases_case c LEFT JOIN duty_duty d
          ON d.about = c.ref AND d.kind IN ('case.answer', 'case.finish')
        GROUP BY c.id HAVING NOT coalesce(range_agg(tstzrange(d.opened_at, coalesce(d.closed_at, 'infinity'), '[]')),
          '{}') @> tstzrange(c.opened_at, coalesce(c.closed_at, 'infinity'))""")
    early = ask("""
        SELECT c.number FROM cases_case c JOIN duty_duty d ON d.about = c.ref AND d.kind = 'case.finish'
        WHERE d.closed_at IS NULL AND c.seen_at IS NULL AND c.whereabouts = ''""")
    return [f"case {number}" for (number,) in bad + early]


def messages_and_record(files: Path) -> list[str]:
    """9. No telling without its message, none lost: what the file carrier was handed is what the rows say was sent."""
    said = [json.loads(line) for line in files.read_text().splitlines()] if files.exists() else []
    handed = Counter(line["key"] for line in said)
    bundled = {(line["to"], text) for line in said for text in line["text"].split("\n")}  # ordinary ones go as one
    sent = ask("""SELECT key::text, tries, urgent, address, text FROM outbox_message
                  WHERE sent_at IS NOT NULL AND channel IN ('sms', 'email')""")
    lost = [f"message {key} handed over {handed[key]} times in {tries} tries"
            for key, tries, urgent, address, text in sent
            if not 1 <= handed[key] <= tries and (urgent or (address, text) not in bundled)]  # fmt: skip
    alien = set(handed) - {key for key, *_rest in sent}
    silent = ask("""SELECT kind || ' ' || ref FROM duty_duty d WHERE NOT EXISTS (
                      SELECT FROM audit_entry e WHERE e.about = 'duty ' || d.ref AND e.did = 'opened')""")
    return lost + [f"message {key} sent and not on record" for key in sorted(alien)] + [row for (row,) in silent]


def each_turn_once(now: datetime) -> list[str]:
    """10. Each duty is moved once a turn, and nobody is told twice in one."""
    bad = ask("""
        SELECT d.kind, d.ref FROM duty_duty d LEFT JOIN duty_telling t ON t.duty_id = d.id
        GROUP BY d.id HAVING coalesce(max(t.turn), 0) <> d.turn OR count(DISTINCT t.turn) <> d.turn""")
    twice = ask("""SELECT 'telling', min(id)::text FROM duty_telling
                   GROUP BY duty_id, turn, person_id, channel, address HAVING count(*) > 1""")
    return [f"{kind} {ref}" for kind, ref in bad + twice]


def all_stand_down(now: datetime) -> list[str]:
    """11. Nothing goes out for what is closed; who was told of an urgent matter hears that it is over."""
    after = ask("""
        SELECT d.kind, d.ref FROM duty_telling t JOIN duty_duty d ON d.id = t.duty_id
        JOIN outbox_message m ON m.id = t.message_id
        WHERE d.closed_at IS NOT NULL AND (m.try_at IS NOT NULL OR m.sent_at > d.closed_at)""")
    uninformed = ask("""
        SELECT d.kind, d.ref FROM duty_telling t JOIN duty_duty d ON d.id = t.duty_id
        JOIN outbox_message m ON m.id = t.message_id
        WHERE d.urgent AND d.closed_at IS NOT NULL AND m.sent_at IS NOT NULL AND t.person_id <> d.closed_by_id
          AND NOT EXISTS (SELECT FROM outbox_message o WHERE o.person_id = t.person_id AND o.channel = t.channel
                          AND o.address = m.address AND o.created_at = d.closed_at AND o.id <> m.id)""")
    return [f"{kind} {ref}" for kind, ref in after + uninformed]


def no_name_in_a_message(now: datetime) -> list[str]:
    """§2. A message names the case and the dong, never the person."""
    bad = ask("""SELECT DISTINCT m.id FROM outbox_message m JOIN care_recipient r
                 ON position(r.name IN m.text) > 0 OR position(r.name IN m.values::text) > 0""")
    return [f"message {number}" for (number,) in bad]


EVENING = """
SELECT p.name, count(*) AS planned,
  count(*) FILTER (WHERE v.outcome IN ('seen_well', 'seen_with_concern') AND d.closed_at IS NOT NULL) AS seen,
  count(*) FILTER (WHERE v.id IS NULL AND away) AS away,
  count(*) FILTER (WHERE v.outcome NOT IN ('seen_well', 'seen_with_concern') AND d.closed_at IS NOT NULL) AS explained,
  count(*) FILTER (WHERE d.id IS NOT NULL AND d.closed_at IS NULL) AS open
FROM care_mealplan m JOIN care_recipient r ON r.id = m.recipient_id JOIN people_organisation p ON p.id = r.provider_id
LEFT JOIN care_visit v ON v.recipient_id = r.id AND v.day = %(day)s AND v.meal = m.meal
LEFT JOIN duty_duty d ON d.id = v.duty_id
CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM care_absence a WHERE a.recipient_id = r.id AND a.taken_back_at IS NULL
  AND a.since <= %(day)s AND (a.until IS NULL OR a.until > %(day)s)) AS away) AS absence
WHERE m.weekday = extract(isodow FROM %(day)s::date) - 1 AND m.since <= %(day)s
  AND (m.until IS NULL OR m.until > %(day)s)
  AND r.started_on <= %(day)s AND (r.ended_on IS NULL OR r.ended_on > %(day)s)
GROUP BY p.id, p.name ORDER BY p.id
"""


def evening(day: date) -> list[Row]:
    """Per provider: planned, from the plans alone; seen; explained; open; and the difference, which must be 0."""
    with connection.cursor() as cursor:
        cursor.execute(EVENING, {"day": day})
        rows = cursor.fetchall()
    return [(name, planned, seen, away + explained, open, planned - seen - away - explained - open)
            for name, planned, seen, away, explained, open in rows]  # fmt: skip


def looked_over(day: Day) -> Episode:
    """Every ten minutes of the day the product's own auditor looks as well. It must never raise a false alarm."""
    while True:
        yield day.now + TEN_MINUTES
        if found := missed(day.now):
            raise Unexpected("\n".join(found))


def missed(now: datetime) -> list[str]:
    """What the product's own auditor finds: on a day on which all processes run, nothing."""
    return [f"{found.what}: {found.n}, {found.kind} {found.ref}" for found in look(now, now - SLACK)]


CHECKS: Sequence[Callable[[datetime], list[str]]] = [
    open_or_closed, silence_is_overdue, the_right_people_are_told, nobody_is_left_in_silence, a_claim_is_a_lease,
    the_graver_counts, nobody_is_unowned, each_turn_once, all_stand_down, no_name_in_a_message,
]  # fmt: skip


def broken(now: datetime, acknowledged: Sequence[UUID], files: Path) -> dict[str, list[str]]:
    """Every line of "what always holds" that the rows of this day break: the line, and the rows."""
    found = {(check.__doc__ or "").strip(): check(now) for check in CHECKS}
    found[(reports_are_kept.__doc__ or "").strip()] = reports_are_kept(acknowledged)
    found[(messages_and_record.__doc__ or "").strip()] = messages_and_record(files)
    return found
