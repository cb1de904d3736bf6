"""Contact orders: in sentences for everybody, to be edited by the administrator; each change is a new version."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dure import clock
from dure.care.forms.order import ClaimTime, Steps, initial, whom
from dure.care.orders import Wording, latest, title
from dure.duty.models import Ladder
from dure.duty.opening import publish_ladder
from dure.errors import Refused
from dure.people.doors import SignedIn, for_admins, for_the_office
from dure.people.models import Role


@require_GET
@for_the_office
def index(request: SignedIn) -> HttpResponse:
    """All orders in sentences."""
    orders = latest(request.standing.office)
    wording = Wording(orders)
    shown = [(title(order.name), order, wording.sentences(order)) for order in orders]
    return render(request, "care/orders.html", {"orders": shown, "may": request.standing.has(Role.ADMIN)})


@for_admins
def edit(request: SignedIn, name: str) -> HttpResponse:
    """One order: its steps, and its earlier versions. What is raised already goes on by its own."""
    versions = list(Ladder.objects.filter(office=request.standing.office, name=name).select_related("made_by")
                    .order_by("-version")[:20])  # fmt: skip
    if not versions:
        raise Http404
    data, now = request.POST if request.method == "POST" else None, versions[0]
    steps = Steps(data, initial=initial(now.rungs), form_kwargs={"choices": whom(request.standing.office)})
    claim = ClaimTime(data, initial={"minutes": now.claim_seconds // 60})
    refused = ""
    if data is not None and all([steps.is_valid(), claim.is_valid()]):
        refused = _publish(request, name, steps, claim)
        if not refused:
            return redirect("care:orders")
    wording = Wording(versions)
    shown = {
        "title": title(name), "steps": steps, "claim": claim, "refused": refused,
        "versions": [(version, wording.sentences(version)) for version in versions],
    }  # fmt: skip
    return render(request, "care/order.html", shown, status=200 if data is None else 422)


def _publish(request: SignedIn, name: str, steps: Any, claim: ClaimTime) -> str:
    """Put the new version in force; the sentence of a refusal, or nothing."""
    seconds = claim.cleaned_data["minutes"] * 60
    try:
        publish_ladder(
            request.standing.office,
            name,
            steps.rungs,
            by=request.user,
            now=clock.now(),
            claim_seconds=seconds,
        )
    except Refused as refusal:
        return refusal.message
    messages.success(request, _("The new order is in force. What is being told already goes on by the old one."))
    return ""
