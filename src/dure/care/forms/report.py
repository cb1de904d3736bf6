"""Which day's report, and why somebody needs it with names."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L

from dure import clock
from dure.people.fields import NoResidentNumbers, day_field


class DayForm(forms.Form):
    """A day that has begun."""

    day = day_field(label=L("Day"), initial=clock.today)

    def clean_day(self) -> date:
        """Of a day to come there is nothing to report."""
        day: date = self.cleaned_data["day"]
        if day > clock.today():
            raise ValidationError(_("This day hasn't come yet. Choose today or an earlier day."))
        return day


class NamedForm(NoResidentNumbers, DayForm):
    """With names only for a reason. It stands in the record."""

    reason = forms.CharField(
        label=L("What do you need the names for?"), max_length=80, strip=True,
        help_text=L("For instance: meeting with the centre. This is recorded with your name."),
    )  # fmt: skip
