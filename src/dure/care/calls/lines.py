"""The list that is called: a line a person, with what is owed, what was tried, and who is ringing. A fixed number of
queries, however many there are. The order never changes under a finger: by dong, then by name."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid5

from django.db.models import Count, Max, Min, Prefetch, Q, QuerySet

from dure.care.calls.actions import RINGS, UNDO, counted
from dure.care.calls.models import Call, Result, Try
from dure.care.calls.owing import running
from dure.care.models import PROGRAMME, Contact, Recipient, Sighting
from dure.care.weighing import SETTLES
from dure.cases.models import Case
from dure.duty.models import Outcome as Ending
from dure.people.actions import Standing
from dure.people.models import Organisation, Person


@dataclass
class Line:
    """One person on the list."""

    recipient: Recipient
    calls: list[Call]
    now: datetime
    viewer: int
    case: Case | None = None
    seen_at: datetime | None = None  # when somebody last saw or spoke to them

    @property
    def key(self) -> UUID:
        """Of the next result that who looks enters: the same until there is one, so pressed twice it counts once."""
        last = max((made.pk for call in self.calls for made in call.tries.all()), default=0)
        return uuid5(self.call.ref, f"{self.viewer} {last}")

    @property
    def call(self) -> Call:
        """The call that is to be made now: the first one open that has begun; else the last one."""
        return next((c for c in self.calls if c.duty.is_open and c.since_at <= self.now), self.calls[-1])

    @property
    def open(self) -> bool:
        """Whether somebody has to be reached now."""
        return self.call.duty.is_open and self.call.since_at <= self.now

    @property
    def coming(self) -> Call | None:
        """The next contact of the day, when none is to be made now."""
        later = [call for call in self.calls if call.duty.is_open and call.since_at > self.now]
        return later[0] if later else None

    @property
    def tries(self) -> list[Try]:
        """What came of each try, those taken back left out."""
        found = [t for c in self.calls for t in c.tries.all() if t.result != Result.TAKEN_BACK]
        return sorted((t for t in found if not hasattr(t, "corrected_by")), key=lambda t: (t.at, t.pk))

    @property
    def in_vain(self) -> int:
        """How often nobody answered the call that is to be made now."""
        return len(counted(self.call.tries.all()))

    @property
    def undo(self) -> Try | None:
        """The last tap of who looks, as long as it can be taken back."""
        mine = [t for t in self.tries if t.by_id == self.viewer and self.now - t.at <= UNDO]
        passed_on = {c.duty.closed_at for c in self.calls if c.duty.outcome == Ending.PASSED_ON}
        return mine[-1] if mine and mine[-1].at not in passed_on else None

    @property
    def calling(self) -> Person | None:
        """Who is ringing at this moment."""
        rings = [c for c in self.calls if c.calling_at and self.now - c.calling_at < RINGS]
        return rings[-1].calling_by if rings else None

    @property
    def why(self) -> list[str]:
        """What the calls are for: no meal comes, heat, cold."""
        return list(dict.fromkeys(str(call.warning) if call.warning else "" for call in self.calls))

    @property
    def wrong_number(self) -> bool:
        """Whether the number turned out to be wrong."""
        return any(t.result == Result.WRONG_NUMBER for t in self.tries)

    @property
    def numbers(self) -> list[str]:
        """The person's own numbers."""
        return [number for number in (self.recipient.phone, self.recipient.phone_2) if number]


def lines(standing: Standing, day: date, viewer: Person, now: datetime, *, today: date, of: int | None) -> list[Line]:
    """The list of a day, of one agency or of all that somebody may see. Today's has what is left of days before."""
    mine = Call.objects.seen_by(standing)
    mine = mine.filter(Q(day=day) | Q(day__lt=day, duty__closed_at=None)) if day == today else mine.filter(day=day)
    if of:
        mine = mine.filter(Q(recipient__provider=of) | Q(recipient__centre=of))
    by_person: dict[int, list[Call]] = defaultdict(list)
    for call in _with_all(mine):
        by_person[call.recipient_id].append(call)
    found = [Line(calls[0].recipient, calls, now, viewer.pk) for calls in by_person.values()]
    _add_cases(standing, found)
    _add_last_contacts(found)
    return sorted(found, key=lambda each: (_dong(each.recipient), each.recipient.name, each.recipient.pk))


def line(call: Call, standing: Standing, viewer: Person, now: datetime, *, today: date) -> Line:
    """The one line on which a call stands."""
    mine = Call.objects.seen_by(standing).filter(recipient=call.recipient_id)
    days = Q(day=call.day) | Q(day__lt=call.day, duty__closed_at=None)
    days |= Q(day=today) if call.day < today else Q()
    calls = list(_with_all(mine.filter(days)))
    found = Line(calls[0].recipient, calls, now, viewer.pk)
    _add_cases(standing, [found])
    _add_last_contacts([found])
    return found


def _dong(recipient: Recipient) -> str:
    return recipient.place.area.name if recipient.place.area else ""


def _with_all(calls: QuerySet[Call]) -> QuerySet[Call]:
    tries = Try.objects.select_related("by", "corrected_by")
    contacts = Contact.objects.filter(dead_at=None)
    return (
        calls.select_related(
            "duty", "warning", "calling_by", "recipient__place__area", "recipient__provider", "recipient__centre"
        )
        .prefetch_related(Prefetch("tries", tries), Prefetch("recipient__contacts", contacts))
        .order_by("since_at", "due_at", "id")
    )


def _add_cases(standing: Standing, found: Sequence[Line]) -> None:
    """The emergency of each that is open now."""
    refs = {each.recipient.ref: each for each in found}
    mine = Case.objects.seen_by(standing).filter(programme=PROGRAMME, closed_at=None, drill=False)
    for case in mine.filter(subject__in=refs):
        refs[case.subject].case = case


def _add_last_contacts(found: Iterable[Line]) -> None:
    """When each was last seen on a visit, or spoken to."""
    people = {each.recipient.pk: each for each in found}
    seen = Sighting.objects.filter(visit__recipient__in=people, outcome__in=SETTLES)
    heard = Try.objects.filter(call__recipient__in=people, result=Result.WELL, corrected_by=None)
    for pk, at in [
        *seen.values_list("visit__recipient").annotate(Max("at")).order_by(),
        *heard.values_list("call__recipient").annotate(Max("at")).order_by(),
    ]:
        before = people[pk].seen_at
        people[pk].seen_at = max(before, at) if before else at


def agencies(standing: Standing) -> QuerySet[Organisation]:
    """Whose list can be looked at: providers and centres, for who sees several."""
    kinds = Organisation.objects.filter(office=standing.office, kind__in=["provider", "centre"])
    mine = kinds if standing.organisations is None else kinds.filter(pk__in=standing.organisations)
    return mine.order_by("-kind", "name")


@dataclass(frozen=True)
class ToCall:
    """What the board says of calls: how many of how many are left, by when the first, and which warnings are on."""

    left: int
    owed: int
    by: datetime | None
    warnings: str


def to_call(standing: Standing, today: date) -> ToCall:
    """The calls of today, with what is left of days before."""
    mine = Call.objects.seen_by(standing).filter(Q(day=today) | Q(day__lt=today, duty__closed_at=None))
    waiting = Q(duty__closed_at=None)
    counted = mine.aggregate(owed=Count("pk"), left=Count("pk", filter=waiting), by=Min("duty__due_at", filter=waiting))
    return ToCall(**counted, warnings=" · ".join(str(each) for each in running(standing.office, today)))
