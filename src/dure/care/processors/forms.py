"""What the administrator enters about a processor."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L

from dure.care.processors.models import Processor
from dure.people.fields import NoResidentNumbers, day_field


class ProcessorForm(NoResidentNumbers, forms.ModelForm):  # type: ignore[type-arg]
    """Who, what for, which data, from when to when."""

    since = day_field(label=L("Entrusted from"))
    until = day_field(label=L("Entrusted until"), required=False)
    trained_on = day_field(label=L("Trained on"), required=False)
    destroyed_on = day_field(label=L("Data destroyed on"), required=False)

    class Meta:
        model = Processor
        fields = ["name", "task", "what", "items", "since", "until", "trained_on", "destroyed_on"]
        labels = {
            "name": L("Name"),
            "task": L("What for?"),
            "what": L("In a few words"),
            "items": L("Personal data in it"),
        }

    def clean(self) -> dict[str, Any]:
        """It ends after it begins, and data are destroyed when it ends."""
        said = super().clean()
        since, until = said.get("since"), said.get("until")
        if since and until and until < since:
            self.add_error("until", _("It can't end before it begins."))
        if said.get("destroyed_on") and (not until or (since and said["destroyed_on"] < since)):
            self.add_error("destroyed_on", _("Enter first until when it was."))
        return said
