"""Which photographs stand on a page, with what is known of each."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef

from dure.care.photos.models import Photo, PhotoQuerySet
from dure.cases.models import Case
from dure.duty.models import Report
from dure.people.actions import Standing

BEFORE = timedelta(hours=4)  # what was photographed so long before a case began may say how it came about
MOST = 40  # on one page; the latest


def _listed(photos: PhotoQuerySet) -> list[Photo]:
    came = Exists(Report.objects.filter(key=OuterRef("report")))
    found = photos.select_related("by", "visit").annotate(reported=came).order_by("-at", "-id")
    return list(found[:MOST])[::-1]


def of_visit(standing: Standing, visit: int) -> list[Photo]:
    """Those taken at a visit, in their order."""
    return _listed(Photo.objects.seen_by(standing).filter(visit=visit))


def of_case(standing: Standing, case: Case, now: datetime) -> list[Photo]:
    """Those taken at the person's door from shortly before a case began until it ended."""
    mine = Photo.objects.seen_by(standing).filter(visit__recipient__ref=case.subject)
    return _listed(mine.filter(at__range=(case.opened_at - BEFORE, case.closed_at or now)))


def of_reports(standing: Standing, keys: Iterable[UUID]) -> list[Photo]:
    """Those taken with these reports."""
    return _listed(Photo.objects.seen_by(standing).filter(report__in=list(keys)))
