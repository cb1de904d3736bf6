"""Emergencies in figures: how soon somebody knew, went and saw the person, and how it ended. Exercises never count."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Min
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _

from dure import clock
from dure.care.figures.asked import NONE, Asked, By
from dure.care.figures.tables import Measure
from dure.care.figures.visits import line_of
from dure.care.models import PROGRAMME
from dure.care.money.costs import scheme_then
from dure.care.reports import first_claimed, first_told
from dure.cases.models import Case, CaseQuerySet, Entry, Finding, Step
from dure.people.actions import Standing

SEEN_GOALS = {"seen_45": (timedelta(minutes=45), 90), "seen_60": (timedelta(minutes=60), 95)}  # and percent
FAR_OVER = timedelta(minutes=90)
Judge = Callable[["Emergency"], bool]


@dataclass(frozen=True)
class Emergency:
    """One case with the moments that are measured. It began when the person first couldn't be reached."""

    case: Case
    scheme: int | None
    began: datetime
    told: datetime | None
    claimed: datetime | None
    now: datetime

    def took(self, what: str) -> timedelta | None:
        """How long it took until then; none when it hasn't happened."""
        at: datetime | None = getattr(self, what) if what in ("told", "claimed") else getattr(self.case, what)
        return at - self.began if at else None

    @property
    def is_mistake(self) -> bool:
        """Whether it turned out to be reported by mistake."""
        return self.case.finding == Finding.MISTAKE

    @property
    def is_settled(self) -> bool:
        """Whether it is closed, and wasn't a mistake."""
        return self.case.closed_at is not None and not self.is_mistake

    @property
    def by_phone(self) -> bool:
        """Whether it was settled and nobody had to go."""
        case = self.case
        went = (case.going_at, case.arrived_at, case.danger_at, case.called_119_at)
        return self.is_settled and not case.on_site and not any(went)

    def seen_late(self, limit: timedelta) -> bool:
        """Whether the person was seen later than that, or after so long isn't seen yet."""
        took = self.took("seen_at") if self.case.closed_at or self.case.seen_at else self.now - self.began
        return not self.is_mistake and took is not None and took > limit

    def seen_within(self, limit: timedelta) -> bool:
        """Whether the person was seen within that time."""
        took = self.took("seen_at")
        return not self.is_mistake and took is not None and took <= limit

    @property
    def to_see(self) -> bool:
        """Whether it can be said if the person was seen in time: seen, or not yet after 45 minutes."""
        first = SEEN_GOALS["seen_45"][0]
        return self.seen_within(first) or self.seen_late(first)


TIMES = [
    Measure("told", _("First person told"), _("Until the first message about it was written to somebody.")),
    Measure("claimed", _("Taken on"), _("Until the first person said that they take it on.")),
    Measure("going_at", _("On the way"), _("Until somebody first set out to look.")),
    Measure("seen_at", _("Person seen"), _("Until somebody saw the person.")),
    Measure("called_119_at", _("119 called"), _("Until 119 was called.")),
    Measure("family_told_at", _("Family told"), _("Until the family was told.")),
]  # fmt: skip
FOUND = [
    Measure("opened", _("Emergencies"), _(
        "Emergencies opened on these days because somebody couldn't be reached or was found in danger. Not: exercises."
    )),
    Measure("settled", _("Settled"), _("Closed with a finding. Not: those reported by mistake.")),
    Measure("by_phone", _("Settled without anybody going"), _(
        "Of those settled: nobody was on the way, at the door or in danger, and 119 wasn't called. Goal: 80%."
    )),
    Measure("to_see", _("Person seen, or due to be"), _(
        "The person was seen, or isn't yet although 45 minutes have passed. Not: mistakes, and whoever is known safe."
    )),
    Measure("seen_45", _("Seen within 45 minutes"), _(
        "From when the person first couldn't be reached until somebody saw them. Goal: 90%."
    )),
    Measure("seen_60", _("Seen within 60 minutes"), _("The same within 60 minutes. Goal: 95%.")),
    Measure("over_90", _("Seen after 90 minutes or not yet"), _(
        "The person was seen later than after 90 minutes, or isn't yet after 90. Each is looked at by itself. Goal: 0."
    )),
    Measure("unclaimed", _("Taken on by nobody"), _("Emergencies that nobody ever took on by name. Goal: 0.")),
]  # fmt: skip
FINDINGS = [
    *(
        Measure(each.value, each.label, _("Emergencies opened on these days that were closed with this finding."))
        for each in Finding
    ),
    Measure("still_open", _("Still open"), _("Emergencies opened on these days that aren't closed.")),
    Measure("danger", _("Found in danger"), _(
        "Emergencies in which the person was found in danger, however it ended. Not part of the sum."
    )),
]  # fmt: skip


