"""Gatherings: the list, one with all that belongs to it, and what people enter about it."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Prefetch, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dure import clock
from dure.gatherings import actions
from dure.gatherings.forms import (
    AgreedForm,
    AttendanceForm,
    FileForm,
    GatheringForm,
    MinutesForm,
    WhyForm,
    could_come,
)
from dure.gatherings.models import Agreed, Circular, Gathering, Material
from dure.people.doors import SignedIn, for_officers, for_the_office

SHOWN = 50


@require_GET
@for_the_office
def index(request: SignedIn, programme: str) -> HttpResponse:
    """What is to come, what was agreed and is still owed, circulars, and what has been."""
    mine = Gathering.objects.seen_by(request.standing).filter(programme=programme)
    mine = mine.annotate(came=Count("attendances")).select_related("made_by")
    owed = Agreed.objects.filter(gathering__in=mine.values("pk"), duty__closed_at=None)
    circulars = Circular.objects.seen_by(request.standing).filter(programme=programme).order_by("-sent_at")
    circulars = circulars.annotate(
        all=Count("copies"), read=Count("copies", filter=Q(copies__acknowledged_at__isnull=False))
    )
    open_now = Q(minuted_at=None, cancelled_at=None)
    shown = {
        "coming": mine.filter(open_now).order_by("begins_at"),
        "owed": owed.select_related("gathering", "owner").order_by("due_on", "pk"),
        "circulars": circulars[:SHOWN],
        "past": mine.exclude(open_now).order_by("-begins_at")[:SHOWN],
        "today": clock.today(),
        "now": clock.now(),
    }
    return render(request, "gatherings/index.html", shown)


@for_officers
def add(request: SignedIn, programme: str) -> HttpResponse:
    """Arrange one."""
    return _entered(request, Gathering(programme=programme), actions.arrange, _("Everybody invited is told."))


@for_officers
def change(request: SignedIn, ref: UUID) -> HttpResponse:
    """Another time, place or agenda."""
    return _entered(request, _find(request, ref), actions.change, _("Changed. Whom it concerns is told."))


def _entered(request: SignedIn, gathering: Gathering, act: Any, said: str) -> HttpResponse:
    office = request.standing.office
    form = GatheringForm(request.POST if request.method == "POST" else None, instance=gathering, office=office)
    if request.method == "POST" and form.is_valid():
        made = form.save(commit=False)
        act(made, list(form.cleaned_data["organisations"]), by=request.user, now=clock.now())
        messages.success(request, said)
        return redirect("gatherings:show", made.ref)
    shown = {"form": form, "gathering": gathering if gathering.pk else None}
    return render(request, "gatherings/form.html", shown, status=422 if form.errors else 200)


@require_GET
@for_the_office
def show(request: SignedIn, ref: UUID) -> HttpResponse:
    """One: what it is about, who is invited, who came, what was said and agreed."""
    return _shown(request, _find(request, ref))


def _find(request: SignedIn, ref: UUID) -> Gathering:
    mine = Gathering.objects.seen_by(request.standing).select_related("made_by", "minuted_by", "cancelled_by")
    return get_object_or_404(mine, ref=ref)


def _shown(request: SignedIn, gathering: Gathering, wrong: Any = None) -> HttpResponse:
    """The page; `wrong` is a form with its errors, shown where it stands."""
    agreed = gathering.agreed.select_related("owner", "duty__closed_by")
    came = list(gathering.attendances.select_related("person").order_by("person__name", "guest"))
    forms = {
        "minutes": MinutesForm(initial={"minutes": gathering.minutes}),
        "agree": AgreedForm(gathering=gathering),
        "why": WhyForm(),
        "file": FileForm(),
    }
    if wrong is not None:
        forms[wrong.shown_as] = wrong
    shown = {
        "gathering": gathering,
        "invited": gathering.invitations.select_related("organisation").order_by("organisation__name"),
        "agreed": agreed,
        "came": came,
        "came_ids": {each.person_id for each in came},
        "guests": "\n".join(each.guest for each in came if each.guest),
        "people": could_come(gathering).prefetch_related(Prefetch("memberships"))
        if request.standing.organisations is None
        else (),
        "material": gathering.material.select_related("added_by"),
        "begun": gathering.begins_at <= clock.now(),
        "today": clock.today(),
        "forms": forms,
    }
    return render(request, "gatherings/show.html", shown, status=422 if wrong is not None else 200)


@require_POST
@for_officers
def cancel(request: SignedIn, ref: UUID) -> HttpResponse:
    """It isn't held."""
    gathering, form = _find(request, ref), WhyForm(request.POST)
    if not form.is_valid():
        return _again(request, gathering, form, "why")
    actions.cancel(gathering, why=form.cleaned_data["why"], by=request.user, now=clock.now())
    messages.success(request, _("Cancelled. Everybody invited is told."))
    return redirect("gatherings:show", ref)


