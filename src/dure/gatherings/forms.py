"""What people enter about gatherings and circulars."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L

from dure import clock
from dure.files.forms import KeptFile
from dure.gatherings.models import Circular, Gathering, Kind
from dure.people.actions import WHOLE_OFFICE
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
    seen = forms.DateTimeField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Gathering
        fields = ["kind", "title", "day", "begins", "ends", "place", "agenda", "organisations", "seen"]
        labels = {"title": L("Title"), "place": L("Place"), "agenda": L("What it is about")}

    field_order = Meta.fields

    def __init__(self, *args: Any, office: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisations"].queryset = agencies(office)  # type: ignore[attr-defined]
        self.initial["kind"] = self.instance.kind or Kind.MEETING
        if self.instance.pk:
            begins, ends = clock.local(self.instance.begins_at), clock.local(self.instance.ends_at)
            self.initial.update({
                "seen": self.instance.changed_at.isoformat(), "day": begins.date(), "begins": begins.time(),
                "ends": ends.time(),
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


class SeenForm(NoResidentNumbers, forms.Form):
    """A form that remembers as of when its page was shown: who saves after somebody else is told so."""

    seen = forms.DateTimeField(widget=forms.HiddenInput)


class WhyForm(NoResidentNumbers, forms.Form):
    """Why it isn't held, or isn't needed any more."""

    why = forms.CharField(label=L("Why"), max_length=200)


class DoneForm(NoResidentNumbers, forms.Form):
    """What came of something that was agreed."""

    said = forms.CharField(label=L("What came of it"), max_length=300, required=False)


class PeopleField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """People, ticked, with where they work."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Person) -> str:
        """Two of one name are told apart."""
        return _named(obj)


class OwnerField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of them."""

    def label_from_instance(self, obj: Person) -> str:
        """Two of one name are told apart."""
        return _named(obj)


def _named(person: Person) -> str:
    held = {str(each.organisation) for each in person.memberships.all()}
    return " · ".join(filter(None, (person.name, person.post, ", ".join(sorted(held)))))


class AttendanceForm(SeenForm):
    """Who came: those who work at the agencies invited and at the office, and guests by name."""

    people = PeopleField(Person.objects.none(), label=L("Who came"), required=False)
    guests = forms.CharField(
        label=L("Guests, one in a line"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, gathering: Gathering, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].queryset = could_come(gathering)  # type: ignore[attr-defined]


def could_come(gathering: Gathering) -> QuerySet[Person]:
    """Everybody of the agencies invited and of the office, and who came from elsewhere."""
    held = Membership.objects.on(clock.local(gathering.begins_at).date()).filter(office=gathering.office_id)
    near = Q(organisation__in=gathering.invitations.values("organisation"))
    here = held.filter(near | Q(organisation__kind=Organisation.Kind.OFFICE)).values("person")
    there = Q(left_at=None) | Q(left_at__gt=gathering.begins_at)
    came = Q(pk__in=gathering.attendances.exclude(person=None).values("person"))
    return _with_where(Person.objects.filter(came | Q(there, pk__in=here), office=gathering.office_id))


def could_do(gathering: Gathering) -> QuerySet[Person]:
    """Who can take on what is agreed: whoever answers at an agency invited, and the officers of the office."""
    held = Membership.objects.on(clock.today()).filter(office=gathering.office_id).exclude(role=Role.WORKER)
    near = Q(organisation__in=gathering.invitations.values("organisation")) | Q(role__in=WHOLE_OFFICE)
    return _with_where(Person.objects.filter(left_at=None, pk__in=held.filter(near).values("person")))


def _with_where(people: QuerySet[Person]) -> QuerySet[Person]:
    now = Membership.objects.on(clock.today()).select_related("organisation")
    return people.prefetch_related(Prefetch("memberships", now)).order_by("name", "pk")


class MinutesForm(SeenForm):
    """What was talked about."""

    minutes = forms.CharField(
        label=L("What was talked about"), max_length=20000, widget=forms.Textarea(attrs={"rows": 6})
    )


def not_past(day: date) -> None:
    """A day by which something is done is still to come."""
    if day < clock.today():
        raise ValidationError(_("This day has passed. Look at the date."))


class AgreedForm(NoResidentNumbers, forms.Form):
    """What was agreed, who does it, by when."""

    what = forms.CharField(label=L("What was agreed"), max_length=300)
    owner = OwnerField(Person.objects.none(), label=L("Who does it"))
    due_on = day_field(label=L("By when"))

    def __init__(self, *args: Any, gathering: Gathering, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = could_do(gathering)  # type: ignore[attr-defined]
        self.fields["due_on"].validators.append(not_past)


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
        self.fields["answer_by"].validators.append(not_past)


class FileForm(forms.Form):
    """A file that is added."""

    file = KeptFile(label=L("File"))
