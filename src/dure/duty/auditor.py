"""The auditor: counts anew, by queries of its own, what the watch and the sender should have done by now.

It shares no code with them, so that one mistake doesn't hide the other. What it finds is a fault that is told
outside and a banner on every page; both go when a later look finds it no more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext_noop

from dure.health.actions import fault, mended
from dure.health.models import Fault

PREFIX = "audit "
# A moment that is still to come explains nothing: it is that of a clock that was ahead. Two clocks are never quite at
# one, and what is done during a look is later than its beginning.
HAPPENED = "{} <= %(now)s + interval '1 minute'"
ASIDE = f"""
({HAPPENED.format("set_aside_at")} AND look_at = set_aside_at + interval '1 minute')
"""
# Each query names office, kind and ref of what should have moved more than a minute (%(late)s) ago.
DUE = f"""
SELECT office_id, kind, ref FROM duty_duty WHERE closed_at IS NULL AND raised_at IS NULL AND due_at < %(late)s
AND (look_at < %(late)s OR {ASIDE} IS NOT TRUE)
"""
UNMOVED = """
SELECT office_id, kind, ref FROM duty_duty WHERE closed_at IS NULL AND raised_at IS NOT NULL AND look_at < %(late)s
"""
# Why a raised duty rests until its next look: somebody has or had it until then, people were told and are given the
# time of their step, no officer could be told either, its last move failed, or it isn't urgent and it is night (an hour
# longer or shorter where the clocks are changed).
WAITING = """
FROM duty_duty d JOIN offices_office o ON o.id = d.office_id
WHERE d.closed_at IS NULL AND d.raised_at IS NOT NULL AND d.look_at > %(now)s
"""
PATIENCE = "make_interval(secs => least(greatest((d.rungs -> {step} ->> 'wait')::int, 60), 86400))"
LAST = PATIENCE.format(step="d.step - 1")
NIGHT = """
(NOT d.urgent AND (d.look_at AT TIME ZONE o.zone)::time = '07:00'
 AND d.look_at AT TIME ZONE o.zone < %(now)s AT TIME ZONE o.zone + interval '10 hours 3 minutes')
"""
# Of claims only those that live, or whose end left the moment as it was: taken over by one that holds nobody. None is
# longer than its order allows, or any earlier version of it did.
HELD = f"""
(c.until = d.look_at AND c.ended IN ('', 'taken_over') AND {HAPPENED.format("greatest(c.at, c.progress_at)")}
 AND c.until <= greatest(c.at, c.progress_at) + make_interval(secs => (
    SELECT max(version.claim_seconds) FROM duty_ladder own
    JOIN duty_ladder version ON version.office_id = own.office_id AND version.name = own.name
    WHERE own.id = d.ladder_id)))
"""
UNEXPLAINED = f"""
SELECT d.office_id, d.kind, d.ref {WAITING}
AND NOT EXISTS (SELECT FROM duty_claim c WHERE c.duty_id = d.id AND {HELD})
AND NOT EXISTS (
    SELECT FROM duty_telling t WHERE t.duty_id = d.id AND t.turn >= d.turn - 1 AND {HAPPENED.format("t.at")}
    AND d.look_at IN (
        t.at + {LAST}, t.at + interval '1 minute',
        CASE WHEN t.step >= 0 THEN t.at + {PATIENCE.format(step="t.step")} END))
AND NOT EXISTS (
    SELECT FROM health_fault f WHERE f.office_id = d.office_id AND f.key = 'siren ' || d.ref
    AND {HAPPENED.format("f.last_at")} AND d.look_at IN (f.last_at + {LAST}, f.last_at + interval '1 minute'))
AND {ASIDE} IS NOT TRUE
AND NOT {NIGHT}
"""
UNTOLD = f"""
SELECT d.office_id, d.kind, d.ref {WAITING} AND d.raised_at < %(late)s
AND NOT EXISTS (SELECT FROM duty_telling t WHERE t.duty_id = d.id AND t.turn = greatest(d.turn, 1))
AND NOT EXISTS (SELECT FROM health_fault f WHERE f.office_id = d.office_id AND f.key = 'siren ' || d.ref)
AND (d.turn > 0 OR NOT EXISTS (SELECT FROM duty_claim c WHERE c.duty_id = d.id AND {HELD}))
AND {ASIDE} IS NOT TRUE
AND (d.turn > 0 OR NOT {NIGHT})
"""
# Of the last who were told nobody can be reached any more, somebody comes after them, and nobody had it when that was
# known: then the next is told at once. And what is withdrawn is withdrawn because the matter is closed.
UNREACHED = f"""
SELECT d.office_id, d.kind, d.ref FROM duty_duty d JOIN offices_office o ON o.id = d.office_id
JOIN LATERAL (
    SELECT max(greatest(m.failed_at, m.withdrawn_at)) AS at,
           bool_or(m.try_at IS NOT NULL OR m.acknowledged_at IS NOT NULL
                   OR (m.sent_at IS NOT NULL AND m.failed_at IS NULL)) AS not_yet
    FROM duty_telling t JOIN outbox_message m ON m.id = t.message_id
    WHERE t.duty_id = d.id AND t.turn = d.turn AND t.channel <> 'screen') lost ON NOT lost.not_yet
WHERE d.closed_at IS NULL AND d.raised_at IS NOT NULL AND d.look_at > %(now)s
AND lost.at < %(late)s AND d.step < jsonb_array_length(d.rungs)
AND NOT EXISTS (
    SELECT FROM duty_claim c WHERE c.duty_id = d.id AND least(c.until, coalesce(c.ended_at, c.until)) > lost.at)
