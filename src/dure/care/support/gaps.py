"""Care gaps: the days on which a meal was decided and not given, by reason; each number with its rows.

A meal is decided when a plan of the recipient asks for it on that day while they are served. It is counted from the
plans, not from the visits, so that a visit that was never opened is missed. What becomes of it:

given     handed to anyone, or made up: the day was closed and two meals were handed over on the decided day before
apart     the recipient was away (hospital, elsewhere, paused), refused it, or was known to be somewhere else:
          not given, and no gap, shown beside the gaps
gap       closed without a double delivery; nobody went; no reply; seen, but no meal; ended with another reason;
          nothing reported; no visit opened
pending   today's, of which nothing is known yet

The count begins with the first day of which the office has visits: what was before isn't on its record. This is the one
count of it: this noun's page, the figures and whatever else says how many gaps there were ask here.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Protocol

from django.db.models import Min, Model, QuerySet
from django.utils.translation import gettext_lazy as _

from dure.care.alarms import BY_CASE
from dure.care.models import Recipient, Visit
from dure.care.opening import ABSENT
from dure.care.support.judging import ask
from dure.people.actions import Standing
from dure.people.models import Organisation
from dure.places.models import Area


class State(StrEnum):
    """What has become of a decided meal."""

    GIVEN = "given"
    MADE_UP = "made_up"
    HOSPITAL = "hospital"
    AWAY = "away"
    PAUSED = "paused"
    OTHER = "other"
    KNOWN_SAFE = "known_safe"
    REFUSED = "refused"
    CLOSED = "closed"
    NOT_ATTEMPTED = "not_attempted"
    NO_REPLY = "no_reply"
    NO_MEAL = "no_meal"
    EXCUSED = "excused"
    UNREPORTED = "unreported"
    NEVER_OPENED = "never_opened"
    PENDING = "pending"


GIVEN = (State.GIVEN, State.MADE_UP)
APART = (State.HOSPITAL, State.AWAY, State.PAUSED, State.OTHER, State.KNOWN_SAFE, State.REFUSED)
GAPS = (
    State.CLOSED, State.NOT_ATTEMPTED, State.NO_REPLY, State.NO_MEAL, State.EXCUSED, State.UNREPORTED,
    State.NEVER_OPENED,
)  # fmt: skip
LABELS = {
    State.GIVEN: _("Given"),
    State.MADE_UP: _("Two meals the day before"),
    State.HOSPITAL: _("Hospital stay"),
    State.AWAY: _("Away"),
    State.PAUSED: _("Paused"),
    State.OTHER: _("Other absence"),
    State.KNOWN_SAFE: _("Not at home, known where"),
    State.REFUSED: _("Refused by the recipient"),
    State.CLOSED: _("Closed, no second meal before"),
    State.NOT_ATTEMPTED: _("Not visited"),
    State.NO_REPLY: _("Can't be reached"),
    State.NO_MEAL: _("Seen, but no meal"),
    State.EXCUSED: _("Cleared up without a visit"),
    State.UNREPORTED: _("Not reported"),
    State.NEVER_OPENED: _("No visit was opened"),
    State.PENDING: _("Not reported up to now"),
}
EXCUSES = {ABSENT[why]: State(why) for why in ABSENT} | {BY_CASE: State.NO_REPLY}  # any other is EXCUSED


class Meant(Protocol):
    """Days, both included, and the one provider, dong or risk that is meant, if any."""

    @property
    def first(self) -> date: ...
    @property
    def last(self) -> date: ...
    @property
    def provider(self) -> int | None: ...
    @property
    def dong(self) -> int | None: ...
    @property
    def tier(self) -> str: ...


@dataclass(frozen=True)
class Days:
    """Some days, both included, of all whom somebody may see."""

    first: date
    last: date
    provider: int | None = None
    dong: int | None = None
    tier: str = ""


@dataclass(frozen=True)
class Decided:
    """A meal that was decided for a day, and what has become of it. `provider`: who was to bring it."""

    recipient: int
    day: date
    meal: str
    state: State
    visit: int | None
    provider: int
    dong: int | None
    tier: str


@dataclass(frozen=True)
class Sum:
    """Decided meals counted."""

    states: Mapping[State, int]

    @property
    def decided(self) -> int:
        """How many meals were decided; today's of which nothing is known yet aren't counted."""
        return sum(n for state, n in self.states.items() if state != State.PENDING)

    @property
    def given(self) -> int:
        """How many were given, on the day or with the one before."""
        return sum(self.states.get(each, 0) for each in GIVEN)

    @property
    def gaps(self) -> int:
        """How many are gaps."""
        return sum(self.states.get(each, 0) for each in GAPS)

    @property
    def apart(self) -> int:
        """How many weren't given because of the recipient: away, refused."""
        return sum(self.states.get(each, 0) for each in APART)

    def __getitem__(self, state: str) -> int:
        return self.states.get(State(state), 0)


