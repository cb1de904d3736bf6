"""Gatherings: the list, one with all that belongs to it, and what people enter about it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dure import clock
from dure.files.downloads import attached
from dure.gatherings import actions
from dure.gatherings.actions import Outdated, Works
from dure.gatherings.forms import (
    AgreedForm,
    AttendanceForm,
    DoneForm,
    FileForm,
    GatheringForm,
    MinutesForm,
    WhyForm,
)
from dure.gatherings.models import Agreed, Circular, Gathering, Material
from dure.gatherings.views.warning import say_who_is_not_told
from dure.people.doors import SignedIn, counted, for_officers, for_the_office

SHOWN = 50


@require_GET
@for_the_office
def index(request: SignedIn, programme: str) -> HttpResponse:
    """What is to come, what was agreed and is still owed, circulars, and what has been."""
    mine = Gathering.objects.seen_by(request.standing).filter(programme=programme)
    mine = mine.annotate(came=Count("attendances")).select_related("made_by")
    owed = Agreed.objects.filter(gathering__in=mine.values("pk"), ended_at=None)
    own = request.standing.organisations
    ours = Q() if own is None else Q(copies__organisation__in=own)
    over = Q(copies__acknowledged_at__isnull=False) | Q(copies__excused_at__isnull=False)
    circulars = Circular.objects.seen_by(request.standing).filter(programme=programme).order_by("-sent_at")
    circulars = circulars.annotate(all=Count("copies", filter=ours), read=Count("copies", filter=ours & over))
    open_now = Q(minuted_at=None, cancelled_at=None)
    shown = {
        "coming": mine.filter(open_now).order_by("begins_at"),
        "owed": owed.select_related("gathering", "owner").order_by("due_on", "pk"),
        "circulars": circulars[:SHOWN],
        "past": mine.exclude(open_now).order_by("-begins_at")[:SHOWN],
        "today": clock.today(),
    }
    return render(request, "gatherings/index.html", shown)


@for_officers
def add(request: SignedIn, programme: str) -> HttpResponse:
    """Arrange one."""
    form = GatheringForm(
        request.POST if request.method == "POST" else None, instance=Gathering(programme=programme),
        office=request.standing.office,
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        invited, now = list(form.cleaned_data["organisations"]), clock.now()
        made = actions.arrange(form.save(commit=False), invited, by=request.user, now=now)
        messages.success(request, _("Everybody invited is told.") if made.begins_at > now else _("Entered."))
        say_who_is_not_told(request, invited, now)
        return redirect("gatherings:show", made.ref)
    return render(request, "gatherings/form.html", {"form": form}, status=422 if form.errors else 200)


@for_officers
def change(request: SignedIn, ref: UUID) -> HttpResponse:
    """Another time, place or agenda."""
    gathering, office = _find(request, ref), request.standing.office
    form = GatheringForm(request.POST if request.method == "POST" else None, instance=gathering, office=office)
    if request.method == "POST" and form.is_valid():
        invited, now = list(form.cleaned_data["organisations"]), clock.now()
        seen = form.cleaned_data["seen"] or gathering.changed_at
        try:
            actions.change(form.save(commit=False), invited, seen=seen, by=request.user, now=now)
        except Outdated as problem:
            again = _fresh(request, ref, lambda data, row: GatheringForm(data, instance=row, office=office), problem)
            return render(request, "gatherings/form.html", {"form": again, "gathering": gathering}, status=422)
        messages.success(request, _("Changed. Whom it concerns is told."))
        return redirect("gatherings:show", ref)
    shown = {"form": form, "gathering": gathering}
    return render(request, "gatherings/form.html", shown, status=422 if form.errors else 200)


def _fresh(request: SignedIn, ref: UUID, form: Callable[[Any, Gathering], Any], problem: Outdated) -> Any:
    """What was entered, as of what others have saved meanwhile: saved again it counts."""
    row = _find(request, ref)
    data = request.POST.copy()
    data["seen"] = row.changed_at.isoformat()
    again = form(data, row)
    again.add_error(None, str(problem))
    return again


@require_GET
@for_the_office
def show(request: SignedIn, ref: UUID) -> HttpResponse:
    """One: what it is about, who is invited, who came, what was said and agreed."""
    return _shown(request, _find(request, ref))


def _find(request: SignedIn, ref: UUID) -> Gathering:
    mine = Gathering.objects.seen_by(request.standing).select_related("made_by", "minuted_by", "cancelled_by")
    return get_object_or_404(mine, ref=ref)


def _shown(request: SignedIn, gathering: Gathering, **wrong: forms.Form) -> HttpResponse:
    """The page; a form in `wrong` is shown with its errors where it stands."""
    came = list(gathering.attendances.select_related("person").order_by("person__name", "guest"))
    seen = gathering.changed_at.isoformat()
    there = {"seen": seen, "people": [each.person_id for each in came],
             "guests": "\n".join(each.guest for each in came if each.guest)}  # fmt: skip
    for_whom_it_is = {} if request.standing.organisations is not None else {
        "minutes": MinutesForm(initial={"seen": seen, "minutes": gathering.minutes}),
        "attendance": AttendanceForm(initial=there, gathering=gathering),
        "agree": AgreedForm(gathering=gathering),
    }  # fmt: skip
    shown = {
        "gathering": gathering,
        "invited": gathering.invitations.select_related("organisation").order_by("organisation__name"),
        "agreed": gathering.agreed.select_related("owner", "ended_by"),
        "came": came,
        "material": gathering.material.select_related("added_by"),
        "begun": gathering.begins_at <= clock.now(),
        "today": clock.today(),
        "forms": {"why": WhyForm(), "file": FileForm(), **for_whom_it_is, **wrong},
    }
    return render(request, "gatherings/show.html", shown, status=422 if wrong else 200)


@require_POST
@for_officers
def cancel(request: SignedIn, ref: UUID) -> HttpResponse:
    """It isn't held."""
    gathering, form = _find(request, ref), WhyForm(request.POST)
    if not form.is_valid():
        return _shown(request, gathering, why=form)
    actions.cancel(gathering, why=form.cleaned_data["why"], by=request.user, now=clock.now())
    messages.success(request, _("Cancelled. Everybody invited is told."))
    return redirect("gatherings:show", ref)


