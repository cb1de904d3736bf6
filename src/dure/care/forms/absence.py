"""A recipient will be away, or can't be reached: who said so, since when, and what is known."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L

from dure import clock
from dure.care.away import ASK_WITHIN
from dure.care.models import Absence, Ended
from dure.cases.aftermath import LONGEST
from dure.cases.models import Source
from dure.people.fields import NoResidentNumbers, PastTimeField, day_field
from dure.people.models import Role

SOURCES = [
    (Source.DESK, Role.PROVIDER), (Source.CENTRE, Role.CENTRE), (Source.OFFICE, Role.OFFICER),
]  # fmt: skip


class AbsenceForm(NoResidentNumbers, forms.ModelForm):  # type: ignore[type-arg]
    """Known beforehand: nobody is sent."""

    since = day_field(label=L("From"), initial=clock.today)
    until = day_field(label=L("Meals again from"), required=False, help_text=L("Leave it empty when nobody knows yet."))

    ask_on = day_field(
        label=L("Ask on"), required=False,
        help_text=L("When nobody knows the end: whether they are back is asked on this day, within a week."),
    )  # fmt: skip

    class Meta:
        model = Absence
        fields = ["why", "since", "until", "told_by"]
        labels = {"why": L("Why"), "told_by": L("Who said so")}
        help_texts = {"told_by": L("The recipient, the daughter, the hospital, a worker …")}
        widgets = {"why": forms.RadioSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["why"].choices = Absence.Why.choices  # type: ignore[attr-defined]

    field_order = ("why", "since", "until", "ask_on", "told_by")

    def clean(self) -> dict[str, Any]:
        """It ends after it begins, isn't about long ago, and without an end somebody asks within a week."""
        cleaned = super().clean()
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until <= since:
            self.add_error("until", _("Meals can come again from the next day at the earliest."))
        if until and until > clock.today() + LONGEST:
            self.add_error("until", _("This is more than a year from now. Look at the year."))
        if since and since < clock.today() - timedelta(days=60):
            self.add_error("since", _("This is long ago. Look at the year and the month."))
        if since and cleaned.get("ask_on") and not until:
            last = max(since, clock.today()) + ASK_WITHIN
            if not clock.today() < cleaned["ask_on"] <= last:
                self.add_error("ask_on", _("Choose a day to ask again from tomorrow until %(day)s.") % {"day": last})
        return cleaned


class BackForm(forms.Form):
    """The recipient is back."""

    on = day_field(label=L("Meals again from"))

    def clean_on(self) -> Any:
        """What has been can't be made good."""
        if self.cleaned_data["on"] < clock.today():
            raise ValidationError(_("Choose today or a later day."))
        return self.cleaned_data["on"]


class AskForm(forms.Form):
    """Not back yet: when somebody asks again."""

    on = day_field(label=L("Ask again on"))


class EndForm(forms.Form):
    """Meals end for good, and why."""

    how = forms.ChoiceField(
        label=L("Why"), choices=Ended.choices, error_messages={"required": L("Say why the meals end.")}
    )
    why = forms.CharField(label=L("In a few words"), max_length=100, required=False)

    def clean(self) -> dict[str, Any]:
        """Another reason is named; the others say it themselves."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("how") == Ended.OTHER and not cleaned.get("why"):
            self.add_error("why", _("Say why the meals end."))
        cleaned["why"] = cleaned.get("why") or str(Ended(cleaned.get("how") or Ended.OTHER).label)
        return cleaned


class UnreachableForm(NoResidentNumbers, forms.Form):
    """Somebody can't be reached: who says so, and what is known. Everything but the source may stay empty."""

    source = forms.ChoiceField(
        label=L("Who can't reach the person?"), widget=forms.RadioSelect,
        choices=[(value, label) for value, label in Source.choices if value != Source.SILENCE],
    )  # fmt: skip
    who = forms.CharField(
        label=L("Name of who says so"), required=False, max_length=100,
        help_text=L("For instance the daughter, Kim, or the neighbour on the third floor."),
    )  # fmt: skip
    on_site = forms.BooleanField(label=L("Somebody stands at the door now"), required=False)
    danger = forms.BooleanField(
        label=L("Danger: the person lies there, calls for help, or there is smoke or gas"), required=False
    )
    at = PastTimeField()
    note = forms.CharField(
        label=L("What is known"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


def usual_source(roles: Any) -> str:
    """Who says so when it is somebody of the office's pages."""
    return next((str(source) for source, role in SOURCES if role in roles), str(Source.OFFICE))
