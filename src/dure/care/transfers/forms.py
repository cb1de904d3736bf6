"""Which days of the register, and why somebody takes it along."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L

from dure.care.transfers.register import Kind
from dure.people.fields import NoResidentNumbers, day_field

MOST = 366


class DaysForm(forms.Form):
    """From when to when, and to whom."""

    first = day_field(label=L("From"))
    last = day_field(label=L("Until"))
    kind = forms.ChoiceField(label=L("To whom"), choices=[("", L("All")), *Kind.choices], required=False)

    def clean(self) -> dict[str, Any]:
        """At most a year."""
        said = super().clean() or self.cleaned_data
        first, last = said.get("first"), said.get("last")
        if first and last and not 0 <= (last - first).days <= MOST:
            self.add_error("last", _("Choose a day after the first one, at most a year later."))
        return said


class TakenForm(NoResidentNumbers, DaysForm):
    """The same with full names, for a reason."""

    reason = forms.CharField(label=L("What for"), max_length=200)
    first = forms.DateField(widget=forms.HiddenInput)
    last = forms.DateField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(choices=[("", ""), *Kind.choices], required=False, widget=forms.HiddenInput)
