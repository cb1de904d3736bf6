"""What must hold when the killing is over, asked of the database and of the file of messages that went out."""

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg

NEVER = {  # sentence -> rows that must not be there
    "a duty that is due was never raised": """
        SELECT ref FROM duty_duty WHERE closed_at IS NULL AND raised_at IS NULL AND due_at <= %(now)s""",
    "an open duty is looked at by nobody any more": """
        SELECT ref FROM duty_duty WHERE closed_at IS NULL
        AND (look_at <= %(now)s OR (raised_at IS NULL AND look_at <> due_at))""",
    "an open duty's next look isn't explained by its ladder, a claim or a fault": """
        SELECT ref FROM duty_duty d WHERE closed_at IS NULL AND raised_at IS NOT NULL AND set_aside_at IS NULL
        AND NOT EXISTS (SELECT FROM duty_claim c WHERE c.duty_id = d.id AND c.until = d.look_at)
        AND NOT EXISTS (SELECT FROM duty_telling t WHERE t.duty_id = d.id
            AND t.at + make_interval(secs => (d.rungs -> greatest(t.step, -1) ->> 'wait')::int) = d.look_at)""",
    "a turn of telling is missing": """
        SELECT d.ref, d.turn, array_agg(DISTINCT t.turn) FROM duty_duty d LEFT JOIN duty_telling t ON t.duty_id = d.id
        GROUP BY d.id HAVING d.turn <> count(DISTINCT t.turn) OR d.turn <> coalesce(max(t.turn), 0)""",
    "somebody was told twice in one turn": """
        SELECT duty_id, turn, person_id FROM duty_telling GROUP BY duty_id, turn, person_id, channel, address
        HAVING count(*) > 1""",
    "a duty was moved twice, or its record is missing": """
        SELECT d.ref, e.raised, e.told FROM duty_duty d JOIN (
            SELECT about, count(*) FILTER (WHERE did = 'opened') AS opened,
                   count(*) FILTER (WHERE did = 'raised') AS raised, count(*) FILTER (WHERE did = 'told') AS told,
                   count(*) FILTER (WHERE did = 'closed') AS closed
            FROM audit_entry GROUP BY about) e ON e.about = 'duty ' || d.ref
        WHERE e.opened <> 1 OR e.closed <> (d.closed_at IS NOT NULL)::int
        OR e.raised <> (d.raised_at IS NOT NULL AND d.raised_why = '')::int
        OR e.told <> (SELECT count(DISTINCT turn) FROM duty_telling t WHERE t.duty_id = d.id AND t.step >= -1)""",
    "a visit that nobody reported has no case, or two": """
        SELECT v.ref FROM duty_duty v LEFT JOIN duty_duty c ON c.about = v.ref AND c.kind = 'crash.silence'
        WHERE v.kind = 'crash.visit' GROUP BY v.id HAVING count(c) <> (v.raised_at IS NOT NULL)::int""",
    "a message is owed and nobody sends it": "SELECT key FROM outbox_message WHERE try_at <= %(now)s",
    "a message of a closed duty is still owed": """
        SELECT m.key FROM outbox_message m JOIN duty_telling t ON t.message_id = m.id
        JOIN duty_duty d ON d.id = t.duty_id WHERE d.closed_at IS NOT NULL AND m.try_at IS NOT NULL""",
    "somebody was sent out and never stood down": """
        SELECT d.ref, t.person_id FROM duty_telling t JOIN duty_duty d ON d.id = t.duty_id
        JOIN outbox_message m ON m.id = t.message_id
        WHERE d.urgent AND d.closed_at IS NOT NULL AND m.sent_at IS NOT NULL AND t.person_id <> d.closed_by_id
        AND NOT EXISTS (SELECT FROM outbox_message s WHERE s.person_id = t.person_id AND s.channel = t.channel
                        AND s.page = d.page AND s.created_at = d.closed_at AND s.template LIKE 'Over:%%')""",
    "a report was kept and nobody acts on it": """
        SELECT r.key FROM duty_report r WHERE understood_at IS NULL AND NOT EXISTS (
            SELECT FROM duty_duty d WHERE d.kind = 'field.unread' AND d.about = r.key)""",
    "a report had its effect twice": """
        SELECT about FROM duty_duty WHERE kind IN ('crash.no_reply', 'crash.worse')
        GROUP BY about HAVING count(*) > 1""",
}
LADDERS = """
SELECT d.ref, d.rungs, t.turn, min(t.at), max(t.step), bool_or(m.failed_at IS NOT NULL),
       EXISTS (SELECT FROM duty_claim c WHERE c.duty_id = d.id)
FROM duty_duty d JOIN duty_telling t ON t.duty_id = d.id JOIN outbox_message m ON m.id = t.message_id
GROUP BY d.id, t.turn ORDER BY d.id, t.turn
"""


