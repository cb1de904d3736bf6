"""How the office calls, and what of a recipient's life counts in heat and cold."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from dure import clock
from dure.care.calls import owing, warnings
from dure.care.calls.forms import HomeForm, PracticeForm
from dure.care.calls.models import Home
from dure.care.views.recipients import find
from dure.people.doors import SignedIn, for_officers, for_the_office


@for_officers
def practice(request: SignedIn) -> HttpResponse:
    """Whom the office calls on days without a meal, by when, how often."""
    form = PracticeForm(request.POST or None, instance=owing.practice_of(request.standing.office))
    if request.method == "POST" and form.is_valid():
        warnings.keep_practice(form.save(commit=False), by=request.user, now=clock.now())
        messages.success(request, _("Saved. It holds for calls that aren't on a list yet."))
        return redirect("care:calls:index")
    return render(request, "calls/practice.html", {"form": form}, status=422 if form.errors else 200)


@for_the_office
def home(request: SignedIn, ref: UUID) -> HttpResponse:
    """What of a recipient's life counts in heat and cold."""
    recipient = find(request, ref)
    known = Home.objects.filter(recipient=recipient).first() or Home(office_id=recipient.office_id, recipient=recipient)
    form = HomeForm(request.POST if request.method == "POST" else None, instance=known)
    if request.method == "POST" and form.is_valid():
        warnings.keep_home(form.save(commit=False), by=request.user, now=clock.now())
        messages.success(request, _("Saved."))
        return redirect("care:recipient", ref)
    shown = {"form": form, "recipient": recipient}
    return render(request, "calls/home.html", shown, status=422 if form.errors else 200)
