"""Plans: the list, a new one, and one with everybody's destination."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from dure import clock
from dure.care.changes import actions
from dure.care.changes.around import around
from dure.care.changes.forms import ENDS, ChangeForm, DayForm, SendForm, providers
from dure.care.changes.models import Change
from dure.care.days import calendar
from dure.care.models import Recipient
from dure.people.doors import SignedIn, for_officers

A_PAGE, SHOWN = 100, 50


@require_GET
@for_officers
def index(request: SignedIn) -> HttpResponse:
    """What is planned, what is done, and the providers with what each still needs to begin."""
    said = Q(destinations__to__isnull=False) | ~Q(destinations__why="")
    mine = Change.objects.seen_by(request.standing).select_related("provider", "owed")
    mine = mine.annotate(all=Count("destinations"), sent=Count("destinations", filter=said))
    over = ~Q(done_at=None) | ~Q(dropped_at=None)
    shown = {
        "coming": mine.exclude(over).order_by("day", "pk"),
        "past": mine.filter(over).order_by("-day", "-pk")[:SHOWN],
        "providers": providers(request.standing.office),
    }
    return render(request, "changes/index.html", shown)


@for_officers
def add(request: SignedIn) -> HttpResponse:
    """Plan a change; `?recipient=` for one person."""
    office, recipient = request.standing.office, _recipient(request)
    form = ChangeForm(request.POST if request.method == "POST" else None, office=office, recipient=recipient)
    if request.method == "POST" and form.is_valid():
        change, area = form.save(commit=False), None
        change.ends = form.cleaned_data.get("what") == ENDS
        if recipient:
            change.provider = recipient.provider
        elif not change.ends:
            area = form.cleaned_data["area"]
        made = actions.plan(change, area=area, recipient=recipient, by=request.user, now=clock.now())
        return redirect(made.page)
    shown = {"form": form, "recipient": recipient}
    return render(request, "changes/form.html", shown, status=422 if form.errors else 200)


def _recipient(request: SignedIn) -> Recipient | None:
    said = request.GET.get("recipient")
    if not said:
        return None
    try:
        ref = UUID(said)
    except ValueError as problem:
        raise Http404 from problem
    return get_object_or_404(Recipient.objects.seen_by(request.standing).served().select_related("provider"), ref=ref)


def find(request: SignedIn, ref: UUID) -> Change:
    """The plan, for who may see it."""
    mine = Change.objects.seen_by(request.standing)
    return get_object_or_404(mine.select_related("provider", "confirmed_by", "made_by", "owed"), ref=ref)


@require_GET
@for_officers
def show(request: SignedIn, ref: UUID) -> HttpResponse:
    """One plan: everybody, masked, with where they go; what is open at the provider; who leaves."""
    change = find(request, ref)
    actions.look_again(change)
    return _shown(request, change)


def _shown(request: SignedIn, change: Change, wrong: forms.Form | None = None) -> HttpResponse:
    rows = change.destinations.select_related("recipient__place__area", "recipient__route", "to", "route", "move")
    rows = rows.order_by("recipient__place__area__sort_key", "recipient__name", "pk")
    days = calendar(change.office_id, change.day, change.day)
    gone_to = {row.to for row in change.destinations.exclude(to=None).select_related("to").distinct("to")}
    shown: dict[str, Any] = {
        "change": change,
        "page": Paginator(rows, A_PAGE).get_page(request.GET.get("page")),
        "left": actions.undecided(change).count(),
        "around": around(change) if change.left_at is None else None,
        "closed": [(each, why) for each in gone_to if each and (why := days.why_closed(each.pk, change.day))],
        "going_to": sorted(filter(None, gone_to), key=str),
        "form": wrong or SendForm(change=change),
        "day_form": DayForm(initial={"day": change.day}),
        "changeable": change.is_draft or (change.done_at is None and change.dropped_at is None),
        "before": change.day > clock.today(),
    }
    return render(request, "changes/show.html", shown, status=422 if wrong else 200)


@require_POST
@for_officers
def send(request: SignedIn, ref: UUID) -> HttpResponse:
    """Some go to a provider."""
    change = find(request, ref)
    form = SendForm(request.POST, change=change)
    if not form.is_valid():
        return _shown(request, change, form)
    said, who = form.cleaned_data, form.chosen(request.POST.getlist("row"))
    where = {name: said[name] for name in ("to", "route", "why", "how")}
    n = actions.send(change, who, **where, by=request.user, now=clock.now())
    if n:
        messages.success(request, ngettext("%(n)s recipient entered.", "%(n)s recipients entered.", n) % {"n": n})
    else:
        messages.error(request, _("Nobody was meant. Tick whom you mean, or choose a dong."))
    return redirect(change.page)


@require_POST
@for_officers
def another_day(request: SignedIn, ref: UUID) -> HttpResponse:
    """It is to be on another day."""
    change, form = find(request, ref), DayForm(request.POST)
    if form.is_valid():
        actions.another_day(change, form.cleaned_data["day"], by=request.user, now=clock.now())
    else:
        messages.error(request, " ".join(map(str, form.errors["day"])))
    return redirect(change.page)


@require_POST
@for_officers
def confirm(request: SignedIn, ref: UUID) -> HttpResponse:
    """It holds."""
    change = find(request, ref)
    actions.confirm(change, by=request.user, now=clock.now())
    messages.success(request, _("Confirmed. On that day everything changes by itself."))
    return redirect(change.page)


@require_POST
@for_officers
def reopen(request: SignedIn, ref: UUID) -> HttpResponse:
    """It doesn't hold after all."""
    change = find(request, ref)
    actions.reopen(change, by=request.user, now=clock.now())
    messages.success(request, _("Taken back. Nothing changes until it is confirmed again."))
    return redirect(change.page)


@require_POST
@for_officers
def drop(request: SignedIn, ref: UUID) -> HttpResponse:
    """It isn't needed."""
    actions.drop(find(request, ref), by=request.user, now=clock.now())
    messages.success(request, _("The plan was dropped."))
    return redirect("care:changes:index")
