"""What somebody found out about a worker."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L

from dure.care.on_the_road import STARTS
from dure.care.workers.actions import MAY_BE_FOUND
from dure.care.workers.models import Found
from dure.duty.models import Duty
from dure.people.fields import NoResidentNumbers


class FoundForm(NoResidentNumbers, forms.Form):
    """How it is with the worker; whether it was for nothing."""

    found = forms.ChoiceField(label=L("How is the worker?"), widget=forms.RadioSelect)
    note = forms.CharField(
        label=L("What you found out, what is being done"), max_length=300, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    false_alarm = forms.BooleanField(label=L("It was a false alarm (no network, pressed by mistake)"), required=False)

    def __init__(self, data: Any = None, *, duty: Duty) -> None:
        super().__init__(data, auto_id=f"{duty.kind.split('.')[1]}_%s")
        fields: dict[str, Any] = self.fields
        fields["found"].choices = [(each.value, each.label) for each in MAY_BE_FOUND[duty.kind]]
        if duty.kind == STARTS:
            del fields["false_alarm"]  # it wasn't started, whatever the reason

    def clean(self) -> dict[str, Any]:
        """Who needed help was no false alarm, and it is said what is done."""
        cleaned = super().clean()
        if cleaned.get("found") == Found.HELPED:
            if not cleaned.get("note", "").strip():
                self.add_error("note", _("Say what is being done: who goes there, whether 119 or 112 was called."))
            if cleaned.get("false_alarm"):
                self.add_error("false_alarm", _("Who needed help was no false alarm."))
        return cleaned
