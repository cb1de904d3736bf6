"""The calls of a day in numbers: owed = answered + explained + open, and whoever should have been called and isn't.

Who should have been called is asked of the data base in one sentence of its own, apart from the code that opens calls.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from dure.care.calls.models import Call
from dure.care.calls.owing import practice_of
from dure.care.models import PROGRAMME, Recipient
from dure.cases.models import Case, Finding
from dure.duty.models import Outcome
from dure.people.actions import Standing

# Served on the day and not somewhere else; then either of a tier that is called and with no visit that day, or of a
# warning that is on: in one of its groups, known or not known to be, and with a contact left on its first day.
SHOULD = """
SELECT r.id FROM care_recipient r LEFT JOIN calls_home h ON h.recipient_id = r.id
WHERE r.office_id = %(office)s AND r.started_on <= %(day)s AND (r.ended_on IS NULL OR r.ended_on > %(day)s)
AND NOT EXISTS (SELECT FROM care_absence a WHERE a.recipient_id = r.id AND a.taken_back_at IS NULL
    AND a.why IN ('hospital', 'away') AND a.since <= %(day)s AND (a.until IS NULL OR a.until > %(day)s))
AND ((r.tier = ANY (%(tiers)s) AND NOT EXISTS (
        SELECT FROM care_visit v WHERE v.recipient_id = r.id AND v.day = %(day)s AND NOT v.unplanned))
    OR EXISTS (SELECT FROM calls_weatherwarning w WHERE w.office_id = r.office_id AND w.ended_at IS NULL
        AND %(day)s BETWEEN w.first_day AND w.until
        AND (w.alone AND coalesce(h.alone, w.unknown) OR w.homebound AND coalesce(h.homebound, w.unknown)
            OR w.unequipped AND coalesce(CASE w.kind WHEN 'heat' THEN h.no_cooling ELSE h.no_heating END, w.unknown)
            OR w.red AND r.tier = 'red' OR w.amber AND r.tier = 'amber' OR w.green AND r.tier = 'green')))
"""


@dataclass(frozen=True)
class Sum:
    """The calls of one day. `missing`: who should be called and stands on no list."""

    answered: int
    explained: int
    open: int
    missing: Sequence[Recipient]

    @property
    def owed(self) -> int:
        """How many calls the day owes."""
        return self.answered + self.explained + self.open + len(self.missing)

    @property
    def difference(self) -> int:
        """How many are owed and neither answered nor explained nor open. It has to be 0."""
        return len(self.missing)


def of_day(standing: Standing, day: date, *, today: date) -> Sum:
    """The sum of a day. Who should have been called is asked only of today: of other days it isn't known any more."""
    calls = Call.objects.seen_by(standing).filter(day=day)
    rows = list(calls.values_list("recipient", "duty__outcome", "duty__note"))
    numbers = [note for _, outcome, note in rows if outcome == Outcome.PASSED_ON]
    over = Case.objects.filter(office=standing.office, programme=PROGRAMME, number__in=numbers, closed_at__isnull=False)
    cleared = set(over.exclude(finding=Finding.MISTAKE).values_list("number", flat=True))
    answered = sum(outcome == Outcome.KEPT for _, outcome, _note in rows)
    explained = sum(o == Outcome.EXCUSED or (o == Outcome.PASSED_ON and n in cleared) for _, o, n in rows)
    called = {recipient for recipient, _, _note in rows}
    missing = should(standing, day) - called if day == today else set()
    people = Recipient.objects.seen_by(standing).filter(pk__in=missing) if missing else []
    return Sum(answered, explained, len(rows) - answered - explained, list(people))


def should(standing: Standing, day: date) -> set[int]:
    """Who should be called on a day, as the plans, visits and warnings stand now."""
    with connection.cursor() as cursor:
        cursor.execute(SHOULD, {"office": standing.office, "day": day, "tiers": practice_of(standing.office).tiers})
        return {pk for (pk,) in cursor.fetchall()}
