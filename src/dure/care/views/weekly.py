"""Weekly rotas: a part of the week that comes again, with people in turn."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dure import clock
from dure.care import rosters, weeks
from dure.care.forms.rota import RotaForm, Weeks, initial, initial_weeks
from dure.care.views.rosters import find
from dure.people import rotas
from dure.people.doors import SignedIn, for_the_office
from dure.people.models import Person, Roster, Rota


@for_the_office
def add(request: SignedIn, ref: UUID) -> HttpResponse:
    """A new weekly rota of a roster."""
    return _enter(request, find(request, ref), None)


@for_the_office
def change(request: SignedIn, ref: UUID) -> HttpResponse:
    """From a day on the rota runs otherwise: the old one ends, another begins."""
    rota = _find(request, ref)
    return _enter(request, rota.roster, rota)


@require_POST
@for_the_office
def end(request: SignedIn, ref: UUID) -> HttpResponse:
    """From tomorrow on the rota isn't written any more."""
    rota, now = _find(request, ref), clock.now()
    with transaction.atomic():
        rotas.end(rota, clock.today() + timedelta(days=1), by=request.user, now=now)
        rosters.write(rota.roster, now)
    messages.success(request, _("This weekly rota ends today. Look whether somebody answers from tomorrow on."))
    return redirect("care:roster", rota.roster.ref)


def _find(request: SignedIn, ref: UUID) -> Rota:
    mine = Rota.objects.filter(roster__in=rosters.seen_by(request.standing))
    return get_object_or_404(mine.select_related("roster__organisation").prefetch_related("turns"), ref=ref)


def _enter(request: SignedIn, roster: Roster, rota: Rota | None) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = RotaForm(data, initial=initial(rota) if rota else None)
    rows: Any = Weeks(data, initial=initial_weeks(rota), form_kwargs={"people": rosters.could_answer(roster)})
    if data is not None and all([form.is_valid(), rows.is_valid()]):
        _begin(request, form.rota(roster), rows.weeks, rota)
        return redirect("care:roster", roster.ref)
    shown = {"roster": roster, "rota": rota, "form": form, "weeks": rows}
    return render(request, "care/rota.html", shown, status=200 if data is None else 422)


@transaction.atomic
def _begin(request: SignedIn, new: Rota, people: list[list[Person]], old: Rota | None) -> None:
    now = clock.now()
    if old and not (old.until and old.until <= new.since):
        rotas.end(old, new.since, by=request.user, now=now)
    rotas.begin(new, people, by=request.user, now=now)
    rosters.write(new.roster, now)
    messages.success(request, _("The shifts of the next eight weeks are written."))
    for other in weeks.beside(new):
        said = {"rota": weeks.sentence(other)}
        messages.warning(request, _("At some of these times another weekly rota answers too: %(rota)s. "
                                    "If that isn't meant, end it.") % said)  # fmt: skip
