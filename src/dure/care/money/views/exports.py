"""Any days as a spreadsheet: without names at once, with names only for a reason, which is recorded."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from dure import clock
from dure.audit import looks
from dure.audit.actions import note
from dure.care.money.counting import last_day
from dure.care.money.exports import Period, export
from dure.care.money.forms import NamedPeriodForm, PeriodForm
from dure.care.money.views.months import for_both, the_month
from dure.care.views.report import XLSX
from dure.files.downloads import attached
from dure.people.doors import SignedIn, counted


@for_both
@counted("downloads", "POST")
def show(request: SignedIn) -> HttpResponse:
    """`?first=&last=` downloads it without names; a reason by POST with names; else the page offers both."""
    month = the_month(request)
    meant = {"first": month, "last": last_day(month)}
    data, standing = request.POST if request.method == "POST" else None, request.standing
    plain = PeriodForm(request.GET if "first" in request.GET else None, initial=meant, standing=standing)
    named = NamedPeriodForm(data, initial=meant, standing=standing, auto_id="named_%s")
    if named.is_valid():
        return _download(request, named.cleaned_data)
    if request.method == "GET" and plain.is_valid():
        return _download(request, plain.cleaned_data)
    wrong = plain.errors or named.errors
    return render(request, "money/export.html", {"plain": plain, "named": named}, status=422 if wrong else 200)


def _download(request: SignedIn, said: dict[str, Any]) -> HttpResponse:
    """The workbook; with names when there is a reason for it."""
    now, reason = clock.now(), said.get("reason", "")
    body = export(request.standing, said["first"], said["last"], said["provider"], named=bool(reason), now=now)
    did = "exported with names" if reason else "exported"
    period = Period(request.standing.office, said["first"], said["last"])
    note(at=now, who=request.user, did=did, about=period, why=reason)
    looks.because(reason) if reason else looks.without_names()
    name = _("meals") + f"-{said['first']}-{said['last']}.xlsx"
    return attached(name, body, XLSX)
