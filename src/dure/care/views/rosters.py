"""Rosters: who answers now and tonight, adding and taking back shifts."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dure import clock
from dure.audit.actions import note
from dure.care import calendars, morning, rosters, weeks
from dure.care.forms.shift import NoteForm, RosterForm, ShiftForm
from dure.errors import Refused
from dure.people.doors import SignedIn, for_admins, for_the_office
from dure.people.models import Organisation, Role, Roster, Shift, ShiftNote
from dure.people.stand_ins import open_wishes


@require_GET
@for_the_office
def index(request: SignedIn) -> HttpResponse:
    """Who answers now, when that changes, who tonight, and where nobody does until tomorrow night."""
    now = clock.now()
    shown = {
        "lines": rosters.lines(rosters.seen_by(request.standing), now),
        "gaps": morning.answered(request.standing, now, rosters.end_of_tomorrow(now)).serious,
        "now": now,
        "tonight": rosters.tonight(now),
        "may": request.standing.has(Role.ADMIN),
    }
    return render(request, "care/rosters.html", shown)


@for_the_office
def show(request: SignedIn, ref: UUID) -> HttpResponse:
    """One roster: its next two weeks, its weekly rotas, and a form to add a shift."""
    roster = find(request, ref)
    form = ShiftForm(request.POST if request.method == "POST" else None, roster=roster)
    if request.method == "POST" and form.is_valid():
        try:
            rosters.put_on(form.shifts(), by=request.user, now=clock.now())
            messages.success(request, _("Added."))
            return redirect("care:roster", ref)
        except Refused as refusal:
            form.add_error(None, refusal.message)
    return _page(request, roster, form, NoteForm())


@require_POST
@for_the_office
def leave_note(request: SignedIn, ref: UUID) -> HttpResponse:
    """Leave something to whoever comes next."""
    roster, form = find(request, ref), NoteForm(request.POST)
    if not form.is_valid():
        return _page(request, roster, ShiftForm(None, roster=roster), form)
    rosters.leave_note(roster, form.cleaned_data["text"], by=request.user, now=clock.now())
    messages.success(request, _("Whoever answers sees it until somebody says that it is done with."))
    return redirect("care:roster", ref)


@require_POST
@for_the_office
def done_with(request: SignedIn, number: int) -> HttpResponse:
    """A note to the next shift is done with."""
    mine = ShiftNote.objects.filter(roster__in=rosters.seen_by(request.standing)).select_related("roster")
    left = get_object_or_404(mine, pk=number)
    rosters.done_with(left, by=request.user, now=clock.now())
    return redirect("care:roster", left.roster.ref)


def _page(request: SignedIn, roster: Roster, form: ShiftForm, note_form: NoteForm) -> HttpResponse:
    now = clock.now()
    [line] = rosters.lines(rosters.seen_by(request.standing).filter(pk=roster.pk), now)
    shown = {
        "line": line, "roster": roster, "form": form, "note_form": note_form, "now": now,
        "days": weeks.plan(roster, request.standing, now), "rotas": weeks.lines(roster, now),
        "wishes": open_wishes(now).filter(roster=roster).select_related("asked_by"),
        "links": calendars.links(request.standing, request.user).filter(roster=roster),
    }  # fmt: skip
    return render(request, "care/roster.html", shown, status=422 if form.errors or note_form.errors else 200)


def find(request: SignedIn, ref: UUID) -> Roster:
    """The roster that is meant, if this person may see it."""
    return get_object_or_404(rosters.seen_by(request.standing).select_related("organisation"), ref=ref)


@require_POST
@for_the_office
def take_off(request: SignedIn, number: int) -> HttpResponse:
    """Take a shift back."""
    mine = Shift.objects.filter(roster__in=rosters.seen_by(request.standing))
    shift = get_object_or_404(mine.select_related("roster__organisation", "person"), pk=number)
    rosters.take_off(shift, by=request.user, now=clock.now())
    messages.success(request, _("Taken back."))
    return redirect("care:roster", shift.roster.ref)


@for_admins
def add(request: SignedIn) -> HttpResponse:
    """A new roster."""
    form = RosterForm(request.POST or None, instance=Roster(office_id=request.standing.office))
    whose = Organisation.objects.filter(office=request.standing.office, kind__in=["office", "centre", "provider"])
    form.fields["organisation"].queryset = whose.order_by("kind", "name")  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        roster = form.save()
        note(at=clock.now(), who=request.user, did="added", about=roster)
        return redirect("care:roster", roster.ref)
    return render(request, "care/roster_new.html", {"form": form}, status=422 if form.errors else 200)
