"""Requests about somebody's own data: the list, one with its answer, and everything that is held, to hand over."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dure import clock
from dure.audit.looks import because
from dure.care import downloads
from dure.care.models import Recipient, RecipientQuerySet
from dure.care.requests import actions
from dure.care.requests.forms import AnswerForm, RequestForm
from dure.care.requests.held import LEFT_OUT, held
from dure.care.requests.models import Kind, Request
from dure.care.requests.paper import paper
from dure.people.doors import SignedIn, counted, for_officers
from dure.people.searching import Search, searched

A_PAGE, MOST = 50, 20


class FindForm(forms.Form):
    """Whose data."""

    find = forms.CharField(label=L("Name of the recipient"), max_length=60, required=False)


@require_GET
@for_officers
def index(request: SignedIn) -> HttpResponse:
    """Open ones first, the most urgent at the top. Names are masked."""
    found = Request.objects.seen_by(request.standing).select_related("recipient", "answered_by")
    page = Paginator(found.order_by(F("answered_at").desc(nulls_first=True), "answer_by", "pk"), A_PAGE)
    shown = {"page": page.get_page(request.GET.get("page")), "today": clock.today()}
    return render(request, "requests/index.html", shown)


@require_http_methods(["GET", "POST"])
@for_officers
@counted("searches", "GET")
@searched("find")
def add(request: Search) -> HttpResponse:
    """Somebody asks: first the recipient is found by name, then `?recipient=` says who."""
    if "recipient" not in request.GET:
        find = FindForm(request.said)
        word = find.cleaned_data["find"] if find.is_valid() else ""
        found = _everybody(request).filter(name__icontains=word)[:MOST] if len(word) > 1 else None
        return render(request, "requests/find.html", {"find": find, "found": found})
    about = _about(request)
    initial = {"received_on": clock.today(), "kind": Kind.SEE}
    form = RequestForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        asked = form.save(commit=False)
        asked.recipient = about
        made = actions.receive(asked, by=request.user, now=clock.now())
        messages.success(request, _("Received. It is to be answered by %(day)s.") % {"day": made.answer_by})
        return redirect(made.page)
    return render(request, "requests/form.html", {"form": form, "about": about}, status=422 if form.errors else 200)


def _everybody(request: SignedIn) -> RecipientQuerySet:
    return Recipient.objects.seen_by(request.standing).select_related("place__area", "provider")


def _about(request: SignedIn) -> Recipient:
    try:
        return get_object_or_404(_everybody(request), ref=UUID(request.GET["recipient"]))
    except ValueError:
        raise Http404 from None


def _find(request: SignedIn, ref: UUID) -> Request:
    around = ("recipient__place__area", "recipient__provider", "entered_by", "answered_by")
    return get_object_or_404(Request.objects.seen_by(request.standing).select_related(*around), ref=ref)


@require_GET
@for_officers
def show(request: SignedIn, ref: UUID) -> HttpResponse:
    """One request, and the form for its answer."""
    return _shown(request, _find(request, ref), AnswerForm(initial={"on": clock.today()}))


def _shown(request: SignedIn, asked: Request, form: AnswerForm) -> HttpResponse:
    shown = {"asked": asked, "form": form, "today": clock.today(), "late": asked.is_late(clock.today())}
    return render(request, "requests/show.html", shown, status=422 if form.errors else 200)


@require_POST
@for_officers
def answer(request: SignedIn, ref: UUID) -> HttpResponse:
    """It is answered."""
    asked, form = _find(request, ref), AnswerForm(request.POST)
    if not form.is_valid():
        return _shown(request, asked, form)
    actions.answer(asked, **form.cleaned_data, by=request.user, now=clock.now())
    messages.success(request, _("Answered. The request is closed."))
    return redirect(asked.page)


@require_GET
@for_officers
def everything(request: SignedIn, ref: UUID) -> HttpResponse:
    """All that is held of the recipient who asks, as it would be handed over."""
    asked = _find(request, ref)
    shown = {"asked": asked, "parts": held(asked.recipient), "left_out": LEFT_OUT, "kinds": downloads.KINDS}
    return render(request, "requests/everything.html", shown)


@require_GET
@for_officers
@counted("downloads")
def download(request: SignedIn, ref: UUID) -> HttpResponse:
    """The same as a file, `?as=pdf`, `xlsx` or `hwpx`; why stands on the record."""
    asked, kind = _find(request, ref), request.GET.get("as", "pdf")
    if kind not in downloads.KINDS:
        raise Http404
    because(_("Request of %(day)s about own data") % {"day": asked.received_on})
    made = paper(asked, held(asked.recipient), request.user.office.name, clock.now())
    return downloads.file(made, kind, f"{_('own-data')}-{asked.received_on:%Y-%m-%d}")
