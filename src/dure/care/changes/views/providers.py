"""A provider that begins: what is missing before its first day."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dure import clock
from dure.care.changes.forms import ContractForm, providers
from dure.care.changes.models import Contract
from dure.care.changes.ready import checklist, contract, first_day, sign
from dure.offices.acting import acting
from dure.people.actions import WHOLE_OFFICE
from dure.people.doors import SignedIn, only
from dure.people.models import Organisation, Role

for_both = only(Role.PROVIDER, *WHOLE_OFFICE)


def _mine(request: SignedIn) -> QuerySet[Organisation]:
    """A provider's own, or all of the office."""
    every, own = providers(request.standing.office), request.standing.organisations
    return every if own is None else every.filter(pk__in=own)


@require_GET
@only(Role.PROVIDER)
def own(request: SignedIn) -> HttpResponse:
    """To one's own checklist."""
    mine = _mine(request).first()
    if mine is None:
        raise Http404
    return redirect("care:changes:ready", mine.ref)


@for_both
def ready(request: SignedIn, ref: UUID) -> HttpResponse:
    """The checklist, for the provider too; the office enters the contract here."""
    provider, office = get_object_or_404(_mine(request), ref=ref), request.standing.has(*WHOLE_OFFICE)
    if request.method == "POST" and not office:
        raise PermissionDenied
    with acting(provider.office_id, request.user.pk):  # a contract is the office's; its provider sees until when it is
        return _ready(request, provider, office)


def _ready(request: SignedIn, provider: Organisation, office: bool) -> HttpResponse:
    held, now = contract(provider), clock.now()
    form = ContractForm(request.POST if request.method == "POST" else None, initial=_as_before(held))
    if request.method == "POST" and form.is_valid():
        sign(form.save(commit=False), provider, by=request.user, now=now)
        messages.success(request, _("Saved."))
        return redirect("care:changes:ready", provider.ref)
    items = checklist(provider, now, drafts=office)
    shown = {
        "provider": provider, "items": items, "left": sum(not each.done for each in items), "contract": held,
        "first": first_day(provider, clock.today(), drafts=office), "form": form, "office": office,
    }  # fmt: skip
    return render(request, "changes/ready.html", shown, status=422 if form.errors else 200)


def _as_before(held: Contract | None) -> dict[str, object]:
    return {"business": held.business, "since": held.since, "until": held.until} if held else {}
