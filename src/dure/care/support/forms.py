"""What people enter about plans, those who wait, referrals, the dongs' population and search lists."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as L

from dure import clock
from dure.care.forms.filters import Filter
from dure.care.models import Ended, Scheme
from dure.care.support.models import Came, Over, Plan, Population, Referral, Result, Waiting
from dure.care.support.standard import period
from dure.people.actions import Standing
from dure.people.fields import NoResidentNumbers, PhoneField, day_field
from dure.people.models import Organisation
from dure.places.models import Area

WHY = L("Why")
ENDINGS = [
    (Over.ENDED, L("The support ends, and the meals end today")),
    (Over.MISTAKE, L("The plan was entered by mistake; the meals go on")),
]


def dongs_of(standing: Standing) -> Any:
    """The dongs that somebody has to do with: those of the own centres; a provider and the office may name any."""
    areas = Area.objects.filter(office=standing.office, until=None)
    own = Organisation.objects.filter(pk__in=standing.organisations or [], kind=Organisation.Kind.CENTRE)
    mine = set(own.values_list("area", flat=True))
    return areas.filter(pk__in=mine) if mine else areas


class PlanFilter(Filter):
    """Whose plan: by how it stands, by dong, by provider."""

    which = forms.ChoiceField(
        label=L("Which"), required=False,
        choices=[("", L("All")), ("past", L("Past its period")), ("due", L("Renewal is owed")),
                 ("check", L("To be looked at")), ("none", L("Without a plan"))],
    )  # fmt: skip
    dong = forms.ModelChoiceField(Area.objects.none(), label=L("Dong"), required=False, empty_label=L("All dongs"))
    provider = forms.ModelChoiceField(
        Organisation.objects.none(), label=L("Provider"), required=False, empty_label=L("All providers")
    )

    def __init__(self, *args: Any, standing: Standing, **kwargs: Any) -> None:
        super().__init__(*args, standing=standing, **kwargs)
        self.renew = period(standing.office, "plan-renew", clock.today())

    def narrow(self, found: Any) -> Any:
        """The recipients that are meant; each has `ends` and `check_on` of the plan that holds."""
        today = clock.today()
        ways: dict[str, dict[str, Any]] = {
            "past": {"ends__lt": today},
            "due": {"ends__range": (today, today + self.renew)},
            "check": {"check_on__lte": today},
            "none": {"ends": None},
        }
        which = dict(ways.get(self.said("which") or "", {}))
        which |= {"place__area": self.said("dong")} if self.said("dong") else {}
        which |= {"provider": self.said("provider")} if self.said("provider") else {}
        return found.filter(**which)


class PlanForm(NoResidentNumbers, forms.ModelForm):  # type: ignore[type-arg]
    """What was decided: what, how much, how, when, from when until when."""

    begins_on = day_field(label=L("From"))
    ends_on = day_field(label=L("Until (the last day)"))
    decided_on = day_field(label=L("Decided on"))
    next_check_on = day_field(label=L("Looked at again on"), help_text=L("Is it given as decided, what has changed?"))

    class Meta:
        model = Plan
        fields = [
            "scheme", "what", "meals_a_week", "how", "when", "begins_on", "ends_on", "decided_on", "next_check_on",
        ]  # fmt: skip
        labels = {
            "scheme": L("Scheme"), "what": L("What"), "meals_a_week": L("Meals a week"), "how": L("How"),
            "when": L("Days and time"),
        }  # fmt: skip
        help_texts = {
            "what": L("For instance: lunch boxes, soft food, with a look at how the person is."),
            "how": L("For instance: handed over in person."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        schemes = Scheme.objects.filter(office=self.instance.office_id).order_by("-year", "name")
        self.fields["scheme"].queryset = schemes  # type: ignore[attr-defined]
        self.fields["meals_a_week"].min_value = 1  # type: ignore[attr-defined]

    def clean_meals_a_week(self) -> int:
        """Three a day at most."""
        meals: int = self.cleaned_data["meals_a_week"]
        if not 1 <= meals <= 21:
            raise forms.ValidationError(L("Write a number from 1 to 21."))
        return meals

    def clean(self) -> dict[str, Any]:
        """It ends after it begins, within two years; the next look lies in it."""
        cleaned = super().clean()
        begins, ends, check = (cleaned.get(name) for name in ("begins_on", "ends_on", "next_check_on"))
        if cleaned.get("decided_on") and cleaned["decided_on"] > clock.today():
            self.add_error("decided_on", L("This day is still to come. Look at the year."))
        if begins and ends and ends < begins:
            self.add_error("ends_on", L("The last day has to be after the first."))
        elif begins and ends and (ends - begins).days > 366:
            self.add_error("ends_on", L("A plan is for a year at most. Look at the year."))
        elif begins and ends and check and not begins <= check <= ends:
            self.add_error("next_check_on", L("Choose a day of the plan's period."))
        return cleaned


class EndPlanForm(NoResidentNumbers, forms.Form):
    """How a plan ends without another that follows."""

    over_why = forms.ChoiceField(label=L("How it ends"), choices=ENDINGS, widget=forms.RadioSelect)
    how = forms.ChoiceField(label=L("When the meals end: how"), choices=Ended.choices, initial=Ended.OTHER,
                            required=False)  # fmt: skip
    said = forms.CharField(label=WHY, max_length=100)

    def clean_how(self) -> str:
        """Another reason, where nothing was chosen."""
        return self.cleaned_data["how"] or Ended.OTHER


class CheckForm(NoResidentNumbers, forms.Form):
    """What a regular look has found."""

    as_decided = forms.TypedChoiceField(
        label=L("Is it given as decided?"), choices=[("yes", L("Yes")), ("no", L("No"))], widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
    )  # fmt: skip
    said = forms.CharField(label=L("What differs, what has changed with the person"), max_length=300, required=False)
    next_on = day_field(label=L("Looked at again on"))


class WaitingForm(NoResidentNumbers, forms.ModelForm):  # type: ignore[type-arg]
    """Who waits, where they live, how they are reached, what they wish."""

    born_on = day_field(label=L("Date of birth"), required=False)
    phone = PhoneField(label=L("Phone"), required=False)
    since = day_field(label=L("Waits since"), initial=clock.today)

    class Meta:
        model = Waiting
        fields = ["name", "born_on", "phone", "area", "address", "source", "wish", "urgency", "since"]
        labels = {
            "name": L("Name"), "area": L("Dong"), "address": L("Address"), "source": L("Known through"),
            "wish": L("Wish, situation"), "urgency": L("Urgency"),
        }  # fmt: skip

    def __init__(self, *args: Any, standing: Standing, without: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in without:
            del self.fields[name]
        self.fields["area"].queryset = dongs_of(standing)  # type: ignore[attr-defined]

    def clean_since(self) -> Any:
        """Nobody waits since tomorrow."""
        if self.cleaned_data["since"] > clock.today():
            raise forms.ValidationError(L("This day is still to come. Look at the year."))
        return self.cleaned_data["since"]

    def clean(self) -> dict[str, Any]:
        """Somebody who waits can be reached."""
        cleaned = super().clean()
        if not cleaned.get("phone") and not cleaned.get("address") and "phone" not in self.errors:
            self.add_error("phone", L("Write the phone or the address, so that the person can be found."))
        return cleaned


class ToldForm(NoResidentNumbers, forms.Form):
    """The person was told how it stands."""

    said = forms.CharField(label=L("What the person was told"), max_length=300)
    again_by = day_field(label=L("Told again by"))


class EndWaitingForm(NoResidentNumbers, forms.Form):
    """They wait no more."""

    came = forms.ChoiceField(
        label=L("What came of it"), choices=[(c.value, c.label) for c in Came if c != Came.SERVED],
        widget=forms.RadioSelect,
    )  # fmt: skip
    why = forms.CharField(label=WHY, max_length=200)


class ReferralForm(NoResidentNumbers, forms.ModelForm):  # type: ignore[type-arg]
    """Which agency, who there, what is asked, by when it is answered."""

    phone = PhoneField(label=L("Phone of the agency"), required=False)
    asked_on = day_field(label=L("Asked on"), initial=clock.today)
    answer_by = day_field(label=L("To be answered by"))

    class Meta:
        model = Referral
        fields = ["agency", "who", "phone", "what", "asked_on", "answer_by"]
        labels = {"agency": L("Agency"), "who": L("Who there"), "what": L("What is asked")}

    def clean(self) -> dict[str, Any]:
        """It is answered after it was asked."""
        cleaned = super().clean()
        asked, answer = cleaned.get("asked_on"), cleaned.get("answer_by")
        if asked and asked > clock.today():
            self.add_error("asked_on", L("This day is still to come. Look at the year."))
        elif asked and answer and answer < asked:
            self.add_error("answer_by", L("It can't be answered before it was asked."))
        return cleaned


class AnswerForm(NoResidentNumbers, forms.Form):
    """The answer to a referral, and with whom of the agency somebody spoke."""

    answer = forms.ChoiceField(label=L("Answer"), choices=Referral.Answer.choices, widget=forms.RadioSelect)
    spoke_with = forms.CharField(label=L("Spoke with"), max_length=60)
    said = forms.CharField(label=L("What was answered"), max_length=300, required=False)

    def __init__(self, *args: Any, way: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if way == Referral.Way.OUT:
            choices = [c for c in Referral.Answer.choices if c[0] != Referral.Answer.WAITING]
            self.fields["answer"].choices = choices  # type: ignore[attr-defined]


class PopulationForm(NoResidentNumbers, forms.ModelForm):  # type: ignore[type-arg]
    """A dong's population as the office was told."""

    on = day_field(label=L("As of"))

    class Meta:
        model = Population
        fields = ["area", "on", "persons", "alone", "source"]
        labels = {
            "area": L("Dong"), "persons": L("Persons of 65 and older"), "alone": L("Of these living alone"),
            "source": L("Source"),
        }  # fmt: skip

    def __init__(self, *args: Any, standing: Standing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = dongs_of(standing)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Who lives alone is one of all; nobody counts people tomorrow. Entered again for a day, the last counts."""
        cleaned = super().clean()
        if (cleaned.get("alone") or 0) > (cleaned.get("persons") or 0) and "persons" not in self.errors:
            self.add_error("alone", L("More live alone than live there at all. Look at the two numbers."))
        if cleaned.get("on") and cleaned["on"] > clock.today():
            self.add_error("on", L("This day is still to come. Look at the year."))
        if cleaned.get("on") and cleaned.get("area"):
            same = Population.objects.filter(office=self.instance.office_id, area=cleaned["area"], on=cleaned["on"])
            self.instance = same.first() or self.instance
        return cleaned


class ResultForm(NoResidentNumbers, forms.Form):
    """What came of looking for somebody."""

    result = forms.ChoiceField(label=L("What came of it"), choices=Result.choices)
    note = forms.CharField(label=L("Note"), max_length=200, required=False)
