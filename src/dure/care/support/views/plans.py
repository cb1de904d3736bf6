"""Support plans: whose comes to its end, one recipient's plans, and deciding."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dure import clock
from dure.care.models import Recipient
from dure.care.support import plans
from dure.care.support.forms import CheckForm, EndPlanForm, PlanFilter, PlanForm
from dure.care.support.models import Over, Plan
from dure.care.support.standard import period
from dure.care.support.views import for_public_hands, posted, status_of
from dure.people.actions import Standing
from dure.people.doors import SignedIn, for_the_office
from dure.people.models import Role

A_PAGE = 50
PUBLIC = (Role.CENTRE, Role.OFFICER, Role.ADMIN)


def _served(standing: Standing) -> QuerySet[Any]:
    """Who is served, with the last day and the next look of the plan that holds."""
    held = Plan.objects.filter(recipient=OuterRef("pk"), over_at=None)
    mine = Recipient.objects.seen_by(standing).served()
    return mine.annotate(ends=Subquery(held.values("ends_on")), check_on=Subquery(held.values("next_check_on")))


@require_GET
@for_the_office
def index(request: SignedIn) -> HttpResponse:
    """Everybody who is served, with the plan; whose period is over or ends first stands first."""
    mine, today = _served(request.standing), clock.today()
    form = PlanFilter(request.GET or None, standing=request.standing)
    found = form.narrow(mine).select_related("place__area", "provider")
    page = Paginator(found.order_by(F("ends").asc(nulls_last=True), "name", "id"), A_PAGE).get_page(
        request.GET.get("page")
    )
    shown = {
        "page": page, "form": form, "lines": plans.with_plans(list(page)), "today": today,
        "past": mine.filter(ends__lt=today).count(), "none": mine.filter(ends=None).count(),
        "due": mine.filter(ends__range=(today, today + form.renew)).count(), "days": form.renew.days,
        "soon": today + form.renew,
    }  # fmt: skip
    return render(request, "support/plans.html", shown)


def _recipient(request: SignedIn, ref: UUID) -> Recipient:
    mine = Recipient.objects.seen_by(request.standing).select_related("place__area", "provider", "scheme")
    return get_object_or_404(mine, ref=ref)


@require_GET
@for_the_office
def show(request: SignedIn, ref: UUID) -> HttpResponse:
    """One recipient's plan, the regular looks, and the plans before."""
    recipient = _recipient(request, ref)
    return _shown(request, recipient)


def _shown(request: SignedIn, recipient: Recipient, **wrong: forms.Form) -> HttpResponse:
    all_of_them = list(recipient.support_plans.select_related("scheme", "provider", "made_by", "over_by"))
    held = next((plan for plan in all_of_them if plan.over_at is None), None)
    next_on = clock.today() + period(recipient.office_id, "plan-check", clock.today())
    shown: dict[str, Any] = {
        "recipient": recipient, "plan": held, "today": clock.today(), "may": request.standing.has(*PUBLIC),
        "before": [plan for plan in all_of_them if plan.over_at],
        "checks": held.checks.select_related("by")[:10] if held else [],
        "forms": {"end": EndPlanForm(), "check": CheckForm(initial={"next_on": next_on}), **wrong},
    }  # fmt: skip
    shown["past"] = held is not None and held.is_past(clock.today())
    return render(request, "support/plan.html", shown, status=status_of(wrong))


@for_public_hands
def add(request: SignedIn, ref: UUID) -> HttpResponse:
    """Decide a plan: the first, one that follows, or one that changes what was decided."""
    recipient = _recipient(request, ref)
    before = recipient.support_plans.newest()
    form = PlanForm(posted(request), instance=plans.suggested(recipient, clock.today(), before))
    if request.method == "POST" and form.is_valid():
        plans.decide(form.save(commit=False), by=request.user, now=clock.now())
        messages.success(request, _("Decided. The provider is told."))
        return redirect("care:support:plan", ref)
    shown = {"form": form, "recipient": recipient, "before": before}
    return render(request, "support/plan_form.html", shown, status=422 if form.errors else 200)


def _plan(request: SignedIn, ref: UUID) -> Plan:
    mine = Plan.objects.seen_by(request.standing).select_related("recipient__place__area", "provider")
    return get_object_or_404(mine, ref=ref)


@require_POST
@for_public_hands
def end(request: SignedIn, ref: UUID) -> HttpResponse:
    """A plan ends with nothing that follows: the support ends, or it was a mistake."""
    plan, form = _plan(request, ref), EndPlanForm(request.POST)
    if not form.is_valid():
        return _shown(request, plan.recipient, end=form)
    said = form.cleaned_data
    plans.end(plan, Over(said["over_why"]), said["said"], how=said["how"], by=request.user, now=clock.now())
    messages.success(request, _("The plan has ended."))
    return redirect("care:support:plan", plan.recipient.ref)


@require_POST
@for_public_hands
def checked(request: SignedIn, ref: UUID) -> HttpResponse:
    """Somebody has looked whether the plan still fits."""
    plan, form = _plan(request, ref), CheckForm(request.POST)
    if not form.is_valid():
        return _shown(request, plan.recipient, check=form)
    plans.checked(plan, **form.cleaned_data, by=request.user, now=clock.now())
    messages.success(request, _("Noted."))
    return redirect("care:support:plan", plan.recipient.ref)
