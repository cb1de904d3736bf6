"""The report of a day to download: without names at once, with names only for a reason, which is recorded."""

from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from dure import clock
from dure.audit import looks
from dure.audit.actions import note
from dure.care.forms.report import DayForm, NamedForm
from dure.care.reports import DayReport, day_report
from dure.files.downloads import attached
from dure.people.doors import SignedIn, counted, for_the_office

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@for_the_office
@counted("downloads", "POST")
def show(request: SignedIn) -> HttpResponse:
    """`?day=` downloads the report without names; a reason by POST the one with names; else the page offers both."""
    meant, data = {"day": request.GET.get("of") or clock.today()}, request.POST if request.method == "POST" else None
    plain = DayForm(request.GET if "day" in request.GET else None, initial=meant)
    named = NamedForm(data, initial=meant, auto_id="named_%s")
    if named.is_valid():
        return _download(request, named.cleaned_data["day"], named.cleaned_data["reason"])
    if request.method == "GET" and plain.is_valid():
        return _download(request, plain.cleaned_data["day"], "")
    wrong = plain.errors or named.errors
    return render(request, "care/report.html", {"plain": plain, "named": named}, status=422 if wrong else 200)


def _download(request: SignedIn, day: date, reason: str) -> HttpResponse:
    """The workbook; with names when there is a reason for it."""
    now, did = clock.now(), "downloaded with names" if reason else "downloaded"
    body = day_report(request.standing, day, now=now, named=bool(reason))
    note(at=now, who=request.user, did=did, about=DayReport(request.standing.office, day), why=reason)
    looks.because(reason) if reason else looks.without_names()
    name = _("day-report") + f"-{day:%Y-%m-%d}.xlsx"
    return attached(name, body, XLSX)
