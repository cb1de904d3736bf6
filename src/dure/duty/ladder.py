"""What the watch does about one duty now. Pure: no clock, no database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

SHORTEST, LONGEST = timedelta(minutes=1), timedelta(hours=24)
FIRST_TOLD, EVERY_OFFICER = -1, -2  # steps beside the rungs


@dataclass(frozen=True)
class Rung:
    """One step of the ladder as it stands at this moment: who answers and can be reached, and how long to wait."""

    persons: tuple[int, ...]
    wait: timedelta


@dataclass(frozen=True)
class DutyFacts:
    """What of a duty decides the next move."""

    due_at: datetime
    raised: bool
    step: int = 0
    turn: int = 0
    first_told: int | None = None
    claimed_until: datetime | None = None
    claimer: int | None = None
    claim_holds: bool = True
    quiet_until: datetime | None = None  # nothing is told before; none for what is urgent


@dataclass(frozen=True)
class Move:
    """What is done: raise, let a claim lapse, tell persons at steps, and when to look again."""

    look_at: datetime
    raises: bool = False
    lapses: bool = False
    tell: tuple[tuple[int, int], ...] = ()  # (step, person)
    empty: tuple[int, ...] = ()  # rungs that nobody answers: faults
    siren: bool = False  # nobody could be told: every officer on every channel
    step: int = 0


def bounded(wait: timedelta) -> timedelta:
    """A wait that is neither a hot loop nor silence."""
    return min(max(wait, SHORTEST), LONGEST)


def next_move(duty: DutyFacts, ladder: Sequence[Rung], now: datetime) -> Move:
    """What the watch does about this duty now: whom to tell, and when to look again.

    At the end of the ladder the last rung is told again, for ever; an empty rung costs no time. When nobody is
    left to be told from here on, every officer is. While a claim holds, nobody is told; the claimer never is, and a
    rung of which only the claimer is left is no empty one: it is looked at again as soon as the claim is over.
    In the quiet hours an ordinary duty is raised and claims lapse, but nobody is told and no rung is used up.
    """
    raises = not duty.raised
    if raises and duty.due_at > now:
        return Move(look_at=duty.due_at, step=duty.step)
    lives = duty.claimed_until is not None and duty.claimed_until > now
    if lives and duty.claim_holds and duty.claimed_until is not None:
        return Move(look_at=duty.claimed_until, raises=raises, step=duty.step)
    spared = duty.claimer if lives else None
    lapses = duty.claimed_until is not None and not lives
    if duty.quiet_until is not None and duty.quiet_until > now:
        return Move(duty.quiet_until, raises, lapses, step=duty.step)
    first = duty.first_told if duty.turn == 0 and duty.first_told != spared else None
    tell = ((FIRST_TOLD, first),) if first is not None else ()

    empty: list[int] = []
    for step in range(min(duty.step, len(ladder) - 1), len(ladder)):
        persons = tuple(p for p in ladder[step].persons if p != spared)
        if persons:
            told = tell + tuple((step, p) for p in persons if p != first)
            look_at = now + bounded(ladder[step].wait)
            return Move(look_at, raises, lapses, told, tuple(empty), step=step + 1)
        if not ladder[step].persons:
            empty.append(step)
    look_at = now + bounded(ladder[-1].wait)
    if lives and duty.claimed_until is not None:  # who was spared is told as soon as the claim is over
        look_at = min(look_at, max(duty.claimed_until, now + SHORTEST))
    return Move(look_at, raises, lapses, tell, tuple(empty), siren=True, step=len(ladder))
