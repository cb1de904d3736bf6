"""Circulars: sending one, and who has acknowledged it."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dure import clock
from dure.gatherings import actions, sending
from dure.gatherings.actions import Works
from dure.gatherings.forms import CircularForm, FileForm, WhyForm
from dure.gatherings.models import Circular
from dure.gatherings.telling import speaks_for
from dure.gatherings.views.warning import say_who_is_not_told
from dure.people.doors import SignedIn, for_officers, for_the_office
from dure.postgres.texts import key as row_named


@for_officers
def add(request: SignedIn, programme: str, works: Works) -> HttpResponse:
    """Write to agencies what they have to know."""
    posted = request.method == "POST"
    form = CircularForm(
        request.POST if posted else None, request.FILES if posted else None,
        instance=Circular(programme=programme), office=request.standing.office,
    )  # fmt: skip
    if posted and form.is_valid():
        said, now, by = form.cleaned_data, clock.now(), request.user
        with transaction.atomic():
            sent = sending.send(form.save(commit=False), list(said["organisations"]), works=works, by=by, now=now)
            if file := said["file"]:
                actions.add_material(sent, file.name, file.read(), by=by, now=now)
        messages.success(request, _("Sent. Who hasn't acknowledged it by that day is asked again."))
        say_who_is_not_told(request, list(said["organisations"]), now)
        return redirect("gatherings:circular", sent.ref)
    return render(request, "gatherings/circular_new.html", {"form": form}, status=422 if form.errors else 200)


@require_GET
@for_the_office
def show(request: SignedIn, ref: UUID) -> HttpResponse:
    """One circular; an agency sees its own copy, the office all of them."""
    circular, own = _find(request, ref), request.standing.organisations
    copies = circular.copies.select_related("organisation", "acknowledged_by", "excused_by")
    copies = copies.order_by("organisation__name")
    mine = speaks_for(request.user, clock.now())
    open_now = [copy for copy in copies if not copy.acknowledged_at and not copy.excused_at]
    shown = {
        "circular": circular,
        "copies": copies if own is None else [copy for copy in copies if copy.organisation_id in own],
        "mine_open": [copy for copy in open_now if copy.organisation_id in mine],
        "open_now": open_now,
        "material": circular.material.select_related("added_by"),
        "forms": {"file": FileForm()},
        "today": clock.today(),
    }
    return render(request, "gatherings/circular.html", shown)


def _find(request: SignedIn, ref: UUID) -> Circular:
    return get_object_or_404(Circular.objects.seen_by(request.standing).select_related("sent_by"), ref=ref)


@require_POST
@for_the_office
def acknowledge(request: SignedIn, ref: UUID) -> HttpResponse:
    """Somebody who answers at an agency has read it."""
    circular, now = _find(request, ref), clock.now()
    if sending.acknowledge(circular, speaks_for(request.user, now), by=request.user, now=now):
        messages.success(request, _("Acknowledged. Thank you."))
    else:
        messages.error(request, _("There is nothing that you could acknowledge for your agency."))
    return redirect("gatherings:circular", ref)


@require_POST
@for_officers
def settle(request: SignedIn, ref: UUID) -> HttpResponse:
    """An officer ends one copy, or all: it was read, as they say, or isn't needed any more."""
    circular, form = _find(request, ref), WhyForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(map(str, form.errors["why"])))
        return redirect("gatherings:circular", ref)
    named = request.POST.get("copy", "")
    copies = circular.copies.filter(pk=row_named(named))
    meant = list((copies if named else circular.copies.all()).values_list("organisation", flat=True))
    act = sending.acknowledge if request.POST.get("how") == "read" else sending.excuse
    if act(circular, meant, why=form.cleaned_data["why"], by=request.user, now=clock.now()):
        messages.success(request, _("Kept. Nobody is reminded of it any more."))
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
