"""The contact network: whom to call in a dong, by day and by night, and when the number was last tested."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dure import clock
from dure.care.models import Recipient
from dure.cases.hours import CLOSES, OPENS, is_working_day
from dure.people.actions import Standing
from dure.people.models import Address, Channel, Membership, Organisation, Person, Role, Shift
from dure.places.models import Area

AHEAD = timedelta(days=7)  # who answers in this time stands on the page
LATELY = timedelta(days=31)  # a number tested longer ago should be tested again


@dataclass(frozen=True)
class Line:
    """One line of the page: an agency's own numbers, or a person of it. A person off by night has no night number."""

    agency: Organisation
    name: str
    post: str
    day: str
    night: str
    tested_at: datetime | None = None
    asks_test: bool = False  # never tested, or too long ago
    dead: bool = False  # its number failed for good


@dataclass(frozen=True)
class Network:
    """The contact network of one dong: its providers, its centre, the office's people on call."""

    area: Area
    lines: Sequence[Line]


def networks(standing: Standing, now: datetime) -> list[Network]:
    """The contact network of every dong that somebody has to do with. A fixed number of queries."""
    serves: dict[int, set[int]] = defaultdict(set)
    mine = Recipient.objects.seen_by(standing).served().exclude(place__area=None)
    for area, provider in mine.values_list("place__area", "provider").distinct():
        serves[area].add(provider)
    agencies = Organisation.objects.filter(office=standing.office, kind__in=["office", "centre", "provider"])
    by_kind: dict[str, list[Organisation]] = defaultdict(list)
    for agency in agencies.order_by("name", "id"):
        by_kind[agency.kind].append(agency)
    own = standing.organisations
    dongs = {o.area_id for o in by_kind["centre"] if o.area_id and (own is None or o.pk in own)} | set(serves)
    lines = _lines(standing.office, [a for each in by_kind.values() for a in each], now)
    found = []
    for area in Area.objects.filter(office=standing.office, pk__in=dongs, until=None):
        here = [p for p in by_kind["provider"] if p.pk in serves[area.pk]]
        here += [c for c in by_kind["centre"] if c.area_id == area.pk] + by_kind["office"]
        found.append(Network(area, [line for agency in here for line in lines[agency.pk]]))
    return found


def _lines(office: int, agencies: Iterable[Organisation], now: datetime) -> dict[int, list[Line]]:
    shifts = _shifts(office, now)
    people = _members(office, now)
    for each in shifts.values():
        for shift in each:
            if shift.roster.organisation.kind == "office":
                people[shift.roster.organisation_id][shift.person_id] = shift.person
    numbers = _numbers({person for each in people.values() for person in each})
    found = {}
    for agency in agencies:
        lines = [_line(agency, p, shifts[pk], numbers[pk], now) for pk, p in people[agency.pk].items()]
        own = [Line(agency, "", "", agency.phone, agency.night_phone)]
        found[agency.pk] = [*(own if agency.phone or agency.night_phone or not lines else ()), *lines]
    return found


def _shifts(office: int, now: datetime) -> Mapping[int, list[Shift]]:
    """Who answers for anything in the next days, with the shifts."""
    coming = Shift.objects.filter(office=office, ends_at__gt=now, starts_at__lt=now + AHEAD)
    live = coming.filter(roster__retired_at=None, person__left_at=None)
    found: dict[int, list[Shift]] = defaultdict(list)
    for shift in live.select_related("person", "roster__organisation").order_by("place", "starts_at", "id"):
        found[shift.person_id].append(shift)
    return found


def _members(office: int, now: datetime) -> dict[int, dict[int, Person]]:
    """The people of each provider's desk and of each centre."""
    held = Membership.objects.on(clock.local(now).date()).filter(office=office, person__left_at=None)
    found: dict[int, dict[int, Person]] = defaultdict(dict)
    at_a_desk = held.filter(role__in=[Role.PROVIDER, Role.CENTRE]).select_related("person")
    for membership in at_a_desk.order_by("person__name", "person"):
        found[membership.organisation_id][membership.person_id] = membership.person
    return found


def _numbers(people: Iterable[int]) -> Mapping[int, list[Address]]:
    """Each person's numbers; those that work first, among them a landline first."""
    found: dict[int, list[Address]] = defaultdict(list)
    mine = Address.objects.filter(person__in=list(people), channel__in=[Channel.CALL, Channel.SMS])
    for address in sorted(mine, key=lambda a: (a.dead_at is not None, a.channel, a.pk)):
        found[address.person_id].append(address)
    return found


def _line(agency: Organisation, person: Person, shifts: Sequence[Shift], numbers: list[Address], now: datetime) -> Line:
    number = numbers[0].value if numbers else person.phone
    live = [a for a in numbers if a.dead_at is None]
    tested = max((a.tested_at for a in live if a.tested_at), default=None)
    by_day, by_night = not shifts or any(map(_by_day, shifts)), any(map(_by_night, shifts))
    return Line(
        agency, person.name, person.post, number if by_day else "", number if by_night else "", tested,
        asks_test=tested is None or now - tested > LATELY, dead=bool(numbers) and not live,
    )  # fmt: skip


def _by_day(shift: Shift) -> bool:
    """Whether some of a shift is in working hours."""
    return _in_hours(shift) > timedelta(0)


def _by_night(shift: Shift) -> bool:
    """Whether some of a shift is outside working hours: at night, on a weekend, on a holiday."""
    return _in_hours(shift) < shift.ends_at - shift.starts_at


def _in_hours(shift: Shift) -> timedelta:
    """How much of a shift is in working hours."""
    start, end = clock.local(shift.starts_at), clock.local(shift.ends_at)
    days = (start.date() + timedelta(days=n) for n in range((end.date() - start.date()).days + 1))
    total = timedelta(0)
    for day in filter(is_working_day, days):
        opens, closes = (datetime.combine(day, each, start.tzinfo) for each in (OPENS, CLOSES))
        total += max(min(end, closes) - max(start, opens), timedelta(0))
    return total
