"""The rules of the office: what each says today, where it comes from, and changing one as of a day."""

from collections.abc import Callable
from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from dure import clock
from dure.desk.forms import RuleForm
from dure.errors import Refused
from dure.people.doors import SignedIn, for_admins
from dure.rules import actions
from dure.rules.models import Rule

Then = Callable[[int, datetime], object]  # what follows a rule is computed anew


@for_admins
def index(request: SignedIn) -> HttpResponse:
    """Every rule as it holds today, and what is to hold later."""
    today, rows = clock.today(), Rule.objects.filter(office=request.standing.office).order_by("pk", "-since")
    now: dict[str, Rule] = {}
    for row in sorted(rows, key=lambda row: row.since):
        if row.since <= today or row.name not in now:
            now[row.name] = row
    coming = [row for row in rows if row.since > today]
    return render(request, "desk/rules.html", {"rules": now.values(), "coming": coming})


@for_admins
def change(request: SignedIn, name: str, then: Then) -> HttpResponse:
    """One rule with all that it has said, and a form to change it."""
    rows = Rule.objects.filter(office=request.standing.office, name=name).order_by("-since")
    newest, now = get_object_or_404(rows[:1]), clock.now()
    data = request.POST if request.method == "POST" else None
    form = RuleForm(
        data, initial={"value": f"{newest.value.normalize():f}", "source": newest.source, "since": clock.today()}
    )
    if form.is_valid() and _changed(request, newest, form, now):
        then(request.standing.office, now)
        messages.success(request, _("Saved."))
        return redirect("rules")
    shown = {"rule": newest, "rows": rows, "form": form}
    return render(request, "desk/rule.html", shown, status=422 if form.errors else 200)


def _changed(request: SignedIn, rule: Rule, form: forms.Form, now: datetime) -> bool:
    try:
        actions.change(rule, **form.cleaned_data, by=request.user, now=now)
    except Refused as problem:
        form.add_error("since" if form.cleaned_data["since"] < clock.today() else "value", problem.message)
        return False
    return True
