"""A month of all providers, one provider's month with each day behind it, and what both sides say about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from dure import clock
from dure.care.downloads import lacking
from dure.care.models import Scheme, Visit
from dure.care.money import actions, sums
from dure.care.money.counting import Reckoned, named, reckon
from dure.care.money.forms import AnswerForm, CloseForm, ObjectForm, SeenForm
from dure.care.money.models import Agreement, Objection, Settlement, Side
from dure.care.money.sums import Difference
from dure.errors import Refused
from dure.offices.acting import acting
from dure.people.doors import SignedIn, for_officers, only
from dure.people.fields import day_said
from dure.people.models import Role

for_both = only(Role.PROVIDER, Role.OFFICER, Role.ADMIN)
for_providers = only(Role.PROVIDER)
A_PAGE, CORRECTIONS = 100, 200
SUMMED = ("meals", "amount", "corrected", "total")


@dataclass(frozen=True)
class Month:
    """One provider's month, for the list."""

    settlement: Settlement
    found: Reckoned
    agreements: Sequence[Agreement]
    objected: bool

    @property
    def agreed(self) -> dict[str, bool]:
        """Which sides agree with what is counted now."""
        missing = actions.missing(self.settlement, self.found, self.agreements)
        return {str(side): side not in missing for side in Side}

    @property
    def ready(self) -> bool:
        """Whether it can be closed without a word."""
        return all(self.agreed.values()) and not (self.settlement.closed_at or self.objected)


def the_month(request: SignedIn) -> date:
    """The first day of the month that is meant; of the last one when none is said."""
    this = clock.today().replace(day=1)
    try:
        return min(day_said(f"{request.GET.get('month', '')}-01"), this)
    except ValueError:
        return (this - timedelta(days=1)).replace(day=1)


def months(request: SignedIn, month: date) -> list[Month]:
    """The settlements of a month that somebody may see, with what they come to. A fixed number of queries."""
    mine = Settlement.objects.seen_by(request.standing).filter(month=month).select_related("provider", "closed_by")
    live = Prefetch("agreements", Agreement.objects.filter(withdrawn_at=None), "live")
    waiting = Prefetch("objections", Objection.objects.filter(answered_at=None), "waiting")
    rows = list(mine.prefetch_related(live, waiting))
    found = reckon(request.standing.office, rows)
    return [Month(each, found[each.pk], each.live, bool(each.waiting)) for each in rows]  # type: ignore[attr-defined]


@require_GET
@for_both
def index(request: SignedIn) -> HttpResponse:
    """All providers of a month: meals, won, who has agreed, what is closed."""
    first = the_month(request)
    rows = months(request, first)
    after = (first + timedelta(days=32)).replace(day=1)
    shown = {
        "rows": rows, "month": first, "before": first - timedelta(days=1), "after": after, "today": clock.today(),
        "together": [sum(getattr(row.found, name) for row in rows) for name in SUMMED],
        "over": after <= clock.today(), "ready": sum(row.ready for row in rows) if after <= clock.today() else 0,
        "without": sum(len(row.found.without_scheme) for row in rows if not row.settlement.closed_at),
    }  # fmt: skip
    return render(request, "money/index.html", shown)


def find(request: SignedIn, ref: UUID) -> Settlement:
    """A settlement, if this person may see it."""
    mine = Settlement.objects.seen_by(request.standing).select_related("provider", "closed_by")
    return get_object_or_404(mine, ref=ref)


@require_GET
@for_both
def show(request: SignedIn, ref: UUID) -> HttpResponse:
    """One provider's month."""
    return _shown(request, find(request, ref))


def _shown(request: SignedIn, settlement: Settlement, **wrong: forms.Form) -> HttpResponse:
    """The page; a form in `wrong` is shown with its errors where it stands."""
    found = reckon(request.standing.office, [settlement])[settlement.pk]
    agreements = list(settlement.agreements.select_related("by"))
    objections = list(settlement.objections.select_related("by", "answered_by"))
    missing = actions.missing(settlement, found, agreements)
    seen = {"seen": found.fingerprint}
    schemes = Scheme.objects.in_bulk([*{line.scheme for line in found.lines}])
    corrections = list(found.corrections)
    shown = {
        "settlement": settlement, "found": found, "lines": named(found.lines, schemes), "today": clock.today(),
        "over": settlement.ends <= clock.today(), "objections": objections,
        "sides": [(side, _last(agreements, side), side not in missing) for side in Side],
        "missing": missing, "mine": Side.OFFICE if request.standing.organisations is None else Side.PROVIDER,
        "corrections": _corrected(request, corrections[:CORRECTIONS]), "more": max(len(corrections) - CORRECTIONS, 0),
        "waiting": [each for each in objections if not each.answered_at], "ready": not missing,
        "lacking": lacking(),
        "forms": {
            "agree": SeenForm(initial=seen), "object": ObjectForm(), "answer": AnswerForm(),
            "close": CloseForm(initial=seen), **wrong,
        },
    }  # fmt: skip
    return render(request, "money/show.html", shown, status=422 if wrong else 200)


def _last(agreements: Sequence[Agreement], side: Side) -> Agreement | None:
    return next((each for each in reversed(agreements) if each.side == side), None)


def _corrected(request: SignedIn, corrections: Sequence[Difference]) -> list[tuple[Difference, Visit]]:
    visits = visits_of(request, [each.after.visit for each in corrections])
    return [(each, visits[each.after.visit]) for each in corrections]


