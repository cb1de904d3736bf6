"""A contact order as a form: its steps in rows, put into order by a number."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L

from dure.care.orders import WHO
from dure.people.models import Channel, Person, Role, Roster


def whom(office: int) -> list[tuple[str, Any]]:
    """Who can be named in a step: a place that is answered by a roster, one certain roster, one certain person."""
    places = [(f"{who}@{of}", label) for (who, of), label in WHO.items()]
    rosters = Roster.objects.filter(office=office, retired_at=None).select_related("organisation")
    named = [(f"roster@{r.pk}", f"{r.organisation} {r.name}") for r in rosters.order_by("organisation__name", "name")]
    staff = Person.objects.filter(office=office, left_at=None).exclude(memberships__role=Role.WORKER).distinct()
    persons = [(f"person@{p.pk}", p.name) for p in staff.order_by("name")]
    groups = [(_("Who answers there"), places), (_("One roster"), named), (_("One person"), persons)]
    return [("", _("Nobody (leave this row out)")), *groups]


class StepForm(forms.Form):
    """One step: who, for how long it is waited for an answer, by which ways."""

    place = forms.IntegerField(label=L("No."), min_value=1, max_value=99)
    whom = forms.ChoiceField(label=L("Who is told"), required=False)
    minutes = forms.IntegerField(label=L("Minutes to wait"), min_value=1, max_value=1440, initial=5)
    channels = forms.MultipleChoiceField(
        label=L("Ways (none: every way known)"), choices=Channel.choices, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(self, *args: Any, choices: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["whom"].choices = choices  # type: ignore[attr-defined]

    @property
    def rung(self) -> dict[str, Any] | None:
        """The step as orders keep it."""
        said = self.cleaned_data
        kind, _at, key = said["whom"].partition("@")
        if not kind:
            return None
        named = {kind: int(key)} if kind in {"roster", "person"} else {"who": kind, "of": key}
        return {**named, "wait": said["minutes"] * 60, "channels": said["channels"]}


class AllSteps(forms.BaseFormSet):  # type: ignore[type-arg]
    """The steps together: at least one."""

    def clean(self) -> None:
        """Somebody has to be told."""
        if any(self.errors):
            return
        if not self.rungs:
            raise ValidationError(_("A contact order needs at least one step."))

    @property
    def rungs(self) -> list[dict[str, Any]]:
        """The steps in their order."""
        rows = sorted((form for form in self.forms if form.cleaned_data), key=lambda f: f.cleaned_data["place"])
        return [form.rung for form in rows if form.rung]


Steps = forms.formset_factory(StepForm, formset=AllSteps, extra=0, min_num=1, max_num=20, absolute_max=40)


class ClaimTime(forms.Form):
    """How long somebody who takes it on has for the next step."""

    minutes = forms.IntegerField(label=L("Minutes for the next step of who takes it on"), min_value=1, max_value=10080)


def initial(rungs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The steps as they are, and two empty rows below them."""
    rows = [
        {
            "place": number, "minutes": rung["wait"] // 60, "channels": rung.get("channels", []),
            "whom": next((f"{k}@{rung[k]}" for k in ("roster", "person") if rung.get(k)), None)
            or f"{rung.get('who')}@{rung.get('of')}",
        }
        for number, rung in enumerate(rungs, 1)
    ]  # fmt: skip
    return rows + [{"place": len(rungs) + n, "minutes": 5} for n in (1, 2)]