def problems(url: str, known: dict[str, Any], file: Path) -> Iterator[str]:
    """Everything that is wrong, in sentences."""
    with psycopg.connect(url, autocommit=True) as connection:
        now = connection.execute("SELECT at FROM dure_clock").fetchone()[0]
        for sentence, query in NEVER.items():
            if rows := connection.execute(query, {"now": now}).fetchall():
                yield f"{sentence}: {len(rows)}, e.g. {rows[0]}"
        yield from _forgotten(connection, known)
        yield from _off_the_ladder(connection.execute(LADDERS).fetchall(), known["empty"])
        yield from _unmarked(connection, went_out(file))


def _forgotten(connection: psycopg.Connection, known: dict[str, Any]) -> Iterator[str]:
    """What somebody was told is done, and isn't there."""
    there = {str(ref) for (ref,) in connection.execute("SELECT ref FROM duty_duty")}
    if lost := set(known["refs"]) - there:
        yield f"duties are lost: {len(lost)}"
    kept = {(str(key), sha) for key, sha in connection.execute("SELECT key, sha256 FROM duty_report")}
    acknowledged = {(key, sha) for key, (sha, *_) in known["acknowledged"].items()}
    if lost := acknowledged - kept:
        yield f"acknowledged reports are lost: {len(lost)} of {len(acknowledged)}"
    open_still = {pk for (pk,) in connection.execute("SELECT id FROM duty_duty WHERE closed_at IS NULL")}
    if lost := set(known["closed"]) & open_still:
        yield f"duties that a person closed are open: {len(lost)}"


def _off_the_ladder(rows: list[tuple], empty: int) -> Iterator[str]:
    """Each turn tells the next rung that answers, not before its time, unless a message failed or somebody had it."""
    duties = defaultdict(list)
    for ref, rungs, *turn in rows:
        duties[ref, json.dumps(rungs)].append(turn)
    early, skipped = [], []
    for (ref, text), turns in duties.items():
        rungs, reached, before = json.loads(text), -1, None
        for _, at, step, failed, claimed in turns:
            if before and not (before[2] or claimed or before[1] < 0):
                early += [ref] if at < before[0] + timedelta(seconds=rungs[before[1]]["wait"]) else []
            left_out = rungs[reached + 1 : max(step, 0)]
            skipped += [ref] if not claimed and any(rung["roster"] != empty for rung in left_out) else []
            again = step == len(rungs) - 1 == reached
            skipped += [ref] if 0 <= step <= reached and not again else []
            reached, before = max(reached, step), (at, step, failed)
    if early:
        yield f"somebody was told before the time of the ladder: {len(early)}, e.g. {early[0]}"
    if skipped:
        yield f"a rung was left out or told again: {len(skipped)}, e.g. {skipped[0]}"


def went_out(file: Path) -> dict[str, list[int]]:
    """What the carrier carried: for each key the tries as they were marked."""
    found = defaultdict(list)
    for line in file.read_text().splitlines() if file.exists() else []:
        said = json.loads(line)
        found[said["key"]].append(said["try"])
    return found


def _unmarked(connection: psycopg.Connection, carried: dict[str, list[int]]) -> Iterator[str]:
    sent = connection.execute(
        "SELECT key, tries FROM outbox_message WHERE sent_at IS NOT NULL AND urgent AND channel <> 'screen'"
    ).fetchall()
    if never := [key for key, _ in sent if str(key) not in carried]:
        yield f"messages are marked as sent and never went out: {len(never)}"
    tries = {str(key): n for key, n in connection.execute("SELECT key, tries FROM outbox_message")}
    wrong = [key for key, marks in carried.items() if sorted(set(marks)) != marks or tries.get(key, 0) < len(marks)]
    if wrong:
        yield f"a message went out twice without being marked: {len(wrong)}, e.g. {carried[wrong[0]]}"


def figures(url: str, file: Path) -> dict[str, int]:
    """How much happened."""
    carried = went_out(file)
    with psycopg.connect(url) as connection:
        counted = {
            "duties": "SELECT count(*) FROM duty_duty",
            "still open": "SELECT count(*) FROM duty_duty WHERE closed_at IS NULL",
            "told": "SELECT count(*) FROM duty_telling",
            "claims": "SELECT count(*) FROM duty_claim",
            "messages": "SELECT count(*) FROM outbox_message",
            "reports": "SELECT count(*) FROM duty_report",
            "lines of the record": "SELECT count(*) FROM audit_entry",
            "faults": "SELECT count(*) FROM health_fault",
        }
        said = {name: connection.execute(query).fetchone()[0] for name, query in counted.items()}
    said["messages carried"] = sum(map(len, carried.values()))
    said["sent again, marked"] = sum(len(marks) - 1 for marks in carried.values())
    return said
