"""The waiting list: who waits in which order, one of them, and what becomes of it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dure import clock
from dure.care.models import Recipient
from dure.care.support import waiting as waits
from dure.care.support.forms import EndWaitingForm, ToldForm, WaitingForm
from dure.care.support.models import Came, Urgency, Waiting
from dure.care.support.views import for_public_hands, posted, status_of
from dure.care.views.recipients import enter
from dure.people.doors import SignedIn, for_the_office
from dure.people.models import Role
from dure.places.models import Place

SHOWN = 500
PUBLIC = (Role.CENTRE, Role.OFFICER, Role.ADMIN)


@require_GET
@for_the_office
def index(request: SignedIn) -> HttpResponse:
    """Who waits, the most urgent first, masked; and who waited."""
    mine, today = Waiting.objects.seen_by(request.standing).select_related("area"), clock.today()
    shown = {
        "waiting": [(each, each.days(today)) for each in mine.still()[:SHOWN]],
        "ended": mine.exclude(ended_at=None).select_related("ended_by", "recipient").order_by("-ended_at")[:20],
        "today": today, "urgent": Urgency.NOW,
    }  # fmt: skip
    return render(request, "support/waiting.html", shown)


@for_the_office
def add(request: SignedIn) -> HttpResponse:
    """Somebody asks for meals, or was found."""
    new = Waiting(office_id=request.standing.office)
    form = WaitingForm(posted(request), instance=new, standing=request.standing)
    shown: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        waiting = form.save(commit=False)
        shown |= {} if "anyway" in request.POST else alike(waiting)
        if not shown.get("waiting_alike") and not shown.get("served_alike"):
            own = sorted(request.standing.organisations or [])
            waiting.organisation_id = own[0] if own else None
            waits.enter(waiting, by=request.user, now=clock.now())
            messages.success(request, _("On the waiting list."))
            return redirect("care:support:waiting_one", waiting.ref)
    return render(request, "support/waiting_form.html", shown, status=422 if form.errors else 200)


def alike(waiting: Waiting) -> dict[str, Any]:
    """Who might be the same person: on the waiting list, among the recipients."""
    served = waits.served_like(waiting.name, waiting.born_on, waiting.phone)
    return {"waiting_alike": waits.like(waiting), "served_alike": served}


def _find(request: SignedIn, ref: UUID) -> Waiting:
    mine = Waiting.objects.seen_by(request.standing)
    return get_object_or_404(mine.select_related("area", "entered_by", "ended_by", "recipient"), ref=ref)


@require_GET
@for_the_office
def show(request: SignedIn, ref: UUID) -> HttpResponse:
    """One who waits, unmasked: a look that is on the record."""
    waiting = _find(request, ref)
    return _shown(request, waiting)


def _shown(request: SignedIn, waiting: Waiting, **wrong: forms.Form) -> HttpResponse:
    today = clock.today()
    again = ToldForm(initial={"again_by": today + timedelta(days=30)})
    shown = {
        "waiting": waiting, "days": waiting.days(today), "may": request.standing.has(*PUBLIC),
        "forms": {"told": again, "end": EndWaitingForm(), **wrong}, "urgent": Urgency.NOW, "today": today,
        "referrals": waiting.referrals.order_by("-asked_on"), **({} if waiting.ended_at else alike(waiting)),
    }  # fmt: skip
    return render(request, "support/waiting_one.html", shown, status=status_of(wrong))


@for_the_office
def edit(request: SignedIn, ref: UUID) -> HttpResponse:
    """What is known of somebody who waits has changed."""
    waiting = _find(request, ref)
    form = WaitingForm(posted(request), instance=waiting, standing=request.standing)
    if request.method == "POST" and form.is_valid():
        waits.change(form.save(commit=False), by=request.user, now=clock.now())
        messages.success(request, _("Saved."))
        return redirect("care:support:waiting_one", ref)
    shown = {"form": form, "waiting": waiting}
    return render(request, "support/waiting_form.html", shown, status=422 if form.errors else 200)


@require_POST
@for_public_hands
def told(request: SignedIn, ref: UUID) -> HttpResponse:
    """The person was told how it stands."""
    waiting, form = _find(request, ref), ToldForm(request.POST)
    if not form.is_valid():
        return _shown(request, waiting, told=form)
    waits.tell(waiting, **form.cleaned_data, by=request.user, now=clock.now())
    messages.success(request, _("Noted."))
    return redirect("care:support:waiting_one", ref)


@require_POST
@for_public_hands
def end(request: SignedIn, ref: UUID) -> HttpResponse:
    """They wait no more."""
    waiting, form = _find(request, ref), EndWaitingForm(request.POST)
    if not form.is_valid():
        return _shown(request, waiting, end=form)
    waits.end(waiting, Came(form.cleaned_data["came"]), form.cleaned_data["why"], by=request.user, now=clock.now())
    messages.success(request, _("Off the waiting list."))
    return redirect("care:support:waiting")


@for_public_hands
@transaction.atomic
def take(request: SignedIn, ref: UUID) -> HttpResponse:
    """Who waits becomes a recipient: the usual form, filled in with what is known."""
    waiting, now = _find(request, ref), clock.now()
    office = waiting.office_id
    new = Recipient(office_id=office, name=waiting.name, born_on=waiting.born_on, phone=waiting.phone)
    new.place = Place(office_id=office, area=waiting.area, address=waiting.address)

    def kept(recipient: Recipient) -> None:
        waits.end(waiting, Came.SERVED, "", recipient=recipient, by=request.user, now=now)

    return enter(request, new, kept)
