"""What people enter on the board and in a case."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from dure import clock
from dure.cases.models import Finding, Step
from dure.people.fields import NoResidentNumbers, day_field
from dure.people.models import Organisation, Role
from dure.people.rights import FITS

NEXT_STEPS = [
    ("go", _("I go there myself")),
    ("send", _("I send somebody")),
    ("phone", _("I phone")),
    ("119", _("I call 119")),
]
BY_WHEN = [(5, _("in 5 minutes")), (10, _("in 10 minutes")), (15, _("in 15 minutes")), (30, _("in 30 minutes"))]
MINUTES = 10  # if nothing else is chosen


class ClaimForm(forms.Form):
    """Taking something on: the next step, and by when."""

    next_step = forms.ChoiceField(label=_("Next step"), choices=NEXT_STEPS)
    minutes = forms.TypedChoiceField(label=_("By when"), coerce=int, initial=MINUTES, choices=BY_WHEN)
    take_over = forms.BooleanField(label=_("Take it over from who has it"), required=False)

    @cached_property
    def next_options(self) -> SafeString:
        """What may be chosen as next step, written once for all the rows of a board."""
        return format_html_join("", '<option value="{}">{}</option>', NEXT_STEPS)

    @cached_property
    def minutes_options(self) -> SafeString:
        """The times that may be promised."""
        of = [(n, mark_safe(" selected") if n == MINUTES else "", label) for n, label in BY_WHEN]
        return format_html_join("", '<option value="{}"{}>{}</option>', of)

    def says(self) -> str:
        """The next step in words."""
        return str(dict(NEXT_STEPS)[self.cleaned_data["next_step"]])

    def until(self, now: datetime) -> datetime:
        """The moment by which it is done."""
        return now + timedelta(minutes=self.cleaned_data["minutes"])


AROUND_MIDNIGHT = timedelta(hours=12)  # a clock that is minutes wrong doesn't make it yesterday


class MomentField(forms.TimeField):
    """A time of day: today's, or yesterday's when it is still to come. Empty means now."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, label=_("When (empty: now)"), **kwargs)
        self.widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


def moment(when: time | None, now: datetime) -> datetime:
    """The moment that a person means by a time of day: around midnight yesterday's, and never later than now."""
    if when is None:
        return now
    at = datetime.combine(clock.local(now).date(), when, clock.zone())
    return at - timedelta(days=1) if at > now + AROUND_MIDNIGHT else min(at, now)


class StepForm(forms.Form):
    """One step of the procedure: what, who, when, a word about it."""

    step = forms.ChoiceField(choices=Step.choices, widget=forms.HiddenInput)
    who = forms.CharField(label=_("Who"), max_length=100, required=False)
    at = MomentField()
    note = forms.CharField(label=_("Note"), max_length=500, required=False)
    result = forms.CharField(max_length=40, required=False)


class HandOverForm(forms.Form):
    """The person is handed over to the ambulance, the hospital or the family."""

    step = forms.ChoiceField(
        choices=[(s, s) for s in (Step.TAKEN_OVER, Step.HOSPITAL, Step.FAMILY_TOOK_OVER)], widget=forms.HiddenInput
    )
    name = forms.CharField(label=_("Who took the person over"), max_length=100)
    identity_checked = forms.CharField(label=_("How you know who it is"), max_length=100, required=False)
    at = MomentField()
    back_on = forms.DateField(
        label=_("Ask again on"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class BackForm(forms.Form):
    """Back from hospital as of a day, or asked again on a day."""

    is_back = forms.BooleanField(required=False)
    on = forms.DateField()


class ReferForm(forms.Form):
    """An interrupted service is referred to its agency."""

    agency = forms.CharField(label=_("Agency"), max_length=100)
    service = forms.CharField(label=_("Service"), max_length=100)
    stopped_on = forms.DateField(
        label=_("Stopped on"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class AnswerForm(forms.Form):
    """What the agency answered."""

    answer = forms.ChoiceField(label=_("Answer"), choices=[("accepted", _("Accepted")), ("refused", _("Refused"))])
    who = forms.CharField(label=_("Who of the agency answered"), max_length=100)
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)
    check_on = forms.DateField(
        label=_("Check the restart on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class CloseForm(forms.Form):
    """How a case ended."""

    finding = forms.ChoiceField(label=_("How it ended"), choices=Finding.choices)
    note = forms.CharField(label=_("Note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}))


class RuleForm(NoResidentNumbers, forms.Form):
    """What a rule says from a day on, and where that stands."""

    value = forms.DecimalField(label=_("Value"), min_value=0, max_digits=8, decimal_places=1)
    source = forms.CharField(label=_("Where it stands"), max_length=300, help_text=_("The law, or who decided it."))
    since = day_field(label=_("Holds from"))


class RoleForm(forms.Form):
    """A role at an organisation, from a day on."""

    organisation = forms.ModelChoiceField(label=_("Where"), queryset=Organisation.objects.none())
    role = forms.ChoiceField(label=_("Role"), choices=Role)
    since = day_field(label=_("From"))

    def __init__(self, office: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = Organisation.objects.filter(office=office, kind__in=FITS).order_by("kind", "name")
        self.fields["organisation"].queryset = places  # type: ignore[attr-defined]


class ReviewForm(NoResidentNumbers, forms.Form):
    """What somebody found who reviewed a month's looks."""

    remark = forms.CharField(
        label=_("What you found"), max_length=500, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("For example: nothing out of the ordinary; downloads asked about, each had its reason."),
    )  # fmt: skip
