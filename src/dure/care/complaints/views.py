"""Complaints: the list, one with its time line, and what is done about it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dure import clock
from dure.audit.actions import note
from dure.care.complaints import actions
from dure.care.complaints.forms import (
    AgainForm,
    AnswerForm,
    AskForm,
    ComplaintFilter,
    ComplaintForm,
    ExtendForm,
    PassOnForm,
    StateForm,
)
from dure.care.complaints.models import Complaint, ComplaintQuerySet
from dure.care.complaints.sheet import workbook
from dure.care.complaints.story import story
from dure.care.models import Recipient
from dure.care.reports import DayReport
from dure.files.downloads import attached
from dure.people.actions import WHOLE_OFFICE
from dure.people.doors import SignedIn, counted, for_the_office, only
from dure.people.models import Membership, Organisation, Role

A_PAGE, AT_MOST = 50, 5000
SOON = timedelta(days=2)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
handles = only(Role.CENTRE, Role.OFFICER, Role.ADMIN)


def _found(request: SignedIn, form: ComplaintFilter) -> ComplaintQuerySet:
    """Open ones first, the most urgent at the top; then the latest that are over."""
    mine = form.narrow(Complaint.objects.seen_by(request.standing))
    ordered = mine.order_by(F("ended_at").desc(nulls_first=True), "answer_by", "pk")
    return ordered.select_related("provider", "area", "ended_by")


@require_GET
@for_the_office
def index(request: SignedIn) -> HttpResponse:
    """The list: who complained is masked."""
    form = ComplaintFilter(request.GET or None, standing=request.standing)
    page = Paginator(_found(request, form), A_PAGE).get_page(request.GET.get("page"))
    today = clock.today()
    shown = {"page": page, "form": form, "today": today, "soon": today + SOON, "enters": _enters(request)}
    return render(request, "complaints/index.html", shown)


def _enters(request: SignedIn) -> bool:
    return request.standing.has(Role.CENTRE, *WHOLE_OFFICE)


@require_GET
@for_the_office
@counted("downloads")
def download(request: SignedIn) -> HttpResponse:
    """What the list shows as a spreadsheet; that somebody took it is on the record."""
    form, now = ComplaintFilter(request.GET or None, standing=request.standing), clock.now()
    body = workbook(_found(request, form)[:AT_MOST])
    note(at=now, who=request.user, did="downloaded complaints", about=DayReport(request.standing.office, clock.today()))
    return attached(_("complaints") + f"-{clock.today():%Y-%m-%d}.xlsx", body, XLSX)


@handles
def add(request: SignedIn) -> HttpResponse:
    """Somebody complains; `?recipient=` names about whom."""
    form = ComplaintForm(request.POST if request.method == "POST" else None, standing=request.standing)
    about = _about(request)
    if request.method == "POST" and form.is_valid():
        complaint = form.save(commit=False)
        complaint.desk, complaint.recipient = _desk(request), about
        made = actions.receive(complaint, by=request.user, now=clock.now())
        messages.success(request, _("Received. It is to be answered by %(day)s.") % {"day": made.answer_by})
        return redirect("care:complaints:show", made.ref)
    return render(request, "complaints/form.html", {"form": form, "about": about}, status=422 if form.errors else 200)


def _about(request: SignedIn) -> Recipient | None:
    ref = request.GET.get("recipient", "")
    seen = Recipient.objects.seen_by(request.standing).select_related("place__area", "provider")
    return get_object_or_404(seen, ref=ref) if parse(ref) else None


def parse(ref: str) -> UUID | None:
    """The ref that an address names, if it is one."""
    try:
        return UUID(ref)
    except ValueError:
        return None


def _desk(request: SignedIn) -> Organisation:
    """Where it was received: the centre or the office for which somebody works."""
    held = Membership.objects.on(clock.today()).filter(person=request.user, role__in=[Role.CENTRE, *WHOLE_OFFICE])
    return held.select_related("organisation").order_by("pk")[0].organisation


def _find(request: SignedIn, ref: UUID) -> Complaint:
    mine = Complaint.objects.seen_by(request.standing)
    around = ("provider", "area", "worker", "recipient", "desk", "entered_by", "extended_by", "ended_by", "follows",
              "followed_by")  # fmt: skip
    return get_object_or_404(mine.select_related(*around), ref=ref)


@require_GET
@for_the_office
def show(request: SignedIn, ref: UUID) -> HttpResponse:
    """One complaint. Its page is a look at who complained, and is on the record."""
    complaint = _find(request, ref)
    return _shown(request, complaint)


def _shown(request: SignedIn, complaint: Complaint, **wrong: forms.Form) -> HttpResponse:
    """The page; a form in `wrong` is shown with its errors where it stands."""
    own, enters, today = request.standing.organisations, _enters(request), clock.today()
    statements: QuerySet[Any] = complaint.statements.select_related("organisation", "stated_by", "asked_by")
    if not enters:
        statements = statements.filter(organisation__in=own or [])
    mine = next((s for s in statements if own and s.organisation_id in own), None)
    forms_here = {
        "state": StateForm(initial={"text": mine.text if mine else ""}), "answer": AnswerForm(),
        "extend": ExtendForm(), "pass_on": PassOnForm(), "again": AgainForm(), "ask": AskForm(complaint=complaint),
    } | wrong  # fmt: skip
    shown = {
        "complaint": complaint, "statements": statements, "mine": mine, "enters": enters, "forms": forms_here,
        "today": today, "named": enters or complaint.named_to_provider, "open": complaint.ended_at is None,
        "late": complaint.is_late(today), "soon": today + SOON, "story": story(complaint, statements),
    }  # fmt: skip
    return render(request, "complaints/show.html", shown, status=422 if wrong else 200)


@require_POST
@handles
def ask(request: SignedIn, ref: UUID) -> HttpResponse:
    """A provider is to say what happened."""
    complaint = _find(request, ref)
    form = AskForm(request.POST, complaint=complaint)
    if not form.is_valid():
        return _shown(request, complaint, ask=form)
    said = form.cleaned_data
    actions.ask(complaint, said["organisation"], said["due_on"], by=request.user, now=clock.now())
    messages.success(request, _("Asked. They are told, and see neither name nor number unless that is agreed."))
    return redirect(complaint.page)


@require_POST
@only(Role.PROVIDER)
def state(request: SignedIn, ref: UUID) -> HttpResponse:
    """The provider says what happened."""
    complaint, form = _find(request, ref), StateForm(request.POST)
    own = request.standing.organisations or frozenset()
    mine = complaint.statements.select_related("duty").filter(organisation__in=own).first()
    if mine is None:
        raise Http404
    if not form.is_valid():
        return _shown(request, complaint, state=form)
    actions.state(mine, form.cleaned_data["text"], by=request.user, now=clock.now())
    messages.success(request, _("Kept. The office sees it now."))
    return redirect(complaint.page)


@require_POST
@handles
def extend(request: SignedIn, ref: UUID) -> HttpResponse:
    """The answer takes longer."""
    complaint, form = _find(request, ref), ExtendForm(request.POST)
    if not form.is_valid():
        return _shown(request, complaint, extend=form)
    said = form.cleaned_data
    actions.extend(complaint, said["until"], said["why"], by=request.user, now=clock.now())
    messages.success(request, _("Extended. Tell who complained why, and until when."))
    return redirect(complaint.page)


@require_POST
@handles
def pass_on(request: SignedIn, ref: UUID) -> HttpResponse:
    """Another agency answers."""
    complaint, form = _find(request, ref), PassOnForm(request.POST)
    if not form.is_valid():
        return _shown(request, complaint, pass_on=form)
    said = form.cleaned_data
    actions.pass_on(complaint, said["to"], said["why"], by=request.user, now=clock.now())
    messages.success(request, _("Passed on. Tell who complained to whom."))
    return redirect(complaint.page)


@require_POST
@handles
def answer(request: SignedIn, ref: UUID) -> HttpResponse:
    """It is answered."""
    complaint, form = _find(request, ref), AnswerForm(request.POST)
    if not form.is_valid():
        return _shown(request, complaint, answer=form)
    said = form.cleaned_data
    actions.answer(complaint, said["text"], said["how"], said["on"], by=request.user, now=clock.now())
    messages.success(request, _("Answered. The complaint is closed."))
    return redirect(complaint.page)


@require_POST
@handles
def again(request: SignedIn, ref: UUID) -> HttpResponse:
    """They aren't content."""
    complaint, form = _find(request, ref), AgainForm(request.POST)
    if not form.is_valid():
        return _shown(request, complaint, again=form)
    said = form.cleaned_data
    made = actions.take_up_again(complaint, said["text"], said["on"], by=request.user, now=clock.now())
    messages.success(request, _("Taken up again. It is to be answered by %(day)s.") % {"day": made.answer_by})
    return redirect(made.page)
