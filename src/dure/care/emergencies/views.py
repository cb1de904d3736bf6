"""Looking in an emergency: asking for it, the one person's page, and the office's look at it afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dure import clock
from dure.audit import looks
from dure.audit.models import Entry
from dure.care import alarms
from dure.care.emergencies import actions
from dure.care.emergencies.card import for_119
from dure.care.emergencies.forms import LookForm, ReviewForm, WhyForm
from dure.care.emergencies.models import EmergencyLook
from dure.care.forms.absence import UnreachableForm, usual_source
from dure.care.models import Recipient
from dure.care.shown import person_pairs, way_in
from dure.cases.models import Source
from dure.offices.acting import acting
from dure.people.doors import SignedIn, for_officers, for_the_office, only
from dure.people.fields import moment
from dure.people.models import Role

A_PAGE, A_MONTH = 50, timedelta(days=30)
MAY_ASK = (Role.PROVIDER, Role.CENTRE)
who_may_ask = only(*MAY_ASK)  # officers and administrators see everybody of their office anyway


@contextmanager
def shown(request: SignedIn) -> Iterator[tuple[EmergencyLook, Recipient] | None]:
    """Whom this person is shown now. Inside, the database shows that one recipient as well, for reading."""
    look = EmergencyLook.objects.filter(by=request.user).open_at(clock.now()).first()
    if look is None:
        yield None
        return
    own = request.standing.organisations
    with acting(request.standing.office, request.user.pk, own, key=f"emergency:{look.ref}"):
        mine = Recipient.objects.filter(pk=look.recipient_id)
        recipient = mine.select_related("place__area", "provider", "centre", "scheme", "route").first()
        looks.because(f"{look.get_reason_display()}: {look.words}")
        yield (look, recipient) if recipient else None


@require_GET
@for_the_office
def index(request: SignedIn) -> HttpResponse:
    """Who looked at whom in an emergency: one's own, of the office all; not yet looked at first."""
    mine = EmergencyLook.objects.seen_by(request.standing, request.user.pk)
    ordered = mine.select_related("by", "reviewed_by").order_by(F("reviewed_at").desc(nulls_first=True), "-opened_at")
    page = Paginator(ordered, A_PAGE).get_page(request.GET.get("page"))
    now, everybody = clock.now(), request.standing.organisations is None
    found = {
        "page": page, "everybody": everybody, "may_ask": request.standing.has(*MAY_ASK),
        "lines": [(look, look.is_open(now)) for look in page],
        "in_vain": actions.in_vain_by(now - A_MONTH) if everybody else [],
    }  # fmt: skip
    return render(request, "emergencies/index.html", found)


@who_may_ask
def add(request: SignedIn) -> HttpResponse:
    """Ask to see somebody. Who may see them anyway is led to their page."""
    form = LookForm(request.POST if request.method == "POST" else None, standing=request.standing)
    now = clock.now()
    if request.method == "POST" and form.is_valid():
        own = Recipient.objects.seen_by(request.standing)
        if mine := actions.fitting(request.standing.office, form.particulars(), own):
            messages.info(request, _("You may see this person without it."))
            return redirect("care:recipient", mine.ref)
        if actions.look_for(form.particulars(), form.why(), by=request.user, now=now):
            return redirect("care:emergencies:show")
        form.add_error(None, _("Nobody fits exactly, or more than one does. Look at what you entered."))
    said = {"form": form, "left": actions.left(request.user, now)}
    return render(request, "emergencies/new.html", said, status=422 if form.errors else 200)


@require_GET
@who_may_ask
def show(request: SignedIn) -> HttpResponse:
    """The one person's page, as long as it lasts."""
    return _page(request)


