"""The list of everybody's certificates, as a workbook too, and a worker's own."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dure import clock
from dure.audit import looks
from dure.audit.actions import note
from dure.care.certificates import actions, listing
from dure.care.certificates.forms import Filter, ReasonForm
from dure.care.certificates.holding import State, book
from dure.care.certificates.listing import Line
from dure.care.certificates.views import for_planners
from dure.files.downloads import attached
from dure.people.doors import SignedIn, counted, only
from dure.people.models import Organisation, Role
from dure.people.searching import Search, searched

A_PAGE = 100
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@for_planners
@counted("searches", "GET")
@searched("q")
@require_GET
def index(request: Search) -> HttpResponse:
    """Every provider with how its people stand, and everybody, lapsed first."""
    return _shown(request, ReasonForm(), request.said)


def _shown(request: SignedIn, reason: ReasonForm, said: QueryDict | None = None) -> HttpResponse:
    form = Filter(said or None, providers=listing.providers(request.standing))
    every = listing.lines(request.standing, clock.now())
    sums, provider = listing.sums(request.standing, every), form.said("provider")
    shown = {
        "many": len(sums) > 1,
        "chosen": next((each for each in sums if len(sums) == 1 or each.provider == provider), None),
        "form": form, "page": Paginator(_narrowed(every, form), A_PAGE).get_page(request.GET.get("page")),
        "sums": sums, "states": list(State), "reason": reason,
    }  # fmt: skip
    return render(request, "certificates/index.html", shown, status=422 if reason.errors else 200)


def _narrowed(every: list[Line], form: Filter) -> list[Line]:
    name, provider, state = ((form.said(each) or "") for each in ("q", "provider", "state"))
    return [
        line for line in every
        if str(name) in line.person.name and provider in ("", line.provider)
        and (not state or state in [each.state for each in line.all])
    ]  # fmt: skip


@require_POST
@for_planners
@counted("downloads")
def download(request: SignedIn) -> HttpResponse:
    """The list with names, for a reason, which is recorded."""
    form, now = ReasonForm(request.POST), clock.now()
    if not form.is_valid():
        return _shown(request, form)
    body = listing.workbook(listing.lines(request.standing, now), now)
    note(at=now, who=request.user, did="downloaded certificates", about=request.user, why=form.cleaned_data["reason"])
    looks.because(form.cleaned_data["reason"])
    return attached(_("certificates") + f"-{clock.local(now):%Y-%m-%d}.xlsx", body, XLSX)


@require_POST
@for_planners
def packed(request: SignedIn, ref: UUID) -> HttpResponse:
    """Whether the workers of a provider carry fully packed food only."""
    mine = Organisation.objects.filter(pk__in=[each.pk for each in listing.providers(request.standing)])
    provider = get_object_or_404(mine, ref=ref)
    actions.say_packed(provider, request.POST.get("packed") == "1", by=request.user, now=clock.now())
    messages.success(request, _("Saved."))
    return redirect("care:certificates:index")


@require_GET
@only(Role.WORKER)
def mine(request: SignedIn) -> HttpResponse:
    """A worker's own certificates: until when they hold, and by when they are renewed."""
    holdings = book(request.standing.office, [request.user], clock.today()).holdings(request.user)
    return render(request, "certificates/mine.html", {"holdings": holdings})
