"""The contact network: whom to call in a dong, by day and by night, and when the number was last tested."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dure import clock
from dure.care.models import Recipient
from dure.cases.hours import working_time
from dure.people.actions import Standing
from dure.people.models import Address, Channel, Membership, Organisation, Person, Role, Shift
from dure.places.models import Area

AHEAD = timedelta(days=7)  # who answers in this time stands on the page
ORDER = ["provider", "centre", "office", "hospital", "agency"]
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
    """The contact network of one dong: its providers, its centre, the office's people on call, and who else helps."""

    area: Area
    lines: Sequence[Line]


def networks(standing: Standing, now: datetime) -> list[Network]:
    """The contact network of every dong that somebody has to do with. A fixed number of queries."""
    serves: dict[int, set[int]] = defaultdict(set)
    mine = Recipient.objects.seen_by(standing).served().exclude(place__area=None)
    for dong, provider in mine.values_list("place__area", "provider").distinct():
        serves[dong].add(provider)
    agencies = list(Organisation.objects.filter(office=standing.office).order_by("name", "id"))
    dongs = Area.objects.filter(office=standing.office, until=None)
    if standing.organisations is not None:
        own = {a.area_id for a in agencies if a.kind == "centre" and a.pk in standing.organisations and a.area_id}
        dongs = dongs.filter(pk__in=own | set(serves))
    lines = _lines(standing.office, agencies, now)
    found = []
    for area in dongs:
        here = sorted((a for a in agencies if _helps(a, area, serves[area.pk])), key=lambda a: ORDER.index(a.kind))
        found.append(Network(area, [line for agency in here for line in lines[agency.pk]]))
    return found


def _helps(agency: Organisation, area: Area, providers: set[int]) -> bool:
    """Whether an agency stands on a dong's page."""
    if agency.kind in ("provider", "centre"):
        return agency.pk in providers or (agency.kind == "centre" and agency.area_id == area.pk)
    numbers = agency.kind == "office" or agency.phone or agency.night_phone
    return bool(numbers) and agency.area_id in (None, area.pk)


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
    mine = mine.exclude(dead_why=Address.Dead.ENDED)
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
    return working_time(shift.starts_at, shift.ends_at) > timedelta(0)


def _by_night(shift: Shift) -> bool:
    """Whether some of a shift is outside working hours: at night, on a weekend, on a holiday."""
    return working_time(shift.starts_at, shift.ends_at) < shift.ends_at - shift.starts_at
