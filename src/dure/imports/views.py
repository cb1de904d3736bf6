"""The way of a list into the office: upload, header, columns, preview, applied, perhaps undone."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRefresh

from dure import clock
from dure.errors import Refused
from dure.imports import actions, asking, papers
from dure.imports.forms import ColumnsForm, UploadForm
from dure.imports.keeping import unpack
from dure.imports.kinds import FOR, Kind, Scope
from dure.imports.models import Asked, Upload
from dure.imports.reading import missing
from dure.imports.shown import Preview, Result, first_rows, in_hand, samples
from dure.people.actions import Standing
from dure.people.doors import counted, only
from dure.people.models import Organisation, Person
from dure.postgres.texts import key as row_named

Kinds = Mapping[str, Kind]
for_uploaders = only(*FOR)
SHOWN_ROWS = 15


class SignedIn(HttpRequest):
    """A request of somebody who is signed in."""

    user: Person
    standing: Standing


def _kind(request: SignedIn, kinds: Kinds, slug: str) -> Kind:
    if slug not in kinds:
        raise Http404
    if not request.standing.has(*kinds[slug].roles):
        raise PermissionDenied
    return kinds[slug]


def _upload(request: SignedIn, kinds: Kinds, slug: str, ref: UUID) -> tuple[Upload, Kind, Scope]:
    """The upload of this office, with its kind and for whom it is."""
    kind = _kind(request, kinds, slug)
    found = get_object_or_404(Upload.objects.select_related("organisation"), kind=slug, ref=ref)
    return found, kind, _scope(request, found.organisation)


def _scope(request: SignedIn, organisation: Organisation | None) -> Scope:
    whole = request.standing.organisations is None
    return Scope(request.user, organisation, clock.now(), clock.today(), whole)


def _next(upload: Upload, kind: Kind, scope: Scope) -> str:
    """What is asked next: where the columns are named, which is which, or nothing but to look at it."""
    if actions.settled(upload, kind, Scope(scope.by, upload.organisation, scope.now, scope.today, scope.whole)):
        return "imports:preview"
    return "imports:columns" if upload.mapping else "imports:sheet"


@for_uploaders
@require_GET
def uploads(request: SignedIn, kinds: Kinds) -> HttpResponse:
    """Which lists can be taken in, and which came in lately."""
    mine = {slug: kind for slug, kind in kinds.items() if request.standing.has(*kind.roles)}
    found = Upload.objects.filter(kind__in=mine).select_related("by", "organisation")[:30]
    lately = [(upload, mine[upload.kind].title) for upload in found]
    return render(request, "imports/index.html", {"kinds": mine, "lately": lately})


@for_uploaders
def start(request: SignedIn, kinds: Kinds, slug: str) -> HttpResponse:
    """Choose the file."""
    kind = _kind(request, kinds, slug)
    form = UploadForm(request.POST or None, request.FILES or None, only=request.standing.organisations)
    if form.is_valid():
        scope = _scope(request, form.cleaned_data["organisation"])
        try:
            file = form.cleaned_data["file"]
            upload = actions.take_in(slug, kind, scope, file.name, file.read(papers.MOST_BYTES + 1))
            return redirect(_next(upload, kind, scope), slug, upload.ref)
        except Refused as refusal:
            form.add_error("file", refusal.message)
    shown = {"kind": kind, "slug": slug, "form": form}
    return render(request, "imports/start.html", shown, status=422 if form.errors else 200)


@for_uploaders
@require_GET
@counted("downloads")
def template(request: SignedIn, kinds: Kinds, slug: str) -> HttpResponse:
    """An empty workbook with our columns and how to fill them in."""
    kind = _kind(request, kinds, slug)
    own = Organisation.objects.filter(pk__in=request.standing.organisations or ()).first()
    scope = _scope(request, own)
    return papers.download(f"{kind.title}.xlsx", papers.template(kind, scope))


@for_uploaders
def sheet(request: SignedIn, kinds: Kinds, slug: str, ref: UUID) -> HttpResponse:
    """Which sheet it is, and in which row its columns are named."""
    upload, kind, scope = _upload(request, kinds, slug, ref)
    if request.method == "POST":
        numbers = [request.POST.get(name, "") for name in ("sheet", "first", "last")]
        sheet, first, last = map(row_named, numbers)
        actions.choose_header(upload, kind, scope, sheet, first, max(first, last))
        return redirect("imports:columns", slug, ref)
    sheets = unpack(upload.tables)
    wanted = request.GET.get("sheet", "")
    number = row_named(wanted) if wanted and row_named(wanted) < len(sheets) else upload.sheet
    shown = {"kind": kind, "slug": slug, "upload": upload, "sheets": list(enumerate(sheets)), "number": number}
    return render(request, "imports/sheet.html", shown | {"rows": first_rows(sheets[number], SHOWN_ROWS)})


@for_uploaders
def columns(request: SignedIn, kinds: Kinds, slug: str, ref: UUID) -> HttpResponse:
    """Which column is which."""
    upload, kind, scope = _upload(request, kinds, slug, ref)
    if upload.header_first is None:
        return redirect("imports:sheet", slug, ref)
    ours = kind.columns(scope)
    table, header = actions.table(upload)
    chosen = {int(index): key for index, key in upload.mapping.items()}
    form = ColumnsForm(request.POST or None, header=header, columns=ours, chosen=chosen)
    if form.is_valid():
        try:
            actions.choose_columns(upload, ours, form.mapping)
            return redirect("imports:preview", slug, ref)
        except Refused as refusal:
            form.add_error(None, refusal.message)
    fields = zip(form, samples(table, header), strict=True)
    shown = {"kind": kind, "slug": slug, "upload": upload, "form": form, "fields": fields, "header": header}
    shown["lacking"] = [] if form.errors else missing(ours, list(chosen.values()))
    return render(request, "imports/columns.html", shown, status=422 if form.errors else 200)


@for_uploaders
@require_GET
def preview(request: SignedIn, kinds: Kinds, slug: str, ref: UUID) -> HttpResponse:
    """What the list would do, and what is wrong in which cell."""
    upload, kind, scope = _upload(request, kinds, slug, ref)
    if upload.asked_at is not None:
        return redirect("imports:result", slug, ref)
    shown: dict[str, Any] = {"kind": kind, "slug": slug, "upload": upload}
    shown["preview"] = Preview(upload, kind.columns(scope), actions.look(upload, kind, scope))
    return render(request, "imports/preview.html", shown)


@for_uploaders
@require_POST
def apply(request: SignedIn, kinds: Kinds, slug: str, ref: UUID) -> HttpResponse:
    """Do it: the rows that are right, or all or nothing."""
    upload, kind, scope = _upload(request, kinds, slug, ref)
    whole = request.POST.get("how") == "whole"
    asking.ask(upload, kind, scope, Asked.APPLY, digest=request.POST.get("digest", "")[:40], whole=whole)
    return redirect("imports:result", slug, ref)


@for_uploaders
@require_GET
def result(request: SignedIn, kinds: Kinds, slug: str, ref: UUID) -> HttpResponse:
    """What the list has done, what was kept aside, what was taken back."""
    upload, kind, _scope = _upload(request, kinds, slug, ref)
    shown = {"kind": kind, "slug": slug, "upload": upload, "result": Result(upload)}
    return render(request, "imports/result.html", shown | in_hand(upload))


@for_uploaders
@require_GET
def progress(request: SignedIn, kinds: Kinds, slug: str, ref: UUID) -> HttpResponse:
    """How a list that takes longer is doing, asked for every few seconds; when it is done, the whole page is."""
    upload, _kind, _scope = _upload(request, kinds, slug, ref)
    if upload.asked_at is None:
        return HttpResponseClientRefresh()
    return render(request, "imports/_in_hand.html", {"slug": slug, "upload": upload} | in_hand(upload))


@for_uploaders
@require_GET
@counted("downloads")
def refused(request: SignedIn, kinds: Kinds, slug: str, ref: UUID) -> HttpResponse:
    """The rows that were not taken in, as a workbook that says why in its last column."""
    upload, kind, scope = _upload(request, kinds, slug, ref)
    return papers.download(f"{upload.name.rsplit('.', 1)[0]} ✗.xlsx", papers.refused(upload, kind, scope))


@for_uploaders
@require_POST
def again(request: SignedIn, kinds: Kinds, slug: str, ref: UUID, number: int) -> HttpResponse:
    """Another sheet of the same file."""
    upload, kind, scope = _upload(request, kinds, slug, ref)
    other = actions.another_sheet(upload, kind, scope, number)
    return redirect(_next(other, kind, scope), slug, other.ref)


@for_uploaders
@require_POST
def undo(request: SignedIn, kinds: Kinds, slug: str, ref: UUID) -> HttpResponse:
    """Take back what nobody has touched since."""
    upload, kind, scope = _upload(request, kinds, slug, ref)
    asking.ask(upload, kind, scope, Asked.UNDO)
    return redirect("imports:result", slug, ref)
