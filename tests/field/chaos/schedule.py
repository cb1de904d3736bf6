"""Schedules: what happens to a phone one after the other, all of it from one number."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

STOPS = 6
CALM = 3  # at the doors of the first stops nobody is ever missing: there the answers are tapped
ANSWERS = ("well", "proxy", "concern", "away", "skipped")
FAULTS = ("lost", "held", "twice", "broken", "refused")
SEEN = {"seen_well", "seen_with_concern"}
DAY = 24 * 60  # minutes


@dataclass(frozen=True)
class Step:
    """One thing that happens, with what it needs to be known."""

    what: str
    values: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return " ".join([self.what, *(f"{name}={value}" for name, value in self.values.items())])


@dataclass
class World:
    """How it stands while a schedule is made: what is away can only come back."""

    random: random.Random
    away: bool = False
    down: bool = False
    tabs: int = 1
    jumps: int = 0


def _entered(at: World) -> dict[str, Any]:
    """A report that the app takes without a tap: (kind, gravity, stop, body without its note)."""
    kind = at.random.choices(["visit", "step", "course", "help", "danger"], [12, 2, 1, 1, 1])[0]
    stop = at.random.randrange(STOPS)
    well = ["seen_well", "seen_with_concern", "known_safe", "not_attempted"]
    outcome = at.random.choice(["no_reply", *well] if stop >= CALM else well)
    signs = at.random.sample(["vigour", "breath", "walking", "mind", "hygiene"], at.random.randrange(4))
    return {
        "kind": kind, "stop": stop if kind != "step" else at.random.randrange(CALM, STOPS), "outcome": outcome,
        "signs": signs, "leftover": at.random.random() < 0.3, "worried": at.random.random() < 0.2,
        "step": at.random.choice(["door", "called_119", "seen", "danger"]),
        "handed": at.random.choice(["in_person", "at_door"]) if outcome in SEEN else "not_handed",
    }  # fmt: skip


def _enter(at: World) -> Step:
    return Step("enter", {"reports": [_entered(at) for _ in range(at.random.randint(1, 6))]})


def _tap(at: World) -> Step:
    return Step("tap", {"stop": at.random.randrange(CALM), "answer": at.random.choice(ANSWERS)})


def _kill(at: World) -> Step:
    """The browser dies with many reports unsent: once in a while forty, and now and then amid entering one."""
    many = 40 if at.random.random() < 0.25 else at.random.randint(1, 8)
    at.tabs = 1
    return Step("kill", {"reports": [_entered(at) for _ in range(many)], "amid": at.random.random() < 0.4})


def _network(at: World) -> Step:
    at.away = not at.away
    return Step("away" if at.away else "back")


def _fault(at: World) -> Step:
    return Step("fault", {"which": at.random.choice(FAULTS), "times": at.random.randint(1, 4)})


def _server(at: World) -> Step:
    at.down = not at.down
    return Step(at.random.choice(["stop server", "kill server"]) if at.down else "start server")


def _clock(at: World) -> Step:
    if at.jumps == 2:
        return _wait(at)
    at.jumps += 1
    return Step("clock", {"minutes": at.random.choice([DAY, -DAY])})


def _tab(at: World) -> Step:
    at.tabs = 3 - at.tabs
    return Step("second tab" if at.tabs == 2 else "close tab")


def _wait(at: World) -> Step:
    return Step("wait", {"minutes": at.random.randint(1, 6)})


def _old(at: World) -> Step:
    """An app of an earlier version sends in the clear; its clock may be a day off."""
    off = at.random.choice([0, 0, DAY, -DAY])
    return Step("old app", {"version": at.random.randint(1, 2), "off": off, "report": _entered(at)})


def _adopted(at: World) -> Step:
    """A report that an earlier version left on this phone in the clear."""
    at.tabs = 1
    return Step("old record", {"report": {**_entered(at), "kind": "visit"}})


def _again(at: World) -> Step:
    return Step("again", {"which": at.random.random()})


WHAT: dict[Callable[[World], Step], int] = {
    _enter: 6, _tap: 5, _kill: 2, _network: 4, _fault: 5, _server: 1, _clock: 2, _tab: 2, _wait: 3, _old: 2,
    _adopted: 1, _again: 2, lambda at: Step("reload"): 2,
}  # fmt: skip


def schedule(seed: int) -> list[Step]:
    """What happens under this number. Something is always entered; all may be away when it ends."""
    at = World(random.Random(seed))
    never = Step("refuse one", {"which": at.random.randint(0, 5)}) if at.random.random() < 0.4 else None
    made = [at.random.choices(list(WHAT), list(WHAT.values()))[0](at) for _ in range(at.random.randint(9, 13))]
    return [*([never] if never else []), _enter(at), *made]
