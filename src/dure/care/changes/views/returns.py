"""What a provider that has ended hands back or destroys, with the signed certificate."""

from datetime import timedelta
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dure import clock
from dure.audit.actions import note
from dure.care.changes import returning
from dure.care.changes.forms import CertificateForm, HandBackForm
from dure.care.changes.models import Certificate, Change
from dure.care.changes.views.plans import find
from dure.files.downloads import attached
from dure.people.doors import SignedIn, counted, for_officers

DAY, A_YEAR = timedelta(days=1), timedelta(days=365)


@require_GET
@for_officers
def show(request: SignedIn, ref: UUID) -> HttpResponse:
    """What is handed back and what isn't yet."""
    return _shown(request, find(request, ref))


def _shown(request: SignedIn, change: Change, **wrong: forms.BaseForm) -> HttpResponse:
    shown = {
        "change": change, "lines": returning.lines(change),
        "certificate": Certificate.objects.filter(change=change).select_related("entered_by").first(),
        "forms": {"thing": HandBackForm(initial={"day": clock.today()}), "certificate": CertificateForm()} | wrong,
        "owed": change.owed if change.owed and change.owed.is_open else None,
        "year": (change.day - A_YEAR, change.day - DAY),
    }  # fmt: skip
    return render(request, "changes/return.html", shown, status=422 if wrong else 200)


@require_POST
@for_officers
def hand_back(request: SignedIn, ref: UUID) -> HttpResponse:
    """What became of one kind of thing."""
    change, form = find(request, ref), HandBackForm(request.POST)
    if not form.is_valid():
        return _shown(request, change, thing=form)
    said = form.cleaned_data
    returning.hand_back(change, said["thing"], said["how"], said["day"], said["note"], by=request.user, now=clock.now())
    messages.success(request, _("Saved."))
    return redirect("care:changes:return", ref)


@require_POST
@for_officers
def certify(request: SignedIn, ref: UUID) -> HttpResponse:
    """The signed certificate."""
    change, form = find(request, ref), CertificateForm(request.POST, request.FILES)
    if not form.is_valid():
        return _shown(request, change, certificate=form)
    made, file = form.save(commit=False), form.cleaned_data["file"]
    made.name = file.name[-200:]
    returning.certify(made, change, file.read(), by=request.user, now=clock.now())
    messages.success(request, _("Kept. The provider's end is complete."))
    return redirect("care:changes:return", ref)


@require_GET
@for_officers
@counted("downloads")
def file(request: SignedIn, ref: UUID) -> HttpResponse:
    """The signed certificate as it was handed in."""
    change = find(request, ref)
    kept = get_object_or_404(Certificate.objects.select_related("content"), change=change)
    note(at=clock.now(), who=request.user, did="downloaded", about=kept)
    return attached(kept.name, bytes(kept.content.data))
