"""Visits: those of a day, one visit with everything that was seen, and entering an outcome from the desk."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dure import clock
from dure.care.forms.filters import VisitFilter
from dure.care.forms.visit import OutcomeForm
from dure.care.models import Visit
from dure.care.photos.shown import of_visit
from dure.care.rosters import workers
from dure.care.settling import open_case_of, settle
from dure.duty.models import Claim, Duty
from dure.errors import Refused
from dure.people.doors import SignedIn, for_the_office
from dure.people.models import Role

A_PAGE = 100
ASKS = {"care.disagree", "care.concern", "care.abuse", "care.away"}  # what a person decides on the visit's page


@require_GET
@for_the_office
def index(request: SignedIn) -> HttpResponse:
    """The visits of a day."""
    form = VisitFilter(request.GET or None, standing=request.standing)
    found = form.narrow(Visit.objects.seen_by(request.standing)).select_related(
        "recipient__place__area", "provider", "worker", "course__route", "duty"
    )
    page = Paginator(found.order_by("due_at", "provider", "order", "id"), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "care/visits.html", {"page": page, "form": form, "day": form.the_day()})


def _find(request: SignedIn, ref: UUID) -> Visit:
    mine = Visit.objects.seen_by(request.standing).select_related(
        "recipient__place__area", "provider", "worker", "course__route", "duty__closed_by"
    )
    return get_object_or_404(mine, ref=ref)


@require_GET
@for_the_office
def show(request: SignedIn, ref: UUID) -> HttpResponse:
    """One visit: what everybody saw, side by side, and what is to be decided about it."""
    visit = _find(request, ref)
    return render(request, "care/visit.html", _shown(request, visit, None))


def _shown(request: SignedIn, visit: Visit, form: OutcomeForm | None) -> dict[str, Any]:
    case = open_case_of(visit)
    duties = Duty.objects.seen_by(request.standing).filter(about=visit.ref, kind__in=ASKS).select_related("closed_by")
    claims = Claim.objects.filter(duty__in=duties, ended_at=None).select_related("by")
    has = {claim.duty_id: claim for claim in claims}
    may = request.standing.has(Role.PROVIDER, Role.OFFICER, Role.ADMIN)
    sightings = list(visit.sightings.select_related("by", "confidence"))
    return {
        "visit": visit,
        "today": clock.today(),
        "case": case,
        "sightings": sightings,
        "photos": of_visit(request.standing, visit.pk),
        "disagree": len({s.outcome for s in sightings}) > 1,
        "duties": [(duty, has.get(duty.pk)) for duty in duties.order_by("closed_at", "id")],
        "workers": workers(visit) if visit.duty.is_open and visit.day >= clock.today() and may else [],
        "form": form or OutcomeForm(initial={"case": case.ref if case else None}),
    }


@for_the_office
def outcome(request: SignedIn, ref: UUID) -> HttpResponse:
    """Enter what became of a visit, as somebody says on the phone or on paper."""
    visit, now = _find(request, ref), clock.now()
    if visit.day > clock.local(now).date():
        raise Refused(_("This visit is still to come. Nobody can have seen anything yet."))
    form = OutcomeForm(request.POST if request.method == "POST" else None, initial=_answers(visit))
    if request.method == "POST" and form.is_valid():
        settle(visit, form.seen(visit, now), by=request.user, report=None, now=now)
        messages.success(request, _("Entered."))
        return redirect("care:visit", ref)
    return render(request, "care/outcome.html", _shown(request, visit, form), status=422 if form.errors else 200)


def _answers(visit: Visit) -> dict[str, Any]:
    """Who enters it from this page knows of the open case: it stands at the top."""
    case = open_case_of(visit)
    return {"case": case.ref if case else None}
