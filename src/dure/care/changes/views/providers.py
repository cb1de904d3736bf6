"""A provider that begins: what is missing before its first day."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from dure import clock
from dure.care.changes.forms import ContractForm, providers
from dure.care.changes.models import Contract
from dure.care.changes.ready import checklist, contract, first_day, sign
from dure.people.doors import SignedIn, for_officers


@for_officers
def ready(request: SignedIn, ref: UUID) -> HttpResponse:
    """The checklist; a contract is entered here."""
    provider = get_object_or_404(providers(request.standing.office), ref=ref)
    held, now = contract(provider), clock.now()
    form = ContractForm(request.POST if request.method == "POST" else None, initial=_as_before(held))
    if request.method == "POST" and form.is_valid():
        sign(form.save(commit=False), provider, by=request.user, now=now)
        messages.success(request, _("Saved."))
        return redirect("care:changes:ready", ref)
    items = checklist(provider, now)
    shown = {
        "provider": provider, "items": items, "left": sum(not each.done for each in items), "contract": held,
        "first": first_day(provider, clock.today()), "form": form,
    }  # fmt: skip
    return render(request, "changes/ready.html", shown, status=422 if form.errors else 200)


def _as_before(held: Contract | None) -> dict[str, object]:
    return {"business": held.business, "since": held.since, "until": held.until} if held else {}
