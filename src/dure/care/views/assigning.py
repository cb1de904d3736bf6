"""Somebody else drives: the course or some of its stops are given to others, in two presses from the list."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from dure import clock
from dure.care import assigning
from dure.care.models import Course, Visit
from dure.care.rosters import workers
from dure.errors import Refused
from dure.people.doors import SignedIn, only
from dure.people.models import Person, Role

for_planners = only(Role.PROVIDER, Role.OFFICER, Role.ADMIN)


@for_planners
def assign(request: SignedIn, ref: UUID) -> HttpResponse:
    """Who could take the stops that are still to be made; pressing a name gives them."""
    mine = Course.objects.seen_by(request.standing).select_related("route", "provider", "worker")
    course = get_object_or_404(mine, ref=ref)
    if request.method == "POST":
        given = _give(request, course)
        done = ngettext("%(n)d stop was given away.", "%(n)d stops were given away.", given) % {"n": given}
        messages.success(request, done)
        return redirect("care:course", ref)
    shown = {"course": course, "stops": assigning.unfinished(course), "takers": assigning.takers(course)}
    return render(request, "care/assign.html", shown)


def _give(request: SignedIn, course: Course) -> int:
    """Give what was chosen to whom was chosen: all of it, some of it, or shared among several."""
    by, now = request.user, clock.now()
    able = {taker.person.pk: taker.person for taker in assigning.takers(course)}  # who can't is refused with the reason
    wanted = request.POST.getlist("to")
    people: list[Person] = [able[pk] for p in wanted if (pk := _key(p)) in able]
    if len(people) != len(wanted) or not people:
        raise Refused(_("Choose who takes the stops."))
    if "share" in request.POST:
        return sum(len(share) for share in assigning.share_out(course, people, by=by, now=now).values())
    stops, chosen = list(assigning.unfinished(course)), set(request.POST.getlist("stop"))
    some = [stop for stop in stops if str(stop.ref) in chosen]
    if not some:
        raise Refused(_("Choose at least one stop."))
    if len(some) == len(stops):
        return len(assigning.give_course(course, people[0], by=by, now=now))
    return len(assigning.give(some, people[0], by=by, now=now))


def _key(said: str) -> int:
    return int(said) if said.isascii() and said.isdigit() and len(said) < 18 else 0


@require_POST
@for_planners
def give_one(request: SignedIn, ref: UUID) -> HttpResponse:
    """One visit, also one that is on no course, is given to a worker of its provider."""
    visit = get_object_or_404(Visit.objects.seen_by(request.standing), ref=ref)
    wanted = request.POST.get("to", "")
    person = workers(visit).filter(pk=_key(wanted)).first()
    if person is None:
        raise Refused(_("Choose who takes the stops."))
    assigning.give([visit], person, by=request.user, now=clock.now())
    messages.success(request, _("%(person)s has this visit now.") % {"person": person})
    return redirect("care:visit", ref)
