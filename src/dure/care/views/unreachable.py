"""Somebody can't be reached, said by anyone who knows it: shown what is known beforehand, then a case at once."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from dure import clock
from dure.care import alarms
from dure.care.forms.absence import UnreachableForm, usual_source
from dure.care.models import Recipient
from dure.care.opening import absences_on
from dure.care.views.recipients import find
from dure.cases.models import Case, Source
from dure.people.doors import SignedIn, for_the_office
from dure.people.fields import moment


@for_the_office
def report(request: SignedIn, ref: UUID) -> HttpResponse:
    """Report that a recipient can't be reached. A known absence is shown first; it refuses nothing."""
    recipient, now = find(request, ref), clock.now()
    initial = {"source": usual_source(request.standing.roles)}
    form = UnreachableForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        case = _open(request, recipient, form)
        messages.success(request, _("The emergency is open and people are being told."))
        return redirect(case.page)
    shown = {
        "form": form,
        "recipient": recipient,
        "away": absences_on(recipient.office_id, clock.today()).filter(recipient=recipient).first(),
        "contacts": recipient.contacts.filter(dead_at=None),
        "owed": alarms.owed_today(recipient, now),
        "last": recipient.visits.exclude(outcome="").order_by("-due_at").first(),
    }
    return render(request, "care/unreachable.html", shown, status=422 if form.errors else 200)


@transaction.atomic
def _open(request: SignedIn, recipient: Recipient, form: UnreachableForm) -> Case:
    said, now = form.cleaned_data, clock.now()
    return alarms.cannot_reach(
        recipient, Source(said["source"]), by=request.user, now=now, at=moment(clock.today(), said["at"], now),
        on_site=said["on_site"], danger=said["danger"], who=said["who"], note=said["note"],
    )  # fmt: skip
