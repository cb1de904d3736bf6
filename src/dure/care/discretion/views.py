"""One recipient's contacts for the office: who isn't to be told, since when and why."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dure import clock
from dure.care.discretion import actions
from dure.care.discretion.forms import WhyForm
from dure.care.discretion.models import Untold
from dure.care.models import Contact, Recipient
from dure.people.doors import SignedIn, for_officers


@require_GET
@for_officers
def show(request: SignedIn, ref: UUID) -> HttpResponse:
    """Everybody, those who aren't to be told too."""
    recipient = get_object_or_404(Recipient.objects.seen_by(request.standing), ref=ref)
    return _shown(request, recipient)


def _shown(request: SignedIn, recipient: Recipient, wrong: dict[int, Any] | None = None) -> HttpResponse:
    """The page; a form in `wrong` stands at its contact with its errors."""
    contacts = list(Contact.everybody.filter(recipient=recipient))
    untold = {u.contact_id: u for u in Untold.objects.filter(contact__in=contacts, ended_at=None).select_related("by")}
    past = Untold.objects.filter(recipient=recipient).exclude(ended_at=None)
    shown = {
        "recipient": recipient, "past": past.select_related("by", "ended_by"),
        "lines": [
            (c, untold.get(c.pk), (wrong or {}).get(c.pk) or WhyForm(auto_id=f"c{c.pk}_%s")) for c in contacts
        ],
    }  # fmt: skip
    return render(request, "discretion/contacts.html", shown, status=422 if wrong else 200)


def _find(request: SignedIn, number: int) -> Contact:
    mine = Contact.everybody.filter(recipient__in=Recipient.objects.seen_by(request.standing))
    return get_object_or_404(mine.select_related("recipient__place"), pk=number)


@require_POST
@for_officers
def hide(request: SignedIn, number: int) -> HttpResponse:
    """This contact isn't to be told."""
    contact, form = _find(request, number), WhyForm(request.POST, auto_id=f"c{number}_%s")
    if not form.is_valid():
        return _shown(request, contact.recipient, {contact.pk: form})
    actions.not_to_be_told(contact, form.cleaned_data["why"], by=request.user, now=clock.now())
    said = _("From now on this contact is on no list, phone or card. Papers made before still name them.")
    messages.success(request, said)
    return redirect("care:discretion:show", contact.recipient.ref)


@require_POST
@for_officers
def show_again(request: SignedIn, number: int) -> HttpResponse:
    """It is over."""
    contact, form = _find(request, number), WhyForm(request.POST, auto_id=f"c{number}_%s")
    if not form.is_valid():
        return _shown(request, contact.recipient, {contact.pk: form})
    untold = get_object_or_404(Untold, contact=contact, ended_at=None)
    actions.told_again(untold, form.cleaned_data["why"], by=request.user, now=clock.now())
    messages.success(request, _("This contact is phoned and told again."))
    return redirect("care:discretion:show", contact.recipient.ref)
