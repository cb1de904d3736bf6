"""What people enter about complaints."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L

from dure import clock
from dure.care.complaints.models import Complaint, ComplaintQuerySet, Kind, Statement, Way
from dure.care.complaints.periods import last_day, statement_days
from dure.people.actions import Standing
from dure.people.fields import NoResidentNumbers, PhoneField, day_field, day_said
from dure.people.models import Membership, Organisation, Person, Role
from dure.places.models import Area


def not_to_come(day: date) -> None:
    """What has been was today at the latest."""
    if day > clock.today():
        raise ValidationError(_("This day is still to come. Look at the date."))


def long_text(label: Any, **kwargs: Any) -> forms.CharField:
    """Some sentences."""
    return forms.CharField(label=label, max_length=5000, widget=forms.Textarea(attrs={"rows": 4}), **kwargs)


class WorkerField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A worker, with the provider."""

    def label_from_instance(self, obj: Person) -> str:
        """Two of one name are told apart."""
        return " · ".join([*(str(each.organisation) for each in obj.memberships.all()), obj.name])


class ComplaintForm(NoResidentNumbers, forms.ModelForm):  # type: ignore[type-arg]
    """What came, how, when, from whom and about what."""

    kind = forms.ChoiceField(label=L("What it is"), choices=Kind.choices, widget=forms.RadioSelect,
                             initial=Kind.GRIEVANCE)  # fmt: skip
    way = forms.ChoiceField(label=L("How it came"), choices=Way.choices, initial=Way.PHONE)
    received_on = day_field(label=L("Received on"))
    text = long_text(L("What is complained about"))
    name = forms.CharField(label=L("Who complains"), required=False, max_length=60,
                           help_text=L("Leave it empty if they don't want to be named."))  # fmt: skip
    phone = PhoneField(label=L("Phone"), required=False)
    worker = WorkerField(Person.objects.none(), label=L("Which worker"), required=False)

    class Meta:
        model = Complaint
        fields = [
            "kind", "way", "received_on", "title", "text", "name", "phone", "named_to_provider", "provider", "area",
            "worker",
        ]  # fmt: skip
        labels = {
            "title": L("Title"), "provider": L("Which provider"), "area": L("Dong"),
            "named_to_provider": L("The provider may know who complains (agreed)"),
        }  # fmt: skip

    field_order = Meta.fields

    def __init__(self, *args: Any, standing: Standing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["received_on"].initial = clock.today
        self.fields["received_on"].validators.append(not_to_come)
        fields: dict[str, Any] = self.fields
        fields["provider"].queryset = providers(standing.office)
        fields["area"].queryset = Area.objects.filter(office=standing.office).order_by("sort_key", "name")
        held = Membership.objects.on(clock.today()).filter(office=standing.office, role=Role.WORKER)
        workers = Person.objects.filter(left_at=None, pk__in=held.values("person")).order_by("name", "pk")
        fields["worker"].queryset = workers.prefetch_related("memberships__organisation")

    def clean(self) -> dict[str, Any]:
        """Nobody's name can be agreed to be told."""
        cleaned = super().clean()
        if cleaned.get("named_to_provider") and not cleaned.get("name"):
            self.add_error("named_to_provider", _("Enter who complains first, or take the tick away."))
        return cleaned


def providers(office: int) -> QuerySet[Organisation]:
    """The providers of the office."""
    return Organisation.objects.filter(office=office, kind=Organisation.Kind.PROVIDER).order_by("name")


class AskForm(forms.Form):
    """Which provider is to say what happened, and by when."""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=L("Provider"), empty_label=None)
    due_on = day_field(label=L("By when"))

    def __init__(self, *args: Any, complaint: Complaint, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = Statement.objects.filter(complaint=complaint).values("organisation")
        fields: dict[str, Any] = self.fields
        fields["organisation"].queryset = providers(complaint.office_id).exclude(pk__in=asked)
        fields["organisation"].initial = complaint.provider_id
        today = clock.today()
        usual = last_day(today, statement_days(complaint.office_id, today))
        fields["due_on"].initial = min(usual, complaint.answer_by)


class StateForm(NoResidentNumbers, forms.Form):
    """What happened, as the provider says it."""

    text = long_text(L("What happened, and what you do about it"))


class ExtendForm(NoResidentNumbers, forms.Form):
    """Until when, and why."""

    until = day_field(label=L("Until when"))
    why = forms.CharField(label=L("Why"), max_length=200)


class PassOnForm(NoResidentNumbers, forms.Form):
    """To which agency, and why."""

    to = forms.CharField(label=L("To which agency"), max_length=100)
    why = forms.CharField(label=L("Why"), max_length=200)


class AnswerForm(NoResidentNumbers, forms.Form):
    """What was answered, how, and when."""

    text = long_text(L("The answer"))
    how = forms.ChoiceField(label=L("How they were told"), choices=Way.choices)
    on = day_field(label=L("Answered on"), initial=clock.today)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].validators.append(not_to_come)


class AgainForm(NoResidentNumbers, forms.Form):
    """Why they aren't content."""

    text = long_text(L("Why they aren't content"))
    on = day_field(label=L("Received on"), initial=clock.today)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].validators.append(not_to_come)


class ComplaintFilter(forms.Form):
    """The list: of a provider, a kind, a month. What can't be read narrows nothing."""

    provider = forms.ModelChoiceField(Organisation.objects.none(), label=L("Provider"), required=False,
                                      empty_label=L("All providers"))  # fmt: skip
    kind = forms.ChoiceField(label=L("Kind"), required=False, choices=[("", L("All")), *Kind.choices])
    month = forms.CharField(label=L("Month"), required=False, max_length=7,
                            widget=forms.TextInput(attrs={"type": "month"}))  # fmt: skip

    def __init__(self, *args: Any, standing: Standing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = providers(standing.office)
        if standing.organisations is not None:
            about = Complaint.objects.seen_by(standing)
            mine = mine.filter(Q(pk__in=about.values("provider")) | Q(pk__in=standing.organisations))
        fields: dict[str, Any] = self.fields
        fields["provider"].queryset = mine

    def narrow(self, found: ComplaintQuerySet) -> ComplaintQuerySet:
        """Those that are meant."""
        self.is_valid()
        said = self.cleaned_data if self.is_bound else {}
        if said.get("provider"):
            found = found.filter(provider=said["provider"])
        if said.get("kind"):
            found = found.filter(kind=said["kind"])
        try:
            month = day_said(f"{said.get('month') or ''}-01")
        except ValueError:
            return found
        return found.filter(received_on__year=month.year, received_on__month=month.month)
