"""The pages of cases: the list, the case with its procedure, and each step of it."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dure import clock
from dure.care.alarms import after_case, before_case_ends
from dure.care.hospital import admitted
from dure.care.photos.shown import of_case
from dure.cases import actions, aftermath
from dure.cases.models import Case, Finding, Referral, Step
from dure.desk import case_page
from dure.desk.calls import to_ring
from dure.desk.forms import AnswerForm, ClaimForm, CloseForm, HandOverForm, ReferForm, StepForm, moment
from dure.desk.views.after import said
from dure.people.doors import SignedIn, for_the_office
from dure.people.live import live

PARTS = {"head": "desk/_case_head.html", "do": "desk/_case_do.html"}


@require_GET
@for_the_office
def index(request: SignedIn) -> HttpResponse:
    """Open cases first, then the latest."""
    seen = Case.objects.seen_by(request.standing).select_related("area", "organisation", "closed_by")
    return render(
        request,
        "desk/cases.html",
        {
            "groups": [
                (_("Still open"), seen.filter(closed_at=None).order_by("opened_at")),
                (_("Closed"), seen.exclude(closed_at=None).order_by("-closed_at")[:100]),
            ]
        },
    )


@require_GET
@for_the_office
def show(request: SignedIn, ref: UUID) -> HttpResponse:
    """One case. Opening its page is a look at the person, and is on the record."""
    case = _case(request, ref)
    return render(request, "desk/case.html", _page(request, case))


@require_GET
@for_the_office
def line(request: SignedIn, ref: UUID) -> HttpResponse:
    """The time line, the head, or what is to be done: each asked for every few seconds."""
    case = _case(request, ref)
    return live(request, PARTS.get(request.GET.get("part", ""), "desk/_case_line.html"), _context(request, case))


def _case(request: SignedIn, ref: UUID) -> Case:
    seen = Case.objects.seen_by(request.standing).select_related(
        "area", "organisation", "place", "closed_by", "opened_by"
    )
    return get_object_or_404(seen, ref=ref)


def _context(request: SignedIn, case: Case, **forms: Form) -> dict[str, object]:
    owed = case_page.owed(case, clock.now())
    return {
        "case": case,
        "lines": case_page.timeline(case),
        "steps": case_page.procedure(case),
        "known": case_page.known(case),
        "calls": case_page.calls(case),
        "card119": (card := case_page.card_119(case, request.user)),
        "sms119": "\n".join(f"{name}: {value}" for name, value in card if value),
        "may_close": bool(case.seen_at or case.whereabouts),
        "referrals": (referred := list(Referral.objects.filter(case=case).order_by("asked_at"))),
        "to_refer": case_page.to_refer(case, referred),
        "recipient_page": f"/care/recipients/{case.subject}/" if case.programme == "care" else "",
        "results": case_page.RESULTS,
        "ring": to_ring(request.standing, [case.ref], clock.now()).get(str(case.ref), []),
        "claim_form": ClaimForm(),
        "refer_form": ReferForm(),
        "answer_form": AnswerForm(),
        "close_form": CloseForm(),
        "wrong": [form for name, form in forms.items() if name in ("step_form", "hand_over_form")],
        **owed,
        **forms,
    }


def _page(request: SignedIn, case: Case, **forms: Form) -> dict[str, object]:
    photos = of_case(request.standing, case, clock.now()) if case.programme == "care" else []
    return {**_context(request, case, **forms), "photos": photos}


def _again(request: SignedIn, case: Case, **forms: Form) -> HttpResponse:
    """The page once more, with what is wrong at its field; nothing entered is lost."""
    return render(request, "desk/case.html", _page(request, case, **forms), status=422)


@require_POST
@for_the_office
def step(request: SignedIn, ref: UUID) -> HttpResponse:
    """A step of the procedure was done."""
    case, form, now = _case(request, ref), StepForm(request.POST), clock.now()
    if not form.is_valid() or form.cleaned_data["step"] not in actions.STEPS:
        return _again(request, case, step_form=form)
    said = form.cleaned_data
    values = {"result": said["result"]} if said["result"] else {}
    values |= {name: request.POST[name] == "yes" for name in ("conscious", "breathing") if request.POST.get(name)}
    actions.record(
        case, said["step"], by=request.user, now=now, at=moment(said["at"], now), who=said["who"], values=values,
        note=said["note"],
    )  # fmt: skip
    messages.success(request, _("Entered: %(step)s") % {"step": Step(said["step"]).label})
    return redirect(case.page)


@require_POST
@for_the_office
@transaction.atomic
def hand_over(request: SignedIn, ref: UUID) -> HttpResponse:
    """The person was handed over. At the hospital, meals stop and the day of return is watched."""
    case, form, now = _case(request, ref), HandOverForm(request.POST), clock.now()
    if not form.is_valid():
        return _again(request, case, hand_over_form=form)
    said = form.cleaned_data
    actions.hand_over(
        case, said["step"], name=said["name"], identity_checked=said["identity_checked"], by=request.user, now=now,
        at=moment(said["at"], now),
    )  # fmt: skip
    if said["step"] == Step.HOSPITAL:
        admitted(case, name=said["name"], back_on=said["back_on"], by=request.user, now=now)
    messages.success(request, _("Entered: %(step)s") % {"step": Step(said["step"]).label})
    return redirect(case.page)


@require_POST
@for_the_office
def refer(request: SignedIn, ref: UUID) -> HttpResponse:
    """An interrupted service is referred to its agency."""
    case, form = _case(request, ref), ReferForm(request.POST)
    if not form.is_valid():
        return _again(request, case, refer_form=form)
    aftermath.refer(case, **form.cleaned_data, by=request.user, now=clock.now())
    messages.success(request, _("Referred. Without an answer in three days somebody is told."))
    return redirect(case.page)


@require_POST
@for_the_office
def answer(request: SignedIn, ref: UUID) -> HttpResponse:
    """What the agency answered."""
    referral = get_object_or_404(Referral, ref=ref, case__in=Case.objects.seen_by(request.standing))
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _again(request, _case(request, _ref(referral)), answer_form=form)
    said = form.cleaned_data
    accepted = said["answer"] == Referral.Answer.ACCEPTED
    aftermath.answer(
        referral, accepted=accepted, who=said["who"], reason=said["reason"], check_on=said["check_on"], by=request.user,
        now=clock.now(),
    )  # fmt: skip
    return redirect(f"/cases/{_ref(referral)}/")


@require_POST
@for_the_office
def restarted(request: SignedIn, ref: UUID) -> HttpResponse:
    """Somebody checked that the service has really restarted."""
    referral = get_object_or_404(Referral, ref=ref, case__in=Case.objects.seen_by(request.standing))
    aftermath.restarted(referral, who=said(request, "who")[:100], by=request.user, now=clock.now())
    messages.success(request, _("The restart is confirmed."))
    return redirect(f"/cases/{_ref(referral)}/")


def _ref(referral: Referral) -> UUID:
    assert referral.case is not None
    return referral.case.ref


@require_POST
@for_the_office
@transaction.atomic
def close(request: SignedIn, ref: UUID) -> HttpResponse:
    """The case ends with a finding, by a person; the visit that it cleared up is owed no more."""
    case, form, now = _case(request, ref), CloseForm(request.POST), clock.now()
    if not form.is_valid():
        return _again(request, case, close_form=form)
    finding = Finding(form.cleaned_data["finding"])
    before_case_ends(case)
    closed = actions.close_case(case, finding=finding, by=request.user, now=now, note=form.cleaned_data["note"])
    after_case(closed, by=request.user, now=now)
    messages.success(request, _("Case %(number)s is closed.") % {"number": case.number})
    return redirect(case.page)
