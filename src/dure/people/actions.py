"""Who is who, who may see what, and who answers now."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet

from dure import clock
from dure.people.models import Address, Channel, Membership, Organisation, Person, Role, Roster, Shift

Way = tuple[int, str, str]  # person, channel, number or address
WHOLE_OFFICE = {Role.OFFICER, Role.ADMIN}


@dataclass(frozen=True)
class Standing:
    """What a person is on a day: the roles, and the organisations whose rows may be seen (None: all of the office)."""

    office: int
    roles: frozenset[str]
    organisations: frozenset[int] | None

    def has(self, *roles: str) -> bool:
        """Whether the person has one of these roles."""
        return bool(self.roles.intersection(roles))


def standing(person: Person, day: date) -> Standing:
    """What the person is on this day, from the memberships."""
    held = list(Membership.objects.on(day).filter(person=person).values_list("role", "organisation_id"))
    roles = frozenset(role for role, _ in held)
    if roles & WHOLE_OFFICE:
        return Standing(person.office_id, roles, None)
    return Standing(person.office_id, roles, frozenset(organisation for _, organisation in held))


def on_shift(rosters: Iterable[int], at: datetime) -> dict[int, list[int]]:
    """Who answers for each of these rosters at this moment: person ids in the order in which they are told."""
    found: dict[int, list[int]] = defaultdict(list)
    running = Shift.objects.at(at).filter(roster__in=set(rosters))
    shifts = still_there(running, clock.local(at).date())
    for roster, person in shifts.order_by("place", "id").values_list("roster_id", "person_id"):
        if person not in found[roster]:
            found[roster].append(person)
    return found


def still_there(shifts: QuerySet[Shift], day: date) -> QuerySet[Shift]:
    """Those of them whose person works there on this day: at the roster's agency, or as officer of the whole office.

    For the office itself everybody of the office may answer, whoever's agency they are of.
    """
    held = Membership.objects.on(day).filter(person=OuterRef("person"))
    here = Q(organisation=OuterRef("roster__organisation")) | Q(role__in=WHOLE_OFFICE)
    of_the_office = Q(Exists(held), roster__organisation__kind=Organisation.Kind.OFFICE)
    return shifts.filter(of_the_office | Exists(held.filter(here)), person__left_at=None)


def addresses_of(persons: Iterable[int]) -> dict[int, list[tuple[str, str]]]:
    """Each person's live addresses as (channel, value); none for who has left."""
    live = _live(persons).order_by("id").values_list("person_id", "channel", "value")
    return _by_person((person, (channel, value)) for person, channel, value in live)


def ways_at(persons: Iterable[int], at: datetime) -> tuple[dict[int, list[tuple[str, str]]], frozenset[Way]]:
    """The same, and which of them aren't meant for this hour: they come after the others."""
    live = list(_live(persons).order_by("id").select_related("office"))
    off = frozenset((each.person_id, each.channel, each.value) for each in live if not _in_hours(each, at))
    live.sort(key=lambda each: (each.person_id, each.channel, each.value) in off)
    return _by_person((each.person_id, (each.channel, each.value)) for each in live), off


def _live(persons: Iterable[int]) -> QuerySet[Address]:
    return Address.objects.filter(person__in=set(persons), dead_at=None, person__left_at=None)


def _by_person(ways: Iterable[tuple[int, tuple[str, str]]]) -> dict[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for person, way in ways:
        found[person].append(way)
    return found


def _in_hours(address: Address, at: datetime) -> bool:
    if address.since is None or address.until is None:
        return True
    local = at.astimezone(ZoneInfo(address.office.zone)).time()
    if address.since < address.until:
        return address.since <= local < address.until
    return local >= address.since or local < address.until


def wakes(ways: Iterable[tuple[str, str]]) -> bool:
    """Whether one of these ways reaches somebody who isn't looking at a screen."""
    return any(channel != Channel.SCREEN for channel, _ in ways)


def officers_of(office: int, day: date) -> list[int]:
    """Every officer and administrator of the office: told all at once when a pass over the order reached nobody."""
    held = Membership.objects.on(day).filter(office_id=office, role__in=WHOLE_OFFICE, person__left_at=None)
    return sorted(set(held.values_list("person_id", flat=True)))


def could_answer(roster: Roster, day: date) -> QuerySet[Person]:
    """Who can stand on a roster: everybody of its organisation but the workers, for the office all its officers."""
    held = Membership.objects.on(day).filter(office=roster.office_id).exclude(role=Role.WORKER)
    near = Q(organisation=roster.organisation_id)
    if roster.organisation.kind == Organisation.Kind.OFFICE:
        near |= Q(role__in=WHOLE_OFFICE)
    return Person.objects.filter(left_at=None, pk__in=held.filter(near).values("person")).order_by("name", "pk")
