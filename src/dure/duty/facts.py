"""What the watch reads before it calculates: of a whole batch, in a fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import prefetch_related_objects

from dure.duty.ladder import DutyFacts, Rung
from dure.duty.models import Claim, Duty
from dure.outbox.actions import BUNDLE, quiet_until
from dure.people.actions import Way, on_shift, wakes, ways_at
from dure.people.models import Channel, Person


@dataclass(frozen=True)
class Facts:
    """The facts of a batch: live claims, who is on shift, and how each person is reached."""

    claims: dict[int, Claim]
    shifts: dict[int, list[int]]
    addresses: dict[int, list[tuple[str, str]]]
    languages: dict[int, str]
    off_hours: frozenset[Way]  # what isn't meant for this hour

    def of(self, duty: Duty, now: datetime) -> DutyFacts:
        """What of a duty decides the next move. What couldn't go out before the quiet hours waits for their end."""
        claim = self.claims.get(duty.pk)
        return DutyFacts(
            due_at=duty.due_at,
            raised=duty.raised_at is not None,
            step=duty.step,
            turn=duty.turn,
            first_told=duty.first_told_id if wakes(self.addresses.get(duty.first_told_id or 0, [])) else None,
            claimed_until=claim.until if claim else None,
            claimer=claim.by_id if claim else None,
            claim_holds=claim.holds if claim else True,
            quiet_until=None if duty.urgent else quiet_until(now + BUNDLE, duty.office.zone),
        )

    def has_it(self, duty: Duty, now: datetime) -> int | None:
        """Who has the duty at this moment."""
        claim = self.claims.get(duty.pk)
        return claim.by_id if claim and claim.until > now else None

    def ladder(self, duty: Duty) -> list[Rung]:
        """The duty's ladder with the people who answer at this moment and can be reached.

        A screen reaches only who looks at it: alone it counts where the rung asks for nothing else.
        """
        return [
            Rung(
                tuple(p for p in self._persons(rung) if self._answers(p, rung["channels"])),
                timedelta(seconds=rung["wait"]),
            )
            for rung in duty.rungs
        ]

    def _answers(self, person: int, channels: Sequence[str]) -> bool:
        ways = self.ways(person, channels)
        return bool(ways) if list(channels) == [Channel.SCREEN] else wakes(ways)

    def _persons(self, rung: dict[str, Any]) -> list[int]:
        if rung.get("person"):
            return [rung["person"]]
        if rung.get("persons"):
            return list(rung["persons"])  # an exercise: who takes part and stands for this step
        return self.shifts.get(rung.get("roster") or 0, [])

    def ways(self, person: int, channels: Sequence[str]) -> list[tuple[str, str]]:
        """How a person is reached, in the order of the rung's channels (none named: every channel).

        What isn't meant for this hour comes last.
        """
        known = self.addresses.get(person, [])
        if not channels:
            return known
        ways = [(channel, value) for wanted in channels for channel, value in known if channel == wanted]
        return sorted(ways, key=lambda way: (person, *way) in self.off_hours)


def gather(duties: Sequence[Duty], now: datetime) -> Facts:
    """Read what decides about these duties."""
    prefetch_related_objects(list(duties), "office")
    claims = {c.duty_id: c for c in Claim.objects.filter(duty__in=[d.pk for d in duties], ended_at=None)}
    rungs = [rung for duty in duties for rung in duty.rungs]
    shifts = on_shift({rung["roster"] for rung in rungs if rung.get("roster")}, now)
    persons = {p for on in shifts.values() for p in on}
    persons |= {rung["person"] for rung in rungs if rung.get("person")}
    persons |= {person for rung in rungs for person in rung.get("persons", ())}
    persons |= {d.first_told_id for d in duties if d.first_told_id}
    ways, off_hours = ways_at(persons, now)
    return Facts(claims, shifts, ways, languages_of(persons), off_hours)


def languages_of(persons: set[int]) -> dict[int, str]:
    """In which language each person is told."""
    return dict(Person.objects.filter(pk__in=persons).values_list("pk", "language"))
