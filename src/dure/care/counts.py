"""The day in numbers: planned = seen + explained + open, each with the rows behind it.

What was planned is counted from the plans, apart from the visits, so that a visit that was never opened is missed.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dure.care.days import calendar
from dure.care.models import PROGRAMME, Handed, MealPlan, Outcome, Recipient, Visit
from dure.care.opening import ABSENT, absences_on
from dure.care.weighing import SEEN
from dure.cases.models import Case, Finding
from dure.duty.models import Claim, Duty
from dure.duty.models import Outcome as Ending
from dure.people.actions import Standing
from dure.people.models import Organisation

ENDED = _("meals ended")
WHEREABOUTS = _("not at home, known where")
BY_CASE = _("emergency: %(finding)s")
AT_WORK = _("emergency %(number)s is open")
TWO_REPORTS = _("two reports disagree")
NOT_YET = _("not reported yet")
NEVER_OPENED = _("planned, but no visit was opened")
NOT_PLANNED = _("open, but no plan asks for it")
NO_REASON = _("closed without a word on the person")
MEALS_GIVEN = (Handed.IN_PERSON, Handed.PROXY, Handed.AT_DOOR)


class State(StrEnum):
    """What a planned visit has become."""

    SEEN = "seen"
    EXPLAINED = "explained"
    OPEN = "open"
    UNCLEAR = "unclear"  # neither: it makes the difference


@dataclass(frozen=True)
class Row:
    """One visit, planned or made, and what has become of it. `planned`: a plan of the day asks for it."""

    recipient: Recipient
    meal: str
    provider: int
    state: State
    why: str = ""
    visit: Visit | None = None
    case: Case | None = None
    planned: bool = True

    @property
    def fits(self) -> bool:
        """Whether it stands on both sides of planned = seen + explained + open."""
        return self.planned and self.state != State.UNCLEAR

    @property
    def waits(self) -> bool:
        """Whether it waits for somebody now; a visit that isn't overdue yet waits for nobody but its worker."""
        on_its_way = self.visit and self.visit.duty.is_open and self.visit.duty.raised_at is None and not self.case
        return self.state == State.OPEN and not on_its_way

    @property
    def asks(self) -> UUID | None:
        """What of it asks for somebody: the emergency, or else the visit."""
        thing = self.case or self.visit
        return thing.ref if thing else None


@dataclass(frozen=True)
class Tally:
    """Visits counted: of one provider, or of all (`provider` None)."""

    provider: Organisation | None
    rows: Sequence[Row]

    @property
    def planned(self) -> int:
        """How many the plans ask for."""
        return sum(row.planned for row in self.rows)

    @property
    def seen(self) -> int:
        """Where the person was seen, and nothing is left to be cleared up."""
        return self._how_many(State.SEEN)

    @property
    def explained(self) -> int:
        """Where it is known why the person wasn't seen."""
        return self._how_many(State.EXPLAINED)

    @property
    def open(self) -> int:
        """Where somebody still has to do something."""
        return self._how_many(State.OPEN)

    @property
    def difference(self) -> int:
        """Planned without seen, explained and open. It has to be 0."""
        return self.planned - self.seen - self.explained - self.open

    @property
    def odd(self) -> list[Row]:
        """The visits that make a difference, also those of which one makes up for another."""
        return [row for row in self.rows if not row.fits]

    @property
    def given(self) -> int:
        """How many meals were handed over, to whomever."""
        return sum(1 for row in self.rows if row.visit and row.visit.handed in MEALS_GIVEN)

    @property
    def in_person(self) -> int:
        """How many of them to the recipient in person."""
        return sum(1 for row in self.rows if row.visit and row.visit.handed == Handed.IN_PERSON)

    @property
    def share(self) -> int | None:
        """The share handed over in person in percent; None when nothing was handed over yet."""
        return round(100 * self.in_person / self.given) if self.given else None

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Why persons weren't seen, the most frequent first."""
        return Counter(row.why for row in self.of(State.EXPLAINED)).most_common()

    def of(self, state: str) -> list[Row]:
        """The rows behind a number; behind the difference for `unclear`; all that is planned for anything else."""
        if state == State.UNCLEAR:
            return self.odd
        return [row for row in self.rows if (row.state == state if state in set(State) else row.planned)]

    def _how_many(self, state: State) -> int:
        return sum(row.state == state for row in self.rows)


def evening(standing: Standing, day: date) -> list[Tally]:
    """The evening check of a day per provider, of all that somebody may see. A fixed number of queries."""
    judge = Judge(standing, day)
    rows: dict[int, list[Row]] = {}
    for row in [*_of_plans(standing, day, judge), *_of_no_plan(judge)]:
        rows.setdefault(row.provider, []).append(row)
    providers = Organisation.objects.filter(pk__in=rows).order_by("name", "id")
    return [Tally(provider, rows[provider.pk]) for provider in providers]


def together(tallies: Iterable[Tally]) -> Tally:
    """All providers in one."""
    return Tally(None, [row for tally in tallies for row in tally.rows])


