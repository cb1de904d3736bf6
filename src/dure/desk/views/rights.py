"""Who may do what: roles given and ended, and the history of it."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dure import clock
from dure.audit.actions import note
from dure.desk.forms import RoleForm
from dure.imports.papers import download
from dure.people import rights
from dure.people.doors import SignedIn, counted, for_admins
from dure.people.models import Membership
from dure.people.models import Person as Somebody
from dure.postgres.texts import key as row_named


def _person(request: SignedIn, ref: UUID) -> Somebody:
    return get_object_or_404(Somebody, ref=ref, office=request.standing.office)


def _shown(request: SignedIn, person: Somebody, form: RoleForm, status: int = 200) -> HttpResponse:
    held = rights.held_by(person, clock.today())
    lines = rights.history(request.standing, person)[:200]
    shown = {"person": person, "held": held, "lines": lines, "form": form}
    return render(request, "desk/person.html", shown, status=status)


@require_GET
@for_admins
def person(request: SignedIn, ref: UUID) -> HttpResponse:
    """What somebody may do, and what they might when."""
    form = RoleForm(request.standing.office, initial={"since": clock.today()})
    return _shown(request, _person(request, ref), form)


@require_POST
@for_admins
def give(request: SignedIn, ref: UUID) -> HttpResponse:
    """A role at an organisation, from a day on."""
    somebody, form = _person(request, ref), RoleForm(request.standing.office, request.POST)
    if not form.is_valid():
        return _shown(request, somebody, form, status=422)
    said = form.cleaned_data
    rights.give(somebody, said["organisation"], said["role"], said["since"], by=request.user, now=clock.now())
    messages.success(request, _("%(person)s has the role.") % {"person": somebody})
    return redirect("person", somebody.ref)


@require_POST
@for_admins
def end(request: SignedIn, ref: UUID) -> HttpResponse:
    """A role ends now."""
    somebody, which = _person(request, ref), request.POST.get("which", "")
    held = Membership.objects.filter(person=somebody, pk=row_named(which))
    for each in held.select_related("person"):
        rights.end(each, by=request.user, now=clock.now())
        messages.success(request, _("The role has ended."))
    return redirect("person", somebody.ref)


@require_GET
@for_admins
def index(request: SignedIn) -> HttpResponse:
    """The history of rights of everybody, the latest first."""
    page = Paginator(rights.history(request.standing), 100).get_page(request.GET.get("page"))
    return render(request, "desk/rights.html", {"page": page})


@require_GET
@for_admins
@counted("downloads")
def workbook(request: SignedIn) -> HttpResponse:
    """The same as a workbook."""
    note(at=clock.now(), who=request.user, did="downloaded the rights", about=request.user)
    return download(f"{_('History of rights')}.xlsx", rights.workbook(rights.history(request.standing)))
