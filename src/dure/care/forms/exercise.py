"""An exercise to be started: what is practised, who takes part, for how long."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as L

from dure import clock
from dure.care.exercises import MAY_TAKE_PART
from dure.people.models import Membership, Person


class PeopleField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """People by name and post."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Person) -> str:
        """As the office knows them."""
        return " · ".join(filter(None, (obj.name, obj.post)))


class ExerciseForm(forms.Form):
    """Only those who are ticked are told anything."""

    what = forms.CharField(label=L("What is practised"), max_length=200)
    minutes = forms.IntegerField(label=L("Ends after (minutes)"), min_value=10, max_value=480, initial=60)
    people = PeopleField(
        Person.objects.none(), label=L("Who takes part"),
        help_text=L("Nobody else is told: no worker, no family, no 119."),
    )  # fmt: skip

    def __init__(self, *args: Any, office: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = Membership.objects.on(clock.today()).filter(office=office, role__in=MAY_TAKE_PART)
        known = Person.objects.filter(office=office, left_at=None, pk__in=held.values("person"))
        self.fields["people"].queryset = known.order_by("name")  # type: ignore[attr-defined]
