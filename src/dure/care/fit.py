"""Whether somebody may be given stops on a day: certificates lapse, and a visit is owed all the same.

Care doesn't know of certificates. Who does writes a dated `Hindrance`; here it is read wherever somebody is given
stops. Nothing of a visit is lost by it: it stays owed, and without a worker until somebody else has it.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from dure import clock
from dure.care.models import Hindrance, Visit
from dure.errors import Refused
from dure.people.actions import Standing
from dure.people.models import Membership, Person, Role

TODAY_AND_TOMORROW = timedelta(days=1)


def said(hindrance: Hindrance) -> str:
    """What it is, as a sentence for whoever reads the page."""
    return str(_(hindrance.what) % hindrance.values)


def hindered(people: Collection[int], day: date) -> dict[int, Hindrance]:
    """Who of these people can't be given stops of a day, and why."""
    if not people:
        return {}
    rows = Hindrance.objects.filter(person__in=people, bars_from__lte=day)
    return {row.person_id: row for row in rows.order_by("-bars_from", "-id")}


def must_be_fit(to: Person, day: date, others: QuerySet[Person]) -> None:
    """Refuses stops for somebody who is hindered, and says who of the others could take them."""
    found = hindered([to.pk], day).get(to.pk)
    if found is None:
        return
    kept_out = hindered(list(others.values_list("pk", flat=True)), day)
    able = [person.name for person in others if person.pk not in kept_out and person.pk != to.pk]
    if not able:
        raise Refused(
            _("%(person)s can't be given stops: %(why)s Nobody else of this provider can take them: enter what is new,"
              " or ask another provider by phone.")
            % {"person": to, "why": said(found)}
        )  # fmt: skip
    raise Refused(
        _("%(person)s can't be given stops: %(why)s Enter what is new, or choose somebody else: %(others)s.")
        % {"person": to, "why": said(found), "others": ", ".join(able)}
    )


@dataclass(frozen=True)
class Unmanned:
    """A visit that nobody is to make, and why who usually drives there doesn't."""

    visit: Visit
    usual: Person | None = None
    why: str = ""


def unmanned(visits: QuerySet[Visit]) -> list[Unmanned]:
    """These visits without a worker, with what keeps the usual worker from driving. Two queries."""
    found = list(visits.select_related("recipient__place__area", "provider", "course__route__worker"))
    usual = {visit.pk: visit.course.route.worker for visit in found if visit.course and visit.course.route.worker}
    rows = Hindrance.objects.filter(person__in=[person.pk for person in usual.values()], bars_from__isnull=False)
    by_person: dict[int, list[Hindrance]] = {}
    for row in rows.order_by("-bars_from", "-id"):
        by_person.setdefault(row.person_id, []).append(row)
    return [_unmanned(visit, usual.get(visit.pk), by_person) for visit in found]


def _unmanned(visit: Visit, usual: Person | None, rows: dict[int, list[Hindrance]]) -> Unmanned:
    mine = rows.get(usual.pk, []) if usual else []
    why = next((said(row) for row in mine if row.bars_from and row.bars_from <= visit.day), "")
    return Unmanned(visit, usual if why else None, why)


@dataclass(frozen=True)
class Told:
    """Somebody who can't be given stops, or soon won't, or of whom something is missing."""

    person: Person
    what: str
    page: str
    bars_from: date | None
    bars: bool  # today already
    stops: int  # of today and tomorrow, which somebody else has to take then


def told(standing: Standing, now: datetime) -> list[Told]:
    """Whose certificates have lapsed or soon do, the most pressing first."""
    today = clock.local(now).date()
    work = Membership.objects.on(today).filter(person=OuterRef("person"), role__in=[Role.WORKER, Role.PROVIDER])
    if standing.organisations is not None:
        work = work.filter(organisation__in=standing.organisations)
    rows = Hindrance.objects.filter(Exists(work), office=standing.office, told_from__lte=today, person__left_at=None)
    found = list(rows.select_related("person").order_by(F("bars_from").asc(nulls_last=True), "person__name", "id"))
    stops = _stops(found, today)
    return [
        Told(row.person, said(row), row.page, row.bars_from, bool(row.bars_from and row.bars_from <= today),
             stops.get(row.pk, 0))
        for row in found
    ]  # fmt: skip


def _stops(rows: Sequence[Hindrance], today: date) -> dict[int, int]:
    """How many open visits of today and tomorrow each of them still has, although somebody else should make them."""
    barring = {row.person_id: row for row in reversed(rows) if row.bars_from}  # the one that bars first
    owed = Visit.objects.filter(Q(duty__closed_at=None, excused_at=None), worker__in=barring)
    found: dict[int, int] = {}
    for worker, day in owed.filter(day__range=(today, today + TODAY_AND_TOMORROW)).values_list("worker", "day"):
        row = barring[worker] if worker else None
        if row and row.bars_from and row.bars_from <= day:
            found[row.pk] = found.get(row.pk, 0) + 1
    return found


def write(office: int, people: Iterable[int], wanted: Collection[Hindrance], prefix: str) -> None:
    """From now on this is what hinders these people, of all reasons that begin so; what else hinders them stays."""
    mine = Hindrance.objects.filter(office_id=office, person__in=list(people), why__startswith=prefix)
    new = {(row.person_id, row.why): row for row in wanted}
    same = ["what", "values", "page", "told_from", "bars_from"]
    for row in mine.select_for_update():
        right = new.get((row.person_id, row.why))
        if right is None:
            row.delete()
        elif any(getattr(row, name) != getattr(right, name) for name in same):
            right.pk = row.pk
            right.save(force_update=True)
        new.pop((row.person_id, row.why), None)
    Hindrance.objects.bulk_create(new.values())
