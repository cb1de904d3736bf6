"""The contact network: whom to call in a dong, by day and by night, and when the number was last tested."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max

from dure.care.models import Recipient
from dure.people.actions import Standing
from dure.people.models import Address, Membership, Organisation, Role
from dure.places.models import Area

ORDER = {"provider": 0, "centre": 1, "office": 2, "hospital": 3, "agency": 4}
ANSWER = [Role.PROVIDER, Role.CENTRE, Role.OFFICER]


@dataclass(frozen=True)
class Line:
    """One line of the page: an agency, and a person of it when one is named."""

    kind: str
    agency: str
    name: str
    post: str
    day: str
    night: str
    tested_at: datetime | None


@dataclass(frozen=True)
class Network:
    """The contact network of one dong."""

    area: Area
    lines: Sequence[Line]


def networks(standing: Standing, day: date) -> list[Network]:
    """The contact network of every dong that somebody may see: its providers, its centre, the office, the hospitals."""
    served: dict[int, set[int]] = defaultdict(set)
    mine = Recipient.objects.seen_by(standing).served().exclude(place__area=None)
    for area, provider in mine.values_list("place__area_id", "provider_id").distinct():
        served[area or 0].add(provider)
    agencies = list(Organisation.objects.filter(office=standing.office).order_by("name", "id"))
    lines = _lines(standing.office, agencies, day)
    dongs = Area.objects.filter(office=standing.office, until=None)
    if standing.organisations is not None:
        own = {o.area_id for o in agencies if o.kind == "centre" and o.pk in standing.organisations}
        dongs = dongs.filter(pk__in=[*served, *(area for area in own if area)])
    return [Network(dong, _of(dong, served[dong.pk], agencies, lines)) for dong in dongs]


def _of(dong: Area, providers: set[int], agencies: Sequence[Organisation], lines: dict[int, list[Line]]) -> list[Line]:
    here = [
        agency
        for agency in agencies
        if agency.pk in providers
        or agency.kind == "office"
        or (agency.kind == "centre" and agency.area_id == dong.pk)
        or (agency.kind in ("hospital", "agency") and agency.area_id in (None, dong.pk))
    ]
    return [line for agency in sorted(here, key=lambda a: ORDER[a.kind]) for line in lines[agency.pk]]


def _lines(office: int, agencies: Sequence[Organisation], day: date) -> dict[int, list[Line]]:
    """The lines of each agency: the people who answer for it, or the agency alone."""
    held = Membership.objects.on(day).filter(office=office, role__in=ANSWER, person__left_at=None)
    members = list(held.select_related("person").order_by("person__name", "person_id"))
    tests = Address.objects.filter(person__in=[m.person_id for m in members], dead_at=None).values("person")
    tested = {row["person"]: row["last"] for row in tests.annotate(last=Max("tested_at"))}
    people: dict[int, dict[int, Line]] = defaultdict(dict)
    by_key = {agency.pk: agency for agency in agencies}
    for m in members:
        agency, person = by_key[m.organisation_id], m.person
        people[agency.pk][person.pk] = Line(
            agency.kind, agency.name, person.name, person.post, person.phone or agency.phone,
            agency.night_phone or person.phone, tested.get(person.pk),
        )  # fmt: skip
    alone = {a.pk: Line(a.kind, a.name, "", "", a.phone, a.night_phone, None) for a in agencies}
    return {a.pk: list(people[a.pk].values()) or [alone[a.pk]] for a in agencies}