def record_begins(office: int) -> date | None:
    """The first day of which there are visits."""
    first: date | None = Visit.objects.filter(office_id=office).aggregate(first=Min("day"))["first"]
    return first


def tally(
    standing: Standing, meant: Meant, today: date, columns: Sequence[str] = (), states: Collection[State] = tuple(State)
) -> list[tuple[Any, ...]]:
    """How many decided meals have become what: a row of these columns (`provider`, `dong`, `tier`, `recipient`,
    `day`), the state and the number. One query, whatever the span; nothing of days to come."""
    read = "".join(f"{column}, " for column in columns)
    places = ", ".join(str(n) for n in range(1, len(columns) + 2))
    rows = _ask(standing, meant, today, states, f"SELECT {read} state, count(*) FROM meals {{meant}} GROUP BY {places}")
    return [(*key, State(state), n) for *key, state, n in rows]


def rows(standing: Standing, meant: Meant, today: date, states: Collection[State]) -> list[Decided]:
    """The meals behind a number, the latest first."""
    read = "recipient, day, meal, state, visit, provider, dong, tier"
    what = f"SELECT {read} FROM meals {{meant}} ORDER BY day DESC, recipient, meal"
    return [Decided(*row) for row in _ask(standing, meant, today, states, what)]


def days_with_a_gap(standing: Standing, meant: Meant, today: date) -> int:
    """On how many days somebody had a gap, each recipient's days by themselves."""
    [(n,)] = _ask(standing, meant, today, GAPS, "SELECT count(DISTINCT (recipient, day)) FROM meals {meant}")
    return int(n)


def _ask(
    standing: Standing, meant: Meant, today: date, states: Collection[State], what: str
) -> Sequence[tuple[Any, ...]]:
    seen, values = Recipient.objects.seen_by(standing).values("pk").query.sql_with_params()
    where = "WHERE state = ANY (%(wanted)s)"
    for column in ("provider", "dong", "tier"):
        where += f" AND {column} = %({column})s" if getattr(meant, column) else ""
    if standing.organisations is not None:  # who moved was another provider's then
        where += " AND (provider = ANY (%(own)s) OR centre = ANY (%(own)s))"
    named = {f"seen{n}": value for n, value in enumerate(values)}
    return ask(
        what.replace("{meant}", where), seen=seen % tuple(f"%({name})s" for name in named), first=meant.first,
        last=min(meant.last, today), excuses=EXCUSES, today=today, office=standing.office,
        wanted=[str(each) for each in states], own=list(standing.organisations or []), provider=meant.provider,
        dong=meant.dong, tier=meant.tier, **named,
    )  # fmt: skip


class By(StrEnum):
    """What is compared."""

    DONG = "dong"
    PROVIDER = "provider"
    RECIPIENT = "recipient"


TITLES = {By.DONG: _("Dong"), By.PROVIDER: _("Provider"), By.RECIPIENT: _("Recipient")}


@dataclass(frozen=True)
class Line:
    """The sum of one dong, provider or recipient (`key` 0: of none known)."""

    key: int
    name: str
    sum: Sum


def lines(standing: Standing, meant: Meant, today: date, by: By) -> list[Line]:
    """One line each, the most gaps first. Two queries."""
    groups: dict[int, Counter[State]] = defaultdict(Counter)
    for key, state, n in tally(standing, meant, today, [by.value]):
        groups[key or 0][state] += n
    models: dict[By, type[Model]] = {By.DONG: Area, By.PROVIDER: Organisation, By.RECIPIENT: Recipient}
    named: QuerySet[Any] = models[by]._default_manager.filter(pk__in=groups)
    names: dict[int, str] = {each.pk: each.name for each in named.order_by()}
    found = [Line(key, names.get(key, "—"), Sum(mine)) for key, mine in groups.items()]
    return sorted(found, key=lambda line: (-line.sum.gaps, line.name, line.key))


def together(lines: Iterable[Line]) -> Sum:
    """All lines in one."""
    return Sum(sum((Counter(line.sum.states) for line in lines), Counter()))


def of_line(meals: Iterable[Decided], by: By, key: int) -> list[Decided]:
    """The meals of one line."""
    return [each for each in meals if (getattr(each, by.value) or 0) == key]
