"""Fields that read what people type, with the sentences that the spreadsheets use too."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dure import clock
from dure.sheets.phones import phone
from dure.sheets.problems import Problem
from dure.sheets.resident import blot


def day_field(**kwargs: Any) -> forms.DateField:
    """A day of our own times, picked or typed."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(widget=widget, validators=[of_our_times], **kwargs)


def of_our_times(day: date) -> None:
    """A slip in the year isn't kept."""
    if not 1900 <= day.year <= 2100:
        raise ValidationError(_("Look at the year."))


def day_said(text: str) -> date:
    """The day that an address names. ValueError when it can't be read, or can't be meant."""
    day = date.fromisoformat(text)
    if not 1900 <= day.year <= 2100:
        raise ValueError(text)
    return day


def time_field(**kwargs: Any) -> forms.TimeField:
    """A time of day."""
    return forms.TimeField(widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), **kwargs)


class PhoneField(forms.CharField):
    """A phone number, kept as people write it here."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"type": "tel", "inputmode": "tel"})
        super().__init__(max_length=40, widget=widget, **kwargs)

    def clean(self, value: Any) -> str:
        """The number, or a sentence about what is wrong with it."""
        read = phone(super().clean(value))
        if isinstance(read, Problem):
            raise ValidationError(_(read.text) % read.values)
        return str(read or "")


class NoResidentNumbers(forms.BaseForm):
    """A form that keeps no resident registration number, whatever field it was typed into."""

    def clean(self) -> dict[str, Any]:
        """A sentence at every field with such a number."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name, value in list(cleaned.items()):
            if isinstance(value, str) and blot(value) != value:
                self.add_error(name, _("A resident registration number isn't kept here. Write the date of birth only."))
        return cleaned


class PastTimeField(forms.TimeField):
    """A time of day that has been; empty means now."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
        label = gettext_lazy("What time was that? (empty: just now)")
        super().__init__(required=False, widget=widget, label=label, **kwargs)


def moment(day: date, when: time | None, now: datetime) -> datetime:
    """The moment that a person means by a time of day on a day; never later than now."""
    if when is None:
        return now
    return min(datetime.combine(day, when, clock.zone()), now)


def tomorrow() -> date:
    """The first day on which a change surely holds."""
    return clock.today() + timedelta(days=1)
