"""Care gaps: the days on which a meal was decided and not given, by reason; each number with its rows.

A meal is decided when a plan of the recipient asks for it on that day while they are served. What becomes of it:

given     handed to anyone, or made up: the day was closed and two meals were handed over on the decided day before
apart     the recipient was away (hospital, elsewhere, paused), refused it, or was known to be somewhere else:
          not given, and no gap, shown beside the gaps
gap       closed without a double delivery; nobody went; no reply; seen, but no meal; nothing on record
pending   today's, of which nothing is known yet

The count begins with the first day of which the office has visits: what was before isn't on its record.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Min, Model, QuerySet
from django.utils.translation import gettext_lazy as _

from dure.care.alarms import BY_CASE
from dure.care.counts import MEALS_GIVEN
from dure.care.days import AHEAD, Calendar, calendar
from dure.care.models import Absence, Handed, MealPlan, Outcome, Recipient, Visit
from dure.care.opening import ABSENT
from dure.people.actions import Standing
from dure.people.models import Organisation
from dure.places.models import Area

DAY = timedelta(days=1)


class State(StrEnum):
    """What has become of a decided meal."""

    GIVEN = "given"
    MADE_UP = "made_up"
    HOSPITAL = "hospital"
    AWAY = "away"
    REFUSED = "refused"
    CLOSED = "closed"
    NOT_ATTEMPTED = "not_attempted"
    NO_REPLY = "no_reply"
    NO_MEAL = "no_meal"
    NO_RECORD = "no_record"
    PENDING = "pending"


GIVEN = (State.GIVEN, State.MADE_UP)
APART = (State.HOSPITAL, State.AWAY, State.REFUSED)
GAPS = (State.CLOSED, State.NOT_ATTEMPTED, State.NO_REPLY, State.NO_MEAL, State.NO_RECORD)
LABELS = {
    State.GIVEN: _("Given"),
    State.MADE_UP: _("Two meals the day before"),
    State.HOSPITAL: _("Hospital stay"),
    State.AWAY: _("Away or paused"),
    State.REFUSED: _("Refused by the recipient"),
    State.CLOSED: _("Closed, no second meal before"),
    State.NOT_ATTEMPTED: _("Not visited"),
    State.NO_REPLY: _("Can't be reached"),
    State.NO_MEAL: _("Seen, but no meal"),
    State.NO_RECORD: _("Nothing on record"),
    State.PENDING: _("Not reported up to now"),
}


@dataclass(frozen=True)
class Decided:
    """A meal that was decided for a day, and what has become of it. `provider`: who was to bring it."""

    recipient: int
    day: date
    meal: str
    provider: int
    state: State
    visit: int | None = None


@dataclass(frozen=True)
class Sum:
    """Decided meals counted."""

    states: Mapping[State, int]
    days: int  # distinct days of a recipient with a gap

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


def count(meals: Iterable[Decided]) -> Sum:
    """Meals by what has become of them, and the days with a gap."""
    known = list(meals)
    return Sum(Counter(m.state for m in known), len({(m.recipient, m.day) for m in known if m.state in GAPS}))


def record_begins(office: int) -> date | None:
    """The first day of which there are visits."""
    first: date | None = Visit.objects.filter(office_id=office).aggregate(first=Min("day"))["first"]
    return first


def decided(standing: Standing, first: date, last: date, today: date) -> list[Decided]:
    """Every meal decided for these days, both included, of all whom somebody may see; none of days to come.

    A fixed number of queries, whatever the span. The order is by day, meal and recipient.
    """
    begins = record_begins(standing.office)
    first, last = max(first, begins or first), min(last, today)
    if begins is None or first > last:
        return []
    before = first - AHEAD * DAY
    recipients = _recipients(standing, before, last)
    plans = _plans(recipients, before, last)
    facts = Facts(recipients, before, last, calendar(standing.office, before, last), today)
    found: list[Decided] = []
    for (recipient, meal), days in plans.items():
        previous: date | None = None
        for day in sorted(days):
            if day >= first:
                found.append(facts.judge(recipient, meal, day, previous))
            previous = day
    return sorted(found, key=lambda m: (m.day, m.meal, m.recipient))


@dataclass(frozen=True)
class _Served:
    pk: int
    provider: int
    started_on: date
    ended_on: date | None


def _recipients(standing: Standing, since: date, until: date) -> dict[int, _Served]:
    mine = Recipient.objects.seen_by(standing).filter(started_on__lte=until).exclude(ended_on__lte=since)
    rows = mine.order_by().values_list("pk", "provider_id", "started_on", "ended_on")
    return {row[0]: _Served(*row) for row in rows}


def _plans(recipients: Mapping[int, _Served], since: date, until: date) -> dict[tuple[int, str], set[date]]:
    """By recipient and meal the days on which a plan asks for it while they are served."""
    runs = MealPlan.objects.filter(recipient__in=recipients, since__lte=until).exclude(until__lte=since)
    found: dict[tuple[int, str], set[date]] = defaultdict(set)
    for pk, meal, weekday, starts, ends in runs.values_list("recipient_id", "meal", "weekday", "since", "until"):
        served = recipients[pk]
        begins = max(since, starts, served.started_on)
        over = min(ends or date.max, served.ended_on or date.max, until + DAY)
        day = begins + timedelta(days=(weekday - begins.weekday()) % 7)
        while day < over:
            found[pk, meal].add(day)
            day += 7 * DAY
    return found


class Facts:
    """What decides about the meals of a span of days, read at once."""

    def __init__(
        self, recipients: Mapping[int, _Served], since: date, until: date, closed: Calendar, today: date
    ) -> None:
        self.recipients, self.closed, self.today = recipients, closed, today
        visits = Visit.objects.filter(recipient__in=recipients, day__range=(since, until)).select_related("duty")
        self.visits = {(v.recipient_id, v.meal, v.day): v for v in visits}
        self.absences: dict[int, list[Absence]] = defaultdict(list)
        away = Absence.objects.filter(recipient__in=recipients, taken_back_at=None, since__lte=until)
        for absence in away.exclude(until__lte=since).order_by("id"):
            self.absences[absence.recipient_id].append(absence)

    def judge(self, recipient: int, meal: str, day: date, previous: date | None) -> Decided:
        """What has become of one decided meal; `previous` is the decided day before it."""
        visit = self.visits.get((recipient, meal, day))
        provider = visit.provider_id if visit else self.recipients[recipient].provider
        state = self._state(recipient, meal, day, previous, visit, provider)
        return Decided(recipient, day, meal, provider, state, visit.pk if visit else None)

    def _state(
        self, recipient: int, meal: str, day: date, previous: date | None, visit: Visit | None, provider: int
    ) -> State:
        if visit and visit.handed in MEALS_GIVEN:
            return State.GIVEN
        away = [a for a in self.absences[recipient] if a.since <= day and (a.until is None or day < a.until)]
        if away:
            return State.HOSPITAL if any(a.why == Absence.Why.HOSPITAL for a in away) else State.AWAY
        if self.closed.why_closed(provider, day):
            before = self.visits.get((recipient, meal, previous)) if previous else None
            near = previous is not None and (day - previous).days <= AHEAD
            doubled = near and before is not None and before.meals > 1 and before.handed in MEALS_GIVEN
            return State.MADE_UP if doubled else State.CLOSED
        return self._of_visit(visit, day)

    def _of_visit(self, visit: Visit | None, day: date) -> State:
        if visit is None:
            return State.PENDING if day == self.today else State.NO_RECORD
        if visit.handed == Handed.REFUSED:
            return State.REFUSED
        if visit.outcome:
            return OF_OUTCOME[Outcome(visit.outcome)]
        if visit.excused_at:
            return OF_EXCUSE.get(visit.excused_why, State.NO_RECORD)
        if visit.duty.is_open:
            return State.PENDING if day == self.today else State.NO_RECORD
        return State.NO_REPLY  # passed on to a case


OF_OUTCOME = {
    Outcome.SEEN_WELL: State.NO_MEAL,
    Outcome.SEEN_WITH_CONCERN: State.NO_MEAL,
    Outcome.KNOWN_SAFE: State.AWAY,
    Outcome.NO_REPLY: State.NO_REPLY,
    Outcome.NOT_ATTEMPTED: State.NOT_ATTEMPTED,
}
OF_EXCUSE = {
    **{why: State.AWAY for why in ABSENT.values()},
    ABSENT[Absence.Why.HOSPITAL]: State.HOSPITAL,
    BY_CASE: State.NO_REPLY,
}


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


def keys(meals: Iterable[Decided], by: By) -> dict[int, int]:
    """To which line the meals of each recipient belong; for providers nothing, as each meal has its own."""
    recipients = {m.recipient for m in meals}
    if by == By.RECIPIENT:
        return {pk: pk for pk in recipients}
    if by == By.PROVIDER:
        return {}
    found = Recipient.objects.filter(pk__in=recipients).order_by().values_list("pk", "place__area")
    return {pk: area or 0 for pk, area in found}


def of_line(meals: Sequence[Decided], by: By, key: int) -> list[Decided]:
    """The meals of one line."""
    of = keys(meals, by)
    return [m for m in meals if (m.provider if by == By.PROVIDER else of[m.recipient]) == key]


def lines(meals: Sequence[Decided], by: By) -> list[Line]:
    """One line each, the most gaps first. Two queries."""
    of = keys(meals, by)
    groups: dict[int, list[Decided]] = defaultdict(list)
    for m in meals:
        groups[m.provider if by == By.PROVIDER else of[m.recipient]].append(m)
    models: dict[By, type[Model]] = {By.DONG: Area, By.PROVIDER: Organisation, By.RECIPIENT: Recipient}
    named: QuerySet[Any] = models[by]._default_manager.filter(pk__in=groups)
    names: dict[int, str] = dict(named.order_by().values_list("pk", "name"))
    found = [Line(key, names.get(key, "—"), count(mine)) for key, mine in groups.items()]
    return sorted(found, key=lambda line: (-line.sum.gaps, line.name, line.key))
