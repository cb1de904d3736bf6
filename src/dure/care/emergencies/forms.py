"""What people enter to look in an emergency, and what the office enters afterwards."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L

from dure.care.emergencies.actions import Particulars, Why
from dure.care.emergencies.models import Finding, Reason
from dure.people.actions import Standing
from dure.people.fields import NoResidentNumbers, PhoneField
from dure.places.models import Area

WORDS = 5  # fewer letters say nothing


class WhyForm(NoResidentNumbers, forms.Form):
    """Why it has to be."""

    reason = forms.ChoiceField(label=L("What happened"), choices=Reason.choices, widget=forms.RadioSelect)
    words = forms.CharField(
        label=L("In your own words"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=L("The office reads it afterwards, and the person may be told."),
    )  # fmt: skip

    def clean_words(self) -> str:
        """A dot is no reason."""
        said: str = self.cleaned_data["words"].strip()
        if len(re.sub(r"\W", "", said)) < WORDS:
            raise ValidationError(_("Say in a few words what happened."))
        return said

    def why(self) -> Why:
        """As it was entered."""
        return Why(self.cleaned_data["reason"], self.cleaned_data["words"])


class LookForm(WhyForm):
    """Whom: the exact name, and with it the dong, the address or a phone number."""

    name = forms.CharField(label=L("Full name"), max_length=60)
    phone = PhoneField(label=L("Phone number of the person"), required=False)
    area = forms.ModelChoiceField(Area.objects.none(), label=L("Dong"), required=False, empty_label=L("Not known"))
    address = forms.CharField(
        label=L("Address"), max_length=200, required=False,
        help_text=L("Street and number as they are entered, for instance 첨단중앙로 12."),
    )  # fmt: skip

    field_order = ["name", "phone", "area", "address", "reason", "words"]

    def __init__(self, *args: Any, standing: Standing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["area"].queryset = Area.objects.filter(office=standing.office).order_by("sort_key", "name")

    def clean(self) -> dict[str, Any]:
        """A name alone finds nobody."""
        cleaned = super().clean()
        if not self.errors and not any(cleaned.get(each) for each in ("phone", "area", "address")):
            self.add_error("phone", _("Enter the phone number, the dong or the address as well."))
        return cleaned

    def particulars(self) -> Particulars:
        """As they were entered."""
        said = self.cleaned_data
        return Particulars(said["name"], said["area"], said["address"], said["phone"])


class ReviewForm(NoResidentNumbers, forms.Form):
    """Whether it was necessary, and what follows."""

    finding = forms.ChoiceField(label=L("Was it necessary?"), choices=Finding.choices, widget=forms.RadioSelect)
    follow_up = forms.CharField(
        label=L("What follows from it"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=L("Has to be said if it wasn't necessary: for instance talked to, instructed, reported."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """What wasn't necessary has a consequence."""
        cleaned = super().clean()
        if cleaned.get("finding") == Finding.NOT_JUSTIFIED and not cleaned.get("follow_up", "").strip():
            self.add_error("follow_up", _("Say what follows from it."))
        return cleaned
