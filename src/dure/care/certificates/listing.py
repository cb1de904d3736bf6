"""Everybody with their certificates, whose are lapsed first; by provider, and as a workbook."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from dure import clock
from dure.care.certificates.holding import Holding, State, book
from dure.care.certificates.models import WORK, Kind, Packed
from dure.people.actions import Standing
from dure.people.models import Membership, Organisation, Person, Role
from dure.sheets.tables import Value
from dure.sheets.write import Column, Page, write

PRESSING = list(State)


@dataclass(frozen=True)
class Line:
    """One person at one provider."""

    person: Person
    provider: Organisation
    health: Holding | None
    hygiene: Holding | None
    others: Sequence[Holding]

    @property
    def all(self) -> list[Holding]:
        """Every kind."""
        return [each for each in (self.health, self.hygiene, *self.others) if each]

    @property
    def state(self) -> State:
        """The most pressing of all."""
        return min((each.state for each in self.all), key=PRESSING.index, default=State.NOT_NEEDED)

    @property
    def first(self) -> date:
        """What ends first."""
        return min((each.until for each in self.all if each.until), default=date.max)


@dataclass(frozen=True)
class Sum:
    """A provider: how many people stand how, everybody once by what is most pressing."""

    provider: Organisation
    counts: Sequence[tuple[State, int]]
    people: int
    packed: bool


def providers(standing: Standing) -> list[Organisation]:
    """The providers whose people's certificates somebody may see."""
    mine = Organisation.objects.filter(office=standing.office, kind=Organisation.Kind.PROVIDER).order_by("name", "id")
    return list(mine if standing.organisations is None else mine.filter(pk__in=standing.organisations))


def lines(standing: Standing, now: datetime) -> list[Line]:
    """Everybody who is asked for certificates today, the most pressing first. A fixed number of queries."""
    today, mine = clock.local(now).date(), {each.pk: each for each in providers(standing)}
    held = Membership.objects.on(today).filter(organisation__in=mine, role__in=WORK, person__left_at=None)
    pairs = {(m.person, m.organisation_id): None for m in held.select_related("person").order_by("person__name", "id")
             if m.role == Role.WORKER}  # fmt: skip
    cooks = held.filter(role=Role.PROVIDER, person__food_work__cooks=True).select_related("person")
    pairs |= {(m.person, m.organisation_id): None for m in cooks}
    found = book(standing.office, {person for person, _at in pairs}, today)
    every = [_line(person, mine[at], found.holdings(person)) for person, at in pairs]
    return sorted(every, key=lambda line: (PRESSING.index(line.state), line.first, line.person.name, line.person.pk))


def _line(person: Person, provider: Organisation, holdings: Iterable[Holding]) -> Line:
    by_code = {each.kind.code: each for each in holdings if each.kind.code}
    others = [each for each in holdings if not each.kind.code]
    return Line(person, provider, by_code.get(Kind.HEALTH), by_code.get(Kind.HYGIENE), others)


def sums(standing: Standing, of: Iterable[Line]) -> list[Sum]:
    """Each provider with how its people stand, those with most that is pressing first."""
    counts = Counter((line.provider.pk, line.state) for line in of)
    packed = set(Packed.objects.filter(office=standing.office).values_list("organisation", flat=True))
    found = []
    for provider in providers(standing):
        each = [(state, counts[provider.pk, state]) for state in PRESSING]
        found.append(Sum(provider, each, sum(n for _state, n in each), provider.pk in packed))
    return sorted(found, key=lambda line: [-n for _state, n in line.counts[:-2]])


def workbook(of: Iterable[Line], now: datetime) -> bytes:
    """The list as a workbook, with names."""
    titles = [
        _("Provider"), _("Name"), _("Certificate"), _("State"), _("Last examination or training"), _("Valid until"),
        _("To be renewed by"), _("Hours this year"), _("Hours needed"),
    ]  # fmt: skip
    rows: list[list[Value]] = [
        [
            line.provider.name, line.person.name, str(each.kind), str(each.state.label), each.latest, each.until,
            each.last, float(each.done) if each.needed else None, float(each.needed) if each.needed else None,
        ]
        for line in of
        for each in line.all
    ]  # fmt: skip
    made = _("Made on %(moment)s.") % {"moment": f"{clock.local(now):%Y-%m-%d %H:%M}"}
    notes = [made, _("With names: handle it as personal data.")]
    return write([Page(_("Certificates"), [Column(title) for title in titles], rows, _("Certificates"), notes)])
