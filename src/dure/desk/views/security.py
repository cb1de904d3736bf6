"""One page for the office's security review, computed from the running system at the moment it is opened."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from dure import clock
from dure.desk.security.doors import DOORS
from dure.desk.security.judging import judge, to_look_at
from dure.desk.security.reading import read
from dure.people.doors import SignedIn, for_admins


@require_GET
@for_admins
def show(request: SignedIn) -> HttpResponse:
    """Where it stands, which networks, what leaves, what is sealed, who has access; and what is to be looked at."""
    now = clock.now()
    parts = judge(read(request.standing, request.user.office, now=now, real=clock.real()))
    open_ones = to_look_at(parts)
    judged = sum(1 for part in parts for item in part.items if item.well is not None)
    shown = {"parts": parts, "open": open_ones, "well": judged - len(open_ones), "doors": DOORS, "at": now}
    return render(request, "desk/security.html", shown)
