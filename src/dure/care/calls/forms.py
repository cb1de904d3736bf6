"""What people enter about calls and warnings."""

from itertools import pairwise
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L

from dure.care.calls.actions import Said
from dure.care.calls.models import Home, Practice, Result, Weather, WeatherWarning
from dure.care.calls.owing import LATEST, MORNING
from dure.people.fields import NoResidentNumbers, day_field, time_field

GROUPS = ("alone", "homebound", "unequipped", "red", "amber", "green")


class ResultForm(NoResidentNumbers, forms.Form):
    """What came of one try."""

    result = forms.ChoiceField(choices=[each for each in Result.choices if each[0] != Result.TAKEN_BACK])
    key = forms.UUIDField()
    case = forms.UUIDField(required=False)
    who = forms.CharField(max_length=100, required=False, label=L("Who knows it"))
    note = forms.CharField(max_length=300, required=False, label=L("What was said on the phone"))

    def clean(self) -> dict[str, Any]:
        """Where somebody is has to be known from somebody."""
        cleaned = super().clean()
        if cleaned.get("result") == Result.WHEREABOUTS and not cleaned.get("who", "").strip():
            self.add_error("who", _("Say who knows where the person is."))
        return cleaned

    def said(self) -> Said:
        """As the action takes it."""
        entered = self.cleaned_data
        return Said(Result(entered["result"]), entered["key"], entered["who"], entered["note"], entered["case"])


class UndoForm(forms.Form):
    """The tap that was wrong."""

    made = forms.IntegerField(min_value=1, max_value=2**62)
    key = forms.UUIDField()


class WarningForm(NoResidentNumbers, forms.ModelForm):  # type: ignore[type-arg]
    """Heat or cold, until when, for whom, how often."""

    kind = forms.ChoiceField(label=L("What is warned of"), choices=Weather.choices, widget=forms.RadioSelect)
    until = day_field(label=L("Last day"))
    by_time = time_field(label=L("First contact by"))
    by_time_2 = time_field(label=L("Second contact by"), required=False)
    by_time_3 = time_field(label=L("Third contact by"), required=False)
    why = forms.CharField(label=L("Reason"), max_length=200, help_text=L("e.g. heat warning issued for the city"))

    class Meta:
        model = WeatherWarning
        fields = ["kind", "until", *GROUPS, "unknown", "by_time", "by_time_2", "by_time_3", "why"]
        labels = {
            "alone": L("People living alone"), "homebound": L("People who can hardly move"),
            "unequipped": L("People without cooling (heat) or heating (cold)"), "red": L("High risk"),
            "amber": L("Raised risk"), "green": L("Ordinary"),
            "unknown": L("Also people of whom nobody has entered whether it is so"),
        }  # fmt: skip

    field_order = Meta.fields

    def clean(self) -> dict[str, Any]:
        """Somebody is meant, and the times are by day and one after the other."""
        cleaned = super().clean()
        if not any(cleaned.get(group) for group in GROUPS):
            self.add_error("alone", _("Choose at least one group."))
        if cleaned.get("by_time_3") and not cleaned.get("by_time_2"):
            self.add_error("by_time_2", _("Enter the second contact before the third."))
        times = [(name, cleaned[name]) for name in ("by_time", "by_time_2", "by_time_3") if cleaned.get(name)]
        for name, each in times:
            if not MORNING <= each <= LATEST:
                self.add_error(name, _("Choose a time between 09:00 and 20:00."))
        for (_before, earlier), (name, later) in pairwise(times):
            if later <= earlier:
                self.add_error(name, _("This has to be later than the contact before."))
        return cleaned


class WhyForm(NoResidentNumbers, forms.Form):
    """Why it is switched off."""

    why = forms.CharField(label=L("Reason"), max_length=200, required=False)


class ExtendForm(forms.Form):
    """The last day that the page had shown."""

    until = forms.DateField()


class YesNo(forms.NullBooleanField):
    """Yes, no, or nobody has looked yet."""

    widget = forms.NullBooleanSelect

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.widget.choices = [("unknown", L("Not known yet")), ("true", L("Yes")), ("false", L("No"))]


class HomeForm(forms.ModelForm):  # type: ignore[type-arg]
    """What of a recipient's life counts in heat and cold."""

    alone = YesNo(label=L("Lives alone"))
    homebound = YesNo(label=L("Can hardly move"))
    no_cooling = YesNo(label=L("Has no cooling"))
    no_heating = YesNo(label=L("Has no heating"))

    class Meta:
        model = Home
        fields = ["alone", "homebound", "no_cooling", "no_heating"]


class PracticeForm(forms.ModelForm):  # type: ignore[type-arg]
    """How the office calls on days without a meal."""

    by_time = time_field(label=L("Called by"))
    tries = forms.IntegerField(
        label=L("Tries before somebody goes and looks"), min_value=1, max_value=9,
        help_text=L("Tries within ten minutes count as one."),
    )  # fmt: skip
    within_minutes = forms.IntegerField(
        label=L("At the latest so many minutes after the first unanswered try"), min_value=10, max_value=480
    )

    class Meta:
        model = Practice
        fields = ["red", "amber", "green", "by_time", "tries", "within_minutes"]
        labels = {"red": L("High risk"), "amber": L("Raised risk"), "green": L("Ordinary")}

    def clean(self) -> dict[str, Any]:
        """Somebody is called, by day."""
        cleaned = super().clean() or self.cleaned_data
        if not any(cleaned.get(tier) for tier in ("red", "amber", "green")):
            self.add_error("red", _("Choose at least one group."))
        if cleaned.get("by_time") and not MORNING <= cleaned["by_time"] <= LATEST:
            self.add_error("by_time", _("Choose a time between 09:00 and 20:00."))
        return cleaned
