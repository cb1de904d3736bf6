"""Applying the moves of a batch: tellings, messages, lapsed claims, faults, the record and the duties' new moments."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils.translation import gettext_noop

from dure.audit.actions import line, write
from dure.duty.exercises import participants
from dure.duty.facts import Facts, languages_of
from dure.duty.ladder import EVERY_OFFICER, FIRST_TOLD, Move
from dure.duty.models import Claim, ClaimEnd, Duty, Telling
from dure.health.actions import fault, mended
from dure.outbox.actions import ordinary_try_at, owe
from dure.outbox.models import Message
from dure.people.actions import addresses_of, officers_of, wakes
from dure.people.models import Channel

STALE, ORDINARY_STALE = timedelta(minutes=15), timedelta(hours=12)  # an older message isn't sent as if it were new
NOBODY_ANSWERS = gettext_noop("Nobody answers at step %(step)s of the contact order: %(roster)s.")
NOBODY_TOLD = gettext_noop("Nobody in the contact order could be told. All officers were told.")
NOBODY_AT_ALL = gettext_noop("Nobody could be told, and the office has no officer who can be reached.")
DRILL_NOBODY_TOLD = gettext_noop(
    "In the exercise nobody in the contact order could be told. All who take part were told."
)
HOOK_FAILED = gettext_noop("A step that follows automatically failed (%(kind)s: %(problem)s). Telling went on.")
SET_ASIDE = gettext_noop("An entry could not be processed (%(kind)s: %(problem)s). It is tried again every minute.")

MOVE = """
UPDATE duty_duty AS d SET look_at = m.look_at, step = m.step, turn = d.turn + m.told, set_aside_at = NULL,
       raised_at = coalesce(d.raised_at, CASE WHEN m.raises THEN %s::timestamptz END)
FROM unnest(%s::bigint[], %s::timestamptz[], %s::int[], %s::int[], %s::bool[]) AS m(id, look_at, step, told, raises)
WHERE d.id = m.id AND d.closed_at IS NULL
"""


def apply(moves: Sequence[tuple[Duty, Move]], facts: Facts, now: datetime) -> None:
    """Make the moves true, all in the caller's transaction."""
    tellings: list[tuple[Telling, Message]] = []
    for duty, move in moves:
        for step, person in move.tell:
            tellings += _tell(duty, step, person, facts, now)
        if move.siren:
            tellings += siren(duty, now, spared=facts.has_it(duty, now))
    tell(tellings)
    _nobody_answers(moves, now)
    _write_moves(moves, {t.duty_id for t, _ in tellings}, now)
    for duty in (duty for duty, _ in moves if duty.set_aside_at):
        mended(f"aside {duty.ref}", now=now, office=duty.office_id)
    lapsed = [facts.claims[d.pk].pk for d, m in moves if m.lapses]
    if lapsed:
        Claim.objects.filter(pk__in=lapsed).update(ended_at=now, ended=ClaimEnd.LAPSED)
    write(
        line(at=now, who=None, did=did, about=duty)
        for duty, move in moves
        for did, done in (
            ("raised", move.raises),
            ("lapsed", move.lapses),
            ("siren", move.siren),
            ("told", move.tell),
        )
        if done
    )


def _tell(duty: Duty, step: int, person: int, facts: Facts, now: datetime) -> list[tuple[Telling, Message]]:
    """Tell one person: on the first channel that is more than a screen, and on the screen as well.

    When it is urgent and none that reaches them by itself is meant for this hour, on all of them.
    """
    channels = [] if step == FIRST_TOLD else duty.rungs[step]["channels"]
    ways = facts.ways(person, channels)
    active = [way for way in ways if way[0] != Channel.SCREEN]
    by_itself = [way for way in active if way[0] != Channel.CALL] or active
    if not duty.urgent or any((person, *way) not in facts.off_hours for way in by_itself):
        active = active[:1]
    passive = [way for way in ways if way[0] == Channel.SCREEN][:1]
    language = facts.languages.get(person, "ko")
    return [telling(duty, step, person, channel, value, language, now) for channel, value in active + passive]


def _nobody_answers(moves: Sequence[tuple[Duty, Move]], now: datetime) -> None:
    """A fault for each rung that nobody answers: in one order, as watchers would wait for each other otherwise."""
    faults: dict[tuple[int, str], dict[str, Any]] = {}
    for duty, move in moves:
        for step in () if duty.drill else move.empty:  # of an exercise it would be a lie about the office
            roster = duty.rungs[step].get("roster")
            key = f"rung {roster or duty.ref} {step}"
            faults[duty.office_id, key] = {"step": step + 1, "roster": roster or "—"}
    for (office, key), values in sorted(faults.items(), key=lambda each: each[0]):
        fault(key, NOBODY_ANSWERS, values, now=now, office=office)


def siren(duty: Duty, now: datetime, *, spared: int | None) -> list[tuple[Telling, Message]]:
    """Every officer of the office but who has the duty, on every channel; and a fault that is told outside."""
    day = now.astimezone(ZoneInfo(duty.office.zone)).date()
    everybody = participants(duty.office_id) if duty.drill else officers_of(duty.office_id, day)
    officers = [person for person in everybody if person != spared]
    ways, languages = addresses_of(officers), languages_of(set(officers))
    told = [
        telling(duty, EVERY_OFFICER, person, channel, value, languages.get(person, "ko"), now)
        for person in officers
        for channel, value in ways.get(person, [])
    ]
    what = NOBODY_TOLD if any(wakes(ways.get(person, [])) for person in officers) else NOBODY_AT_ALL
    what = DRILL_NOBODY_TOLD if duty.drill else what
    fault(f"siren {duty.ref}", what, now=now, office=duty.office_id, outside=not duty.drill)
    return told


def telling(
    duty: Duty, step: int, person: int, channel: str, value: str, language: str, now: datetime
) -> tuple[Telling, Message]:
    """A telling and its message, not yet written (`tell` writes them)."""
    message = Message(
        office_id=duty.office_id, person_id=person, channel=channel, address=value, urgent=duty.urgent,
        drill=duty.drill, answerable=True, template=duty.what, values=duty.values, language=language, page=duty.page,
        created_at=now, try_at=now if duty.urgent else ordinary_try_at(now, duty.office.zone),
        stale_at=now + (STALE if duty.urgent else ORDINARY_STALE),
    )  # fmt: skip
    row = Telling(
        office_id=duty.office_id, duty=duty, turn=duty.turn + 1, step=step, person_id=person, channel=channel,
        address=value, at=now,
    )  # fmt: skip
    return row, message


def tell(told: Iterable[tuple[Telling, Message]]) -> None:
    """Write tellings with the messages they owe; one address is told once a turn."""
    once = {(t.duty_id, t.turn, t.person_id, t.channel, t.address): (t, m) for t, m in told}
    owe(m for _, m in once.values())
    for t, m in once.values():
        t.message = m
    Telling.objects.bulk_create([t for t, _ in once.values()])


def _write_moves(moves: Sequence[tuple[Duty, Move]], told: set[int], now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            MOVE,
            [
                now,
                [d.pk for d, _ in moves],
                [m.look_at for _, m in moves],
                [m.step for _, m in moves],
                [int(d.pk in told) for d, _ in moves],
                [m.raises for _, m in moves],
            ],
        )
