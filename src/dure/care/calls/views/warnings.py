"""Heat and cold warnings: what is on, switching one on after a preview, extending it, switching it off."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from dure import clock
from dure.care.calls import warnings
from dure.care.calls.forms import ExtendForm, WarningForm, WhyForm
from dure.care.calls.models import WeatherWarning
from dure.care.calls.warnings import Preview
from dure.people.doors import SignedIn, for_officers

SHOWN = 30


@for_officers
def index(request: SignedIn) -> HttpResponse:
    """What is on, what was on, and the form to switch one on: first what it would bring, then for good."""
    now, today = clock.now(), clock.today()
    form = WarningForm(
        request.POST if request.method == "POST" else None,
        instance=WeatherWarning(office_id=request.standing.office), initial=_usual(),
    )  # fmt: skip
    preview: Preview | None = None
    if request.method == "POST" and form.is_valid():
        if "expected" in request.POST:
            return _switch_on(request, form)
        preview = warnings.preview(form.save(commit=False), now=now)
    mine = WeatherWarning.objects.filter(office=request.standing.office).order_by("-since_at")
    known = list(mine.prefetch_related("switches__by")[:SHOWN])
    shown = {
        "form": form, "preview": preview, "today": today, "on": [each for each in known if each.runs(today)],
        "past": [each for each in known if not each.runs(today)],
    }  # fmt: skip
    return render(request, "calls/warnings.html", shown, status=422 if form.errors else 200)


def _usual() -> dict[str, object]:
    """For today, for who is at high risk, can hardly move or has no cooling; one contact by three."""
    kind = "heat" if 5 <= clock.today().month <= 9 else "cold"
    return {"kind": kind, "until": clock.today(), "homebound": True, "unequipped": True, "red": True,
            "unknown": True, "by_time": "15:00"}  # fmt: skip


def _switch_on(request: SignedIn, form: WarningForm) -> HttpResponse:
    said = request.POST["expected"]
    expected = int(said) if said.isascii() and said.isdigit() and len(said) < 9 else 0
    why, by, now = form.cleaned_data["why"], request.user, clock.now()
    warning, fresh = warnings.switch_on(form.save(commit=False), expected=expected, why=why, by=by, now=now)
    on = warning.switches.select_related("by").first()
    if fresh and on:
        text = ngettext(
            "Switched on: %(n)s person is contacted.", "Switched on: %(n)s people are contacted.", on.people
        )
        messages.success(request, text % {"n": on.people})
    elif on:
        values = {"person": on.by, "time": clock.format_moment(on.at)}
        text = _("It is on already: %(person)s switched it on at %(time)s. Look whether its groups are those you mean.")
        messages.warning(request, text % values)
    return redirect("care:calls:warnings")


def _find(request: SignedIn, ref: UUID) -> WeatherWarning:
    return get_object_or_404(WeatherWarning.objects.filter(office=request.standing.office), ref=ref)


@require_POST
@for_officers
def extend(request: SignedIn, ref: UUID) -> HttpResponse:
    """It goes on for one more day."""
    warning, form = _find(request, ref), ExtendForm(request.POST)
    if form.is_valid():
        until, now = form.cleaned_data["until"], clock.now()
        if warnings.extend(warning, until=until, by=request.user, now=now):
            messages.success(request, _("It goes on for one more day."))
        else:
            messages.info(request, _("Somebody has changed its last day already. Look at it below."))
    return redirect("care:calls:warnings")


@require_POST
@for_officers
def off(request: SignedIn, ref: UUID) -> HttpResponse:
    """It is over by hand."""
    warning, form = _find(request, ref), WhyForm(request.POST)
    if form.is_valid():
        over = warnings.switch_off(warning, why=form.cleaned_data["why"], by=request.user, now=clock.now())
        text = ngettext(
            "Switched off. %(n)s contact isn't owed any more; who didn't answer stays on the list.",
            "Switched off. %(n)s contacts aren't owed any more; who didn't answer stays on the list.", over,
        )  # fmt: skip
        messages.success(request, text % {"n": over})
    return redirect("care:calls:warnings")
