"""The page of an inspection: what there is for a provider and some days, and one button that gives all of it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dure import clock
from dure.audit import looks
from dure.audit.actions import note
from dure.care.downloads import KINDS, bundle, file, lacking
from dure.care.figures.asked import Asked, month_ends, the_month
from dure.care.inspections.forms import InspectionForm, ReasonForm
from dure.care.inspections.meant import Meant
from dure.care.inspections.paper import days, to_print, whose
from dure.care.inspections.parts import parts
from dure.people.doors import SignedIn, counted, only
from dure.people.models import Role

for_both = only(Role.PROVIDER, Role.OFFICER, Role.ADMIN)
ALL = "all"
WRONG = 422


@dataclass
class Inspection:
    """An inspection as the record names it: its days, and the provider's ref when one is meant."""

    office_id: int
    ref: str


def _spans(today: date, asked: Asked) -> list[tuple[str, Asked]]:
    """Days that are often asked for, of the same provider."""
    month = the_month(today)
    begins = date(today.year, today.month - (today.month - 1) % 3, 1)
    quarter = Asked(begins, month_ends(date(begins.year, begins.month + 2, 1)))
    year = Asked(date(today.year, 1, 1), date(today.year, 12, 31))
    often = [
        (_("This month"), month), (_("Last month"), month.before), (_("This quarter"), quarter),
        (_("Last quarter"), Asked(_quarter_before(begins), quarter.before.last)), (_("This year"), year),
    ]  # fmt: skip
    return [(name, asked.on(each.first, each.last)) for name, each in often]


def _quarter_before(begins: date) -> date:
    return date(begins.year - (begins.month == 1), (begins.month - 4) % 12 + 1, 1)


@require_GET
@for_both
def show(request: SignedIn) -> HttpResponse:
    """What there is: each part with its count, and what is missing or lapsed."""
    form = InspectionForm(request.GET, standing=request.standing)
    return _shown(request, form, ReasonForm(), 200 if form.is_valid() else WRONG)


def _shown(request: SignedIn, form: InspectionForm, reason: ReasonForm, status: int) -> HttpResponse:
    shown: dict[str, Any] = {"form": form, "reason": reason, "lacking": lacking(), "today": clock.today()}
    if form.is_valid():
        meant = form.meant(clock.now())
        found = parts(meant)
        shown |= {
            "meant": meant, "asked": meant.asked, "parts": found, "whose": whose(meant), "days": days(meant),
            "spans": _spans(meant.today, meant.asked), "open": sum(bool(each.lacks) for each in found),
        }  # fmt: skip
    return render(request, "inspections/show.html", shown, status=status)


@require_POST
@for_both
@counted("downloads")
def download(request: SignedIn) -> HttpResponse:
    """All of it as paper: every kind in one file, or one of them; for a reason, which stands in the record."""
    form, reason = InspectionForm(request.POST, standing=request.standing), ReasonForm(request.POST)
    kind = request.POST.get("as", ALL)
    if kind not in (ALL, *KINDS):
        raise Http404
    if not (form.is_valid() and reason.is_valid()):
        return _shown(request, form, reason, WRONG)
    meant, why = form.meant(clock.now()), reason.cleaned_data["reason"]
    paper = to_print(meant, parts(meant), why, request.user)
    name = _("inspection") + f"-{whose(meant)}-{meant.asked.first}-{meant.asked.last}".replace(" ", "-")
    answer = bundle(paper, name) if kind == ALL else file(paper, kind, name)
    looks.without_names()
    looks.because(why)
    note(at=meant.now, who=request.user, did="downloaded for an inspection", about=_named(meant), why=why)
    return answer


def _named(meant: Meant) -> Inspection:
    one = f" {meant.providers[0].ref}" if meant.asked.provider else ""
    return Inspection(meant.standing.office, f"{meant.asked.first} {meant.asked.last}{one}")