@require_POST
@for_officers
def attendance(request: SignedIn, ref: UUID) -> HttpResponse:
    """Who came."""
    gathering = _find(request, ref)
    form = AttendanceForm(request.POST, gathering=gathering)
    if not form.is_valid():
        return _shown(request, gathering, attendance=form)
    said, guests = form.cleaned_data, form.cleaned_data["guests"].splitlines()
    try:
        actions.attended(gathering, said["people"], guests, seen=said["seen"], by=request.user, now=clock.now())
    except Outdated as problem:
        again = _fresh(request, ref, lambda data, row: AttendanceForm(data, gathering=row), problem)
        return _shown(request, _find(request, ref), attendance=again)
    messages.success(request, _("Noted who came."))
    return redirect("gatherings:show", ref)


@require_POST
@for_officers
def minutes(request: SignedIn, ref: UUID) -> HttpResponse:
    """What was talked about."""
    gathering, form = _find(request, ref), MinutesForm(request.POST)
    if not form.is_valid():
        return _shown(request, gathering, minutes=form)
    said = form.cleaned_data
    try:
        actions.minuted(gathering, said["minutes"], seen=said["seen"], by=request.user, now=clock.now())
    except Outdated as problem:
        again = _fresh(request, ref, lambda data, row: MinutesForm(data), problem)
        return _shown(request, _find(request, ref), minutes=again)
    messages.success(request, _("The minutes are kept."))
    return redirect("gatherings:show", ref)


@require_POST
@for_officers
def agree(request: SignedIn, ref: UUID, works: Works) -> HttpResponse:
    """Something was agreed; from now on it is owed."""
    gathering = _find(request, ref)
    form = AgreedForm(request.POST, gathering=gathering)
    if not form.is_valid():
        return _shown(request, gathering, agree=form)
    said = form.cleaned_data
    actions.agree(gathering, said["what"], said["owner"], said["due_on"], works=works, by=request.user, now=clock.now())
    messages.success(request, _("Kept. Who does it is told, and reminded when the day has passed."))
    return redirect("gatherings:show", ref)


@require_POST
@for_the_office
def done(request: SignedIn, ref: UUID) -> HttpResponse:
    """Somebody says that it is done."""
    agreed, form = _agreed(request, ref), DoneForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(map(str, form.errors["said"])))
        return redirect("gatherings:show", agreed.gathering.ref)
    said = form.cleaned_data["said"]
    actions.done(agreed, said=said, by=request.user, standing=request.standing, now=clock.now())
    messages.success(request, _("Kept as done."))
    return redirect("gatherings:show", agreed.gathering.ref)


def _agreed(request: SignedIn, ref: UUID) -> Agreed:
    mine = Agreed.objects.filter(gathering__in=Gathering.objects.seen_by(request.standing))
    return get_object_or_404(mine.select_related("gathering", "owner"), ref=ref)


@require_POST
@for_officers
def drop(request: SignedIn, ref: UUID) -> HttpResponse:
    """It isn't needed any more."""
    agreed, form = _agreed(request, ref), WhyForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(map(str, form.errors["why"])))
        return redirect("gatherings:show", agreed.gathering.ref)
    actions.drop(agreed, why=form.cleaned_data["why"], by=request.user, now=clock.now())
    messages.success(request, _("It isn't owed any more."))
    return redirect("gatherings:show", agreed.gathering.ref)


@require_POST
@for_officers
def add_file(request: SignedIn, ref: UUID) -> HttpResponse:
    """A file is added to a gathering."""
    gathering, form = _find(request, ref), FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _shown(request, gathering, file=form)
    file = form.cleaned_data["file"]
    actions.add_material(gathering, file.name, file.read(), by=request.user, now=clock.now())
    return redirect("gatherings:show", ref)


@require_GET
@for_the_office
@counted("downloads")
def material(request: SignedIn, ref: UUID) -> HttpResponse:
    """A file, to be kept; never opened as a page of ours."""
    gatherings, circulars = Gathering.objects.seen_by(request.standing), Circular.objects.seen_by(request.standing)
    mine = Material.objects.filter(Q(gathering__in=gatherings) | Q(circular__in=circulars))
    found = get_object_or_404(mine.select_related("content"), ref=ref)
    return attached(found.name, bytes(found.content.data))