def _ended(finding: str) -> Judge:
    return lambda each: each.case.finding == finding


def _happened(what: str) -> Judge:
    return lambda each: each.took(what) is not None


TESTS: dict[str, Judge] = {
    "opened": lambda each: True,
    "settled": lambda each: each.is_settled,
    "by_phone": lambda each: each.by_phone,
    "to_see": lambda each: each.to_see,
    "seen_45": lambda each: each.seen_within(SEEN_GOALS["seen_45"][0]),
    "seen_60": lambda each: each.seen_within(SEEN_GOALS["seen_60"][0]),
    "over_90": lambda each: each.seen_late(FAR_OVER),
    "unclaimed": lambda each: each.claimed is None,
    **{each.value: _ended(each.value) for each in Finding},
    "still_open": lambda each: each.case.closed_at is None,
    "danger": lambda each: each.case.danger_at is not None,
    **{f"time_{each.key}": _happened(each.key) for each in TIMES},
}
MEASURES = {each.key: each for each in [*FOUND, *FINDINGS]} | {f"time_{each.key}": each for each in TIMES}


def cases(standing: Standing, asked: Asked, *, drill: bool = False) -> CaseQuerySet:
    """The emergencies opened on these days that are meant, of those that somebody may see; or the exercises."""
    begins, ends = asked.moments
    meant = {"organisation": asked.provider, "area": asked.dong, "scheme": asked.scheme, "tier": asked.tier}
    found = Case.objects.seen_by(standing).filter(
        programme=PROGRAMME, drill=drill, opened_at__gte=begins, opened_at__lt=ends
    )
    day = TruncDate("opened_at", tzinfo=clock.zone())
    scheme = scheme_then("recipient__ref", "subject")
    return found.annotate(day=day, scheme=scheme).filter(**{name: value for name, value in meant.items() if value})


def emergencies(standing: Standing, asked: Asked, now: datetime) -> list[Emergency]:
    """All of them with their moments, the latest first. Four queries, however many there are."""
    found: list[Any] = list(
        cases(standing, asked).defer("card", "finding_note", "whereabouts").order_by("-opened_at", "-id")
    )
    begun = dict(
        Entry.objects.filter(case__in=[case.pk for case in found], step=Step.OPENED)
        .order_by()
        .values_list("case")
        .annotate(first=Min("at"))
    )
    told, claimed = first_told(found), first_claimed(found)
    return [
        Emergency(
            case, case.scheme, min(case.opened_at, begun.get(case.pk, case.opened_at)), told.get(case.ref),
            claimed.get(case.ref), now,
        )
        for case in found
    ]  # fmt: skip


def by_line(found: Iterable[Emergency], by: By) -> dict[str, list[Emergency]]:
    """A list for each that is compared."""
    lines: dict[str, list[Emergency]] = {}
    for each in found:
        lines.setdefault(_line(each, by), []).append(each)
    return lines


def _line(each: Emergency, by: By) -> str:
    case = each.case
    keys = {By.SCHEME: each.scheme, By.PROVIDER: case.organisation_id, By.DONG: case.area_id, By.TIER: case.tier}
    return line_of(keys[by]) if by in keys else ""


def behind(standing: Standing, asked: Asked, of: str, line: str, now: datetime) -> Sequence[Emergency]:
    """The emergencies behind a number; behind a time the longest first."""
    found = [each for each in emergencies(standing, asked.only(line), now) if TESTS[of](each)]
    if line == NONE and asked.by != By.ALL:
        found = [each for each in found if _line(each, asked.by) == NONE]
    if of.startswith("time_"):
        what = of.removeprefix("time_")
        return sorted(found, key=lambda each: each.took(what) or timedelta(), reverse=True)
    return found


def exercises(standing: Standing, asked: Asked) -> int:
    """How many exercises there were: counted apart, and in no other figure."""
    return cases(standing, asked, drill=True).count()
