"""A recipient with address, contacts, other services and the meals of the week."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dure import clock
from dure.care.models import Meal, Recipient, Route, Scheme
from dure.care.recipients import WEEKDAYS, Wanted, begins_on, week
from dure.cases.aftermath import LONGEST
from dure.people.actions import Standing
from dure.people.fields import NoResidentNumbers, PhoneField, day_field, time_field, tomorrow
from dure.people.models import Organisation, Role
from dure.places.models import Area, Place

L = gettext_lazy
LONG = ("planned_response", "health", "medicines", "diet", "allergies")  # a sentence, not a word
LATEST = {"lunch": "12:00", "dinner": "18:00"}


class RecipientForm(NoResidentNumbers, forms.ModelForm):  # type: ignore[type-arg]
    """Who is served, by whom, how they are reached and what has to be known of them."""

    phone = PhoneField(label=L("Phone"), required=False)
    phone_2 = PhoneField(label=L("Second phone"), required=False)
    registered_119 = PhoneField(
        label=L("Registered with 119 on this phone"), required=False, help_text=L("The 119 safety call service.")
    )
    born_on = day_field(label=L("Date of birth"), required=False)
    started_on = day_field(label=L("Meals from"), initial=tomorrow)
    consent_on = day_field(label=L("Consent given on"), required=False)
    reviewed_on = day_field(label=L("Last reviewed on"), required=False)

    class Meta:
        model = Recipient
        fields = [
            "name", "born_on", "sex", "phone", "phone_2", "reach", "provider", "scheme", "route", "route_order",
            "started_on", "tier", "planned_response", "health", "medicines", "hospital", "registered_119", "diet",
            "allergies", "consent_on", "consent_version", "reviewed_on",
        ]  # fmt: skip
        labels = {
            "name": L("Name"), "sex": L("Sex"), "reach": L("How to reach"), "provider": L("Provider"),
            "scheme": L("Scheme"), "route": L("Course"), "route_order": L("Place on the course"), "tier": L("Risk"),
            "planned_response": L("What was agreed for no answer"), "health": L("Disability, illness"),
            "medicines": L("Medicines"), "hospital": L("Usual hospital"), "diet": L("Diet"),
            "allergies": L("Allergies"), "consent_version": L("Version of the consent"),
        }  # fmt: skip
        help_texts = {
            "planned_response": L("Who may open the door, whom to call instead of 119, what to do if nobody answers."),
        }

    def __init__(self, *args: Any, standing: Standing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        providers = Organisation.objects.filter(office=standing.office, kind="provider").order_by("name")
        routes = Route.objects.filter(office=standing.office)
        if standing.organisations is not None and not standing.has(Role.CENTRE):  # a centre chooses who serves its dong
            providers = providers.filter(pk__in=standing.organisations) | providers.filter(pk=self.instance.provider_id)
            routes = Route.objects.seen_by(standing)
        routes = routes.select_related("provider").order_by("provider__name", "name")
        self.fields["provider"].queryset = providers  # type: ignore[attr-defined]
        self.fields["scheme"].queryset = Scheme.objects.filter(office=standing.office)  # type: ignore[attr-defined]
        self.fields["route"].queryset = routes  # type: ignore[attr-defined]
        route = self.fields["route"]
        route.label_from_instance = lambda r: f"{r.provider} · {r.name}"  # type: ignore[attr-defined]
        self.fields["route_order"].required = False

    def short(self) -> list[forms.BoundField]:
        """The fields of a word or a number."""
        return [field for field in self if field.name not in LONG]

    def long(self) -> list[forms.BoundField]:
        """The fields of a sentence."""
        return [self[name] for name in LONG]

    def clean_born_on(self) -> Any:
        """Nobody is born tomorrow."""
        born = self.cleaned_data["born_on"]
        if born and born > clock.today():
            raise ValidationError(_("This day is still to come. Look at the year."))
        return born

    def clean_started_on(self) -> Any:
        """Whose meals begin in ten years is forgotten until then."""
        begins = self.cleaned_data["started_on"]
        if begins and begins > clock.today() + LONGEST:
            raise ValidationError(_("This is more than a year from now. Look at the year."))
        return begins

    def clean_route_order(self) -> int:
        """Without a place on the course: the end of it."""
        return self.cleaned_data["route_order"] or 0

    def clean(self) -> dict[str, Any]:
        """A course belongs to the provider."""
        cleaned = super().clean()
        route, provider = cleaned.get("route"), cleaned.get("provider")
        if route and provider and route.provider_id != provider.pk:
            self.add_error("route", _("This course belongs to %(name)s. Choose one of the provider's own.")
                           % {"name": route.provider})  # fmt: skip
        return cleaned


class PlaceForm(NoResidentNumbers, forms.ModelForm):  # type: ignore[type-arg]
    """Where the recipient lives, and how to get in."""

    class Meta:
        model = Place
        fields = ["area", "address", "entrance", "floor", "door_code", "key_place", "hazard", "slow_minutes"]
        labels = {
            "area": L("Dong"), "address": L("Address"), "entrance": L("Entrance"), "floor": L("Floor"),
            "door_code": L("Door code"), "key_place": L("Where the key is"), "hazard": L("Take care (dog, stairs …)"),
            "slow_minutes": L("Minutes until the door is opened"),
        }  # fmt: skip

    def __init__(self, *args: Any, standing: Standing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        areas = Area.objects.filter(office=standing.office)
        if self.instance.pk is None and standing.has(Role.CENTRE) and standing.organisations is not None:
            own = Organisation.objects.filter(pk__in=standing.organisations, kind=Organisation.Kind.CENTRE)
            areas = areas.filter(pk__in=own.values("area"))  # who lives elsewhere is taken in there
        self.fields["area"].queryset = areas  # type: ignore[attr-defined]
        self.fields["area"].required = True
        self.fields["slow_minutes"].required = False

    def clean_slow_minutes(self) -> int:
        """Empty: no longer than others."""
        return self.cleaned_data["slow_minutes"] or 0


class ContactForm(NoResidentNumbers, forms.Form):
    """One of the recipient's own people. An empty row is no contact."""

    name = forms.CharField(label=L("Name"), max_length=60, required=False)
    relation = forms.CharField(label=L("Relation"), max_length=40, required=False)
    phone = PhoneField(label=L("Phone"), required=False)
    has_key = forms.BooleanField(label=L("Has a key"), required=False)

    def clean(self) -> dict[str, Any]:
        """A contact has a name and a number."""
        cleaned = super().clean()
        if any(cleaned.get(f) for f in ("name", "relation", "phone")):
            for field, sentence in (("name", _("Write who this is.")), ("phone", _("Write the number."))):
                if not cleaned.get(field) and field not in self.errors:
                    self.add_error(field, sentence)
        return cleaned


