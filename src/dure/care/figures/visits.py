"""Visits in figures: what became of them, how the meal was handed over, and what the meals cost."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Q
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext_lazy as _

from dure.care import in_person
from dure.care.counts import MEALS_GIVEN
from dure.care.figures.asked import NONE, Asked, By
from dure.care.figures.tables import Counts, Groups, Measure
from dure.care.models import Handed, Outcome, VisitQuerySet
from dure.care.money.costs import added, paid, scheme_then
from dure.care.money.counting import Prices, way
from dure.care.money.sums import BY_DEFAULT
from dure.care.weighing import SEEN as SIGHTED
from dure.people.actions import Standing

KEYS = {
    By.SCHEME: "scheme_then", By.PROVIDER: "provider", By.DONG: "recipient__place__area",
    By.TIER: "recipient__tier",
}  # fmt: skip
PLANNED = ~Q(unplanned=True, outcome="")  # its day owed it, or somebody reported on it all the same
GIVEN = PLANNED & Q(handed__in=MEALS_GIVEN)
NOBODY_SAID = PLANNED & Q(outcome="")
_BY_REPORT = _("Visits of which this was reported. Of several reports the gravest counts.")
_BY_HAND = _("Visits of which this was reported about the meal, whatever became of the visit.")

OUTCOMES = [
    Measure("planned", _("Planned visits"), _(
        "Visits opened for these days, up to today. Not: any taken back for an absence, a closed day or a changed plan."
    ), PLANNED),
    *(
        Measure(each.value, each.label, _BY_REPORT, PLANNED & Q(outcome=each.value))
        for each in Outcome
    ),
    Measure("excused", _("Cleared up without a visit"), _(
        "Planned visits without a report that a person ended with a reason."
    ), NOBODY_SAID & Q(excused_at__isnull=False)),
    Measure("unreported", _("Not reported"), _(
        "Planned visits of which nothing was reported and which nobody ended, also those of today that aren't due yet."
    ), NOBODY_SAID & Q(excused_at=None)),
]  # fmt: skip
SEEN = Measure("seen", _("Persons seen"), _(
    "Of the planned visits those at which the recipient was seen, well or with a concern."
), PLANNED & Q(outcome__in=SIGHTED))  # fmt: skip
HANDED = [
    Measure("given", _("Meals handed over"), _(
        "Visits at which the meal was handed over in person, to somebody else, or left at the door."
    ), GIVEN),
    *(Measure(each.value, each.label, _BY_HAND, PLANNED & Q(handed=each.value)) for each in Handed),
]  # fmt: skip
COST = [
    Measure("meals_paid", _("Meals to be paid"), _(
        "Meals that count in the settlement, as the recipient's scheme of that day says; two when a visit before a "
        "closed day brought two."
    )),
    Measure("office_pays", _("Paid by the office (won)"), _(
        "Those meals × (unit price − own share) that the scheme pays on that day. What has changed since a month was "
        "closed is in the settlement as a correction."
    )),
    Measure("own_share", _("Own shares (won)"), _("Those meals × the own share on that day.")),
    Measure("no_price", _("Meals without a price"), _(
        "Meals handed over to recipients who stood in no scheme on that day. They are in no amount."
    ), Q(handed__in=MEALS_GIVEN, scheme_then=None)),
]  # fmt: skip
PAID = ("meals_paid", "office_pays", "own_share")
COUNTED = [*OUTCOMES, SEEN, *HANDED]
MEASURES = {each.key: each for each in [*COUNTED, *COST]}
KNOWN = [each.key for each in [*COUNTED, *COST]]


def visits(standing: Standing, asked: Asked) -> VisitQuerySet:
    """The visits that are meant, of those that somebody may see."""
    meant = {
        "provider": asked.provider, "recipient__place__area": asked.dong, "scheme_then": asked.scheme,
        "recipient__tier": asked.tier,
    }  # fmt: skip
    found = in_person.visits(standing, asked.first, asked.last).alias(scheme_then=scheme_then())
    return found.filter(PLANNED, **{name: value for name, value in meant.items() if value})


def behind(standing: Standing, asked: Asked, of: str, line: str) -> VisitQuerySet:
    """The visits behind a number."""
    found = visits(standing, asked.only(line))
    if of in PAID:
        found = found.alias(way=way()).filter(paid(Prices.read(standing.office)))
    found = found.filter(MEASURES[of].where or Q())
    return found.filter(**{KEYS[asked.by]: None}) if line == NONE and asked.by in KEYS else found


def counted(standing: Standing, asked: Asked) -> Groups:
    """Every measure of visits, a line for each that is compared. Three queries."""
    found, sums, costs = visits(standing, asked), _sums(), _costs(standing, asked)
    if asked.by == By.ALL:
        return {"": _whole(found.aggregate(**sums), costs.get("", {}))}
    key = KEYS[asked.by]
    rows = found.order_by().annotate(line=F(key)).values("line").annotate(**sums)
    return {(line := line_of(row["line"])): _whole(row, costs.get(line, {})) for row in rows}


def line_of(key: Any) -> str:
    """How a line is called in an address."""
    return NONE if key in (None, "") else str(key)


def _sums() -> dict[str, Count]:
    return {each.key: Count("pk", filter=each.where) for each in COUNTED}


def _costs(standing: Standing, asked: Asked) -> dict[str, Counter[str]]:
    """What the visits cost, a line for each that is compared, as a settlement counts them."""
    lines: dict[str, Counter[str]] = defaultdict(Counter)
    prices = Prices.read(standing.office)
    for key, each in added(visits(standing, asked), KEYS.get(asked.by), prices):
        lines[line_of(key) if asked.by in KEYS else ""] += Counter(
            meals_paid=each.meals, office_pays=each.amount, own_share=each.shares,
            no_price=each.brought if each.scheme is None and each.way in BY_DEFAULT else 0,
        )  # fmt: skip
    return lines


def _whole(row: Mapping[str, Any], costs: Counts) -> Counts:
    return {key: int(row.get(key) or costs.get(key, 0)) for key in KNOWN}


def by_day(standing: Standing, asked: Asked) -> dict[date, Counts]:
    """What became of the visits of each day, and how meals were handed over. One query."""
    sums: dict[str, Any] = {each.key: Count("pk", filter=each.where) for each in COUNTED}
    rows: list[Any] = list(visits(standing, asked).order_by().values("day").annotate(**sums))
    return {row["day"]: {each.key: row[each.key] for each in COUNTED} for row in sorted(rows, key=lambda r: r["day"])}


@dataclass(frozen=True)
class Bucket:
    """The hand-overs of one day or month."""

    day: date
    in_person: int
    otherwise: int


def over_time(standing: Standing, asked: Asked) -> Sequence[Bucket]:
    """How meals were handed over, day by day or month by month. One query."""
    found = visits(standing, asked).filter(GIVEN).order_by()
    when: Any = TruncMonth("day") if asked.monthly else F("day")
    rows = (
        found.annotate(when=when)
        .values("when")
        .annotate(mine=Count("pk", filter=Q(handed=Handed.IN_PERSON)), every=Count("pk"))
    )
    return sorted((Bucket(r["when"], r["mine"], r["every"] - r["mine"]) for r in rows), key=lambda each: each.day)
