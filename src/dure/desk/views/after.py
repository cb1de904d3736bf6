"""After a case: looking back, and services that didn't restart or aren't sought any more."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dure import clock
from dure.care.hospital import discharged
from dure.cases import actions, aftermath
from dure.cases.models import Case, Referral
from dure.desk.forms import BackForm
from dure.errors import Refused
from dure.people.doors import SignedIn, for_the_office

AGAIN = timedelta(days=7)  # until a restart is checked once more


def said(request: SignedIn, name: str) -> str:
    """One line that somebody typed, as far as it can be kept."""
    return request.POST.get(name, "").replace("\x00", "")[:300]


def _referral(request: SignedIn, ref: UUID) -> Referral:
    seen = Referral.objects.select_related("case").filter(case__in=Case.objects.seen_by(request.standing))
    return get_object_or_404(seen, ref=ref)


def _to_case(referral: Referral) -> HttpResponse:
    return redirect(referral.case.page if referral.case else "board")


@require_POST
@for_the_office
def look_back(request: SignedIn, ref: UUID) -> HttpResponse:
    """Everybody looked back at the case: what happened, and what is changed."""
    case = get_object_or_404(Case.objects.seen_by(request.standing), ref=ref)
    happened, change = said(request, "happened"), said(request, "change")
    actions.look_back(case, happened=happened, change=change, by=request.user, now=clock.now())
    messages.success(request, _("Written down."))
    return redirect(case.page)


@require_POST
@for_the_office
def hospital_stay(request: SignedIn, ref: UUID) -> HttpResponse:
    """Somebody asked: the person is back from hospital, or it is asked again on another day."""
    case = get_object_or_404(Case.objects.seen_by(request.standing).select_related("area"), ref=ref)
    form, now = BackForm(request.POST), clock.now()
    if not form.is_valid():
        raise Refused(_("Choose the day."))
    day = form.cleaned_data["on"]
    if form.cleaned_data["is_back"]:
        discharged(case, on=day, by=request.user, now=now)
        messages.success(request, _("Entered: back from hospital."))
    else:
        aftermath.not_back(case, ask_on=day, note=said(request, "note"), by=request.user, now=now)
        messages.success(request, _("It is asked again on %(day)s.") % {"day": day})
    return redirect(case.page)


@require_POST
@for_the_office
def not_restarted(request: SignedIn, ref: UUID) -> HttpResponse:
    """Somebody checked: it hasn't restarted. It is checked again in a week."""
    referral, now = _referral(request, ref), clock.now()
    check_on = clock.today() + AGAIN
    aftermath.not_restarted(referral, why=said(request, "why"), check_on=check_on, by=request.user, now=now)
    messages.info(request, _("Somebody checks again on %(day)s.") % {"day": check_on})
    return _to_case(referral)


@require_POST
@for_the_office
def give_up(request: SignedIn, ref: UUID) -> HttpResponse:
    """The service isn't sought any more, and the record says why."""
    referral = _referral(request, ref)
    aftermath.give_up(referral, why=said(request, "why"), by=request.user, now=clock.now())
    messages.info(request, _("Closed."))
    return _to_case(referral)
