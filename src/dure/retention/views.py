"""Personal data whose time is over: what is due and how long it is kept, the runs, and what is held back."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dure import clock
from dure.offices.retention import purposes
from dure.people.doors import SignedIn, counted, for_admins
from dure.people.searching import Search, searched
from dure.retention import actions, page
from dure.retention.forms import FindForm, HoldForm
from dure.retention.models import Hold, Run

MOST, A_PAGE = 100, 50


def _runs(request: SignedIn) -> QuerySet[Run]:
    return Run.objects.filter(office=request.standing.office).select_related("confirmed_by", "stopped_by")


@require_GET
@for_admins
def index(request: SignedIn) -> HttpResponse:
    """By purpose: how long, how much is due; a run that waits for a person; what is held back."""
    office, today = request.standing.office, clock.today()
    waiting = _runs(request).filter(ended_at=None).exclude(asked="").filter(confirmed_at=None).first()
    kept = page.kept(office, today)
    shown = {
        "kept": kept, "due": [due for group in kept for due in group.of if due.soon], "waiting": waiting,
        "holds": page.holds(office), "today": today, "runs": _runs(request).exclude(gone={})[:5],
        "oldest": page.oldest_copy(), "days": settings.DURE_BACKUPS_DAYS,
        "last": _runs(request).filter(ended_at__isnull=False).first(),
    }  # fmt: skip
    return render(request, "retention/index.html", shown)


@require_GET
@for_admins
def due(request: SignedIn, key: str) -> HttpResponse:
    """The oldest rows of one purpose that are due within a month, masked."""
    found = next((each for each in purposes() if each.key == key), None)
    if found is None:
        raise Http404
    rows = page.listed(key, clock.today(), MOST)
    return render(request, "retention/due.html", {"purpose": found, "rows": rows, "most": MOST, "today": clock.today()})


@require_GET
@for_admins
def runs(request: SignedIn) -> HttpResponse:
    """Every night on which something went, or a person was asked."""
    told = Paginator(_runs(request).exclude(found={}), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "retention/runs.html", {"page": told})


@require_GET
@for_admins
def run(request: SignedIn, ref: UUID) -> HttpResponse:
    """One run: what it found, what went, and from when on no back-up holds it."""
    found = get_object_or_404(_runs(request), ref=ref)
    shown = {"run": found, "rows": page.of_run(found), "gone_on": page.gone_from_copies(found)}
    return render(request, "retention/run.html", shown)


@require_POST
@for_admins
def confirm(request: SignedIn, ref: UUID) -> HttpResponse:
    """Somebody has looked, and it may go."""
    found = get_object_or_404(_runs(request), ref=ref)
    actions.confirm(found, by=request.user, now=clock.now())
    messages.success(request, _("Confirmed. Tonight it goes, and not more than was shown here."))
    return redirect("retention:run", ref)


@require_POST
@for_admins
def stop(request: SignedIn, ref: UUID) -> HttpResponse:
    """Something is wrong."""
    found = get_object_or_404(_runs(request), ref=ref)
    actions.stop(found, by=request.user, now=clock.now())
    messages.success(request, _("Stopped. Nothing has gone. The next night counts anew and asks again."))
    return redirect("retention:index")


@require_http_methods(["GET", "POST"])
@for_admins
@counted("searches", "GET")
@searched("find")
def hold(request: Search) -> HttpResponse:
    """Hold somebody's or a case's data back, found by a name or a number."""
    find = FindForm(request.said)
    found = find.found(request.standing.office)
    form = HoldForm(request.POST if request.method == "POST" else None, found=found, today=clock.today())
    if request.method == "POST" and form.is_valid():
        kind, about = form.chosen()
        said = form.cleaned_data
        actions.hold(kind, about, said["why"], said["until"], by=request.user, now=clock.now())
        messages.success(request, _("Held back. Nothing of it is deleted until somebody ends this."))
        return redirect("retention:index")
    shown = {"find": find, "found": found, "form": form, "asked": bool(request.said.get("find"))}
    return render(request, "retention/hold.html", shown, status=422 if form.errors else 200)


@require_POST
@for_admins
def end_hold(request: SignedIn, ref: UUID) -> HttpResponse:
    """They needn't be held back any more."""
    found = get_object_or_404(Hold, office=request.standing.office, ref=ref)
    actions.end_hold(found, by=request.user, now=clock.now())
    messages.success(request, _("No longer held back. From the next night on it is treated like all others."))
    return redirect("retention:index")
