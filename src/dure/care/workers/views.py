"""Who is on the road, one worker of whom something is asked, a course that isn't started, and what was found out."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dure import clock
from dure.care.models import Course
from dure.care.on_the_road import STARTS
from dure.care.workers import actions, shown
from dure.care.workers.forms import FoundForm
from dure.duty.models import Duty
from dure.people.doors import SignedIn, only
from dure.people.models import Membership, Person, Role

for_who_looks_after_workers = only(Role.PROVIDER, Role.OFFICER, Role.ADMIN)


@require_GET
@for_who_looks_after_workers
def index(request: SignedIn) -> HttpResponse:
    """Today's workers, what is asked of whom, and how often it was for nothing."""
    now = clock.now()
    matters = [(duty, shown.sentence(duty)) for duty in shown.open_matters(request.standing)]
    return render(request, "workers/index.html", {
        "lines": shown.on_the_road(request.standing, clock.today(), now), "matters": matters,
        "figures": shown.figures(request.standing, now), "day": clock.today(),
    })  # fmt: skip


@require_GET
@for_who_looks_after_workers
def show(request: SignedIn, ref: UUID) -> HttpResponse:
    """One worker: number, last stop, what is left, and what is asked."""
    worker = get_object_or_404(people(request), ref=ref)
    return _page(request, worker, None)


@require_GET
@for_who_looks_after_workers
def course(request: SignedIn, ref: UUID) -> HttpResponse:
    """A course and who drives it, if somebody does."""
    found = _course(request, ref)
    return _page(request, found.worker, found)


def people(request: SignedIn) -> Any:
    """Who works, or has worked, as a worker: a provider's own, all for the office."""
    held = Membership.objects.filter(role=Role.WORKER, office=request.standing.office)
    if request.standing.organisations is not None:
        held = held.filter(organisation__in=request.standing.organisations)
    return Person.objects.filter(pk__in=held.values("person"))


def _course(request: SignedIn, ref: UUID) -> Course:
    mine = Course.objects.seen_by(request.standing).select_related("route", "provider", "worker")
    return get_object_or_404(mine, ref=ref)


def _page(
    request: SignedIn, worker: Person | None, course: Course | None, wrong: FoundForm | None = None,
    of: Duty | None = None,
) -> HttpResponse:  # fmt: skip
    now, about = clock.now(), [each.ref for each in (worker, course) if each]
    mine = Duty.objects.seen_by(request.standing).filter(kind__in=actions.KINDS, about__in=about, closed_at=None)
    raised = sorted(mine.filter(raised_at__isnull=False), key=lambda duty: actions.KINDS.index(duty.kind))
    days = shown.on_the_road(request.standing, clock.today(), now, worker) if worker else []
    return render(request, "workers/show.html", {
        "worker": worker, "course": course, "line": days[0] if days else None,
        "matters": [
            (duty, shown.sentence(duty), wrong if duty == of else FoundForm(duty=duty)) for duty in raised
        ],
        "pressed": shown.pressed(request.standing, worker, now) if worker else [], "asked": bool(raised),
        "help": any(duty.kind == actions.HELP for duty in raised),
    }, status=422 if wrong else 200)  # fmt: skip


@require_POST
@for_who_looks_after_workers
def found_out(request: SignedIn, ref: UUID) -> HttpResponse:
    """Somebody has asked, and says how it is."""
    mine = Duty.objects.seen_by(request.standing).filter(kind__in=actions.KINDS, raised_at__isnull=False)
    duty = get_object_or_404(mine, ref=ref)
    form = FoundForm(request.POST, duty=duty)
    if not form.is_valid():
        if duty.kind == STARTS:
            found = _course(request, duty.about) if duty.about else None
            return _page(request, found.worker if found else None, found, form, duty)
        return _page(request, get_object_or_404(people(request), ref=duty.about), None, form, duty)
    actions.found_out(duty, **form.cleaned_data, by=request.user, now=clock.now())
    messages.success(request, _("Noted. Who was told may stop."))
    return redirect("care:workers:index")
