"""Shifts in a calendar of one's own: the secret address, and what a calendar reads there."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dure import clock
from dure.care import calendars
from dure.care.views.rosters import find
from dure.people.doors import SignedIn, for_the_office
from dure.people.models import Roster
from dure.signing import limits


@require_POST
@for_the_office
def of_mine(request: SignedIn) -> HttpResponse:
    """A new address for one's own shifts."""
    return _made(request, None)


@require_POST
@for_the_office
def of_roster(request: SignedIn, ref: UUID) -> HttpResponse:
    """A new address for the shifts of a roster."""
    return _made(request, find(request, ref))


def _made(request: SignedIn, roster: Roster | None) -> HttpResponse:
    token = calendars.make_link(roster, by=request.user, now=clock.now())
    address = request.build_absolute_uri(reverse("care:calendar_feed", args=[token]))
    return render(request, "care/calendar_link.html", {"roster": roster, "address": address})


@require_POST
@for_the_office
def revoke(request: SignedIn, number: int) -> HttpResponse:
    """An address doesn't hold any more."""
    link = get_object_or_404(calendars.links(request.standing, request.user), pk=number)
    calendars.revoke(link, by=request.user, now=clock.now())
    return redirect("care:shifts") if link.roster is None else redirect("care:roster", link.roster.ref)


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """What a calendar reads. Whoever has the address needs no log-in; it says nothing of those who are served."""
    link = calendars.find(token)
    if link is None:
        limits.guessed(request, "links")
        gone = _("This calendar address doesn't hold any more. Make a new one under My shifts.")
        return HttpResponse(gone, status=403, content_type="text/plain; charset=utf-8")
    return HttpResponse(calendars.calendar(link, clock.now()), content_type="text/calendar; charset=utf-8")
