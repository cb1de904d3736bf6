"""One person's certificates: how it stands, what was entered, what is owed."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dure import clock
from dure.care.certificates import actions
from dure.care.certificates.forms import CertificateForm, WhyForm, WorkForm
from dure.care.certificates.holding import book
from dure.care.certificates.models import Certificate, Counted, Renewal, Work, people_seen_by
from dure.care.certificates.views import for_planners
from dure.files.downloads import attached
from dure.people.doors import SignedIn, counted
from dure.people.models import Membership, Person


def find(request: SignedIn, ref: UUID) -> Person:
    """The person, if somebody may see their certificates."""
    return get_object_or_404(people_seen_by(request.standing), ref=ref)


@require_GET
@for_planners
def show(request: SignedIn, ref: UUID) -> HttpResponse:
    """How somebody stands with every certificate."""
    return shown(request, find(request, ref))


def shown(request: SignedIn, person: Person, **wrong: forms.BaseForm) -> HttpResponse:
    """The page; a form in `wrong` is shown with its errors where it stands."""
    office, today = request.standing.office, clock.today()
    work = Work.objects.filter(person=person).first()
    given: dict[str, Any] = {
        "add": CertificateForm(office=office), "work": WorkForm(instance=work or Work(), auto_id="work_%s"),
    } | wrong  # fmt: skip
    came = Counted.objects.filter(gathering__attendances__person=person, gathering__cancelled_at=None)
    page = {
        "person": person, "forms": given, "holdings": book(office, [person], today).holdings(person),
        "entered": Certificate.objects.filter(person=person).select_related("kind", "entered_by", "withdrawn_by"),
        "came": came.select_related("gathering", "kind").order_by("-gathering__begins_at"),
        "owed": Renewal.objects.filter(person=person, duty__closed_at=None).select_related("kind", "duty"),
        "held": Membership.objects.on(today).filter(person=person).select_related("organisation"),
    }  # fmt: skip
    return render(request, "certificates/person.html", page, status=422 if wrong else 200)


@require_POST
@for_planners
def say_work(request: SignedIn, ref: UUID) -> HttpResponse:
    """What somebody does with food."""
    person = find(request, ref)
    form = WorkForm(request.POST, instance=Work(person=person), auto_id="work_%s")
    if not form.is_valid():
        return shown(request, person, work=form)
    actions.say_work(person, form.save(commit=False), by=request.user, now=clock.now())
    messages.success(request, _("Saved."))
    return redirect("care:certificates:person", ref)


@require_POST
@for_planners
def excuse(request: SignedIn, ref: UUID) -> HttpResponse:
    """It needn't be renewed any more."""
    mine = Renewal.objects.filter(person__in=people_seen_by(request.standing), duty__closed_at=None)
    renewal = get_object_or_404(mine.select_related("duty", "person"), ref=ref)
    form = WhyForm(request.POST)
    if form.is_valid():
        actions.excuse(renewal, why=form.cleaned_data["why"], by=request.user, now=clock.now())
        messages.success(request, _("It isn't owed any more."))
    else:
        messages.error(request, " ".join(map(str, form.errors["why"])))
    return redirect("care:certificates:person", renewal.person.ref)


@require_GET
@for_planners
@counted("downloads")
def file(request: SignedIn, ref: UUID) -> HttpResponse:
    """The photo or scan, to be kept; never opened as a page of ours."""
    mine = Certificate.objects.seen_by(request.standing).exclude(content=None).select_related("content")
    found = get_object_or_404(mine, ref=ref)
    return attached(found.name, bytes(found.content.data) if found.content else b"")
