"""Referrals both ways: what is asked of us, what we have asked, and the answers."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dure import clock
from dure.care.models import PROGRAMME, Recipient
from dure.care.support import referrals
from dure.care.support.forms import AnswerForm, ReferralForm, WaitingForm
from dure.care.support.models import Referral, Waiting
from dure.care.support.standard import period
from dure.care.support.views import for_public_hands, posted
from dure.care.support.views.waiting import alike
from dure.cases.models import Case
from dure.cases.models import Referral as CaseReferral
from dure.people.doors import SignedIn

SHOWN = 100


@require_GET
@for_public_hands
def index(request: SignedIn) -> HttpResponse:
    """What waits for an answer, and what was answered; the services referred in emergencies beside it."""
    mine = Referral.objects.seen_by(request.standing).select_related("area", "waiting", "recipient")
    cases = Case.objects.seen_by(request.standing).filter(programme=PROGRAMME, drill=False)
    of_cases = CaseReferral.objects.filter(case__in=cases, restarted_at=None).exclude(answer="refused")
    shown = {
        "asked": mine.filter(way="in", answered_at=None).order_by("answer_by"),
        "asking": mine.filter(way="out", answered_at=None).order_by("answer_by"),
        "answered": mine.exclude(answered_at=None).order_by("-answered_at")[:SHOWN],
        "of_cases": of_cases.select_related("case__area").order_by("asked_at")[:SHOWN], "today": clock.today(),
    }  # fmt: skip
    return render(request, "support/referrals.html", shown)


def _initial(request: SignedIn) -> dict[str, object]:
    today = clock.today()
    return {"asked_on": today, "answer_by": today + period(request.standing.office, "referral-answer", today)}


@for_public_hands
def receive(request: SignedIn) -> HttpResponse:
    """Another agency asks us to look after somebody."""
    office = request.standing.office
    form = ReferralForm(
        posted(request), instance=Referral(office_id=office), initial=_initial(request), prefix="agency"
    )
    person = WaitingForm(
        posted(request), instance=Waiting(office_id=office), standing=request.standing, prefix="person",
        without=("source", "since"),
    )  # fmt: skip
    shown = {"form": form, "person": person}
    if request.method == "POST" and form.is_valid() & person.is_valid():
        waiting = person.save(commit=False)
        found = {} if "anyway" in request.POST else alike(waiting)
        if not any(found.values()):
            kept = referrals.receive(form.save(commit=False), waiting, by=request.user, now=clock.now())
            messages.success(request, _("On the waiting list. The agency is owed an answer."))
            return redirect("care:support:asked", kept.ref)
        shown |= found
    return render(request, "support/receive.html", shown, status=422 if form.errors or person.errors else 200)


@for_public_hands
def send(request: SignedIn) -> HttpResponse:
    """We ask another agency about a recipient or somebody who waits."""
    about = _about(request)
    referral = Referral(office_id=request.standing.office, **about)
    form = ReferralForm(posted(request), instance=referral, initial=_initial(request))
    if request.method == "POST" and form.is_valid() and about:
        kept = referrals.send(form.save(commit=False), by=request.user, now=clock.now())
        messages.success(request, _("Kept. Its answer is owed by the day that you said."))
        return redirect("care:support:asked", kept.ref)
    shown = {"form": form, "about": about.get("recipient") or about.get("waiting")}
    return render(request, "support/send.html", shown, status=422 if form.errors else 200)


def _about(request: SignedIn) -> dict[str, Recipient | Waiting]:
    """Whom it is about, as the address says."""
    found: dict[str, Recipient | Waiting] = {}
    try:
        if said := request.GET.get("recipient"):
            found["recipient"] = get_object_or_404(Recipient.objects.seen_by(request.standing), ref=UUID(said))
        elif said := request.GET.get("waiting"):
            found["waiting"] = get_object_or_404(Waiting.objects.seen_by(request.standing), ref=UUID(said))
    except ValueError:
        pass
    return found


@for_public_hands
def asked(request: SignedIn, ref: UUID) -> HttpResponse:
    """One referral: what is asked, the answer, or a form for it."""
    mine = Referral.objects.seen_by(request.standing).select_related("area", "waiting", "recipient", "answered_by")
    referral = get_object_or_404(mine, ref=ref)
    form = AnswerForm(posted(request), way=referral.way)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data | {"given": Referral.Answer(form.cleaned_data["answer"])}
        del said["answer"]
        referrals.answer(referral, **said, by=request.user, now=clock.now())
        messages.success(request, _("The answer is kept."))
        return redirect("care:support:asked", ref)
    shown = {"referral": referral, "form": form, "today": clock.today()}
    return render(request, "support/asked.html", shown, status=422 if form.errors else 200)
