"""What people enter about gatherings and circulars."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L

from dure import clock
from dure.files.forms import KeptFile
from dure.gatherings.models import Circular, Gathering, Kind
from dure.people.fields import NoResidentNumbers, day_field, time_field
from dure.people.models import Membership, Organisation, Person, Role

INVITED = (Organisation.Kind.PROVIDER, Organisation.Kind.CENTRE)


class ManyField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Several of a list, ticked."""

    widget = forms.CheckboxSelectMultiple


def agencies(office: int) -> QuerySet[Organisation]:
    """Who can be invited or written to: providers first, then the centres of the dongs."""
    return Organisation.objects.filter(office=office, kind__in=INVITED).order_by("-kind", "name")


class GatheringForm(NoResidentNumbers, forms.ModelForm):  # type: ignore[type-arg]
    """What, when, where, what about, and who is invited."""

    kind = forms.ChoiceField(
        label=L("What it is"), choices=Kind.choices, widget=forms.RadioSelect, initial=Kind.MEETING
    )
    day = day_field(label=L("Day"))
    begins = time_field(label=L("Begins at"))
    ends = time_field(label=L("Ends at"))
    organisations = ManyField(Organisation.objects.none(), label=L("Who is invited"))

    class Meta:
        model = Gathering
        fields = ["kind", "title", "day", "begins", "ends", "place", "agenda", "organisations"]
        labels = {"title": L("Title"), "place": L("Place"), "agenda": L("What it is about")}

    field_order = Meta.fields

    def __init__(self, *args: Any, office: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisations"].queryset = agencies(office)  # type: ignore[attr-defined]
        self.initial["kind"] = self.instance.kind or Kind.MEETING
        if self.instance.pk:
            begins, ends = clock.local(self.instance.begins_at), clock.local(self.instance.ends_at)
            self.initial.update({
                "day": begins.date(), "begins": begins.time(), "ends": ends.time(),
                "organisations": list(self.instance.invitations.values_list("organisation", flat=True)),
            })  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """It ends on the day on which it begins, and later."""
        cleaned = super().clean()
        if not {"day", "begins", "ends"} <= cleaned.keys():
            return cleaned
        if cleaned["ends"] <= cleaned["begins"]:
            self.add_error("ends", _("The end has to be after the beginning."))
            return cleaned
        self.instance.begins_at = datetime.combine(cleaned["day"], cleaned["begins"], clock.zone())
        self.instance.ends_at = datetime.combine(cleaned["day"], cleaned["ends"], clock.zone())
        return cleaned


class WhyForm(forms.Form):
    """Why it isn't held."""

    why = forms.CharField(label=L("Why"), max_length=200)


class AttendanceForm(forms.Form):
    """Who came: those who work at the agencies invited and at the office, and guests by name."""

    people = forms.ModelMultipleChoiceField(Person.objects.none(), required=False)
    guests = forms.CharField(
        label=L("Guests, one in a line"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, gathering: Gathering, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].queryset = could_come(gathering)  # type: ignore[attr-defined]


def could_come(gathering: Gathering) -> QuerySet[Person]:
    """Everybody of the agencies invited and of the office, and who came from elsewhere."""
    held = Membership.objects.on(clock.local(gathering.begins_at).date()).filter(office=gathering.office_id)
    invited = held.filter(organisation__in=gathering.invitations.values("organisation"))
    office = held.filter(organisation__kind=Organisation.Kind.OFFICE)
    people = Person.objects.filter(office=gathering.office_id)
    came = gathering.attendances.exclude(person=None).values("person")
    return (
        people.filter(pk__in=invited.values("person"))
        | people.filter(pk__in=office.values("person"))
        | people.filter(pk__in=came)
    ).order_by("name", "pk")


class MinutesForm(NoResidentNumbers, forms.Form):
    """What was talked about."""

    minutes = forms.CharField(
        label=L("What was talked about"), max_length=20000, widget=forms.Textarea(attrs={"rows": 6})
    )


class AgreedForm(NoResidentNumbers, forms.Form):
    """What was agreed, who does it, by when."""

    what = forms.CharField(label=L("What was agreed"), max_length=300)
    owner = forms.ModelChoiceField(Person.objects.none(), label=L("Who does it"))
    due_on = day_field(label=L("By when"))

    def __init__(self, *args: Any, gathering: Gathering, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = could_come(gathering).filter(left_at=None)
        here = here.exclude(pk__in=Membership.objects.filter(role=Role.WORKER).values("person"))
        self.fields["owner"].queryset = here  # type: ignore[attr-defined]


class CircularForm(NoResidentNumbers, forms.ModelForm):  # type: ignore[type-arg]
    """What everybody addressed has to know, by when they say that they do, and a file."""

    answer_by = day_field(label=L("To be acknowledged by"))
    organisations = ManyField(Organisation.objects.none(), label=L("Who gets it"))
    file = KeptFile(label=L("File"), required=False)

    class Meta:
        model = Circular
        fields = ["title", "text", "answer_by", "organisations", "file"]
        labels = {"title": L("Title"), "text": L("Text")}

    field_order = Meta.fields

    def __init__(self, *args: Any, office: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisations"].queryset = agencies(office)  # type: ignore[attr-defined]


class FileForm(forms.Form):
    """A file that is added."""

    file = KeptFile(label=L("File"))