def visits_of(request: SignedIn, numbers: Sequence[int]) -> dict[int, Visit]:
    """These visits with whom they were made to; `may_open`: whether this person may still open the visit's page."""
    with acting(request.standing.office, request.user.pk):
        rows = Visit.objects.filter(pk__in=numbers, office=request.standing.office)
        visits = rows.select_related("recipient__place__area").in_bulk()
    seen = set(Visit.objects.seen_by(request.standing).filter(pk__in=numbers).values_list("pk", flat=True))
    for pk, visit in visits.items():
        visit.may_open = pk in seen  # type: ignore[attr-defined]
    return visits


@require_GET
@for_both
def days(request: SignedIn, ref: UUID) -> HttpResponse:
    """The days behind a number, and behind a day its visits: `scheme`, `price`, `way` and `day` narrow it."""
    settlement = find(request, ref)
    found, asked = reckon(request.standing.office, [settlement])[settlement.pk], request.GET
    entries = [each for each in found.entries if _meant(each, asked)]
    page = Paginator(sorted(entries, key=lambda e: (e.day, e.visit)), A_PAGE).get_page(asked.get("page"))
    visits = visits_of(request, [each.visit for each in page])
    schemes = Scheme.objects.in_bulk({each.scheme for each in page if each.scheme})
    counted = [(each, visits[each.visit], schemes.get(each.scheme or 0)) for each in page]
    shown = {
        "settlement": settlement, "page": page, "rows": counted, "day": asked.get("day", ""),
        "of_day": None if asked.get("day") else _by_day(entries, counting="way" not in asked),
        "way": asked.get("way"),
    }  # fmt: skip
    return render(request, "money/days.html", shown)


def _by_day(entries: Sequence[sums.Entry], *, counting: bool) -> list[tuple[date, int]]:
    brought = {each.day: 0 for each in entries}
    for each in entries:
        brought[each.day] += each.meals if counting else each.brought
    return sorted(brought.items())


def _meant(each: sums.Entry, asked: Any) -> bool:
    """Whether a visit is one of those asked for: those that count, or those that ended in a way that doesn't."""
    if "way" in asked:
        kind = not each.meals and each.way == asked["way"] and each.scheme is not None
    elif "without" in asked:
        kind = each.scheme is None and each.way in sums.BY_DEFAULT
    else:
        kind = each.meals > 0
    line = asked.get("line", f"{each.scheme}-{each.unit_price}-{each.own_share}")
    return kind and line == f"{each.scheme}-{each.unit_price}-{each.own_share}" and asked.get("day", "") in (
        "", str(each.day)
    )  # fmt: skip


@require_POST
@for_both
def agree(request: SignedIn, ref: UUID) -> HttpResponse:
    """ "We have looked at it, and it is right": for the provider, or for the office."""
    settlement, form = find(request, ref), SeenForm(request.POST)
    if not form.is_valid():
        return _shown(request, settlement, agree=form)
    side = Side.OFFICE if request.standing.organisations is None else Side.PROVIDER
    try:
        actions.agree(settlement, side, seen=form.cleaned_data["seen"], by=request.user, now=clock.now())
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Kept: you have agreed."))
    return redirect("care:money:show", ref)


@require_POST
@for_providers
def object_to(request: SignedIn, ref: UUID) -> HttpResponse:
    """A provider doesn't agree."""
    settlement, form = find(request, ref), ObjectForm(request.POST)
    if not form.is_valid():
        return _shown(request, settlement, object=form)
    actions.object_to(settlement, form.cleaned_data["text"], by=request.user, now=clock.now())
    messages.success(request, _("Your objection is with the office, which answers within five working days."))
    return redirect("care:money:show", ref)


@require_POST
@for_officers
def answer(request: SignedIn, ref: UUID) -> HttpResponse:
    """The office answers an objection."""
    mine = Objection.objects.filter(settlement__in=Settlement.objects.seen_by(request.standing))
    objection = get_object_or_404(mine.select_related("settlement__provider"), ref=ref)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _shown(request, objection.settlement, answer=form)
    actions.answer(objection, form.cleaned_data["text"], by=request.user, now=clock.now())
    messages.success(request, _("Answered."))
    return redirect("care:money:show", objection.settlement.ref)


@require_POST
@for_officers
def close(request: SignedIn, ref: UUID) -> HttpResponse:
    """Close one provider's month for good."""
    settlement, form = find(request, ref), CloseForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            actions.close(settlement, seen=said["seen"], why=said["why"], by=request.user, now=clock.now())
            messages.success(request, _("Closed. Nothing changes this month any more."))
            return redirect("care:money:show", ref)
        except Refused as refusal:
            data = request.POST.copy()
            data["seen"] = reckon(settlement.office_id, [settlement])[settlement.pk].fingerprint
            form = CloseForm(data)
            form.add_error(None, refusal.message)
    return _shown(request, settlement, close=form)


@require_POST
@for_officers
def close_all(request: SignedIn) -> HttpResponse:
    """Close all of a month on which both sides agree."""
    month = the_month(request)
    closed = 0
    for row in months(request, month):
        if row.ready:
            try:
                actions.close(row.settlement, by=request.user, now=clock.now())
                closed += 1
            except Refused as refusal:
                messages.error(request, f"{row.settlement.provider}: {refusal.message}")
    said = ngettext("%(n)s provider's month is closed.", "%(n)s providers' months are closed.", closed)
    messages.success(request, said % {"n": closed})
    answer = redirect("care:money:index")
    answer["Location"] += f"?month={month:%Y-%m}"
    return answer
