"""The map of the office: its areas with how many people are served there and where somebody can't be reached."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from dure.care.models import Recipient, Visit
from dure.cases.models import Case
from dure.people.actions import Standing
from dure.places.cells import Projection, cell, middle, rings
from dure.places.models import Area


@dataclass
class Cell:
    """One area as it is drawn."""

    name: str
    path: str
    x: float
    y: float
    recipients: int
    open_visits: int
    cases: int

    @property
    def tone(self) -> str:
        """How loud it is."""
        return "danger" if self.cases else "warn" if self.open_visits else ""


@dataclass
class Map:
    """All areas, and whether any of them is only an approximate cell."""

    cells: list[Cell]
    width: int
    height: int
    approximate: bool


def draw(standing: Standing, day: date) -> Map | None:
    """The map; none while no area has a centre or a boundary."""
    areas = [a for a in Area.objects.filter(office=standing.office, until=None) if a.lon is not None or a.boundary]
    if not areas:
        return None
    centres = {a.pk: (a.lon, a.lat) for a in areas if a.lon is not None and a.lat is not None}
    shapes = {a.pk: rings(a.boundary) if a.boundary else [cell(centres[a.pk], centres.values())] for a in areas}
    project = Projection([point for shape in shapes.values() for ring in shape for point in ring])
    served, unseen, cases = _counts(standing, day)
    cells = []
    for area in areas:
        x, y = project(middle(max(shapes[area.pk], key=len)))
        numbers = (served.get(area.pk, 0), unseen.get(area.pk, 0), cases.get(area.pk, 0))
        cells.append(Cell(area.name, project.path(shapes[area.pk]), x, y, *numbers))
    return Map(cells, project.width, project.height, any(a.boundary is None for a in areas))


def _counts(standing: Standing, day: date) -> tuple[dict[int, int], dict[int, int], dict[int, int]]:
    recipients = Recipient.objects.filter(office=standing.office, ended_on=None)
    raised = Visit.objects.filter(office=standing.office, day=day, duty__closed_at=None, duty__raised_at__isnull=False)
    if standing.organisations is not None:
        own = standing.organisations
        recipients = recipients.filter(Q(provider__in=own) | Q(centre__in=own))
        raised = raised.filter(Q(provider__in=own) | Q(recipient__centre__in=own))
    cases = Case.objects.seen_by(standing).filter(closed_at=None, drill=False)
    return (
        dict(recipients.values_list("place__area").annotate(Count("id"))),
        dict(raised.values_list("recipient__place__area").annotate(Count("id"))),
        dict(cases.values_list("area").annotate(Count("id"))),
    )
