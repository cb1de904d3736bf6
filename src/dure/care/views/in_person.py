"""Handing over in person: the share of each provider, worker and dong, and the meals that went another way."""

from datetime import date, timedelta

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from dure import clock
from dure.care import in_person
from dure.care.in_person import TITLES, By
from dure.people.doors import SignedIn, for_the_office
from dure.people.fields import day_said

A_PAGE = 100


def the_month(request: SignedIn) -> date:
    """The first day of the month that is meant; of this one when it can't be read or hasn't come."""
    this = clock.today().replace(day=1)
    try:
        return min(day_said(f"{request.GET.get('month', '')}-01"), this)
    except ValueError:
        return this


def _by(request: SignedIn) -> By:
    said = request.GET.get("by", "")
    return By(said) if said in set(By) else By.PROVIDER


@require_GET
@for_the_office
def show(request: SignedIn) -> HttpResponse:
    """A month, line by line, the smallest share first."""
    first, by = the_month(request), _by(request)
    after = (first + timedelta(days=32)).replace(day=1)
    lines = in_person.shares(request.standing, first, after - timedelta(days=1), by)
    shown = {
        "lines": lines, "all": in_person.together(lines), "by": by, "titles": TITLES.items(), "title": TITLES[by],
        "month": first, "before": first - timedelta(days=1), "after": after, "today": clock.today(),
    }  # fmt: skip
    return render(request, "care/in_person.html", shown)


@require_GET
@for_the_office
def rows(request: SignedIn) -> HttpResponse:
    """The meals of one line that went another way, the latest first."""
    first, by, key = the_month(request), _by(request), request.GET.get("of", "")
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    of = int(key) if key.isascii() and key.isdigit() and len(key) < 19 else None
    found = in_person.not_in_person(request.standing, first, last, by, of).order_by("-day", "due_at", "id")
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "care/in_person_rows.html", {"page": page, "month": first, "by": by, "of": of or ""})
