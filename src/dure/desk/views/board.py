"""The board, and what is taken on from it."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dure import clock
from dure.care.calls.lines import to_call
from dure.desk import board
from dure.desk.calls import to_ring, told_me
from dure.desk.forms import ClaimForm
from dure.desk.views.after import said
from dure.duty import actions
from dure.duty.models import Duty, Outcome
from dure.errors import Refused
from dure.people.doors import SignedIn, for_the_office
from dure.people.live import live
from dure.people.models import Role

CLOSED_HERE = {
    "case.services", "care.concern", "care.disagree", "care.abuse", "care.away",
    "field.unread", "field.wiped", "field.danger",
}  # fmt: skip


@require_GET
@for_the_office
def show(request: SignedIn) -> HttpResponse:
    """The whole board."""
    return render(request, "desk/board.html", _context(request))


@require_GET
@for_the_office
def exceptions(request: SignedIn) -> HttpResponse:
    """The exceptions alone, asked for every few seconds."""
    return live(request, "desk/_exceptions.html", _context(request))


def _context(request: SignedIn) -> dict[str, object]:
    now, day = clock.now(), clock.today()
    found, unread = board.rows(request.standing, now)
    page = Paginator(found, board.MOST).get_page(request.GET.get("page"))
    courses = board.courses(request.standing, day, now)
    refs = [row.ref for row in page.object_list]
    ring, told = to_ring(request.standing, refs, now), told_me(request.user, refs)
    for row in page.object_list:
        row.ring, row.told_me = ring.get(row.ref, []), told.get(row.ref)
    return {
        "page": page,
        "rows": page.object_list,
        "total": len(found) + unread,
        "following": len(found) - page.end_index(),
        "unread": unread,
        "form": ClaimForm(),
        "courses": courses[:30],
        "late": sum(row.late for row in courses),
        "silent": sum(row.silent for row in courses),
        "figures": board.figures(request.standing, day),
        "faults": board.faults(request.standing),
        "to_call": to_call(request.standing, day),
        "backup": board.last_backup(),
        "day": day,
        "may_hand_in": request.standing.has(Role.PROVIDER, Role.CENTRE, Role.OFFICER, Role.ADMIN),
    }


def _duty(request: SignedIn, ref: UUID) -> Duty:
    return get_object_or_404(Duty.objects.seen_by(request.standing), ref=ref)


def _back(request: SignedIn, duty: Duty) -> HttpResponse:
    to = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(to, allowed_hosts=None)
    return redirect(to if safe and to.startswith("/") else duty.page or "/board/")


@require_POST
@for_the_office
def claim(request: SignedIn, ref: UUID) -> HttpResponse:
    """ "I have it; I will … by …"."""
    duty, form, now = _duty(request, ref), ClaimForm(request.POST), clock.now()
    if not form.is_valid():
        return render(request, "desk/claim.html", {"duty": duty, "form": form}, status=422)
    made = actions.claim(
        duty,
        by=request.user,
        next_step=form.says(),
        until=form.until(now),
        now=now,
        take_over=form.cleaned_data["take_over"],
    )
    messages.success(request, _("You have it until %(time)s.") % {"time": clock.format_moment(made.until)})
    return _back(request, duty)


@require_POST
@for_the_office
def hand_back(request: SignedIn, ref: UUID) -> HttpResponse:
    """Who has it can't do it after all."""
    duty = _duty(request, ref)
    actions.hand_back(duty, by=request.user, now=clock.now())
    messages.info(request, _("Handed back. The next person is told now."))
    return _back(request, duty)


@require_POST
@for_the_office
def close(request: SignedIn, ref: UUID) -> HttpResponse:
    """Done: for what is closed on no page of its own (a restart checked, a look back held, a return asked for)."""
    duty = _duty(request, ref)
    if duty.kind not in CLOSED_HERE:
        raise Refused(_("This is closed on its own page."))
    actions.close_one(duty, by=request.user, outcome=Outcome.KEPT, now=clock.now(), note=said(request, "note"))
    messages.success(request, _("Closed."))
    return _back(request, duty)
