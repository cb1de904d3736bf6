"""The rows behind a number, as a page lists them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet

from dure import clock
from dure.care.figures import emergencies, gaps, training, visits
from dure.care.figures.asked import Asked
from dure.care.figures.emergencies import Emergency
from dure.care.figures.tables import Measure
from dure.care.figures.times import minutes
from dure.care.models import Meal, Recipient, Sighting, Visit
from dure.care.money import sums
from dure.care.money.counting import Prices, belongings_of, way
from dure.care.support.gaps import LABELS, Decided
from dure.gatherings.models import Gathering
from dure.people.actions import Standing
from dure.people.models import Organisation
from dure.places.models import Area

SORTS: dict[str, dict[str, Measure]] = {
    "visits": visits.MEASURES, "emergencies": emergencies.MEASURES, "gaps": gaps.MEASURES,
    "gatherings": training.MEASURES,
}  # fmt: skip


@dataclass(frozen=True)
class Behind:
    """What lies behind a number: what sort of rows, what the number means, and the rows."""

    sort: str
    measure: Measure
    rows: Any  # what a paginator takes


def sort_of(of: str) -> str | None:
    """What sort of rows lies behind a number; none when there is no such number."""
    return next((sort for sort, known in SORTS.items() if of in known), None)


def behind(standing: Standing, asked: Asked, of: str, line: str, now: datetime) -> Behind | None:
    """The rows behind a number on a line; none when there is no such number."""
    sort = sort_of(of)
    if sort is None:
        return None
    rows: QuerySet[Visit] | Sequence[Emergency] | Sequence[Decided] | QuerySet[Gathering]
    if sort == "visits":
        rows = _visits(standing, asked.until(clock.local(now).date()), of, line)
    elif sort == "emergencies":
        rows = emergencies.behind(standing, asked, of, line, now)
    elif sort == "gaps":
        rows = gaps.behind(standing, asked, clock.local(now).date(), of, line)
    else:
        rows = training.behind(standing, asked, of, line)
    return Behind(sort, SORTS[sort][of], rows)


def _visits(standing: Standing, asked: Asked, of: str, line: str) -> QuerySet[Visit]:
    said = Prefetch("sightings", Sighting.objects.order_by("id"), "said")
    found = visits.behind(standing, asked, of, line).select_related("recipient__place__area", "provider", "worker")
    return found.annotate(way=way()).prefetch_related(said).order_by("-day", "due_at", "id")


def as_lists(sort: str, page: Sequence[Any]) -> list[Any]:
    """The rows of one page with what is shown of them."""
    if sort == "gaps":
        return _gaps(page)
    if sort == "emergencies":
        return _emergencies(page)
    return list(page)


def with_costs(page: Sequence[Any]) -> list[Any]:
    """The visits of one page, each with what it costs (`cost`) as a settlement counts it."""
    prices = Prices.read(page[0].office_id).of if page else {}
    belongings = belongings_of({visit.recipient_id for visit in page})
    for visit in page:
        meal = sums.Meal(visit.pk, visit.recipient_id, visit.day, visit.way, visit.meals)
        visit.cost = sums.entry(meal, belongings.get(visit.recipient_id, ()), prices)
    return list(page)


def _gaps(page: Sequence[Decided]) -> list[tuple[Decided, Recipient, Organisation, str, str, str]]:
    people = Recipient.objects.select_related("place__area").in_bulk({gap.recipient for gap in page})
    agencies = Organisation.objects.in_bulk({gap.provider for gap in page})
    visit = dict(Visit.objects.filter(pk__in=[gap.visit for gap in page if gap.visit]).values_list("pk", "ref"))
    return [
        (
            gap, people[gap.recipient], agencies[gap.provider], str(Meal(gap.meal).label), str(LABELS[gap.state]),
            f"/care/visits/{visit[gap.visit]}/" if gap.visit else f"/care/recipients/{people[gap.recipient].ref}/",
        )
        for gap in page
    ]  # fmt: skip


def _emergencies(page: Sequence[Emergency]) -> list[tuple[Emergency, str, str, list[str]]]:
    """Each with its provider, its dong, and how long everything took."""
    agencies = Organisation.objects.in_bulk({e.case.organisation_id for e in page if e.case.organisation_id})
    areas = Area.objects.in_bulk({e.case.area_id for e in page if e.case.area_id})
    return [
        (e, str(agencies.get(e.case.organisation_id or 0, "—")), str(areas.get(e.case.area_id or 0, "—")),
         [_minutes(e, each.key) for each in emergencies.TIMES])
        for e in page
    ]  # fmt: skip


def _minutes(each: Emergency, what: str) -> str:
    took = each.took(what)
    return minutes(max(took, took * 0)) if took is not None else "—"
