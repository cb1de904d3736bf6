"""Today's courses: how far they are, and who drives them."""

from datetime import date
from uuid import UUID

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from dure import clock
from dure.care import fit
from dure.care.forms.filters import VisitFilter
from dure.care.models import Course, CourseQuerySet, Visit
from dure.people.doors import SignedIn, for_the_office

OWED = Q(visits__excused_at=None)


def of_day(found: CourseQuerySet, day: date) -> CourseQuerySet:
    """The courses of a day with the number of their stops and how many are finished."""
    done = OWED & Q(visits__duty__closed_at__isnull=False)
    counted = found.filter(day=day).annotate(stops=Count("visits", filter=OWED), done=Count("visits", filter=done))
    return counted.select_related("route", "provider", "worker").order_by(
        "provider__name", "starts_at", "route__name", "id"
    )


@require_GET
@for_the_office
def index(request: SignedIn) -> HttpResponse:
    """The courses of today."""
    form, now = VisitFilter(request.GET or None, standing=request.standing), clock.now()
    day = form.the_day()
    nobody = Visit.objects.seen_by(request.standing).filter(day=day, worker=None, excused_at=None)
    shown = {
        "courses": of_day(Course.objects.seen_by(request.standing), day),
        "without": fit.unmanned(nobody.filter(duty__closed_at=None)),
        "day": day,
        "now": now,
    }
    return render(request, "care/courses.html", shown)


@require_GET
@for_the_office
def show(request: SignedIn, ref: UUID) -> HttpResponse:
    """One course with its stops."""
    mine = Course.objects.seen_by(request.standing).select_related("route", "provider", "worker")
    course = get_object_or_404(mine, ref=ref)
    stops = Visit.objects.seen_by(request.standing).filter(course=course)
    shown = {
        "course": course,
        "today": clock.today(),
        "stops": stops.select_related("recipient__place__area", "worker", "duty").order_by("due_at", "order", "id"),
    }
    return render(request, "care/course.html", shown)
