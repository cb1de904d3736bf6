"""One's own shifts, asking somebody to take one, standing in, and who doesn't come today."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from dure import clock
from dure.care import calendars, rosters, standing_in
from dure.care.forms.stand_in import AskForm, StandInForm, initial
from dure.care.views.rosters import find
from dure.errors import Refused
from dure.people.doors import SignedIn, for_the_office
from dure.people.models import Person, Role, Shift
from dure.people.rotas import AHEAD

PLANNERS = (Role.PROVIDER, Role.OFFICER, Role.ADMIN)


@require_GET
@for_the_office
def mine(request: SignedIn) -> HttpResponse:
    """One's own shifts of the next weeks, and what one is asked."""
    now = clock.now()
    shifts = Shift.objects.filter(person=request.user, ends_at__gt=now, starts_at__lt=now + AHEAD)
    shown = {
        "shifts": shifts.select_related("roster__organisation"),
        "wishes": standing_in.wishes(request.standing, request.user, now),
        "links": calendars.links(request.standing, request.user).filter(person=request.user),
        "now": now,
    }
    return render(request, "care/shifts.html", shown)


@for_the_office
def ask(request: SignedIn, number: int) -> HttpResponse:
    """Ask somebody to take a shift."""
    seen = Shift.objects.filter(roster__in=rosters.seen_by(request.standing), ends_at__gt=clock.now())
    shift = get_object_or_404(seen.select_related("roster__organisation", "person"), pk=number)
    form = AskForm(request.POST if request.method == "POST" else None, shift=shift)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            standing_in.ask(shift, said["on"], why=said["why"], by=request.user, now=clock.now())
            messages.success(
                request, _("%(person)s is asked. Until the answer the shift stays.") % {"person": said["on"]}
            )
            return redirect("care:shifts")
        except Refused as refusal:
            form.add_error("on", refusal.message)
    return render(request, "care/ask.html", {"shift": shift, "form": form}, status=422 if form.errors else 200)


@require_POST
@for_the_office
def answer(request: SignedIn, ref: UUID) -> HttpResponse:
    """Yes or no: by whoever was asked, or by whoever runs the roster."""
    now = clock.now()
    wish = get_object_or_404(standing_in.wishes(request.standing, request.user, now), ref=ref)
    agrees = request.POST.get("agrees") == "yes"
    standing_in.answer(wish, agrees, by=request.user, now=now)
    messages.success(request, _("The shift has changed hands.") if agrees else _("The shift stays where it was."))
    return redirect("care:shifts")


@for_the_office
def stand_in(request: SignedIn, ref: UUID) -> HttpResponse:
    """Somebody answers in place of another from a moment to a moment."""
    roster, now = find(request, ref), clock.now()
    shift = Shift.objects.filter(roster=roster, pk=_number(request.GET.get("shift", ""))).first()
    form = StandInForm(request.POST if request.method == "POST" else None, roster=roster, initial=initial(shift, now))
    if request.method == "POST" and form.is_valid():
        try:
            standing_in.put_in(form.stand_in(), by=request.user, now=now)
            messages.success(request, _("Entered. Whoever it concerns is told."))
            return redirect("care:roster", ref)
        except Refused as refusal:
            form.add_error(None, refusal.message)
    shown = {"roster": roster, "form": form}
    return render(request, "care/stand_in.html", shown, status=422 if form.errors else 200)


@for_the_office
def out_today(request: SignedIn) -> HttpResponse:
    """Somebody doesn't come today: one press gives all of today's shifts to another."""
    now = clock.now()
    if request.method == "POST":
        person, on = _person(request, "person"), _person(request, "to")
        if person is None:
            raise Refused(_("Choose who doesn't come."))
        given = standing_in.out_today(person, on, request.standing, by=request.user, now=now)
        done = ngettext("%(n)d shift was changed.", "%(n)d shifts were changed.", given) % {"n": given}
        messages.success(request, done)
        return redirect("care:out_today")
    shown = {"out": standing_in.today(request.standing, now), "now": now, "plans": request.standing.has(*PLANNERS)}
    return render(request, "care/out_today.html", shown)


def _person(request: SignedIn, name: str) -> Person | None:
    number = _number(request.POST.get(name, ""))
    return Person.objects.filter(office=request.standing.office, pk=number, left_at=None).first()


def _number(said: str) -> int:
    return int(said) if said.isascii() and said.isdigit() and len(said) < 18 else 0
