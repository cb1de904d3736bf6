"""What the office decides: its own kinds, and which trainings count how many hours."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Count, F, OuterRef, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dure import clock
from dure.care.certificates import actions
from dure.care.certificates.forms import HoursForm, KindForm
from dure.care.certificates.models import Counted, Kind
from dure.gatherings.models import Gathering
from dure.gatherings.models import Kind as What
from dure.people.doors import SignedIn, for_officers

SHOWN = 50


@for_officers
def kinds(request: SignedIn) -> HttpResponse:
    """The kinds, and a form to add one."""
    office = request.standing.office
    form = KindForm(request.POST if request.method == "POST" else None, office=office)
    if request.method == "POST" and form.is_valid():
        actions.add_kind(form.save(commit=False), by=request.user, now=clock.now())
        messages.success(request, _("Added."))
        return redirect("care:certificates:kinds")
    every = Kind.objects.filter(office=office).order_by("retired_at", "id")
    shown = {"form": form, "kinds": every}
    return render(request, "certificates/kinds.html", shown, status=422 if form.errors else 200)


@require_POST
@for_officers
def retire(request: SignedIn, ref: UUID) -> HttpResponse:
    """A kind of the office's own isn't asked for any more."""
    kind = get_object_or_404(Kind, ref=ref, office=request.standing.office, code="")
    actions.retire(kind, by=request.user, now=clock.now())
    messages.success(request, _("It isn't asked for any more."))
    return redirect("care:certificates:kinds")


def _trainings(request: SignedIn) -> "list[Gathering]":
    held = Gathering.objects.seen_by(request.standing).filter(
        kind=What.TRAINING, cancelled_at=None, begins_at__lte=clock.now()
    )
    hours = Counted.objects.filter(gathering=OuterRef("pk")).values("hours")
    counted = held.annotate(came=Count("attendances", distinct=True), hours=Subquery(hours))
    return list(counted.order_by(F("begins_at").desc())[:SHOWN])


@require_GET
@for_officers
def trainings(request: SignedIn) -> HttpResponse:
    """The trainings that were held, with the hours that each counts."""
    return render(request, "certificates/trainings.html", {"trainings": _trainings(request)})


@require_POST
@for_officers
def count(request: SignedIn, ref: UUID) -> HttpResponse:
    """A training counts so many hours of hygiene training."""
    mine = Gathering.objects.seen_by(request.standing).filter(kind=What.TRAINING, cancelled_at=None)
    gathering, form = get_object_or_404(mine, ref=ref), HoursForm(request.POST)
    if form.is_valid():
        hygiene = get_object_or_404(Kind, office=request.standing.office, code=Kind.HYGIENE)
        actions.count_training(gathering, hygiene, form.cleaned_data["hours"], by=request.user, now=clock.now())
        messages.success(request, _("Saved."))
    else:
        messages.error(request, " ".join(map(str, form.errors["hours"])))
    return redirect("care:certificates:trainings")
