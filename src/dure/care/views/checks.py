"""The evening check (nothing unexplained) and the morning check (everybody in place)."""

from datetime import date, timedelta

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from dure import clock
from dure.care import counts, fit, readiness
from dure.care import morning as morning_check
from dure.care.counts import State
from dure.people.doors import SignedIn, for_the_office
from dure.people.fields import day_said

A_PAGE = 100
SHORT = 50  # lines of a list on the morning check
TITLES = {
    "planned": _("Planned visits"), State.SEEN: _("Seen"), State.EXPLAINED: _("Explained"),
    State.OPEN: _("Still open"), State.UNCLEAR: _("What makes the difference"),
}  # fmt: skip


def the_day(request: SignedIn) -> date:
    """The day that is meant; today when it can't be read or hasn't come."""
    try:
        return min(day_said(request.GET.get("day", "")), clock.today())
    except ValueError:
        return clock.today()


@require_GET
@for_the_office
def evening(request: SignedIn) -> HttpResponse:
    """Planned = seen + explained + open, per provider, each number with its rows."""
    day = the_day(request)
    tallies = counts.evening(request.standing, day)
    shown = {
        "tallies": tallies, "all": counts.together(tallies), "day": day, "today": clock.today(),
        "before": day - timedelta(days=1), "after": day + timedelta(days=1),
    }  # fmt: skip
    return render(request, "care/evening.html", shown)


@require_GET
@for_the_office
def rows(request: SignedIn) -> HttpResponse:
    """The visits behind one number of the evening check."""
    day, which = the_day(request), request.GET.get("of", "planned")
    tallies, provider = counts.evening(request.standing, day), request.GET.get("provider", "")
    meant = [t for t in tallies if t.provider and provider in ("", str(t.provider.pk))]
    found = counts.together(meant).of(which)
    has, page = counts.who_has_it(found), Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    shown = {
        "page": page, "rows": [(row, has.get(row.asks)) for row in page], "day": day,
        "title": TITLES.get(which, TITLES["planned"]), "provider": meant[0].provider if provider and meant else None,
    }  # fmt: skip
    return render(request, "care/evening_rows.html", shown)


@require_GET
@for_the_office
def morning(request: SignedIn) -> HttpResponse:
    """Who is missing tonight, who can't be reached, what nobody drives."""
    standing, now = request.standing, clock.now()
    contacts, dead = readiness.untested(standing), morning_check.dead_contacts(standing)
    told = fit.told(standing, now)
    shown = {
        "now": now,
        "gaps": morning_check.answered(standing, now),
        "unreachable": morning_check.unreachable(standing, now),
        "without": fit.unmanned(readiness.without_worker(standing, now)),
        "told": told[:SHORT], "told_number": len(told), "told_stops": any(each.stops for each in told),
        "phones": morning_check.phones(standing, now),
        "numbers": morning_check.never_tested(standing, now),
        "contacts": contacts[:SHORT], "contacts_number": contacts.count(),
        "dead": dead[:SHORT], "dead_number": dead.count(),
    }  # fmt: skip
    return render(request, "care/morning.html", shown)
