"""What the kernel owes, told a second time and in another way: one object, lists and no database.

The state machine lives the same story in the model and in the product, and compares every telling.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)
CLAIM = 10 * MINUTE


def night(now: datetime) -> datetime | None:
    """When the day begins for what isn't urgent, if it is night in Seoul (what is told takes two minutes to go out)."""
    minute = (now.hour * 60 + now.minute + 9 * 60 + 2) % 1440
    if 420 <= minute < 1260:
        return None
    return now.replace(second=0, microsecond=0) + (1860 - minute - (minute < 420) * 1440 + 2) * MINUTE


@dataclass
class Someone:
    """A person with the ways to reach them, in order."""

    pk: int
    ways: tuple[str, ...]
    officer: bool = False

    def awake(self, wanted: tuple[str, ...]) -> bool:
        """Whether it reaches them for sure: a screen does only where nothing else is asked for."""
        best = self.best(wanted)
        return bool(best) and (best != ["screen"] or wanted == ("screen",))

    def best(self, wanted: tuple[str, ...]) -> list[str]:
        """The first way that is more than a screen, and the screen."""
        ways = [way for way in (wanted or self.ways) if way in self.ways]
        return [way for way in ways if way != "screen"][:1] + [way for way in ways if way == "screen"]


@dataclass
class Step:
    """A rung: who answers, for how long to wait, and by which channels."""

    people: tuple[Someone, ...]
    wait: timedelta
    channels: tuple[str, ...] = ()


@dataclass
class Told:
    turn: int
    step: int
    person: int
    channel: str
    at: datetime
    failed: bool = False

    def row(self) -> tuple:
        return self.turn, self.step, self.person, self.channel, self.at


@dataclass
class Claim:
    by: int
    until: datetime
    holds: bool


@dataclass
class Duty:
    """One duty as a person would follow it with pencil and paper."""

    everyone: tuple[Someone, ...]
    ladder: list[Step]
    due: datetime
    look: datetime | None
    raised: bool = False
    step: int = 0
    first: Someone | None = None
    claim: Claim | None = None
    idle: set[int] = field(default_factory=set)  # who had it once without any progress
    told: list[Told] = field(default_factory=list)
    closed_by: int | None = None
    named: str = ""
    urgent: bool = False

    @property
    def turn(self) -> int:
        return max((t.turn for t in self.told), default=0)

    def who_has_it(self, now: datetime) -> Claim | None:
        return self.claim if self.claim and self.claim.until > now else None

    def tell(self, turn: int, step: int, who: Someone, channels: Iterable[str], now: datetime) -> None:
        for channel in channels:
            before = [t for t in self.told if (t.turn, t.person, t.channel) == (turn, who.pk, channel)]
            if before:
                before[0].step = step
            else:
                self.told.append(Told(turn, step, who.pk, channel, now))

    def siren(self, turn: int, now: datetime) -> None:
        spared = self.who_has_it(now)
        for who in self.everyone:
            if who.officer and not (spared and spared.by == who.pk):
                self.tell(turn, -2, who, who.ways, now)

    def look_at_it(self, now: datetime) -> None:
        """What the watch does when the moment has come."""
        if self.closed_by or self.look is None or self.look > now:
            return
        self.raised = True
        has = self.who_has_it(now)
        if has and has.holds:
            self.look = has.until
            return
        self.claim = has
        if not self.urgent and (morning := night(now)):
            self.look = morning
            return
        turn, ladder = self.turn + 1, self.ladder
        if self.first and self.first.awake(()) and turn == 1 and not (has and has.by == self.first.pk):
            self.tell(turn, -1, self.first, self.first.best(()), now)
        self.step = min(self.step, len(ladder) - 1)
        while not self._ring(turn, self.step, now):
            if self.step == len(ladder) - 1:
                self.siren(turn, now)
                until = max(has.until, now + MINUTE) if has else now + ladder[-1].wait
                self.look = min(now + ladder[-1].wait, until)
                break
            self.step += 1
        else:
            self.look = now + ladder[self.step].wait
        self.step += 1

    def _ring(self, turn: int, step: int, now: datetime) -> bool:
        rung, has = self.ladder[step], self.who_has_it(now)
        reached = [who for who in rung.people if who.awake(rung.channels) and not (has and has.by == who.pk)]
        for who in reached:
            if not (self.first and turn == 1 and who.pk == self.first.pk):
                self.tell(turn, step, who, who.best(rung.channels), now)
        return bool(reached)

    def failed(self, told: Told, now: datetime) -> None:
        """A message that didn't arrive: the next way, else the next rung at once, else all officers."""
        if self.closed_by or told.turn != self.turn:
            return
        has = self.who_has_it(now)
        if has and (has.holds or has.by == told.person):
            return
        who = next(each for each in self.everyone if each.pk == told.person)
        wanted = self.ladder[told.step].channels if told.step >= 0 else ()
        tried = {t.channel for t in self.told if (t.turn, t.person) == (told.turn, told.person)}
        for way in who.ways:
            if way not in tried and (not wanted or way in wanted):
                self.told.append(Told(told.turn, told.step, who.pk, way, now))
                return
        if any(t.turn == told.turn and t.channel != "screen" and not t.failed for t in self.told) or told.step == -2:
            return
        if self.step < len(self.ladder):
            self.look = now
        else:
            self.siren(self.turn + 1, now)

    def take(self, by: int, until: datetime, now: datetime) -> None:
        until = min(until, now + CLAIM)
        self.claim = Claim(by, until, by not in self.idle)
        self.idle.add(by)
        if self.claim.holds and self.raised:
            self.look = until

    def answered(self, told: Told, now: datetime) -> None:
        if not self.closed_by and not self.who_has_it(now):
            self.take(told.person, now + CLAIM, now)

    def progress(self, by: int, now: datetime) -> None:
        has = self.who_has_it(now)
        if has and has.by != by:
            return
        self.claim = Claim(by, now + CLAIM, True)
        self.idle.discard(by)
        if self.raised:
            self.look = now + CLAIM

    def hand_back(self, now: datetime) -> None:
        self.claim = None
        if self.raised:
            self.look = now

    def raise_by_hand(self, now: datetime) -> None:
        if not self.closed_by and not self.raised:
            self.raised, self.look = True, now

    def close(self, by: int) -> None:
        if not self.closed_by:
            self.closed_by, self.look, self.claim = by, None, None
