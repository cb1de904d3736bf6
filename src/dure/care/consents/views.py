"""Consents: who has an old version or none, one recipient's, the texts, and the signed papers."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dure import clock
from dure.audit.actions import note
from dure.care.consents import actions
from dure.care.consents.forms import ConsentForm, TextForm
from dure.care.consents.models import Consent, Purpose, Said, Text
from dure.care.consents.standing import NEEDED, states
from dure.care.downloads import attached
from dure.care.models import Recipient, RecipientQuerySet
from dure.people.doors import SignedIn, counted, for_officers, for_the_office

A_PAGE = 50


@require_GET
@for_the_office
def index(request: SignedIn) -> HttpResponse:
    """Whom to ask at the next occasion: nothing said yet, or to an earlier version."""
    served = Recipient.objects.seen_by(request.standing).served()
    to_ask = _to_ask(served, request.standing.office)
    page = Paginator(to_ask.select_related("place__area", "provider").order_by("name", "id"), A_PAGE).get_page(
        request.GET.get("page")
    )
    of = states(list(page.object_list), request.standing.office, clock.today())
    shown = {"page": page, "lines": [(each, of[each.pk]) for each in page], "served": served.count(),
             "purposes": [state.purpose.label for state in next(iter(of.values()), [])]}  # fmt: skip
    return render(request, "consents/index.html", shown)


def _to_ask(served: RecipientQuerySet, office: int) -> RecipientQuerySet:
    """Those of whom a purpose is missing, or agreed to an old text."""
    current, wanted = actions.in_force(office, clock.today()), Q(pk__in=[])
    for purpose in NEEDED:
        never = ~Q(Exists(Consent.objects.filter(recipient=OuterRef("pk"), purpose=purpose)))
        wanted |= never & Q(consent_on=None) if purpose == Purpose.MEALS else never
    for text in current.values():
        newest = Consent.objects.filter(recipient=OuterRef("pk"), purpose=text.purpose).order_by(
            "-on", "-entered_at", "-id"
        )
        old = served.annotate(said=Subquery(newest.values("said")[:1]), version=Subquery(newest.values("text")[:1]))
        wanted |= Q(pk__in=old.filter(said=Said.GIVEN).exclude(version=text.pk).values("pk"))
    return served.filter(wanted)


@for_the_office
def show(request: SignedIn, ref: UUID) -> HttpResponse:
    """What one recipient said, purpose by purpose; and entering what they say now."""
    recipient = get_object_or_404(Recipient.objects.seen_by(request.standing).select_related("place__area"), ref=ref)
    form = ConsentForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        actions.say(form.consent(recipient), by=request.user, now=clock.now(), file=file)
        messages.success(request, _("Saved."))
        return redirect("care:consents:show", ref)
    shown = {
        "recipient": recipient, "form": form, "all": recipient.consents.select_related("text", "entered_by"),
        "states": states([recipient], request.standing.office, clock.today())[recipient.pk],
    }  # fmt: skip
    return render(request, "consents/show.html", shown, status=422 if request.method == "POST" else 200)


@require_GET
@for_the_office
@counted("downloads")
def file(request: SignedIn, ref: UUID) -> HttpResponse:
    """The signed paper as it was scanned."""
    mine = Consent.objects.seen_by(request.standing).exclude(content=None).select_related("content", "recipient")
    found = get_object_or_404(mine, ref=ref)
    note(at=clock.now(), who=request.user, did="downloaded", about=found)
    name, _dot, kind = found.name.rpartition(".")
    assert found.content
    return attached(bytes(found.content.data), name, kind, "application/octet-stream")


@for_officers
def texts(request: SignedIn) -> HttpResponse:
    """The texts with all their versions; and a new one."""
    form = TextForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        actions.publish(request.standing.office, said["purpose"], said["text"], said["since"], by=request.user,
                        now=clock.now())  # fmt: skip
        messages.success(request, _("Saved. Whoever agreed to an earlier version is asked at the next review."))
        return redirect("care:consents:texts")
    found = Text.objects.filter(office=request.standing.office).select_related("made_by")
    return render(request, "consents/texts.html", {"form": form, "texts": found}, status=422 if form.errors else 200)
