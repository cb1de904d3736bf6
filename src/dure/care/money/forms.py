"""What people enter about settlements, schemes and their prices, and what is exported."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L

from dure.care.models import Scheme
from dure.care.money.models import Terms
from dure.people.actions import Standing
from dure.people.fields import NoResidentNumbers, day_field
from dure.people.models import Organisation

MOST = 10_000_000  # won a meal: more is a slip
LONGEST = timedelta(days=366)
SENTENCE = forms.Textarea(attrs={"rows": 3})


class SeenForm(forms.Form):
    """What somebody saw when they agreed: its fingerprint."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)


class ObjectForm(NoResidentNumbers, forms.Form):
    """What is wrong with the count."""

    text = forms.CharField(
        label=L("What is wrong?"), max_length=1000, widget=SENTENCE,
        help_text=L("Name the day and what was counted wrongly, without the recipient's name."),
    )  # fmt: skip


class AnswerForm(NoResidentNumbers, forms.Form):
    """The office's answer."""

    text = forms.CharField(label=L("The office's answer"), max_length=1000, widget=SENTENCE)


class CloseForm(NoResidentNumbers, SeenForm):
    """Closing, and why when one side hasn't agreed."""

    why = forms.CharField(label=L("Why without both having agreed"), max_length=300, required=False)


def won_field(label: Any) -> forms.IntegerField:
    """An amount in whole won."""
    return forms.IntegerField(label=label, min_value=0, max_value=MOST)


class PriceForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a meal costs, what the recipient pays of it, and which meals count beside those handed to somebody."""

    unit_price = won_field(L("Unit price (won a meal)"))
    own_share = won_field(L("Own share of the recipient (won a meal)"))

    class Meta:
        model = Terms
        fields = ["unit_price", "own_share", "pays_at_door", "pays_refused", "pays_not_handed"]
        labels = {
            "pays_at_door": L("Meals left at the door count"),
            "pays_refused": L("Meals that were refused at the door count"),
            "pays_not_handed": L("Meals that were brought and not handed over count (nobody was there)"),
        }

    def clean(self) -> dict[str, Any]:
        """The own share is part of the price."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        price, share = cleaned.get("unit_price"), cleaned.get("own_share")
        if price is not None and share is not None and share > price:
            self.add_error("own_share", _("The own share is part of the unit price and can't be more."))
        return cleaned


class TermsForm(PriceForm):
    """The same from a day on."""

    since = day_field(label=L("From this day on"))
    back = forms.BooleanField(
        label=L("It really holds for months that are closed already"), required=False,
        help_text=L("The closed months stay as they are; the difference becomes a correction."),
    )  # fmt: skip

    class Meta(PriceForm.Meta):
        fields = ["since", *PriceForm.Meta.fields]


class SchemeForm(NoResidentNumbers, forms.ModelForm):  # type: ignore[type-arg]
    """How a scheme is called, and who pays for it."""

    year = forms.IntegerField(label=L("Year"), min_value=2000, max_value=2100)

    class Meta:
        model = Scheme
        fields = ["name", "year", "funder"]
        labels = {"name": L("Name of the scheme"), "funder": L("Who pays for it")}

    def clean(self) -> dict[str, Any]:
        """No two of one name in a year."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        same = Scheme.objects.filter(office=self.instance.office_id, name=cleaned.get("name", ""))
        if same.filter(year=cleaned.get("year") or 0).exclude(pk=self.instance.pk).exists():
            self.add_error("name", _("There is a scheme of this name in this year already."))
        return cleaned


class BelongsForm(forms.Form):
    """The scheme of a recipient, from a day on."""

    scheme = forms.ModelChoiceField(Scheme.objects.none(), label=L("Scheme"))
    since = day_field(label=L("From this day on"))

    def __init__(self, *args: Any, office: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        schemes = Scheme.objects.filter(office=office).order_by("-year", "name")
        self.fields["scheme"].queryset = schemes  # type: ignore[attr-defined]


class PeriodForm(forms.Form):
    """Which days, and whose."""

    first = day_field(label=L("First day (included)"))
    last = day_field(label=L("Last day (included)"))
    provider = forms.ModelChoiceField(
        Organisation.objects.none(), label=L("Provider"), required=False, empty_label=L("All providers")
    )

    def __init__(self, *args: Any, standing: Standing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        providers = Organisation.objects.filter(office=standing.office, kind=Organisation.Kind.PROVIDER)
        if standing.organisations is not None:
            providers = providers.filter(pk__in=standing.organisations)
        self.fields["provider"].queryset = providers.order_by("name")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """From a day to a later one, a year at the most."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day has to come after the first."))
        elif first and last and last - first > LONGEST:
            self.add_error("last", _("Choose a year at the most."))
        return cleaned


class NamedPeriodForm(NoResidentNumbers, PeriodForm):
    """Likewise with names: with the reason, which is recorded."""

    reason = forms.CharField(
        label=L("What do you need the names for?"), max_length=80, strip=True,
        help_text=L("For instance: meeting with the centre. This is recorded with your name."),
    )  # fmt: skip
