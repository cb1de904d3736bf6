"""The register of transfers: a page, and a spreadsheet for a reason."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dure import clock
from dure.audit import looks
from dure.audit.actions import note
from dure.care.downloads import attached
from dure.care.transfers.forms import DaysForm, TakenForm
from dure.care.transfers.register import Passed, passed_on
from dure.people.doors import SignedIn, counted, for_officers
from dure.sheets.write import Column, Page, write

A_PAGE = 100


@dataclass
class TransferRegister:
    """The register of some days, as the record names it."""

    office_id: int
    ref: str


def _found(request: SignedIn, said: dict[str, Any]) -> list[Passed]:
    everything = passed_on(request.standing, said["first"], said["last"])
    return [each for each in everything if not said.get("kind") or each.kind == said["kind"]]


@for_officers
def show(request: SignedIn) -> HttpResponse:
    """What was passed on in these days; names masked."""
    today = clock.today()
    meant = {"first": today.replace(day=1), "last": today, "kind": ""}
    form = DaysForm(request.GET if "first" in request.GET else None, initial=meant)
    said = form.cleaned_data if form.is_bound and form.is_valid() else meant
    page = Paginator(_found(request, said), A_PAGE).get_page(request.GET.get("page"))
    shown = {"form": form, "page": page, "taken": TakenForm(initial=said, auto_id="taken_%s")}
    return render(request, "transfers/show.html", shown, status=422 if form.errors else 200)


@require_POST
@for_officers
@counted("downloads")
def download(request: SignedIn) -> HttpResponse:
    """With full names, for a reason; both are on the record."""
    form = TakenForm(request.POST, auto_id="taken_%s")
    if not form.is_valid():
        days = DaysForm(initial={"first": clock.today().replace(day=1), "last": clock.today()})
        return render(request, "transfers/show.html", {"form": days, "page": None, "taken": form}, status=422)
    said = form.cleaned_data
    found, first, last = _found(request, said), said["first"], said["last"]
    about = TransferRegister(request.standing.office, f"{first} {last}")
    note(at=clock.now(), who=request.user, did="exported with names", about=about, why=said["reason"])
    looks.because(said["reason"])
    looks.also({each.subject for each in found})
    return attached(_workbook(found, first, last), _("transfers") + f"-{first}-{last}", "xlsx")


def _workbook(found: list[Passed], first: date, last: date) -> bytes:
    titles = [
        _("When"),
        _("Recipient"),
        _("To whom"),
        _("Name"),
        _("What was passed on"),
        _("Basis"),
        _("Passed on by"),
    ]
    rows = (
        (
            clock.local(each.at).replace(tzinfo=None), each.name, str(each.kind.label), each.to, str(each.items),
            each.basis, each.by,
        )
        for each in found
    )  # fmt: skip
    return write([Page(_("Transfers"), [Column(title) for title in titles], rows)])
