"""The month: public holidays, days that are closed, holidays on which meals come all the same."""

from datetime import date, timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dure import clock
from dure.care import closures
from dure.care.forms.closure import ClosureForm
from dure.care.models import Closure
from dure.errors import Refused
from dure.people.doors import SignedIn, for_the_office, only
from dure.people.fields import day_said
from dure.people.models import Role

for_editors = only(Role.PROVIDER, Role.OFFICER, Role.ADMIN)


def _first(request: SignedIn) -> date:
    """The first day of the month that is meant; of this one when it can't be read."""
    try:
        meant = day_said(f"{request.GET.get('month', '')}-01")
        return meant if 2020 <= meant.year <= 2100 else clock.today().replace(day=1)
    except ValueError:
        return clock.today().replace(day=1)


@for_the_office
def show(request: SignedIn) -> HttpResponse:
    """One month, and a form to say something about a day."""
    may = request.standing.has(Role.PROVIDER, Role.OFFICER, Role.ADMIN)
    if request.method == "POST" and not may:
        raise PermissionDenied
    data = request.POST if request.method == "POST" else None
    form = ClosureForm(data, instance=Closure(office_id=request.standing.office), standing=request.standing)
    if data is not None and form.is_valid():
        try:
            closures.keep(form.instance, by=request.user, now=clock.now())
            messages.success(request, _("Noted."))
            return redirect(f"{request.path}?month={form.instance.day:%Y-%m}")
        except Refused as refusal:
            form.add_error("day", refusal.message)
    first = _first(request)
    shown = {
        "weeks": closures.month(request.standing.office, first), "first": first, "form": form if may else None,
        "before": first - timedelta(days=1), "after": first + timedelta(days=31), "today": clock.today(),
        "own": request.standing.organisations,
    }  # fmt: skip
    return render(request, "care/calendar.html", shown, status=422 if form.errors else 200)


@require_POST
@for_editors
def take_back(request: SignedIn, number: int) -> HttpResponse:
    """What was said about a day no longer holds."""
    closure = get_object_or_404(Closure, pk=number, office=request.standing.office)
    own = request.standing.organisations
    if own is not None and closure.provider_id not in own:
        raise PermissionDenied
    day = closure.day
    closures.take_back(closure, by=request.user, now=clock.now())
    messages.success(request, _("Taken back."))
    return redirect(f"/care/calendar/?month={day:%Y-%m}")