def _page(request: SignedIn, **wrong: Any) -> HttpResponse:
    """The page; a form in `wrong` is shown with its errors where it stands."""
    with shown(request) as found:
        if found is None:
            messages.info(request, _("No emergency look is open. It has ended by itself, or somebody ended it."))
            return redirect("care:emergencies:new")
        look, recipient = found
        return render(request, "emergencies/show.html", {
            "look": look, "recipient": recipient, "person": person_pairs(recipient, clock.today()),
            "way_in": way_in(recipient.place), "card": for_119(recipient, clock.today()),
            "contacts": recipient.contacts.all(), "services": recipient.services.all(),
            "why_form": WhyForm(auto_id="why_%s"),
            "report_form": UnreachableForm(initial={"source": usual_source(request.standing.roles)}),
        } | wrong, status=422 if wrong else 200)  # fmt: skip


@require_GET
@who_may_ask
def left(request: SignedIn) -> HttpResponse:
    """Asked for by the open page: when it is over, the page goes away."""
    is_open = EmergencyLook.objects.filter(by=request.user).open_at(clock.now()).exists()
    return HttpResponse(status=204) if is_open else HttpResponse(status=204, headers={"HX-Refresh": "true"})


@require_POST
@who_may_ask
def end(request: SignedIn) -> HttpResponse:
    """It isn't needed any more."""
    for look in EmergencyLook.objects.filter(by=request.user).open_at(clock.now()):
        actions.end(look, by=request.user, now=clock.now())
    messages.success(request, _("The emergency look is over."))
    return redirect("care:emergencies:index")


@require_POST
@who_may_ask
def go_on(request: SignedIn) -> HttpResponse:
    """It takes longer, and says why."""
    form = WhyForm(request.POST, auto_id="why_%s")
    if not form.is_valid():
        return _page(request, why_form=form)
    with shown(request) as found:
        if found:
            actions.go_on(found[0], form.why(), by=request.user, now=clock.now())
    return redirect("care:emergencies:show")


@require_POST
@who_may_ask
def unreachable(request: SignedIn) -> HttpResponse:
    """What the emergency needs: the person can't be reached, or lies there. Whoever answers for them is told."""
    form = UnreachableForm(request.POST)
    if not form.is_valid():
        return _page(request, report_form=form)
    with shown(request) as found:
        recipient = found[1] if found else None
    if recipient:
        said, now = form.cleaned_data, clock.now()
        with acting(request.standing.office, request.user.pk):
            case = alarms.cannot_reach(
                recipient, Source(said["source"]), by=request.user, now=now, at=moment(clock.today(), said["at"], now),
                on_site=said["on_site"], danger=said["danger"], who=said["who"], note=said["note"],
            )  # fmt: skip
        messages.success(request, _("Emergency %(number)s is open and people are being told.") % {"number": case})
    return redirect("care:emergencies:show")


def _find(request: SignedIn, ref: UUID) -> EmergencyLook:
    mine = EmergencyLook.objects.seen_by(request.standing, request.user.pk)
    around = (
        "by",
        "ended_by",
        "reviewed_by",
        "recipient__place__area",
        "recipient__provider",
        "follows",
        "followed_by",
    )
    return get_object_or_404(mine.select_related(*around), ref=ref)


@for_officers
def review(request: SignedIn, ref: UUID) -> HttpResponse:
    """One look: who, whom, why, what was opened meanwhile; and whether it was necessary."""
    look = _find(request, ref)
    form = ReviewForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        actions.review(look, said["finding"], said["follow_up"], by=request.user, now=clock.now())
        messages.success(request, _("Saved."))
        return redirect("care:emergencies:index")
    meanwhile = Entry.objects.filter(who_id=look.by_id, at__gte=look.opened_at, at__lt=look.ended_at or look.until)
    found = {
        "look": look, "form": form, "open": look.is_open(clock.now()), "own": look.by_id == request.user.pk,
        "pages": meanwhile.filter(whose__contains=[look.recipient.ref]).order_by("pk")[:100],
    }  # fmt: skip
    return render(request, "emergencies/review.html", found, status=422 if form.errors else 200)


@require_POST
@for_officers
def end_of(request: SignedIn, ref: UUID) -> HttpResponse:
    """The office ends it before its time."""
    look = _find(request, ref)
    actions.end(look, by=request.user, now=clock.now())
    return redirect("care:emergencies:review", ref)
