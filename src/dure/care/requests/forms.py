"""What is entered of a request and of its answer."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L

from dure.care.requests.models import By, Granted, Kind, Request
from dure.people.fields import NoResidentNumbers, day_field


class RequestForm(NoResidentNumbers, forms.ModelForm):  # type: ignore[type-arg]
    """Who asks for what, and how it was checked who it is."""

    received_on = day_field(label=L("Received on"))

    class Meta:
        model = Request
        fields = ["kind", "by", "name", "checked", "what", "received_on"]
        labels = {
            "kind": L("What is asked for"), "by": L("Who asks"), "name": L("Name of who asks for the recipient"),
            "checked": L("How it was checked who asks"), "what": L("What exactly"),
        }  # fmt: skip
        help_texts = {
            "checked": L("For example: ID card seen, power of attorney with a copy of the ID card. No numbers.")
        }
        widgets = {"what": forms.Textarea(attrs={"rows": 3})}

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("by") in (By.GUARDIAN, By.AGENT) and not found.get("name"):
            self.add_error("name", _("Enter the name of who asks for the recipient."))
        if found.get("kind") in (Kind.CORRECT, Kind.DELETE) and not found.get("what"):
            self.add_error("what", _("Say what is to be corrected or deleted."))
        return found


class AnswerForm(NoResidentNumbers, forms.Form):
    """What was done, and what was refused."""

    granted = forms.ChoiceField(label=L("What came of it"), choices=Granted)
    done = forms.CharField(
        label=L("What was handed over, corrected or deleted"), max_length=2000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    refused_why = forms.CharField(label=L("What was refused, and why"), max_length=500, required=False)
    on = day_field(label=L("Answered on"))

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("granted") in (Granted.ALL, Granted.PART) and not found.get("done"):
            self.add_error("done", _("Say what was handed over, corrected or deleted."))
        if found.get("granted") in (Granted.PART, Granted.NONE) and not found.get("refused_why"):
            self.add_error("refused_why", _("Say what was refused, and why."))
        return found
