"""Meetings and training in figures: how many were held, and who came."""

from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _

from dure.care.figures.asked import Asked, By
from dure.care.figures.tables import Groups, Measure
from dure.care.models import PROGRAMME
from dure.gatherings.models import Attendance, Gathering, GatheringQuerySet, Kind
from dure.people.actions import Standing

HELD = [
    Measure(Kind.MEETING.value, _("Meetings held"), _("Meetings of these days that have minutes.")),
    Measure(Kind.TRAINING.value, _("Training held"), _("Training of these days that has minutes.")),
    Measure("attended", _("Attended"), _(
        "Persons entered as present at these, each time counted; of an agency those who worked there on that day."
    )),
]  # fmt: skip
MEASURES = {each.key: each for each in HELD}


def held(standing: Standing, asked: Asked) -> GatheringQuerySet:
    """The gatherings of these days that took place, of those that somebody may see."""
    begins, ends = asked.moments
    mine = Gathering.objects.seen_by(standing).filter(programme=PROGRAMME, minuted_at__isnull=False)
    return mine.filter(begins_at__gte=begins, begins_at__lt=ends)


def attended(standing: Standing, asked: Asked) -> list[tuple[int, int, int | None]]:
    """Who came to them: gathering, attendance, agency. Somebody of two agencies stands there twice, a guest with none.

    Who isn't of the office sees those of their own agency.
    """
    came = Attendance.objects.filter(gathering__in=held(standing, asked).values("pk"))
    then = Q(person__memberships__since__lte=F("gathering__begins_at__date")) & (
        Q(person__memberships__until=None) | Q(person__memberships__until__gt=F("gathering__begins_at__date"))
    )
    of_agency = came.filter(then).values_list("gathering", "pk", "person__memberships__organisation")
    if standing.organisations is not None:
        return list(of_agency.filter(person__memberships__organisation__in=standing.organisations).distinct())
    known = list(of_agency.distinct())
    others = came.exclude(pk__in=[pk for _, pk, _ in known]).values_list("gathering", "pk")
    return [*known, *((gathering, pk, None) for gathering, pk in others)]


def counted(standing: Standing, asked: Asked) -> Groups:
    """Meetings, training and who came: in one, or by agency. Other comparisons say nothing about them."""
    kinds = dict(held(standing, asked).values_list("pk", "kind"))
    came = [row for row in attended(standing, asked) if asked.provider in (None, row[2])]
    lines: dict[str, set[tuple[int, int]]] = {"": {row[:2] for row in came}}
    if asked.by == By.PROVIDER:
        lines = {}
        for gathering, pk, agency in came:
            lines.setdefault(str(agency or "none"), set()).add((gathering, pk))
    found: dict[str, dict[str, int]] = {}
    for line, rows in lines.items():
        there = {gathering for gathering, _ in rows} if line else set(kinds)
        found[line] = {each.value: sum(kinds[g] == each for g in there) for each in Kind} | {"attended": len(rows)}
    return found


def behind(standing: Standing, asked: Asked, of: str, line: str) -> GatheringQuerySet:
    """The gatherings behind a number, with how many of the agency meant, or of all, came; the latest first."""
    came = [row for row in attended(standing, asked) if asked.provider in (None, row[2])]
    agency = line if asked.by == By.PROVIDER else ""
    if agency:
        came = [row for row in came if str(row[2] or "none") == agency]
    mine = {row[:2] for row in came}
    found = held(standing, asked)
    if agency or of == "attended":
        found = found.filter(pk__in={gathering for gathering, _ in mine})
    if of != "attended":
        found = found.filter(kind=of)
    return found.annotate(
        came=Count("attendances", filter=Q(attendances__in={pk for _, pk in mine}), distinct=True)
    ).order_by("-begins_at", "-id")
