"""A million random ladders and histories through the pure move: nobody is dropped, and nothing rings without pause.

Each history is one duty from its opening to its closing: people come on shift and leave between two looks, claims are
made, held, lapse and are made again without progress, nights fall on what isn't urgent. After every move this is held:
- an open duty has a next look, later than now, and not later than its due time, its claim, the night's end or 24 hours;
- a rung that nobody answers costs no time: the move tells somebody on a later one, or every officer;
- a claim that doesn't hold costs no time either: when its claimer alone is left, the next look is at its end;
- a pass that reaches nobody sounds the siren, and the next look is neither at once nor never;
- who has it isn't told while the claim lives; everybody else of the rung is;
- what is due is raised at that very look, whatever holds the telling back.
With --sabotage the move itself is broken on purpose; then the histories have to notice, and the goal is missed.

    .venv/bin/python bench/ladders.py [--short] [--sabotage stops|waits_for_nobody|spares_all]
"""

import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import ground  # noqa: E402

from dure.duty.ladder import LONGEST, SHORTEST, DutyFacts, Move, Rung, next_move  # noqa: E402

HISTORIES, SHORT, LOOKS = 1_000_000, 50_000, 12
START = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
DAY, QUIET_FROM, QUIET = timedelta(days=1), timedelta(hours=12), timedelta(hours=10)  # 21:00 in Seoul, in UTC
Moves = Callable[[DutyFacts, Sequence[Rung], datetime], Move]


def stops(duty: DutyFacts, ladder: Sequence[Rung], now: datetime) -> Move:
    """Like those that stop telling after a fixed number of repeats: after the last rung nothing more."""
    move = next_move(duty, ladder, now)
    return replace(move, look_at=now + 400 * DAY) if duty.step >= len(ladder) else move


def waits_for_nobody(duty: DutyFacts, ladder: Sequence[Rung], now: datetime) -> Move:
    """A rung without anybody is waited for as if somebody answered."""
    move = next_move(duty, ladder, now)
    return replace(move, tell=(), siren=False, step=move.empty[0] + 1) if move.empty else move


def spares_all(duty: DutyFacts, ladder: Sequence[Rung], now: datetime) -> Move:
    """A second claim without progress holds the ladder like the first."""
    return next_move(replace(duty, claim_holds=True), ladder, now)


SABOTAGES: dict[str, Moves] = {"": next_move, "stops": stops, "waits_for_nobody": waits_for_nobody,
                               "spares_all": spares_all}  # fmt: skip


def on_shift(rosters: list[list[int]], waits: list[timedelta], chance: random.Random) -> list[Rung]:
    """Who answers at this look: of each rung's people those who are on shift and can be reached."""
    return [
        Rung(tuple(p for p in people if chance.random() < 0.7), wait)
        for people, wait in zip(rosters, waits, strict=True)
    ]


def night_over(now: datetime) -> datetime | None:
    """When the quiet hours that run now are over."""
    since = (now - START.replace(hour=0) - QUIET_FROM) % DAY
    return now - since + QUIET if since < QUIET else None


def wrong(duty: DutyFacts, ladder: Sequence[Rung], now: datetime, move: Move) -> str:
    """Which promise a move breaks; none: nothing."""
    claimed = duty.claimed_until is not None and duty.claimed_until > now
    held = claimed and duty.claim_holds
    if not duty.raised and now >= duty.due_at and not move.raises:
        return "due and not raised"
    if move.look_at <= now:
        return "rings without pause"
    if now < duty.due_at and not duty.raised:
        return "" if move.look_at <= duty.due_at and not move.tell else "looked at too late, or told too early"
    if held:
        return "" if move.look_at == duty.claimed_until and not move.tell else "a claim doesn't hold, or holds too long"
    if duty.quiet_until and now < duty.quiet_until:
        return "" if move.look_at == duty.quiet_until and not move.tell else "the night isn't quiet, or has no end"
    if not now + SHORTEST <= move.look_at <= now + LONGEST:
        return "falls silent"
    if claimed and move.siren and move.look_at > max(duty.claimed_until or now, now + SHORTEST):
        return "who had it last is left untold after the claim"
    if any(ladder[step].persons for step in move.empty):
        return "a rung that somebody answers is called empty"
    return _wrongly_told(duty, ladder, move, duty.claimer if claimed else None)


def _wrongly_told(duty: DutyFacts, ladder: Sequence[Rung], move: Move, spared: int | None) -> str:
    told = {person for _, person in move.tell}
    if spared in told:
        return "who has it is told"
    at = min(duty.step, len(ladder) - 1)
    reached = next((rung for rung in ladder[at:] if set(rung.persons) - {spared}), None)
    if reached is None:
        return "" if move.siren else "nobody is told"
    return "" if set(reached.persons) - {spared} <= told else "an empty rung costs time, or somebody is left out"


def live(chance: random.Random, moves: Moves, seen: Counter[str]) -> str:
    """One history; which promise was broken."""
    rosters = [
        [chance.randrange(1, 9) for _ in range(chance.choice((0, 1, 1, 2)))] for _ in range(chance.randint(1, 5))
    ]
    rosters = [list(dict.fromkeys(people)) for people in rosters]
    waits = [timedelta(seconds=chance.choice((0, 20, 300, 900, 3600, 90_000))) for _ in rosters]
    urgent, first = chance.random() < 0.7, chance.choice((None, None, 1))
    now = START + timedelta(seconds=chance.randrange(3 * 86_400))
    duty = DutyFacts(now + timedelta(seconds=chance.choice((0, 60, 7200))), raised=False, first_told=first)
    for _ in range(chance.randint(2, LOOKS)):
        night = None if urgent else night_over(now)
        duty = replace(duty, quiet_until=night)
        ladder = on_shift(rosters, waits, chance)
        move = moves(duty, ladder, now)
        if problem := wrong(duty, ladder, now, move):
            return problem
        seen["moves"] += 1
        seen["sirens"] += move.siren
        seen["tellings"] += len(move.tell)
        duty = replace(
            duty, raised=duty.raised or move.raises, step=move.step, turn=duty.turn + bool(move.tell or move.siren)
        )
        if move.lapses:
            duty = replace(duty, claimed_until=None, claimer=None)
        now = move.look_at
        if chance.random() < 0.3:  # before the next look somebody takes it, for the first time or once more
            until = now + timedelta(seconds=chance.randrange(1, 900))
            duty = replace(duty, claimed_until=until, claimer=chance.randrange(1, 9), claim_holds=chance.random() < 0.7)
    return ""


def main() -> None:
    """Live them all, count what breaks, and say the verdict last."""
    parser = ground.asked(__doc__)
    parser.add_argument("--sabotage", choices=[name for name in SABOTAGES if name], default="")
    asked = parser.parse_args()
    many, moves = (SHORT if asked.short else HISTORIES), SABOTAGES[asked.sabotage]
    seen, broken = Counter[str](), Counter[str]()
    began = time.process_time()
    for seed in range(many):
        if problem := live(random.Random(seed), moves, seen):
            broken[problem] += 1
    print(f"{many:,} histories, {seen['moves']:,} moves, {seen['tellings']:,} tellings, {seen['sirens']:,} sirens")
    print(f"{time.process_time() - began:.0f} CPU-seconds")
    for problem, times in broken.most_common():
        print(f"broken: {problem} ({times:,} times)")
    print("goal missed" if broken else "goal met")
    sys.exit(bool(broken))


if __name__ == "__main__":
    main()
