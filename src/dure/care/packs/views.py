"""The papers for a day without internet: the list, one to download, all in one, and entering them afterwards."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dure import clock
from dure.audit import looks
from dure.audit.actions import note
from dure.care.models import Course, Sighting, Visit
from dure.care.packs.actions import KEPT, newest
from dure.care.packs.entering import enter as keep
from dure.care.packs.forms import RowForm, rows
from dure.care.packs.models import Pack
from dure.care.packs.saying import say, together
from dure.care.views.courses import of_day
from dure.errors import Refused
from dure.files.downloads import attached
from dure.people.doors import SignedIn, counted, for_the_office, only
from dure.people.fields import day_said
from dure.people.models import Organisation, Role
from dure.sheets import pdf, xlsx

A_PAGE = 60
TYPES = {"pdf": "application/pdf", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def _the_day(request: SignedIn) -> date:
    """The day that is meant; today when it can't be read."""
    try:
        return day_said(request.GET.get("day", ""))
    except ValueError:
        return clock.today()


@require_GET
@for_the_office
def index(request: SignedIn) -> HttpResponse:
    """The papers of a day, those kept from before, and the courses that can be entered from paper."""
    day, today = _the_day(request), clock.today()
    packs = Pack.objects.seen_by(request.standing).kept().select_related("provider")
    latest: dict[int, Pack] = {}
    for pack in packs.filter(day=day).order_by("provider__name", "provider", "-version"):
        latest.setdefault(pack.provider_id, pack)
    before = packs.exclude(pk__in=[pack.pk for pack in latest.values()])
    shown = {
        "day": day, "today": today, "tomorrow": today + timedelta(days=1), "kept_days": KEPT.days,
        "packs": list(latest.values()), "may_all": len(latest) > 1,
        "page": Paginator(before.order_by("-day", "provider__name", "-version", "id"), A_PAGE).get_page(
            request.GET.get("page")
        ),
        "courses": of_day(Course.objects.seen_by(request.standing), day) if day <= today else [],
        "without_pdf": pdf.missing() is not None,
    }  # fmt: skip
    return render(request, "packs/index.html", shown)


@require_GET
@only(Role.PROVIDER, Role.OFFICER, Role.ADMIN)
@counted("downloads")
def download(request: SignedIn, ref: UUID) -> HttpResponse:
    """One of them. Names and doors leave the server with it, so it is on the record."""
    kept = Pack.objects.seen_by(request.standing).kept().select_related("provider", "content")
    pack = get_object_or_404(kept, ref=ref)
    note(at=clock.now(), who=request.user, did="downloaded", about=pack, why="in case of an outage")
    _goes_along(pack)
    assert pack.content
    return _file(bytes(pack.content.data), f"{pack.day:%Y-%m-%d} {pack.provider} ({pack.version})", pack.kind)


@require_GET
@only(Role.PROVIDER, Role.OFFICER, Role.ADMIN)
@counted("downloads")
def everything(request: SignedIn) -> HttpResponse:
    """The papers of all providers of a day in one file, as the plan stands now."""
    day, now = _the_day(request), clock.now()
    mine = {p.provider_id: p for p in Pack.objects.seen_by(request.standing).kept().filter(day=day)}
    packs = [pack for provider, pack in newest(request.standing.office, day).items() if provider in mine]
    if not packs:
        raise Refused(_("There are no papers for this day. They are made at 18:00 on the day before."))
    providers = Organisation.objects.filter(pk__in=[p.provider_id for p in packs]).select_related("office")
    said = [say(provider, day, now=now) for provider in providers.order_by("name", "id")]
    paper = together(said, request.user.office.name, day, now=now)
    kind = "xlsx" if pdf.missing() else "pdf"
    for pack in packs:
        note(at=now, who=request.user, did="downloaded", about=pack, why="in case of an outage")
        _goes_along(pack)
    return _file((pdf if kind == "pdf" else xlsx).write(paper), f"{day:%Y-%m-%d} {_('all providers')}", kind)


def _goes_along(pack: Pack) -> None:
    """Everybody who stands on these papers."""
    looks.because("in case of an outage")
    looks.also(Visit.objects.filter(day=pack.day, provider=pack.provider).values_list("recipient__ref", flat=True))


def _file(data: bytes, name: str, kind: str) -> HttpResponse:
    return attached(f"{name}.{kind}", data, TYPES[kind])


@for_the_office
def enter(request: SignedIn, ref: UUID) -> HttpResponse:
    """Enter a course from its paper, one visit a row. What is right is kept at once; the rest says what is wrong."""
    mine = Course.objects.seen_by(request.standing).select_related("route", "provider", "worker")
    course, now = get_object_or_404(mine, ref=ref), clock.now()
    if course.day > clock.local(now).date():
        raise Refused(_("This day is still to come. Nobody can have seen anything yet."))
    visits, posted = _stops(request, course), request.method == "POST"
    made = rows(visits, request.POST if posted else None, _reports(visits), now=now)
    kept = keep(made, by=request.user, now=now) if posted else 0
    wrong = [row for row in made if row.written and row.errors]
    if posted and kept:
        messages.success(request, _("%(n)s visits entered.") % {"n": kept})
    if posted and not wrong:
        if not kept:
            messages.warning(request, _("Nothing was written in any row."))
        return redirect("care:packs:enter", ref)
    return render(request, "packs/enter.html", _shown(request, course, made, wrong), status=422 if wrong else 200)


def _shown(request: SignedIn, course: Course, made: list[RowForm], wrong: list[RowForm]) -> dict[str, Any]:
    """The rows as they stand now: one that was kept says what was kept, one that wasn't keeps what was typed."""
    now, visits = clock.now(), _stops(request, course)
    reports, still = _reports(visits), {row.visit.pk: row for row in wrong}
    fresh = rows(visits, None, reports, now=now)
    for row in wrong:  # who sends it again has seen what was reported in the meantime
        row.data = {**dict(row.data.items()), row.add_prefix("known"): str(reports.get(row.visit.pk, 0))}
    return {"course": course, "wrong": wrong, "rows": [still.get(row.visit.pk, row) for row in fresh]}


def _stops(request: SignedIn, course: Course) -> list[Visit]:
    """The visits of a course in the order of the paper."""
    stops = Visit.objects.seen_by(request.standing).filter(course=course)
    owed = stops.select_related("recipient__place__area", "worker", "duty", "provider")
    return list(owed.prefetch_related("sightings").order_by("order", "due_at", "id"))


def _reports(visits: list[Visit]) -> Mapping[int, int]:
    """How many reports there are of each visit."""
    counted = Sighting.objects.filter(visit__in=visits).values_list("visit").annotate(n=Count("pk"))
    return dict(counted)
