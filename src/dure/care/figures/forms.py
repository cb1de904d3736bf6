"""Which figures are meant: the days, what is compared, and what is left out."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L

from dure import clock
from dure.care.figures.asked import TITLES, Asked, By, of_late
from dure.care.forms.filters import Filter
from dure.care.models import Scheme
from dure.cases.models import Tier
from dure.people.actions import Standing
from dure.people.fields import day_field
from dure.people.models import Organisation
from dure.places.models import Area

LONGEST = timedelta(days=3 * 366)


class AskedForm(Filter):
    """What somebody asks for. What an address doesn't say is as somebody wants to see it first."""

    since = day_field(label=L("First day"))
    until = day_field(label=L("Last day"))
    by = forms.ChoiceField(label=L("Compare by"), choices=TITLES.items(), required=False)
    provider = forms.ModelChoiceField(
        Organisation.objects.none(), label=L("Provider"), required=False, empty_label=L("All providers")
    )
    dong = forms.ModelChoiceField(Area.objects.none(), label=L("Dong"), required=False, empty_label=L("All dongs"))
    scheme = forms.ModelChoiceField(Scheme.objects.none(), label=L("Scheme"), required=False, empty_label=L("All"))
    tier = forms.ChoiceField(label=L("Risk"), required=False, choices=[("", L("All")), *Tier.choices])

    def __init__(self, said: Any, *, standing: Standing) -> None:
        first = of_late(clock.today())
        given = {"since": first.first.isoformat(), "until": first.last.isoformat(), "by": By.ALL.value}
        super().__init__(given | {key: said[key] for key in said}, standing=standing)
        self.fields["scheme"].queryset = Scheme.objects.filter(office=standing.office)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The last day isn't before the first, and three years are enough."""
        said = super().clean() or {}
        first, last = said.get("since"), said.get("until")
        if first and last and last < first:
            self.add_error("until", ValidationError(_("The last day lies before the first. Look at both.")))
        elif first and last and last - first > LONGEST:
            self.add_error("until", ValidationError(_("That is too long. Choose at most three years.")))
        return said

    def chosen(self) -> list[str]:
        """The one provider, dong, scheme or risk that is meant, in words."""
        said, tiers = self.cleaned_data, dict(Tier.choices)
        named = [str(said[name]) for name in ("provider", "dong", "scheme") if said[name]]
        return [*named, str(tiers[said["tier"]])] if said["tier"] else named

    def asked(self) -> Asked:
        """What is meant, when all of it can be read."""
        said = self.cleaned_data
        keys = {name: said[name].pk if said[name] else None for name in ("provider", "dong", "scheme")}
        return Asked(said["since"], said["until"], By(said["by"] or By.ALL), **keys, tier=said["tier"])