class ServiceForm(NoResidentNumbers, forms.Form):
    """Another care service. An empty row is none."""

    service = forms.CharField(label=L("Service"), max_length=100, required=False)
    agency = forms.CharField(label=L("Agency"), max_length=100, required=False)
    days = forms.CharField(label=L("Days"), max_length=60, required=False)
    stopped_on = day_field(label=L("Stopped on"), required=False)

    def clean(self) -> dict[str, Any]:
        """A row that says anything names the service."""
        cleaned = super().clean()
        if not cleaned.get("service") and any(cleaned.get(f) for f in ("agency", "days", "stopped_on")):
            self.add_error("service", _("Write which service this is."))
        return cleaned


class OnceEach(forms.BaseFormSet):  # type: ignore[type-arg]
    """Contacts of whom none is entered twice."""

    def clean(self) -> None:
        """The same name and number only once."""
        seen: set[tuple[str, str]] = set()
        for form in self.forms:
            row = form.cleaned_data if form.is_valid() else {}
            key = (row.get("name", ""), row.get("phone", ""))
            if key[0] and key in seen:
                form.add_error("phone", _("This contact stands here twice."))
                raise ValidationError("")
            seen.add(key)


Contacts = forms.formset_factory(ContactForm, formset=OnceEach, extra=2, max_num=20, absolute_max=40)
Services = forms.formset_factory(ServiceForm, extra=2, max_num=20, absolute_max=40)


