"""Recipients: the list, one recipient, and entering them."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dure import clock
from dure.care import recipients as book
from dure.care import reviews
from dure.care.away import asked
from dure.care.forms.absence import EndForm
from dure.care.forms.filters import RecipientFilter
from dure.care.forms.recipient import Entry
from dure.care.models import PROGRAMME, WAITING, Absence, Contact, Meal, Recipient
from dure.care.opening import absences_on
from dure.care.shown import person_pairs, way_in, week_sentences
from dure.cases.models import Case
from dure.offices.acting import acting
from dure.people.doors import SignedIn, counted, for_the_office
from dure.people.searching import Search, searched

A_PAGE = 50
Kept = Callable[[Recipient], object]


def find(request: SignedIn, ref: UUID) -> Recipient:
    """The recipient, if this person may see them."""
    mine = Recipient.objects.seen_by(request.standing)
    return get_object_or_404(mine.select_related("place__area", "provider", "centre", "scheme", "route"), ref=ref)


@for_the_office
@counted("searches", "GET")
@searched("q")
@require_GET
def index(request: Search) -> HttpResponse:
    """The list, masked."""
    mine = Recipient.objects.seen_by(request.standing)
    form = RecipientFilter(request.said or None, standing=request.standing)
    found = form.narrow(mine).select_related("place__area", "provider", "route").order_by("name", "id")
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    away = set(
        absences_on(request.standing.office, clock.today())
        .filter(recipient__in=[r.pk for r in page])
        .values_list("recipient_id", flat=True)
    )
    return render(request, "care/recipients.html", {"page": page, "form": form, "away": away})


@require_GET
@for_the_office
def show(request: SignedIn, ref: UUID) -> HttpResponse:
    """One recipient, unmasked: a look that is on the record."""
    recipient = find(request, ref)
    shown = _around(request, recipient) | {
        "recipient": recipient,
        "person": person_pairs(recipient, clock.today()),
        "way_in": way_in(recipient.place),
        "week": week_sentences(recipient),
    }
    return render(request, "care/recipient.html", shown)


def _around(request: SignedIn, recipient: Recipient) -> dict[str, Any]:
    """What hangs on a recipient."""
    absences: QuerySet[Absence] = recipient.absences.filter(taken_back_at=None)
    now_or_later = Q(until=None) | Q(until__gt=clock.today())
    cases = Case.objects.seen_by(request.standing).filter(programme=PROGRAMME, subject=recipient.ref)
    return {
        "today": clock.today(),
        "end_form": EndForm(auto_id="end_%s"),
        "move": recipient.moves.filter(WAITING).select_related("provider").first(),
        "contacts": recipient.contacts.all(),
        "review": reviews.owed(Recipient.objects.filter(pk=recipient.pk)).first(),
        "services": recipient.services.all(),
        "absences": asked(absences.filter(now_or_later).select_related("entered_by", "recipient").order_by("since")),
        "past_absences": absences.exclude(now_or_later).order_by("-since")[:5],
        "visits": recipient.visits.select_related("worker", "duty").order_by("-due_at")[:14],
        "cases": cases.select_related("closed_by").order_by("-opened_at")[:10],
        "open_case": cases.filter(closed_at=None, drill=False).first(),
    }


@for_the_office
def add(request: SignedIn) -> HttpResponse:
    """A new recipient."""
    return enter(request, Recipient(office_id=request.standing.office))


@for_the_office
def edit(request: SignedIn, ref: UUID) -> HttpResponse:
    """Change what is known of a recipient."""
    recipient = find(request, ref)
    return enter(request, recipient)


def enter(request: SignedIn, recipient: Recipient, kept: Kept | None = None) -> HttpResponse:
    """The form of a recipient, new or known; a new one may come with what is known of the person already.

    `kept` is called with the recipient in the transaction that keeps it.
    """
    entry = Entry(recipient, request.standing, request.POST if request.method == "POST" else None)
    shown: dict[str, Any] = {"entry": entry, "recipient": recipient}
    if request.method != "POST":
        return render(request, "care/recipient_form.html", shown)
    if not entry.is_valid() or entry.outdated:  # kept once more, what somebody else has changed would be lost
        return render(request, "care/recipient_form.html", shown, status=422)
    recipient.place = entry.place.instance
    shown["alike"] = [] if "anyway" in request.POST else book.like(recipient)
    if shown["alike"]:
        return render(request, "care/recipient_form.html", shown)
    with acting(
        request.standing.office, request.user.pk
    ):  # who moves to another dong is the centre's there from then on
        late = _keep(request, recipient, entry, kept)
        said = list(_said(recipient, late, moved="provider" in entry.person.changed_data and entry.old))
    for sentence in said:
        messages.success(request, sentence)
    if Recipient.objects.seen_by(request.standing).filter(pk=recipient.pk).exists():
        return redirect("care:recipient", recipient.ref)
    messages.info(request, _("The centre of the new dong answers for this person from now on."))
    return redirect("care:recipients")


def _said(recipient: Recipient, late: set[str], *, moved: bool) -> Iterator[str]:
    """What was kept, and from when it holds where that isn't plain."""
    yield _("Saved.")
    names = {"new": recipient.provider, "old": Recipient.objects.get(pk=recipient.pk).still_with}
    if moved and names["old"]:
        yield _("Today's meal still comes from %(old)s; from tomorrow on %(new)s brings the meals.") % names
    elif moved:
        yield _("From the next meal on it is %(new)s who comes. Visits planned already have moved over.") % names
    for meal in sorted(late):
        yield _("The time of today's meal (%(meal)s) has passed: for it this holds from tomorrow on.") % {
            "meal": Meal(meal).label
        }


@transaction.atomic
def _keep(request: SignedIn, recipient: Recipient, entry: Entry, kept: Kept | None) -> set[str]:
    now, since = clock.now(), entry.meals.cleaned_data["since"]
    if recipient._state.adding:
        since = max(since, recipient.started_on)
    book.keep(recipient, by=request.user, now=now)
    book.keep_contacts(recipient, entry.said_contacts)
    book.keep_services(recipient, entry.said_services)
    if kept:
        kept(recipient)
    sooner = "since" in entry.meals.changed_data
    return book.plan_meals(recipient, entry.meals.wanted, since=since, sooner=sooner, by=request.user, now=now)


@require_POST
@for_the_office
def test_contact(request: SignedIn, number: int) -> HttpResponse:
    """A contact's number was tried."""
    mine = Contact.objects.filter(recipient__in=Recipient.objects.seen_by(request.standing))
    contact = get_object_or_404(mine.select_related("recipient"), pk=number)
    book.tested(contact, works=request.POST.get("result") != "dead", by=request.user, now=clock.now())
    messages.success(request, _("Noted."))
    return redirect("care:recipient", contact.recipient.ref)
