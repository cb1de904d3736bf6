"""The list that is called, and what came of each try."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from dure import clock
from dure.care.calls import actions, counts, lines
from dure.care.calls.forms import ResultForm, UndoForm
from dure.care.calls.models import Call, Try
from dure.care.calls.owing import running
from dure.care.forms.absence import usual_source
from dure.cases.models import Source
from dure.people.doors import SignedIn, for_the_office
from dure.people.fields import day_said
from dure.people.live import live
from dure.people.models import Role


@dataclass
class CallList:
    """The list of one day as the record names it: `calllist 2026-11-28`."""

    office_id: int
    ref: date


def _day(request: SignedIn) -> date:
    """The day that is meant: today when it can't be read, tomorrow at the latest."""
    try:
        return min(day_said(request.GET.get("day", "")), clock.today() + timedelta(days=1))
    except ValueError:
        return clock.today()


def _shown(request: SignedIn) -> dict[str, Any]:
    day, now, today = _day(request), clock.now(), clock.today()
    agencies = list(lines.agencies(request.standing))
    of = next((each for each in agencies if str(each.pk) == request.GET.get("of", "")), None)
    found = lines.lines(request.standing, day, request.user, now, today=today, of=of.pk if of else None)
    return {
        "day": day, "today": today, "before": day - timedelta(days=1), "after": day + timedelta(days=1),
        "agencies": agencies, "of": of, "lines": found, "left": sum(each.open for each in found),
        "sum": counts.of_day(request.standing, day, today=today), "now": now,
        "warnings": running(request.standing.office, day), "tomorrow": today + timedelta(days=1),
        "may_switch": request.standing.has(Role.OFFICER, Role.ADMIN), "may_enter": day <= today,
    }  # fmt: skip


@require_GET
@for_the_office
def index(request: SignedIn) -> HttpResponse:
    """Who is to be called today, with number and one tap for what came of it. A look that is on the record."""
    return render(request, "calls/index.html", _shown(request))


@require_GET
@for_the_office
def rows(request: SignedIn) -> HttpResponse:
    """The list alone, asked for every few seconds: what others have entered meanwhile."""
    return live(request, "calls/_lines.html", _shown(request))


def _find(request: SignedIn, ref: UUID) -> Call:
    mine = Call.objects.seen_by(request.standing).select_related("duty", "recipient__place__area")
    return get_object_or_404(mine, ref=ref)


def _line(request: SignedIn, call: Call, form: ResultForm | None = None) -> HttpResponse:
    """The line as it is now; without htmx the whole list."""
    errors = [str(error) for found in form.errors.values() for error in found] if form else []
    if not request.headers.get("HX-Request"):
        for error in errors:
            messages.error(request, error)
        return redirect(f"/care/calls/?day={call.day}#p-{call.recipient.ref}")
    now, today = clock.now(), clock.today()
    line = lines.line(call, request.standing, request.user, now, today=today)
    shown = {"line": line, "may_enter": True, "errors": errors, "now": now, "today": today}
    return render(request, "calls/_line.html", shown, status=422 if errors else 200)


@require_POST
@for_the_office
def calling(request: SignedIn, ref: UUID) -> HttpResponse:
    """Somebody dials."""
    call = _find(request, ref)
    actions.calling(call, by=request.user, now=clock.now())
    return _line(request, call)


@require_POST
@for_the_office
def result(request: SignedIn, ref: UUID) -> HttpResponse:
    """What came of a try."""
    call, form = _find(request, ref), ResultForm(request.POST)
    if not form.is_valid():
        return _line(request, call, form)
    source = Source(usual_source(request.standing.roles))
    actions.called(call, form.said(), source=source, by=request.user, now=clock.now())
    return _line(request, call)


@require_POST
@for_the_office
def undo(request: SignedIn, ref: UUID) -> HttpResponse:
    """A wrong tap is taken back."""
    call, form = _find(request, ref), UndoForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        mine = Try.objects.filter(call__recipient=call.recipient_id).select_related("call__recipient")
        made = get_object_or_404(mine, pk=said["made"])
        actions.take_back(made, key=said["key"], by=request.user, now=clock.now())
    return _line(request, call)
