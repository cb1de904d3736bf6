"""Who has looked at whose data: the month to be reviewed and signed, its rows, and one recipient's."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dure import clock
from dure.audit.looks import PRINTED, Look
from dure.audit.models import Review
from dure.care.models import Recipient
from dure.care.money.models import next_month
from dure.desk import changed as changes
from dure.desk import looks
from dure.desk.forms import ReviewForm
from dure.desk.reviewing import sign
from dure.people.doors import SignedIn, counted, for_admins, for_officers, for_the_office
from dure.people.models import Person
from dure.postgres.texts import key as row_named
from dure.signing import network

A_PAGE = 100


@for_admins
def month(request: SignedIn) -> HttpResponse:
    """One month: who looked how often, at whom, what was taken along; and the signature of who reviewed it."""
    meant, office = _month(request), request.standing.office
    form = ReviewForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        sign(office, meant, form.cleaned_data["remark"], by=request.user, now=clock.now())
        messages.success(request, _("The review is signed."))
        return redirect(f"{reverse('looks')}?month={meant:%Y-%m}")
    this = clock.today().replace(day=1)
    shown: dict[str, Any] = {
        "month": meant, "before": looks.before(meant), "after": next_month(meant) if meant < this else None,
        "people": looks.by_person(looks.of_month(office, meant)), "form": form, "over": meant < this,
        "review": Review.objects.filter(office_id=office, month=meant).first(),
    }  # fmt: skip
    if shown["review"]:
        shown["signed_by"] = Person.objects.get(pk=shown["review"].by_id)
    return render(request, "desk/looks.html", shown, status=422 if form.errors else 200)


def _month(request: HttpRequest) -> date:
    """`?month=2026-10`; without one, the month that is to be reviewed."""
    try:
        meant = date.fromisoformat(f"{request.GET['month']}-01")
        return meant if 2000 <= meant.year < 2200 else looks.before(clock.today())
    except (KeyError, ValueError):
        return looks.before(clock.today())


@require_GET
@for_admins
@counted("searches")
def rows(request: SignedIn) -> HttpResponse:
    """The looks behind a number."""
    meant = _month(request)
    found = looks.of_month(request.standing.office, meant).order_by("-id")
    if who := request.GET.get("who", ""):
        found = found.filter(who_id=row_named(who))
    if only := looks.ONLY.get(request.GET.get("only", "")):
        found = found.filter(only)
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    back = f"{reverse('looks')}?month={meant:%Y-%m}"
    shown = {"page": page, "lines": looks.lines(page.object_list), "title": f"{meant:%Y-%m}", "back": back}
    return render(request, "desk/look_rows.html", shown)


@require_GET
@for_officers
def of_person(request: SignedIn, ref: UUID) -> HttpResponse:
    """Who has looked at this recipient's data: what they may be told when they ask."""
    recipient = get_object_or_404(Recipient.objects.seen_by(request.standing), ref=ref)
    page = Paginator(looks.of_person(request.standing.office, ref), A_PAGE).get_page(request.GET.get("page"))
    shown: dict[str, Any] = {
        "page": page, "lines": looks.lines(page.object_list), "recipient": recipient,
        "title": recipient.name, "back": reverse("care:recipient", args=[ref]),
    }  # fmt: skip
    return render(request, "desk/look_rows.html", shown)


@require_GET
@for_officers
def changed(request: SignedIn, ref: UUID) -> HttpResponse:
    """What was changed of this recipient: when, by whom, from what to what."""
    recipient = get_object_or_404(Recipient.objects.seen_by(request.standing), ref=ref)
    mine = changes.ids_of(recipient)
    page = Paginator(changes.of_rows(mine), A_PAGE).get_page(request.GET.get("page"))
    shown = {
        "page": page, "lines": changes.lines(page.object_list, mine), "recipient": recipient,
        "back": reverse("looks_of", args=[ref]),
    }  # fmt: skip
    return render(request, "desk/changed.html", shown)


@require_POST
@for_the_office
def printed(request: SignedIn) -> HttpResponse:
    """The browser says that a page is being printed: whoever was shown on it goes along on paper."""
    try:
        match = resolve(request.POST.get("page", ""))
    except Resolver404:
        return HttpResponse(status=400)
    page = Look.page_of(match)
    seen = Look(request.standing.office, request.user.pk, clock.now(), network.client(request), page)
    shown = seen.lately()
    Look(seen.office, seen.who, seen.at, seen.source, page, PRINTED).write(shown)
    return HttpResponse(status=204)
