"""What people enter about consents."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L

from dure import clock
from dure.care.consents.models import Consent, How, Purpose, Said
from dure.care.models import Recipient
from dure.files.forms import KeptFile
from dure.files.sorts import SCANS
from dure.people.fields import NoResidentNumbers, day_field


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
    file = KeptFile(label=L("The signed paper (PDF or photo)"), required=False, sorts=SCANS)

    def clean_on(self) -> Any:
        """What was said was said today at the latest."""
        if self.cleaned_data["on"] > clock.today():
            raise ValidationError(_("This day is still to come. Look at the date."))
        return self.cleaned_data["on"]

    def clean_file(self) -> Any:
        """The scan under a name of ours: what the file was called may name somebody."""
        file = self.cleaned_data["file"]
        return (f"{_('Signed paper')}.{file.name.rpartition('.')[2]}", file.read()) if file else None

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