class MealsForm(forms.Form):
    """The meals of the week: for each meal the weekdays and the latest time; and from when that holds."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for meal in Meal:
            self.fields[f"{meal}_days"] = forms.TypedMultipleChoiceField(
                label=meal.label, coerce=int, choices=list(enumerate(WEEKDAYS)), required=False,
                widget=forms.CheckboxSelectMultiple,
            )  # fmt: skip
            self.fields[f"{meal}_by"] = time_field(
                label=_("%(meal)s at the latest by") % {"meal": meal.label}, required=False, initial=LATEST[meal]
            )
        self.fields["since"] = day_field(label=_("This holds from"), initial=tomorrow)

    def clean_since(self) -> Any:
        """What has been can't be planned any more."""
        if self.cleaned_data["since"] < clock.today():
            raise ValidationError(_("Choose today or a later day."))
        return self.cleaned_data["since"]

    def clean(self) -> dict[str, Any]:
        """A meal has a time by which it is owed."""
        cleaned = super().clean() or self.cleaned_data
        for meal in Meal:
            if cleaned.get(f"{meal}_days") and not cleaned.get(f"{meal}_by"):
                self.add_error(f"{meal}_by", _("Write by what time."))
        return cleaned

    @property
    def wanted(self) -> list[Wanted]:
        """The meals of the week."""
        said = self.cleaned_data
        return [Wanted(day, meal, said[f"{meal}_by"]) for meal in Meal for day in said[f"{meal}_days"]]


class Entry:
    """The whole page: recipient, address, contacts, services, meals; valid only together."""

    def __init__(self, recipient: Recipient, standing: Standing, data: Mapping[str, Any] | None) -> None:
        self.old = old = recipient.pk is not None
        place = getattr(recipient, "place", None) or Place(office_id=standing.office)
        contacts = list(recipient.contacts.values("name", "relation", "phone", "has_key")) if old else []
        services = list(recipient.services.values("service", "agency", "days", "stopped_on")) if old else []
        self.person = RecipientForm(data, instance=recipient, standing=standing)
        self.place = PlaceForm(data, instance=place, standing=standing)
        self.contacts = Contacts(data, initial=contacts, prefix="contact")
        self.services = Services(data, initial=services, prefix="service")
        self.meals = MealsForm(data, initial=self._week(recipient) if old else {}, prefix="meals")
        known = [self.person.initial, self.place.initial, contacts, services, week(recipient) if old else {}]
        self.state = sha256(repr(known).encode()).hexdigest()[:16]  # of what is kept now, before it is changed
        self.outdated = old and data is not None and data.get("state", self.state) != self.state

    @staticmethod
    def _week(recipient: Recipient) -> dict[str, Any]:
        found = week(recipient)
        days = {f"{meal}_days": each[0] for meal, each in found.items()}
        starts = begins_on(recipient, clock.today())
        return days | {f"{meal}_by": each[1] for meal, each in found.items()} | ({"since": starts} if starts else {})

    def is_valid(self) -> bool:
        """Whether all of it can be kept; every part is looked at, so that all sentences are shown at once."""
        return all([f.is_valid() for f in (self.person, self.place, self.contacts, self.services, self.meals)])

    @property
    def said_contacts(self) -> list[dict[str, Any]]:
        """The contacts that were written down."""
        return [row for row in self.contacts.cleaned_data if row.get("name")]

    @property
    def said_services(self) -> list[dict[str, Any]]:
        """The services that were written down."""
        return [row for row in self.services.cleaned_data if row.get("service")]
