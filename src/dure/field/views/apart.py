"""A report that a phone handed in after it was taken away: what it says, and whether it counts."""

import json
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import TextChoices
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from dure import clock
from dure.audit import looks
from dure.care.models import Handed, Outcome, Visit
from dure.care.photos.shown import of_reports
from dure.errors import Refused
from dure.field import apart
from dure.field.models import SetApart
from dure.field.views.worker import SIGNS
from dure.people.doors import SignedIn, for_the_office


class DecideForm(forms.Form):
    """Whether it counts, and why not."""

    counts = forms.BooleanField(required=False)
    why = forms.CharField(label=gettext_lazy("What you found out"), max_length=300, required=False)


def _apart(request: SignedIn, key: UUID) -> SetApart:
    return get_object_or_404(apart.seen_by(request.standing), report__key=key)


def _label(of: type[TextChoices], value: Any) -> str:
    return str(of(value).label) if value in of.values else ""


def _body(report: Any) -> dict[str, Any]:
    """What stands in the report; nothing of one that can't be read."""
    try:
        body = json.loads(report.body)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def says(report: Any, visit: Visit | None, *, office: bool) -> list[tuple[str, str]]:
    """What the report says, in words. Its words aren't shown outside the office when it speaks of abuse."""
    body = _body(report)
    noticed = body["signs"] if isinstance(body.get("signs"), list) else []
    signs = {value: str(label) for _part, value, label in SIGNS}
    in_confidence = bool(body.get("abuse")) and not office
    text, who = ("", "") if in_confidence else (str(body.get("note") or ""), str(body.get("who") or ""))
    return [
        (_("About"), f"{visit.recipient.name} · {visit.day:%m-%d}" if visit else ""),
        (_("Outcome"), _label(Outcome, body.get("outcome"))),
        (_("How the meal was handed over"), _label(Handed, body.get("handed"))),
        (
            _("What was noticed"),
            ", ".join(label for value, label in signs.items() if value in noticed),
        ),
        (_("Who"), who),
        (_("Note"), text),
        (_("Seen at"), clock.format_moment(report.seen_at) if report.seen_at else ""),
        (_("Arrived"), clock.format_moment(report.received_at)),
        (_("The worker's number"), report.by.phone),
    ]


@require_GET
@for_the_office
def show(request: SignedIn, key: UUID, form: DecideForm | None = None) -> HttpResponse:
    """The report, and the two ways to decide on it."""
    found = _apart(request, key)
    about = found.report.about
    visit = Visit.objects.filter(ref=about).select_related("recipient").first() if about else None
    looks.also([visit.recipient.ref] if visit else [])
    pairs = says(found.report, visit, office=request.standing.organisations is None)
    shown = {"apart": found, "pairs": pairs, "visit": visit, "form": form}
    return render(request, "field/apart.html", {**shown, "photos": of_reports(request.standing, [key])})


@require_POST
@for_the_office
def decide(request: SignedIn, key: UUID) -> HttpResponse:
    """It counts, or it is set aside."""
    found, form = _apart(request, key), DecideForm(request.POST)
    if not form.is_valid():
        raise Refused(_("At most 300 letters. Say it shorter."))
    given, takers = form.cleaned_data, import_string("dure.urls.TAKERS")
    apart.decide(found, takers, counts=given["counts"], why=given["why"], by=request.user, now=clock.now())
    messages.success(request, _("The report counts.") if given["counts"] else _("The report is set aside."))
    return redirect("field_apart", key)
