"""A further way to reach somebody who works here."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L

from dure.people.fields import NoResidentNumbers
from dure.people.models import Channel, Person
from dure.sheets.phones import phone
from dure.sheets.problems import Problem


class NumberForm(NoResidentNumbers, forms.Form):
    """Who is reached, how, and at which number or address."""

    person = forms.ModelChoiceField(Person.objects.none(), label=L("Who"))
    channel = forms.ChoiceField(label=L("How"), choices=Channel.choices, initial=Channel.SMS)
    value = forms.CharField(
        label=L("Number or address"), max_length=200, required=False, help_text=L("Leave it empty for the screen only.")
    )
    since = forms.TimeField(label=L("Tried first from"), required=False, widget=forms.TimeInput(attrs={"type": "time"}))
    until = forms.TimeField(
        label=L("Tried first until"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}),
        help_text=L("At these hours it is tried before others; without them, at any hour."),
    )

    def __init__(self, *args: Any, people: Iterable[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ours = Person.objects.filter(pk__in=[person.pk for person in people]).order_by("name", "id")
        self.fields["person"].queryset = ours  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A number that can be called, an address that can be written to; a screen needs none."""
        cleaned = super().clean()
        channel, value = cleaned.get("channel"), cleaned.get("value", "")
        if channel == Channel.SCREEN:
            cleaned["value"] = ""
        elif not value:
            self.add_error("value", _("Write the number or address."))
        elif channel == Channel.EMAIL:
            self._email(value)
        else:
            read = phone(value)
            if isinstance(read, Problem):
                self.add_error("value", _(read.text) % read.values)
            elif read is None:  # "-", "none": said, and no number
                self.add_error("value", _("Write the number or address."))
            cleaned["value"] = str(read)
        if (cleaned.get("since") is None) != (cleaned.get("until") is None):
            self.add_error("until", _("Write both hours, or none."))
        elif cleaned.get("since") and cleaned["since"] == cleaned["until"]:
            self.add_error("until", _("The hours end when they begin. Leave both empty for any hour."))
        return cleaned

    def _email(self, value: str) -> None:
        try:
            validate_email(value)
        except ValidationError:
            self.add_error("value", _("This isn't an e-mail address. Write it like name@example.kr."))