def _of_plans(standing: Standing, day: date, judge: "Judge") -> Iterable[Row]:
    """A row for each meal that a plan owes on this day. Absent persons stand there too, with the reason."""
    away = {a.recipient_id: ABSENT[a.why] for a in absences_on(standing.office, day)}
    closed = calendar(standing.office, day, day)
    for key, (recipient, ended) in _plans(standing, day).items():
        visit = judge.visits.pop(key, None)
        if visit:
            state, why, case = judge.of(visit)
            yield Row(recipient, key[1], visit.provider_id, state, why, visit, case)
        elif closed.why_closed(recipient.provider_id, day):
            continue
        elif why := away.get(recipient.pk) or (str(ENDED) if ended else ""):
            yield Row(recipient, key[1], recipient.provider_id, State.EXPLAINED, gettext(why))
        else:
            yield Row(recipient, key[1], recipient.provider_id, State.UNCLEAR, str(NEVER_OPENED))


def _of_no_plan(judge: "Judge") -> Iterable[Row]:
    """Visits that no plan asks for (any more): what was seen counts, what is still open shouldn't be."""
    for visit in judge.visits.values():
        if visit.excused_at and visit.unplanned:
            continue  # it wasn't owed after all
        state, why, case = judge.of(visit)
        odd = visit.duty.is_open
        why = str(NOT_PLANNED) if odd else why
        yield Row(visit.recipient, visit.meal, visit.provider_id, state, why, visit, case, planned=not odd)


def _plans(standing: Standing, day: date) -> dict[tuple[int, str], tuple[Recipient, bool]]:
    """Each meal that the plans owe on a day, absent or not, and whether meals end on that very day."""
    runs = Q(since__lte=day) & (Q(until=None) | Q(until__gte=day))
    served = Q(recipient__started_on__lte=day) & (Q(recipient__ended_on=None) | Q(recipient__ended_on__gte=day))
    mine = MealPlan.objects.filter(runs, served, recipient__in=Recipient.objects.seen_by(standing))
    today = mine.filter(weekday=day.weekday()).select_related("recipient__place__area")
    found: dict[tuple[int, str], tuple[Recipient, bool]] = {}
    for plan in today.order_by("recipient__name", "recipient_id", "since", "id"):
        ended = plan.until == day or plan.recipient.ended_on == day
        found[plan.recipient_id, plan.meal] = (plan.recipient, ended)
    return found


class Judge:
    """The visits of a day with what decides what they have become, read at once."""

    def __init__(self, standing: Standing, day: date) -> None:
        mine = Visit.objects.seen_by(standing).filter(day=day)
        visits = list(
            mine.select_related("recipient__place__area", "duty", "worker", "course__route").order_by("due_at", "id")
        )
        self.visits = {(visit.recipient_id, visit.meal): visit for visit in visits}
        passed_on = [v.duty.note for v in visits if v.duty.outcome == Ending.PASSED_ON]
        linked = Q(about__in=[v.ref for v in visits]) | Q(number__in=passed_on)
        cases = Case.objects.seen_by(standing).filter(linked, programme=PROGRAMME, drill=False).order_by("opened_at")
        self.by_visit: dict[UUID | None, list[Case]] = {}
        for case in cases:
            self.by_visit.setdefault(case.about, []).append(case)
        self.by_number = {case.number: case for case in cases}
        asked = Duty.objects.filter(about__in=[v.ref for v in visits], kind="care.disagree", closed_at=None)
        self.disputed = set(asked.values_list("about", flat=True))

    def cases(self, visit: Visit) -> list[Case]:
        """The emergencies to which a visit led, also one that was open already."""
        own, passed_on = self.by_visit.get(visit.ref, []), self.by_number.get(visit.duty.note)
        return [*own, passed_on] if passed_on and passed_on not in own else own

    def of(self, visit: Visit) -> tuple[State, str, Case | None]:
        """What a visit has become, why, and the emergency that it led to."""
        cases = self.cases(visit)
        case = next((c for c in cases if c.closed_at is None), cases[-1] if cases else None)
        return *self._state(visit, case), case

    def _state(self, visit: Visit, case: Case | None) -> tuple[State, str]:
        if case and case.closed_at is None:
            return State.OPEN, AT_WORK % {"number": case.number}
        if visit.duty.is_open:
            return State.OPEN, str(Outcome(visit.outcome).label if visit.outcome else NOT_YET)
        if visit.ref in self.disputed:
            return State.OPEN, str(TWO_REPORTS)
        if visit.outcome in SEEN:
            return State.SEEN, ""
        if visit.outcome == Outcome.KNOWN_SAFE:
            return State.EXPLAINED, str(WHEREABOUTS)
        if case:
            return State.EXPLAINED, BY_CASE % {"finding": Finding(case.finding).label}
        if visit.excused_at:
            return State.EXPLAINED, gettext(visit.excused_why)
        return State.UNCLEAR, str(NO_REASON)


def who_has_it(rows: Iterable[Row]) -> dict[UUID | None, Claim]:
    """Who has taken on what is open, by what asks for somebody."""
    refs = [row.asks for row in rows if row.asks and row.state == State.OPEN]
    claims = Claim.objects.filter(duty__about__in=refs, ended_at=None).select_related("by", "duty")
    return {claim.duty.about: claim for claim in claims}
