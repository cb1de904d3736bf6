"""A weekly rota: on which weekdays, from when to when, and who in which week."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L

from dure import clock
from dure.people.fields import day_field, time_field
from dure.people.models import Holidays, Person, Roster, Rota
from dure.people.rota import week_of

MOST_WEEKS, WEEKS_SHOWN = 12, 4
PLACES = [("first", L("Is told first")), ("second", L("Second")), ("third", L("Third"))]


class RotaForm(forms.Form):
    """When the rota runs."""

    weekdays = forms.TypedMultipleChoiceField(
        label=L("Weekdays"), choices=WEEKDAYS.items(), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    starts = time_field(label=L("From"))
    ends = time_field(
        label=L("Until"),
        help_text=L("A time earlier than the beginning is on the next day; the same time is a whole day later."),
    )
    holidays = forms.ChoiceField(
        label=L("Holidays"), choices=Holidays, initial=Holidays.EVERY,
        help_text=L("Public holidays, and days on which the office or the provider is closed."),
    )  # fmt: skip
    since = day_field(label=L("First day"), initial=clock.today)
    until = day_field(label=L("Last day"), required=False, help_text=L("Leave empty if it has no end."))

    def clean_since(self) -> Any:
        """What has been stays as it was."""
        if self.cleaned_data["since"] < clock.today():
            raise ValidationError(_("Choose today or a later day; what has been stays as it was."))
        return self.cleaned_data["since"]

    def clean(self) -> dict[str, Any]:
        """The last day isn't before the first."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("since") and cleaned.get("until") and cleaned["until"] < cleaned["since"]:
            self.add_error("until", _("The last day is before the first."))
        return cleaned

    def rota(self, roster: Roster) -> Rota:
        """The rota that is meant, not yet begun."""
        said = dict(self.cleaned_data)
        said["until"] = said["until"] + timedelta(days=1) if said["until"] else None
        return Rota(office_id=roster.office_id, roster=roster, **said)


class WeekForm(forms.Form):
    """Who answers in one of the weeks in turn, in the order in which they are told."""

    def __init__(self, *args: Any, people: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [("", "—"), *((person.pk, str(person)) for person in people)]  # read once for all weeks
        for name, label in PLACES:
            self.fields[name] = field = forms.ModelChoiceField(people, label=label, required=False)
            field.choices = names

    @property
    def people(self) -> list[Person]:
        """Those who are named, in their order."""
        return [self.cleaned_data[name] for name, _label in PLACES if self.cleaned_data.get(name)]

    def clean(self) -> dict[str, Any]:
        """Nobody stands in one week twice."""
        cleaned = super().clean() or self.cleaned_data
        named: set[Person] = set()
        for name, _label in PLACES:
            person = cleaned.get(name)
            if person and person in named:
                self.add_error(name, _("%(person)s stands in this week already.") % {"person": person})
            named |= {person} if person else set()
        return cleaned


class AllWeeks(forms.BaseFormSet):  # type: ignore[type-arg]
    """The weeks in turn: at least one has somebody."""

    def clean(self) -> None:
        """Somebody has to answer."""
        if not any(self.errors) and not self.weeks:
            raise ValidationError(_("Name at least one person."))

    @property
    def weeks(self) -> list[list[Person]]:
        """Who answers in which week; rows with nobody are left out."""
        return [form.people for form in self.forms if form.people]


Weeks = forms.formset_factory(WeekForm, formset=AllWeeks, extra=0, min_num=1, max_num=MOST_WEEKS, absolute_max=20)


def initial(rota: Rota) -> dict[str, Any]:
    """A rota as it runs now, to be changed from tomorrow on."""
    return {
        "weekdays": rota.weekdays, "starts": rota.starts, "ends": rota.ends, "holidays": rota.holidays,
        "since": max(rota.since, clock.today() + timedelta(days=1)),
        "until": rota.until - timedelta(days=1) if rota.until else None,
    }  # fmt: skip


def initial_weeks(rota: Rota | None) -> list[dict[str, Any]]:
    """The weeks in turn, the one that runs tomorrow first, and empty rows below."""
    rows: dict[int, dict[str, Any]] = {}
    for turn in rota.turns.all() if rota else ():
        rows.setdefault(turn.week, {})[PLACES[turn.place][0]] = turn.person_id
    weeks = [rows[week] for week in sorted(rows)]
    if rota and weeks:
        start = week_of(rota.since, max(rota.since, clock.today() + timedelta(days=1))) % len(weeks)
        weeks = weeks[start:] + weeks[:start]
    return weeks + [{}] * (max(WEEKS_SHOWN, len(weeks) + 2) - len(weeks))
