"""Which provider and days an inspection is about, and what its papers are needed for."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L

from dure import clock
from dure.care.certificates.listing import providers
from dure.care.figures.asked import Asked, of_late
from dure.care.figures.forms import LONGEST
from dure.care.inspections.meant import Meant
from dure.people.actions import Standing
from dure.people.fields import NoResidentNumbers, day_field
from dure.people.models import Organisation


class InspectionForm(forms.Form):
    """A provider, or all of the office's for whoever may see them; from a day to a day. At first those of late."""

    provider = forms.ModelChoiceField(
        Organisation.objects.none(), label=L("Provider"), required=False, empty_label=L("All providers")
    )
    since = day_field(label=L("First day"))
    until = day_field(label=L("Last day"))

    def __init__(self, said: Any, *, standing: Standing) -> None:
        self.standing, self.mine = standing, providers(standing)
        late = of_late(clock.today())
        given = {"since": late.first.isoformat(), "until": late.last.isoformat(), "provider": ""}
        super().__init__(given | {key: said[key] for key in given if key in said})
        field: Any = self.fields["provider"]
        field.queryset = Organisation.objects.filter(pk__in=[each.pk for each in self.mine]).order_by("name", "id")
        if standing.organisations is not None:
            field.empty_label = None

    def clean(self) -> dict[str, Any]:
        """Days that have begun, the last not before the first, three years at most."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = said.get("since"), said.get("until")
        if first and first > clock.today():
            self.add_error("since", _("These days are still to come. Choose a day that has been."))
        elif first and last and last < first:
            self.add_error("until", _("The last day lies before the first. Look at both."))
        elif first and last and last - first > LONGEST:
            self.add_error("until", _("That is too long. Choose at most three years."))
        return said

    def meant(self, now: datetime) -> Meant:
        """What is meant, when all of it can be read. Who isn't of the office means one provider."""
        said = self.cleaned_data
        one = said["provider"]
        if one is None and self.standing.organisations is not None:
            one = self.mine[0] if self.mine else None
        chosen = [one] if one else self.mine
        return Meant(self.standing, Asked(said["since"], said["until"], provider=one and one.pk), chosen, now)


class ReasonForm(NoResidentNumbers, forms.Form):
    """What the papers are needed for."""

    reason = forms.CharField(
        label=L("What is the inspection?"), max_length=80, strip=True,
        help_text=L("For instance: audit by the council, 2nd half of 2026. It stands on the papers and is recorded."),
    )  # fmt: skip
