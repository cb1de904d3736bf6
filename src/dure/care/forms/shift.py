"""A shift: who answers for a roster, from when to when."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L

from dure import clock
from dure.care.rosters import could_answer
from dure.people.fields import NoResidentNumbers, day_field, time_field
from dure.people.models import Person, Roster, Shift


class ShiftForm(forms.Form):
    """Who, from when to when, told first or as the second."""

    person = forms.ModelChoiceField(Person.objects.none(), label=L("Who"))
    day = day_field(label=L("First day"), initial=clock.today)
    starts = time_field(label=L("From"))
    ends = time_field(label=L("Until"), help_text=L("A time earlier than the beginning is on the next day."))
    days = forms.IntegerField(label=L("How many days in a row"), min_value=1, max_value=31, initial=1)
    place = forms.TypedChoiceField(
        label=L("Order"), coerce=int, choices=[(0, L("is told first")), (1, L("second")), (2, L("third"))]
    )

    def __init__(self, *args: Any, roster: Roster, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.roster = roster
        field = self.fields["person"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = could_answer(roster)

    def clean(self) -> dict[str, Any]:
        """A shift takes some time."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("starts") and cleaned.get("starts") == cleaned.get("ends"):
            self.add_error("ends", _("The end has to be another time than the beginning."))
        return cleaned

    def shifts(self) -> list[Shift]:
        """The shifts that are meant, one a day."""
        said, zone = self.cleaned_data, clock.zone()
        made = []
        for number in range(said["days"]):
            day = said["day"] + timedelta(days=number)
            last = day + timedelta(days=1) if said["ends"] <= said["starts"] else day
            made.append(
                Shift(
                    office_id=self.roster.office_id, roster=self.roster, person=said["person"], place=said["place"],
                    starts_at=datetime.combine(day, said["starts"], zone),
                    ends_at=datetime.combine(last, said["ends"], zone),
                )
            )  # fmt: skip
        return made


class NoteForm(NoResidentNumbers, forms.Form):
    """What one shift leaves to the next."""

    text = forms.CharField(
        label=L("For whoever comes next"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=L("No names of people who are served: write the number of the case."),
    )  # fmt: skip


class RosterForm(forms.ModelForm):  # type: ignore[type-arg]
    """A roster: its name, whose it is, and what it answers for."""

    answers_for = forms.ChoiceField(
        label=L("Answers for"),
        choices=[
            ("desk", L("the provider's desk")),
            ("centre", L("the centre")),
            ("oncall", L("on call")),
            ("officer", L("the officer in charge")),
        ],
    )

    class Meta:
        model = Roster
        fields = ["name", "organisation", "answers_for"]
        labels = {"name": L("Name"), "organisation": L("Whose")}

    def clean(self) -> dict[str, Any]:
        """One roster answers for one thing."""
        cleaned = super().clean() or self.cleaned_data
        same = Roster.objects.filter(retired_at=None, answers_for=cleaned.get("answers_for"))
        if cleaned.get("organisation") and same.filter(organisation=cleaned["organisation"]).exists():
            self.add_error("answers_for", _("There is such a roster already. Add the shifts to it."))
        return cleaned
