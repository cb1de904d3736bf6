"""What people enter about certificates."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L

from dure import clock
from dure.care.certificates.holding import State
from dure.care.certificates.models import MOST_HOURS, Kind, Work
from dure.files.forms import KeptFile
from dure.files.sorts import SCANS
from dure.people.fields import NoResidentNumbers, day_field
from dure.people.models import Organisation, Person

STATES = [("", L("All")), *((s.value, s.label) for s in State if s != State.NOT_NEEDED)]
DATED = L("The day of the examination or of the training, not the day of issue.")


def has_been(day: date) -> None:
    """Nobody was examined tomorrow."""
    if day > clock.today():
        raise ValidationError(_("This day hasn't come yet. Look at the date."))


def hours_field(**kwargs: Any) -> forms.DecimalField:
    """Hours of training, halves too."""
    least = Decimal("0.5")
    return forms.DecimalField(min_value=least, max_value=MOST_HOURS, max_digits=4, decimal_places=1, **kwargs)


class Whose(forms.Form):
    """Of which provider."""

    provider = forms.ModelChoiceField(
        Organisation.objects.none(), label=L("Provider"), required=False, empty_label=L("All providers")
    )

    def __init__(self, *args: Any, providers: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = Organisation.objects.filter(pk__in=[each.pk for each in providers]).order_by("name")
        self.fields["provider"].queryset = mine  # type: ignore[attr-defined]

    def said(self, name: str) -> Any:
        """What was chosen, or nothing."""
        self.is_valid()
        return self.cleaned_data.get(name) if self.is_bound else None


class Filter(Whose):
    """Narrowing the list."""

    q = forms.CharField(label=L("Name"), required=False, max_length=60)
    state = forms.ChoiceField(label=L("State"), required=False, choices=STATES)
    field_order = ("q", "provider", "state")


class Kinds(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of the kinds that the office keeps."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Kind.objects.none(), empty_label=None, label=L("Certificate"), **kwargs)


class KindOfHours(NoResidentNumbers, forms.Form):
    """Which certificate, and the hours when it is a training that is counted in hours."""

    kind = Kinds()
    hours = hours_field(label=L("Hours"), required=False, help_text=L("For hygiene training."))

    def __init__(self, *args: Any, office: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = Kind.objects.filter(office=office, retired_at=None)
        self.fields["kind"].queryset = kinds  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Hygiene training is counted in hours, an examination isn't."""
        cleaned = super().clean()
        kind = cleaned.get("kind")
        if kind and kind.code == Kind.HYGIENE and not cleaned.get("hours") and "hours" not in self.errors:
            self.add_error("hours", _("Say how many hours the training had."))
        if kind and kind.code == Kind.HEALTH:
            cleaned["hours"] = None
        return cleaned


class CertificateForm(KindOfHours):
    """One certificate of one person, with a photo or scan of it."""

    day = day_field(label=L("Day"), help_text=DATED)
    file = KeptFile(label=L("Photo or scan"), required=False, sorts=SCANS)
    field_order = ("kind", "day", "hours", "file")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].validators.append(has_been)


class ManyForm(KindOfHours):
    """A folder of paper: the same kind for many people, each with the day; who has no day is left out."""

    def __init__(self, *args: Any, people: list[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = people
        for person in people:
            field = day_field(label=person.name, required=False)
            field.validators.append(has_been)
            self.fields[f"day_{person.pk}"] = field

    def clean(self) -> dict[str, Any]:
        """At least one day is entered."""
        cleaned = super().clean()
        if not self.errors and not self.days(cleaned):
            raise ValidationError(_("Enter the day for at least one person."))
        return cleaned

    def days(self, cleaned: dict[str, Any]) -> list[tuple[Person, date]]:
        """Who was examined or trained, and when."""
        return [(person, day) for person in self.people if (day := cleaned.get(f"day_{person.pk}"))]


class WorkForm(forms.ModelForm):  # type: ignore[type-arg]
    """What somebody does with food."""

    began_on = day_field(
        label=L("Began on"), required=False,
        help_text=L("The first year asks for more hours of training. Empty: since when they are entered here."),
    )  # fmt: skip

    class Meta:
        model = Work
        fields = ["cooks", "qualified", "packed_only", "began_on"]
        labels = {
            "cooks": L("Cooks, or handles open food"),
            "qualified": L("Is a cook or dietitian by licence"),
            "packed_only": L("Carries fully packed food only (no health certificate needed)"),
        }

    def clean(self) -> dict[str, Any]:
        """Who cooks handles open food."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("cooks") and cleaned.get("packed_only"):
            self.add_error("packed_only", _("Who cooks doesn't carry packed food only. Choose one of the two."))
        return cleaned


class WhyForm(NoResidentNumbers, forms.Form):
    """Why it was a mistake, or needn't be renewed."""

    why = forms.CharField(label=L("Why"), max_length=200)


class ReasonForm(NoResidentNumbers, forms.Form):
    """What the names are needed for. It stands in the record."""

    reason = forms.CharField(
        label=L("What do you need the names for?"), max_length=80,
        help_text=L("For instance: inspection of the kitchens. This is recorded with your name."),
    )  # fmt: skip


class KindForm(NoResidentNumbers, forms.ModelForm):  # type: ignore[type-arg]
    """A kind of the office's own."""

    class Meta:
        model = Kind
        fields = ["name", "months", "bars"]
        labels = {
            "name": L("Name"), "months": L("Holds for (months)"),
            "bars": L("Who let it lapse can't take stops"),
        }  # fmt: skip
        help_texts = {"months": L("Leave it empty when it doesn't end.")}

    def __init__(self, *args: Any, office: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.office = office
        self.fields["months"].min_value, self.fields["months"].max_value = 1, 120  # type: ignore[attr-defined]
        self.fields["months"].widget.attrs.update(min=1, max=120)

    def clean_months(self) -> int | None:
        """Between a month and ten years."""
        months: int | None = self.cleaned_data["months"]
        if months is not None and not 1 <= months <= 120:
            raise ValidationError(_("Between 1 and 120 months. Leave it empty when it doesn't end."))
        return months

    def clean_name(self) -> str:
        """Each name once."""
        name: str = self.cleaned_data["name"].strip()
        taken = {str(kind) for kind in Kind.objects.filter(office=self.office)} | {Kind.HEALTH, Kind.HYGIENE}
        if name in taken:
            raise ValidationError(_("There is a kind of this name already."))
        return name


class HoursForm(forms.Form):
    """How many hours a training counts; none: it doesn't."""

    hours = hours_field(label=L("Hours"), required=False)