AND {ASIDE} IS NOT TRUE
AND NOT {NIGHT}
"""
# Counted from when it was owed: each failed try puts the next a little ahead. And what grew stale on the way or was
# refused for too long, as long as nothing newer about the same has gone out.
UNSENT = """
SELECT m.office_id, m.channel, coalesce(d.ref, m.key) FROM outbox_message m
LEFT JOIN duty_telling t ON t.message_id = m.id LEFT JOIN duty_duty d ON d.id = t.duty_id
WHERE m.urgent AND m.try_at IS NOT NULL AND m.created_at < %(late)s
UNION ALL
SELECT m.office_id, m.channel, d.ref FROM duty_duty d
JOIN duty_telling t ON t.duty_id = d.id JOIN outbox_message m ON m.id = t.message_id
WHERE d.closed_at IS NULL AND d.raised_at IS NOT NULL
AND m.urgent AND (m.why = 'stale' OR m.why LIKE 'not taken%%') AND m.failed_at > %(now)s - interval '15 minutes'
AND NOT EXISTS (
    SELECT FROM duty_telling newer JOIN outbox_message out ON out.id = newer.message_id
    WHERE newer.duty_id = d.id AND newer.id > t.id AND newer.channel <> 'screen'
    AND out.sent_at IS NOT NULL AND out.failed_at IS NULL)
"""
UNREAD_NEWS = """
SELECT m.office_id, d.kind, d.ref FROM outbox_message m
JOIN duty_telling t ON t.message_id = m.id JOIN duty_duty d ON d.id = t.duty_id
WHERE m.risen_at IS NULL AND (m.failed_at IS NOT NULL OR m.acknowledged_at IS NOT NULL)
AND greatest(m.failed_at, m.acknowledged_at) < %(late)s
"""
LEFT_LYING = """
SELECT r.office_id, r.kind, r.key FROM duty_report r
WHERE r.understood_at IS NULL
AND r.received_at BETWEEN %(now)s - interval '30 days' AND %(late)s - interval '5 minutes'
AND NOT EXISTS (SELECT FROM duty_duty d WHERE d.about = r.key AND d.kind = 'field.unread' AND d.office_id = r.office_id)
AND (EXISTS (SELECT FROM duty_ladder l WHERE l.office_id = r.office_id AND l.name = 'office') OR NOT EXISTS (
    SELECT FROM health_fault f WHERE f.office_id = r.office_id AND f.key = 'unread ' || r.key AND f.mended_at IS NULL))
"""
FOUND: Mapping[str, str] = {
    "due": gettext_noop("%(n)s overdue matters were not taken up automatically (%(kind)s %(ref)s)."),
    "unmoved": gettext_noop("In %(n)s open matters the next person was not told in time (%(kind)s %(ref)s)."),
    "unexplained": gettext_noop("%(n)s open matters wait without a reason (%(kind)s %(ref)s)."),
    "untold": gettext_noop("In %(n)s open matters nobody was told (%(kind)s %(ref)s)."),
    "unreached": gettext_noop(
        "In %(n)s open matters nobody who was told can be reached, and nobody else was told (%(kind)s %(ref)s)."
    ),
    "unsent": gettext_noop("%(n)s urgent messages have not gone out (%(kind)s %(ref)s)."),
    "news": gettext_noop("What became of %(n)s messages was not followed up (%(kind)s %(ref)s)."),
    "report": gettext_noop("%(n)s reports from the field lie unread (%(kind)s %(ref)s)."),
}
QUERIES: Mapping[str, str] = {
    "due": DUE, "unmoved": UNMOVED, "unexplained": UNEXPLAINED, "untold": UNTOLD, "unreached": UNREACHED,
    "unsent": UNSENT, "news": UNREAD_NEWS, "report": LEFT_LYING,
}  # fmt: skip
LOOK = """
SELECT office_id, min(kind), (array_agg(ref ORDER BY kind, ref))[1], count(*)
FROM ({}) AS found (office_id, kind, ref) GROUP BY office_id
"""


@dataclass(frozen=True)
class Missing:
    """Of one office: how much of one kind should have happened and didn't, and one example of it."""

    office: int
    what: str  # which look found it
    kind: str
    ref: str
    n: int

    @property
    def sentence(self) -> str:
        """Message id of what a person reads."""
        return FOUND[self.what]

    @property
    def values(self) -> dict[str, object]:
        """What stands in the sentence."""
        return {"n": self.n, "kind": self.kind, "ref": self.ref}


def look(now: datetime, late: datetime) -> list[Missing]:
    """Everything that should have been moved, told or sent before `late`, and wasn't. One query for each kind."""
    found = []
    with connection.cursor() as cursor:
        for what, query in QUERIES.items():
            cursor.execute(LOOK.format(query), {"now": now, "late": late})
            found += [Missing(office, what, kind, str(ref), n) for office, kind, ref, n in cursor.fetchall()]
    return found


def audit(now: datetime, late: datetime) -> list[Missing]:
    """Look, and say what is missing: outside, on every page, and as something to mend. What is well again is mended."""
    found = look(now, late)
    for each in found:
        fault(PREFIX + each.what, each.sentence, each.values, now=now, office=each.office, outside=True)
    still = {(each.office, PREFIX + each.what) for each in found}
    said = Fault.objects.filter(key__startswith=PREFIX, mended_at=None)
    for office, key in said.values_list("office_id", "key"):
        if (office, key) not in still:
            mended(key, now=now, office=office)
    return found
