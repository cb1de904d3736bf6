"""The register of processors: a page, a spreadsheet, and the entries of the administrator."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dure import clock
from dure.audit import looks
from dure.audit.actions import note
from dure.care.downloads import attached
from dure.care.processors.forms import ProcessorForm
from dure.care.processors.models import Processor
from dure.care.processors.register import register
from dure.people.doors import SignedIn, counted, for_admins, for_officers
from dure.sheets.write import Column, Page, write


@require_GET
@for_officers
@counted("downloads")
def index(request: SignedIn) -> HttpResponse:
    """All of them; `?as=xlsx` as a spreadsheet."""
    lines = register(request.standing.office)
    if request.GET.get("as") != "xlsx":
        return render(request, "processors/index.html", {"lines": lines})
    titles = [
        _("Name"), _("What for?"), _("Personal data in it"), _("Entrusted from"), _("Entrusted until"), _("Trained on"),
        _("Data destroyed on"),
    ]  # fmt: skip
    rows = (
        (each.name, str(each.task), str(each.items), each.since, each.until, each.trained_on, each.destroyed_on)
        for each in lines
    )
    looks.without_names()
    body = write([Page(_("Processors"), [Column(title) for title in titles], rows)])
    return attached(body, _("processors") + f"-{clock.today()}", "xlsx")


@for_admins
def add(request: SignedIn) -> HttpResponse:
    """One more."""
    return _enter(request, Processor(office_id=request.standing.office))


@for_admins
def edit(request: SignedIn, ref: UUID) -> HttpResponse:
    """Changed, or at its end."""
    return _enter(request, get_object_or_404(Processor, ref=ref, office=request.standing.office))


def _enter(request: SignedIn, processor: Processor) -> HttpResponse:
    form = ProcessorForm(request.POST if request.method == "POST" else None, instance=processor)
    if request.method == "POST" and form.is_valid():
        new = processor.pk is None
        processor.changed_at, processor.changed_by = clock.now(), request.user
        form.save()
        note(at=processor.changed_at, who=request.user, did="added" if new else "changed", about=processor)
        messages.success(request, _("Saved."))
        return redirect("care:processors:index")
    return render(request, "processors/form.html", {"form": form}, status=422 if form.errors else 200)
