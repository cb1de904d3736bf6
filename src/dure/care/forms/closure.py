"""A day without meals, or a holiday on which meals come all the same."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as L

from dure.care.models import Closure
from dure.people.actions import Standing
from dure.people.fields import day_field
from dure.people.models import Organisation


class ClosureForm(forms.ModelForm):  # type: ignore[type-arg]
    """Which day, whose, why."""

    day = day_field(label=L("Day"))

    class Meta:
        model = Closure
        fields = ["day", "provider", "why", "serves", "double_before"]
        labels = {
            "provider": L("Whose day"), "why": L("Why"), "serves": L("Meals come all the same (on a holiday)"),
            "double_before": L("Two meals are handed over on the day before"),
        }  # fmt: skip

    def __init__(self, *args: Any, standing: Standing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        providers = Organisation.objects.filter(office=standing.office, kind="provider").order_by("name")
        field = self.fields["provider"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset, field.empty_label = providers, str(L("The whole office"))
        if standing.organisations is not None:
            field.queryset = providers.filter(pk__in=standing.organisations)
            field.required, field.empty_label, field.initial = True, None, field.queryset.first()

    def validate_unique(self) -> None:
        """What is said later about a day replaces what was said before."""