def _again(request: SignedIn, gathering: Gathering, form: Any, shown_as: str) -> HttpResponse:
    form.shown_as = shown_as
    return _shown(request, gathering, form)


@require_POST
@for_officers
def attendance(request: SignedIn, ref: UUID) -> HttpResponse:
    """Who came."""
    gathering = _find(request, ref)
    form = AttendanceForm(request.POST, gathering=gathering)
    if form.is_valid():
        guests = form.cleaned_data["guests"].splitlines()
        actions.attended(gathering, form.cleaned_data["people"], guests, by=request.user, now=clock.now())
        messages.success(request, _("Noted who came."))
    else:
        messages.error(request, _("Somebody of this list doesn't belong here any more. Look at it once more."))
    return redirect("gatherings:show", ref)


@require_POST
@for_officers
def minutes(request: SignedIn, ref: UUID) -> HttpResponse:
    """What was talked about."""
    gathering, form = _find(request, ref), MinutesForm(request.POST)
    if not form.is_valid():
        return _again(request, gathering, form, "minutes")
    actions.minuted(gathering, form.cleaned_data["minutes"], by=request.user, now=clock.now())
    messages.success(request, _("The minutes are kept."))
    return redirect("gatherings:show", ref)


@require_POST
@for_officers
def agree(request: SignedIn, ref: UUID) -> HttpResponse:
    """Something was agreed; from now on it is owed."""
    gathering = _find(request, ref)
    form = AgreedForm(request.POST, gathering=gathering)
    if not form.is_valid():
        return _again(request, gathering, form, "agree")
    said = form.cleaned_data
    actions.agree(gathering, said["what"], said["owner"], said["due_on"], by=request.user, now=clock.now())
    messages.success(request, _("Kept. Who does it is reminded when the day has come."))
    return redirect("gatherings:show", ref)


@require_POST
@for_the_office
def done(request: SignedIn, ref: UUID) -> HttpResponse:
    """Somebody says that it is done."""
    mine = Gathering.objects.seen_by(request.standing)
    agreed = get_object_or_404(
        Agreed.objects.select_related("gathering", "owner", "duty").filter(gathering__in=mine), ref=ref
    )
    said = request.POST.get("said", "")
    actions.done(agreed, said=said, by=request.user, standing=request.standing, now=clock.now())
    messages.success(request, _("Done."))
    return redirect("gatherings:show", agreed.gathering.ref)


@require_POST
@for_officers
def add_file(request: SignedIn, ref: UUID) -> HttpResponse:
    """A file is added to a gathering."""
    gathering, form = _find(request, ref), FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _again(request, gathering, form, "file")
    file = form.cleaned_data["file"]
    actions.add_material(gathering, file.name, file.read(), by=request.user, now=clock.now())
    return redirect("gatherings:show", ref)


@require_GET
@for_the_office
def material(request: SignedIn, ref: UUID) -> HttpResponse:
    """A file, to be kept; never opened as a page of ours."""
    gatherings, circulars = Gathering.objects.seen_by(request.standing), Circular.objects.seen_by(request.standing)
    mine = Material.objects.filter(Q(gathering__in=gatherings) | Q(circular__in=circulars))
    found = get_object_or_404(mine.select_related("content"), ref=ref)
    name = quote(found.name)
    return HttpResponse(
        bytes(found.content.data),
        content_type="application/octet-stream",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
    )
