"""What people enter about consents."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L

from dure import clock
from dure.care.consents.models import Consent, How, Purpose, Said
from dure.care.models import Recipient
from dure.files.models import LARGEST
from dure.people.fields import NoResidentNumbers, day_field

SCANS = {b"%PDF": "pdf", b"\xff\xd8\xff": "jpg", b"\x89PNG": "png"}


class TextForm(NoResidentNumbers, forms.Form):
    """A new version."""

    purpose = forms.ChoiceField(label=L("For what"), choices=Purpose.choices)
    since = day_field(label=L("From which day"), initial=clock.today)
    text = forms.CharField(label=L("Text of the consent"), max_length=10000, widget=forms.Textarea(attrs={"rows": 10}))


class ConsentForm(NoResidentNumbers, forms.Form):
    """What was said, when and how."""

    purpose = forms.ChoiceField(label=L("For what"), choices=Purpose.choices)
    said = forms.ChoiceField(label=L("What the person says"), choices=Said.choices, widget=forms.RadioSelect)
    on = day_field(label=L("On which day"), initial=clock.today)
    how = forms.ChoiceField(label=L("How"), choices=How.choices, initial=How.PAPER)
    who = forms.CharField(label=L("Witness or guardian"), max_length=60, required=False,
                          help_text=L("Only where it wasn't on paper."))  # fmt: skip
    file = forms.FileField(label=L("The signed paper (PDF or photo)"), required=False)

    def clean_on(self) -> Any:
        """What was said was said today at the latest."""
        if self.cleaned_data["on"] > clock.today():
            raise ValidationError(_("This day is still to come. Look at the date."))
        return self.cleaned_data["on"]

    def clean_file(self) -> Any:
        """A scan, and not too large."""
        file = self.cleaned_data["file"]
        if file is None:
            return None
        if file.size > LARGEST:
            raise ValidationError(_("This file is larger than 10 MB. Make it smaller, or hand in a part of it."))
        data = file.read()
        kind = next((kind for start, kind in SCANS.items() if data.startswith(start)), None)
        if kind is None:
            raise ValidationError(_("Choose a PDF, JPEG or PNG file."))
        return (_("Signed paper") + f".{kind}", data)  # what the file was called may name somebody

    def clean(self) -> dict[str, Any]:
        """Who stood by, where nothing is signed."""
        cleaned = super().clean()
        if cleaned.get("how") in (How.ORAL, How.GUARDIAN) and not cleaned.get("who"):
            self.add_error("who", _("Enter who the witness or guardian was."))
        return cleaned

    def consent(self, recipient: Recipient) -> Consent:
        """As it was entered."""
        said = self.cleaned_data
        return Consent(recipient=recipient, **{name: said[name] for name in ("purpose", "said", "on", "how", "who")})
