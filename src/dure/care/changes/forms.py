"""What an officer enters about changes of provider."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L

from dure.care.changes.models import Certificate, Change, Contract, Destination, How, Thing
from dure.care.models import Ended, Recipient, Route
from dure.files.forms import KeptFile
from dure.files.sorts import SCANS
from dure.people.fields import NoResidentNumbers, day_field, tomorrow
from dure.people.models import Organisation
from dure.places.models import Area
from dure.postgres.texts import key as row_named

ENDS, DONG = "ends", "dong"


def providers(office: int) -> QuerySet[Organisation]:
    """The providers of the office."""
    return Organisation.objects.filter(office=office, kind=Organisation.Kind.PROVIDER).order_by("name")


class ChangeForm(NoResidentNumbers, forms.ModelForm):  # type: ignore[type-arg]
    """Which provider, from when on, and whether it ends or some of its recipients go."""

    what = forms.ChoiceField(
        label=L("What changes"), widget=forms.RadioSelect, initial=ENDS,
        choices=[(ENDS, L("The provider ends: all go elsewhere")), (DONG, L("One dong goes elsewhere"))],
    )  # fmt: skip
    area = forms.ModelChoiceField(Area.objects.none(), label=L("Which dong"), required=False)
    day = day_field(label=L("From which day on"), initial=tomorrow,
                    help_text=L("Until the evening before, everything stays as it is."))  # fmt: skip
    why = forms.CharField(label=L("Why"), max_length=200)

    class Meta:
        model = Change
        fields = ["provider", "what", "area", "day", "why"]
        labels = {"provider": L("Provider")}

    field_order = Meta.fields

    def __init__(self, *args: Any, office: int, recipient: Recipient | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["provider"].queryset = providers(office)
        fields["area"].queryset = Area.objects.filter(office=office).order_by("sort_key", "name")
        if recipient:
            for name in ("provider", "what", "area"):
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """One dong has to be named."""
        cleaned = super().clean()
        if cleaned.get("what") == DONG and not cleaned.get("area"):
            self.add_error("area", _("Choose the dong."))
        return cleaned


class CourseField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A course with its provider."""

    def label_from_instance(self, obj: Route) -> str:
        """Courses of two providers may have one name."""
        return f"{obj.provider} · {obj.name}"


class SendForm(NoResidentNumbers, forms.Form):
    """Who goes where: those ticked, those of a dong, or all who go nowhere yet."""

    TICKED, OF_DONG, REST = "ticked", "dong", "rest"

    who = forms.ChoiceField(
        label=L("Who"), widget=forms.RadioSelect, initial=REST,
        choices=[
            (REST, L("All who go nowhere yet")), (OF_DONG, L("All of one dong")), (TICKED, L("Those ticked below")),
        ],
    )  # fmt: skip
    area = forms.ModelChoiceField(Area.objects.none(), label=L("Which dong"), required=False)
    to = forms.ModelChoiceField(Organisation.objects.none(), label=L("To which provider"), required=False)
    route = CourseField(Route.objects.none(), label=L("On which course"), required=False)
    how = forms.ChoiceField(
        label=L("Or: their meals end"), required=False, choices=[("", L("They go on")), *Ended.choices]
    )
    why = forms.CharField(label=L("Why their meals end, in a few words"), required=False, max_length=100)

    def __init__(self, *args: Any, change: Change, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.change = change
        others = providers(change.office_id).exclude(pk=change.provider_id)
        areas = change.destinations.values("recipient__place__area")
        fields: dict[str, Any] = self.fields
        fields["area"].queryset = Area.objects.filter(pk__in=areas).order_by("sort_key", "name")
        fields["to"].queryset = others
        routes = Route.objects.filter(provider__in=others).select_related("provider")
        fields["route"].queryset = routes.order_by("provider__name", "name")

    def clean(self) -> dict[str, Any]:
        """Exactly one way to go, and the course of that provider."""
        cleaned = super().clean()
        how = cleaned["how"] = cleaned.get("how") or (Ended.OTHER if cleaned.get("why") else "")
        if how and how != Ended.OTHER and not cleaned.get("why"):
            cleaned["why"] = str(Ended(how).label)
        to, route, why = cleaned.get("to"), cleaned.get("route"), cleaned.get("why")
        if route and not to:
            cleaned["to"] = to = route.provider
        if route and route.provider != to:
            self.add_error(
                "route", _("This course is another provider's. Choose one of the provider to which they go.")
            )
        if bool(to) == bool(why) and not self.errors:
            self.add_error("to", _("Choose the provider to which they go, or say why their meals end."))
        if cleaned.get("who") == self.OF_DONG and not cleaned.get("area"):
            self.add_error("area", _("Choose the dong."))
        return cleaned

    def chosen(self, ticked: list[str]) -> list[Destination]:
        """Whom that means."""
        mine, who = self.change.destinations.filter(move=None), self.cleaned_data["who"]
        if who == self.OF_DONG:
            mine = mine.filter(recipient__place__area=self.cleaned_data["area"])
        elif who == self.TICKED:
            mine = mine.filter(pk__in=[row_named(each) for each in ticked[:5000]])
        else:
            mine = mine.filter(to=None, why="")
        return list(mine)


class DayForm(forms.Form):
    """Another day."""

    day = day_field(label=L("From which day on"))


class HandBackForm(NoResidentNumbers, forms.Form):
    """What became of one kind of thing."""

    thing = forms.ChoiceField(label=L("What"), choices=Thing.choices)
    how = forms.ChoiceField(label=L("What became of it"), choices=How.choices)
    day = day_field(label=L("When"))
    note = forms.CharField(label=L("To whom, or how"), required=False, max_length=200)


class CertificateForm(NoResidentNumbers, forms.ModelForm):  # type: ignore[type-arg]
    """The certificate of destruction as it was signed."""

    day = day_field(label=L("Destroyed on"))
    file = KeptFile(label=L("The signed certificate (a photograph or a scan)"), sorts=SCANS)

    class Meta:
        model = Certificate
        fields = ["signed_by", "day", "data", "how", "file"]
        labels = {
            "signed_by": L("Who signed it"), "data": L("Which data"), "how": L("How it was destroyed"),
        }  # fmt: skip

    field_order = Meta.fields


class ContractForm(forms.ModelForm):  # type: ignore[type-arg]
    """From when to when, and what kind of business."""

    since = day_field(label=L("From"))
    until = day_field(label=L("Last day"), required=False)

    class Meta:
        model = Contract
        fields = ["business", "since", "until"]
        labels = {"business": L("Kind of business")}

    field_order = Meta.fields

    def clean_until(self) -> Any:
        """It ends after it begins."""
        until, since = self.cleaned_data["until"], self.cleaned_data.get("since")
        if until and since and until < since:
            raise ValidationError(_("The end has to be after the beginning."))
        return until
