"""Circulars: sending one, and who has acknowledged it."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dure import clock
from dure.gatherings import actions
from dure.gatherings.forms import CircularForm, FileForm
from dure.gatherings.models import Circular
from dure.people.doors import SignedIn, for_officers, for_the_office


@for_officers
def add(request: SignedIn, programme: str) -> HttpResponse:
    """Write to agencies what they have to know."""
    posted = request.method == "POST"
    form = CircularForm(
        request.POST if posted else None, request.FILES if posted else None,
        instance=Circular(programme=programme), office=request.standing.office,
    )  # fmt: skip
    if posted and form.is_valid():
        said, now = form.cleaned_data, clock.now()
        with transaction.atomic():
            sent = actions.send(form.save(commit=False), list(said["organisations"]), by=request.user, now=now)
            if file := said["file"]:
                actions.add_material(sent, file.name, file.read(), by=request.user, now=now)
        messages.success(request, _("Sent. Who hasn't acknowledged it by that day is asked again."))
        return redirect("gatherings:circular", sent.ref)
    return render(request, "gatherings/circular_new.html", {"form": form}, status=422 if form.errors else 200)


@require_GET
@for_the_office
def show(request: SignedIn, ref: UUID) -> HttpResponse:
    """One circular; an agency sees its own copy, the office all of them."""
    circular = _find(request, ref)
    copies = circular.copies.select_related("organisation", "acknowledged_by").order_by("organisation__name")
    own = request.standing.organisations
    mine = [copy for copy in copies if own is not None and copy.organisation_id in own]
    shown = {
        "circular": circular,
        "copies": copies if own is None else mine,
        "mine_open": [copy for copy in mine if copy.acknowledged_at is None],
        "material": circular.material.select_related("added_by"),
        "file": FileForm(),
        "today": clock.today(),
    }
    return render(request, "gatherings/circular.html", shown)


def _find(request: SignedIn, ref: UUID) -> Circular:
    return get_object_or_404(Circular.objects.seen_by(request.standing).select_related("sent_by"), ref=ref)


@require_POST
@for_the_office
def acknowledge(request: SignedIn, ref: UUID) -> HttpResponse:
    """Somebody of an agency has read it."""
    circular, own = _find(request, ref), request.standing.organisations
    if actions.acknowledge(circular, own or (), by=request.user, now=clock.now()):
        messages.success(request, _("Acknowledged. Thank you."))
    return redirect("gatherings:circular", ref)


@require_POST
@for_officers
def add_file(request: SignedIn, ref: UUID) -> HttpResponse:
    """A file is added to a circular."""
    circular, form = _find(request, ref), FileForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        actions.add_material(circular, file.name, file.read(), by=request.user, now=clock.now())
    else:
        messages.error(request, str(form.errors["file"][0]))
    return redirect("gatherings:circular", ref)
