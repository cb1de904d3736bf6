"""Blind spots: who is known and not served, and the dongs with fewer recipients than their population suggests."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from dure import clock
from dure.audit.actions import note
from dure.care.support import blind_spots
from dure.care.support.forms import PopulationForm
from dure.care.support.models import Lead, Population
from dure.care.support.views import for_public_hands, posted
from dure.people.doors import SignedIn, for_officers

SHOWN = 300


@for_public_hands
def show(request: SignedIn) -> HttpResponse:
    """The known ones, masked; for the office also the dongs held against one another."""
    by_all = request.GET.get("of") == "all"
    found = blind_spots.known(request.standing, clock.today())
    groups = [(why.label, [k for k in found if k.why == why][:SHOWN], why) for why in Lead.Why]
    whole = request.standing.organisations is None
    dongs = blind_spots.dongs(request.standing, alone=not by_all) if whole else []
    shown = {
        "groups": [(label, mine) for label, mine, _why in groups if mine], "dongs": dongs, "by_all": by_all,
        "fewer": [d for d in dongs if d.figures.fewer], "whole": whole, "sum": sum(d.figures.served for d in dongs),
        "people": sum(d.figures.people for d in dongs), "total": len(found),
    }  # fmt: skip
    return render(request, "support/blind_spots.html", shown)


@for_officers
def population(request: SignedIn) -> HttpResponse:
    """Enter how many live in a dong."""
    new = Population(office_id=request.standing.office, entered_at=clock.now(), entered_by=request.user)
    form = PopulationForm(posted(request), instance=new, standing=request.standing)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        kept, _new = Population.objects.update_or_create(
            office_id=new.office_id, area=told["area"], on=told["on"],
            defaults={**{key: told[key] for key in ("persons", "alone", "source")},
                      "entered_at": new.entered_at, "entered_by": new.entered_by},
        )  # fmt: skip
        note(at=new.entered_at, who=request.user, did="entered a population", about=kept)
        messages.success(request, _("Saved."))
        return redirect("care:support:blind_spots")
    newest = Population.objects.filter(office=request.standing.office).select_related("area")
    shown = {
        "form": form,
        "told": newest.order_by("area__sort_key", "area_id", "-on").distinct("area__sort_key", "area_id"),
    }
    return render(request, "support/population.html", shown, status=422 if form.errors else 200)
