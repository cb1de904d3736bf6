"""Search lists: which there are, one dong's list to work down, and what came of each."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from dure import clock
from dure.care.support import searches
from dure.care.support.forms import ResultForm
from dure.care.support.models import Lead, Result, Search
from dure.care.support.views import for_public_hands
from dure.errors import Refused
from dure.people.doors import SignedIn, for_officers

SHOWN = 200


@require_GET
@for_public_hands
def index(request: SignedIn) -> HttpResponse:
    """The lists of each quarter, dong by dong."""
    shown = {
        "lists": searches.overview(request.standing)[:SHOWN], "quarter": searches.quarter_of(clock.today()),
        "ends": searches.last_day(searches.quarter_of(clock.today())),
    }  # fmt: skip
    return render(request, "support/searches.html", shown)


@require_POST
@for_officers
def make(request: SignedIn) -> HttpResponse:
    """Make this quarter's lists now, or bring them up to date."""
    made = searches.make_lists(request.standing.office, clock.now(), by=request.user)
    said = ngettext("%(n)s list was made.", "%(n)s lists were made.", made) % {"n": made}
    messages.success(request, said if made else _("The lists are up to date."))
    return redirect("care:support:searches")


def _find(request: SignedIn, ref: UUID) -> Search:
    return get_object_or_404(Search.objects.seen_by(request.standing).select_related("area", "duty"), ref=ref)


@require_GET
@for_public_hands
def show(request: SignedIn, ref: UUID) -> HttpResponse:
    """One list with names and phones, to be worked down: a look that is on the record."""
    search = _find(request, ref)
    leads = list(search.leads.select_related("waiting", "recipient", "said_by"))
    open_now = [lead for lead in leads if not lead.result]
    pairs = list(zip(open_now, searches.called_off(open_now), strict=True))
    shown = {
        "search": search, "ends": searches.last_day(search.quarter), "today": clock.today(),
        "to_call": [(lead, _results(lead)) for lead, why in pairs if not why],
        "off": [(lead, why) for lead, why in pairs if why], "said": [lead for lead in leads if lead.result],
    }  # fmt: skip
    return render(request, "support/search.html", shown)


def _results(lead: Lead) -> list[tuple[str, str]]:
    """What can come of it; who gets meals already can't want them."""
    served = lead.why == Lead.Why.STOPPED
    return [(value, str(label)) for value, label in Result.choices if not (served and value == Result.WANTS)]


@require_POST
@for_public_hands
def said(request: SignedIn, ref: UUID) -> HttpResponse:
    """What came of looking for somebody."""
    mine = Lead.objects.filter(search__in=Search.objects.seen_by(request.standing)).select_related("search")
    lead, form = get_object_or_404(mine, ref=ref), ResultForm(request.POST)
    if not form.is_valid():
        raise Refused(_("Choose what came of it."))
    result = Result(form.cleaned_data["result"])
    lead = searches.said(lead, result, form.cleaned_data["note"], by=request.user, now=clock.now())
    messages.success(request, _("Noted."))
    if lead.why == Lead.Why.STOPPED and result in (Result.DIED, Result.MOVED):
        messages.warning(request, _("This person still gets meals. End them on the recipient's page."))
        return redirect("care:recipient", lead.recipient.ref) if lead.recipient else redirect("care:recipients")
    assert lead.search is not None
    return redirect("care:support:search", lead.search.ref)


@require_POST
@for_public_hands
def done(request: SignedIn, ref: UUID) -> HttpResponse:
    """Nobody is left to be called: the list is done."""
    search = _find(request, ref)
    if not searches.finish(search, by=request.user, now=clock.now()):
        raise Refused(_("Somebody is left to be called, or the list is done already."))
    messages.success(request, _("The list of this quarter is done."))
    return redirect("care:support:search", ref)
