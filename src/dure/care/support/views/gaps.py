"""Care gaps: a month, by dong, provider or recipient, and the rows behind each number."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from dure import clock
from dure.care.models import Meal, Recipient
from dure.care.support import gaps
from dure.care.support.gaps import APART, GAPS, LABELS, TITLES, By, State
from dure.care.views.in_person import the_month
from dure.people.doors import SignedIn, for_the_office
from dure.people.models import Organisation

A_PAGE, SHOWN = 100, 200


def _by(request: SignedIn) -> By:
    said = request.GET.get("by", "")
    return By(said) if said in set(By) else By.DONG


def _days(first: date) -> gaps.Days:
    return gaps.Days(first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1))


@require_GET
@for_the_office
def show(request: SignedIn) -> HttpResponse:
    """A month, line by line, the most gaps first; of the reasons those that there were."""
    first, by = the_month(request), _by(request)
    asked = (request.standing, _days(first), clock.today())
    lines = gaps.lines(*asked, by)
    whole = gaps.together(lines)
    reasons = [state for state in GAPS if whole[state]]
    lines = [line for line in lines if (line.sum.gaps if by == By.RECIPIENT else line.sum.decided)]
    shown = {
        "lines": [(line, _cells(line.sum, reasons)) for line in lines[:SHOWN]], "more": len(lines) - SHOWN, "by": by,
        "all": whole, "days": gaps.days_with_a_gap(*asked), "all_cells": _cells(whole, reasons),
        "titles": TITLES.items(), "title": TITLES[by], "heads": [LABELS[state] for state in reasons],
        "apart": [(LABELS[s], whole[s], s) for s in APART],
        "month": first, "before": first - timedelta(days=1), "after": (first + timedelta(days=32)).replace(day=1),
        "today": clock.today(), "begins": gaps.record_begins(request.standing.office),
    }  # fmt: skip
    return render(request, "support/gaps.html", shown)


def _cells(sum_: gaps.Sum, reasons: Sequence[State]) -> list[tuple[State, int]]:
    return [(state, sum_[state]) for state in reasons]


@require_GET
@for_the_office
def rows(request: SignedIn) -> HttpResponse:
    """The meals behind a number."""
    first, by, said = the_month(request), _by(request), request.GET.get("of", "")
    states = (State(said),) if said in set(State) else GAPS
    meals = gaps.rows(request.standing, _days(first), clock.today(), states)
    key = request.GET.get("key", "")
    if key.isascii() and key.isdigit() and len(key) < 19:
        meals = gaps.of_line(meals, by, int(key))
    page = Paginator(meals, A_PAGE).get_page(request.GET.get("page"))
    shown = {
        "page": page, "rows": _with_names(list(page)), "month": first, "by": by,
        "what": LABELS[State(said)] if said in set(State) else None,
    }  # fmt: skip
    return render(request, "support/gap_rows.html", shown)


def _with_names(meals: list[gaps.Decided]) -> list[dict[str, Any]]:
    people = Recipient.objects.select_related("place__area").in_bulk([m.recipient for m in meals])
    providers = Organisation.objects.in_bulk([m.provider for m in meals])
    return [
        {"day": m.day, "meal": Meal(m.meal).label, "recipient": people[m.recipient], "why": LABELS[m.state],
         "provider": providers.get(m.provider)}
        for m in meals
    ]  # fmt: skip
