"""Entering certificates: one with its photo, a folder of paper at once; and taking back what was a mistake."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from dure import clock
from dure.care.certificates import actions, listing
from dure.care.certificates.actions import New
from dure.care.certificates.forms import CertificateForm, ManyForm, Whose, WhyForm
from dure.care.certificates.models import Certificate
from dure.care.certificates.views import for_planners
from dure.care.certificates.views.person import find, shown
from dure.errors import Refused
from dure.people.doors import SignedIn


@require_POST
@for_planners
def add(request: SignedIn, ref: UUID) -> HttpResponse:
    """One certificate of one person."""
    person = find(request, ref)
    form = CertificateForm(request.POST, request.FILES, office=request.standing.office)
    if not form.is_valid():
        return shown(request, person, add=form)
    said = form.cleaned_data
    file = (said["file"].name, said["file"].read()) if said["file"] else None
    new = New(person, said["kind"], said["day"], said["hours"], file)
    try:
        actions.enter(new, by=request.user, now=clock.now())
    except Refused as problem:
        form.add_error("day", problem.message)
        return shown(request, person, add=form)
    messages.success(request, _("Entered."))
    return redirect("care:certificates:person", ref)


@for_planners
def enter_many(request: SignedIn) -> HttpResponse:
    """The same kind for many people of a provider, each with the day."""
    mine = listing.providers(request.standing)
    which = Whose(request.GET or None, providers=mine)
    provider = which.said("provider") or (mine[0] if mine else None)
    every = [line for line in listing.lines(request.standing, clock.now()) if line.provider == provider]
    every.sort(key=lambda line: line.person.name)
    data = request.POST if request.method == "POST" else None
    form = ManyForm(data, office=request.standing.office, people=[line.person for line in every])
    if request.method == "POST" and form.is_valid() and (number := _entered(request, form)):
        messages.success(request, ngettext("%(n)d was entered.", "%(n)d were entered.", number) % {"n": number})
        return redirect("care:certificates:index")
    rows = [(line, form[f"day_{line.person.pk}"]) for line in every]
    context = {"form": form, "which": which, "rows": rows, "provider": provider, "many": len(mine) > 1}
    return render(request, "certificates/enter.html", context, status=422 if form.errors else 200)


def _entered(request: SignedIn, form: ManyForm) -> int:
    """Enter them all, or none and say which one is wrong."""
    said = form.cleaned_data
    new = [New(person, said["kind"], day, said["hours"]) for person, day in form.days(said)]
    try:
        return len(actions.enter_all(new, by=request.user, now=clock.now()))
    except Refused as problem:
        form.add_error(None, problem.message)
        return 0


@require_POST
@for_planners
def withdraw(request: SignedIn, ref: UUID) -> HttpResponse:
    """It was entered by mistake."""
    mine = Certificate.objects.seen_by(request.standing).filter(withdrawn_at=None)
    certificate = get_object_or_404(mine.select_related("person"), ref=ref)
    form = WhyForm(request.POST)
    if form.is_valid():
        actions.withdraw([certificate], why=form.cleaned_data["why"], by=request.user, now=clock.now())
        messages.success(request, _("It doesn't count any more."))
    else:
        messages.error(request, " ".join(map(str, form.errors["why"])))
    return redirect("care:certificates:person", certificate.person.ref)
