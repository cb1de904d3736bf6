"""The certificates of the demo office: most are in order, some end soon, one cook's has lapsed."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from dure.care.certificates.actions import excuse, owe_renewals
from dure.care.certificates.models import Certificate, Kind, Renewal, Work
from dure.care.certificates.standard import begin
from dure.demo.staff import Staff
from dure.people.models import Person

ENDS_SOON, LAPSED = 353, 420  # days since the examination
FIRST_AID = "응급처치 교육"


def certify(staff: Staff, day: date, now: datetime) -> None:
    """Everybody of the providers as a desk would have entered them; of the last provider's only the half."""
    begin(staff.office.pk, now=now)
    health, hygiene = (Kind.objects.get(office=staff.office, code=code) for code in (Kind.HEALTH, Kind.HYGIENE))
    first_aid = Kind.objects.create(office=staff.office, name=FIRST_AID, months=24)
    entered: list[Certificate] = []

    def put(person: Person, kind: Kind, before: int, hours: int | None = None) -> None:
        desk = next(staff.desks[p.pk][0] for p in staff.providers if person in _people(staff, p.pk))
        entered.append(
            Certificate(
                office=staff.office, person=person, kind=kind, day=day - timedelta(days=before), entered_at=now,
                hours=Decimal(hours) if hours else None, entered_by=desk,
            )
        )  # fmt: skip

    for n, provider in enumerate(staff.providers):
        for k, worker in enumerate(staff.workers[provider.pk]):
            if n == len(staff.providers) - 1 and k > 1:
                continue  # not yet entered
            put(worker, health, ENDS_SOON if (n, k) in ((0, 1), (2, 3)) else 40 + 17 * (4 * n + k) % 250)
            put(worker, hygiene, 366, 6)
            put(worker, hygiene, 20 + k, 3 if k != 2 else 2)
        put(staff.workers[provider.pk][0], first_aid, 200)
    chief = staff.desks[staff.providers[0].pk][1]
    Work.objects.create(office=staff.office, person=chief, cooks=True, qualified=True)
    put(chief, health, LAPSED)
    put(chief, hygiene, 100, 6)
    Certificate.objects.bulk_create(entered)
    owe_renewals(staff.office.pk, now)
    lapsed = Renewal.objects.select_related("duty").get(person=chief, kind=health)
    excuse(lapsed, why="다음 달부터 조리하지 않음", by=staff.desks[staff.providers[0].pk][0], now=now)


def _people(staff: Staff, provider: int) -> list[Person]:
    return [*staff.workers[provider], *staff.desks[provider]]
