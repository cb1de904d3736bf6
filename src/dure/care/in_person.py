"""How many meals were handed over in person, and where they weren't: by provider, worker or dong, over any days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import Count, Prefetch, Q
from django.utils.translation import gettext_lazy as _

from dure.care.counts import MEALS_GIVEN
from dure.care.models import Handed, Sighting, Visit, VisitQuerySet
from dure.people.actions import Standing

ELSEWHERE = (Handed.PROXY, Handed.AT_DOOR)


class By(StrEnum):
    """What is compared."""

    PROVIDER = "provider"
    WORKER = "worker"
    DONG = "dong"


TITLES = {By.PROVIDER: _("Provider"), By.WORKER: _("Worker"), By.DONG: _("Dong")}
KEYS = {By.PROVIDER: "provider", By.WORKER: "worker", By.DONG: "recipient__place__area"}


@dataclass(frozen=True)
class Share:
    """Meals of one provider, worker or dong (`key` None: of all, or of none known), by how they were handed over."""

    key: int | None
    name: str
    handed: Mapping[str, int]

    @property
    def given(self) -> int:
        """Meals that somebody or the door got."""
        return sum(self.handed[each] for each in MEALS_GIVEN)

    @property
    def in_person(self) -> int:
        """Meals that the recipient got in person."""
        return self.handed[Handed.IN_PERSON]

    @property
    def proxy(self) -> int:
        """Meals that somebody else took."""
        return self.handed[Handed.PROXY]

    @property
    def at_door(self) -> int:
        """Meals that were left at the door."""
        return self.handed[Handed.AT_DOOR]

    @property
    def percent(self) -> float | None:
        """The share in person, in percent with one decimal; None when nothing was handed over."""
        return round(100 * self.in_person / self.given, 1) if self.given else None


def shares(standing: Standing, first: date, last: date, by: By) -> list[Share]:
    """One line each, the smallest share first. One query."""
    key = KEYS[by]
    counts = {each: Count("pk", filter=Q(handed=each)) for each in Handed.values}
    found = visits(standing, first, last).filter(handed__in=MEALS_GIVEN).values(key, f"{key}__name").annotate(**counts)
    lines = [
        Share(row[key], row[f"{key}__name"] or "—", {each: row[each] for each in Handed.values})
        for row in found.order_by()
    ]
    return sorted(lines, key=lambda line: (line.percent or 0.0, line.name))


def together(lines: Sequence[Share]) -> Share:
    """All lines in one."""
    return Share(None, "", {each: sum(line.handed[each] for line in lines) for each in Handed.values})


def visits(standing: Standing, first: date, last: date) -> VisitQuerySet:
    """The visits of these days, both included, that somebody may see."""
    return Visit.objects.seen_by(standing).filter(day__range=(first, last))


def not_in_person(standing: Standing, first: date, last: date, by: By, key: int | None) -> VisitQuerySet:
    """The visits behind a line whose meal the recipient didn't get in person, with what was said about it."""
    mine = visits(standing, first, last).filter(handed__in=ELSEWHERE, **({KEYS[by]: key} if key else {}))
    said = Prefetch("sightings", Sighting.objects.filter(handed__in=ELSEWHERE).order_by("id"), "said")
    return mine.select_related("recipient__place__area", "provider", "worker").prefetch_related(said)
