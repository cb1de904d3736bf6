"""Away, back again, meals end: what is known about a recipient's door before anybody is sent."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dure import clock
from dure.audit.actions import note
from dure.care import alarms
from dure.care.away import ask_again, asked
from dure.care.forms.absence import AbsenceForm, AskForm, BackForm, EndForm
from dure.care.models import Absence, Recipient
from dure.care.views.recipients import find
from dure.errors import Refused
from dure.people.doors import SignedIn, for_the_office


@require_GET
@for_the_office
def index(request: SignedIn) -> HttpResponse:
    """Who is away now or soon."""
    mine = Absence.objects.filter(recipient__in=Recipient.objects.seen_by(request.standing), taken_back_at=None)
    coming = mine.filter(Q(until=None) | Q(until__gt=clock.today()))
    shown = coming.select_related("recipient__place__area", "recipient__provider", "entered_by")
    return render(request, "care/absences.html", {"absences": asked(shown.order_by("since", "id")[:500])})


@for_the_office
def add(request: SignedIn, ref: UUID) -> HttpResponse:
    """A recipient will be away."""
    recipient = find(request, ref)
    absence = Absence(office_id=recipient.office_id, recipient=recipient, entered_by=request.user)
    form = AbsenceForm(request.POST or None, instance=absence)
    if request.method == "POST" and form.is_valid():
        ask_on = None if form.cleaned_data["until"] else form.cleaned_data["ask_on"]
        alarms.absent(form.instance, ask_on=ask_on, now=clock.now())
        messages.success(request, _("Noted. Nobody is sent on these days."))
        return redirect("care:recipient", ref)
    shown = {"form": form, "recipient": recipient}
    return render(request, "care/absence.html", shown, status=422 if form.errors else 200)


def _said(form: Form) -> str:
    return " ".join(str(error) for errors in form.errors.values() for error in errors)


@require_POST
@for_the_office
def back(request: SignedIn, ref: UUID) -> HttpResponse:
    """The recipient is back."""
    absence, form = _absence(request, ref), BackForm(request.POST)
    if not form.is_valid():
        raise Refused(_said(form))
    alarms.back_again(absence, on=form.cleaned_data["on"], by=request.user, now=clock.now())
    messages.success(request, _("Meals come again from this day."))
    return redirect("care:recipient", absence.recipient.ref)


def _absence(request: SignedIn, ref: UUID) -> Absence:
    mine = Absence.objects.filter(recipient__in=Recipient.objects.seen_by(request.standing), taken_back_at=None)
    return get_object_or_404(mine.select_related("recipient__place__area"), ref=ref)


@require_POST
@for_the_office
def again(request: SignedIn, ref: UUID) -> HttpResponse:
    """Not back yet: somebody asks again on another day."""
    absence, form = _absence(request, ref), AskForm(request.POST)
    if not form.is_valid():
        raise Refused(_said(form))
    ask_again(absence, on=form.cleaned_data["on"], by=request.user, now=clock.now())
    messages.success(request, _("It is asked again on %(day)s.") % {"day": form.cleaned_data["on"]})
    return redirect("care:recipient", absence.recipient.ref)


@require_POST
@for_the_office
def end(request: SignedIn, ref: UUID) -> HttpResponse:
    """Meals end for good."""
    recipient, form = find(request, ref), EndForm(request.POST)
    if not form.is_valid():
        raise Refused(_said(form))
    alarms.end_service(recipient, **form.cleaned_data, by=request.user, now=clock.now())
    note(at=clock.now(), who=request.user, did="ended", about=recipient)
    messages.success(request, _("The meals have ended."))
    return redirect("care:recipient", ref)
