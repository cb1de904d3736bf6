"""Somebody stands in for another: who, from when to when, and why."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L

from dure import clock
from dure.care.rosters import could_answer
from dure.people.fields import NoResidentNumbers, day_field, time_field
from dure.people.models import Person, Roster, Shift, StandIn
from dure.people.rota import moment


def why_field() -> forms.CharField:
    """Why somebody stands in."""
    said = L("Seen by everybody of this roster.")
    return forms.CharField(label=L("Why"), max_length=200, required=False, help_text=said)


class StandInForm(NoResidentNumbers, forms.Form):
    """From a moment to a moment somebody answers in place of another, or of everybody."""

    off = forms.ModelChoiceField(Person.objects.none(), label=L("In place of"), required=False,
                                 empty_label=L("everybody who is on then"))  # fmt: skip
    on = forms.ModelChoiceField(Person.objects.none(), label=L("Who answers"), required=False,
                                empty_label=L("nobody; who else is on answers alone"))  # fmt: skip
    day = day_field(label=L("From day"))
    starts = time_field(label=L("From"))
    last = day_field(label=L("Until day"))
    ends = time_field(label=L("Until"))
    why = why_field()

    def __init__(self, *args: Any, roster: Roster, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.roster = roster
        coming = Shift.objects.filter(roster=roster, ends_at__gt=clock.now()).values("person")
        self.fields["off"].queryset = Person.objects.filter(pk__in=coming).order_by("name", "pk")  # type: ignore[attr-defined]
        self.fields["on"].queryset = could_answer(roster)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Two different persons, and an end after the beginning."""
        said = super().clean()
        if not said.get("off") and not said.get("on") and not {"off", "on"} & set(self.errors):
            self.add_error("on", _("Choose who answers."))
        elif said.get("off") and said.get("off") == said.get("on"):
            self.add_error("on", _("This is the same person. Choose somebody else."))
        if {"day", "starts", "last", "ends"} <= set(said) and not self._ends_after_it_begins():
            self.add_error("ends", _("The end has to be after the beginning."))
        return said

    def _ends_after_it_begins(self) -> bool:
        return self._moment("last", "ends") > self._moment("day", "starts")

    def _moment(self, day: str, at: str) -> datetime:
        return moment(self.cleaned_data[day], self.cleaned_data[at], clock.zone())

    def stand_in(self) -> StandIn:
        """What is meant, not yet in force."""
        said = self.cleaned_data
        return StandIn(
            office_id=self.roster.office_id, roster=self.roster, off=said["off"], on=said["on"], why=said["why"],
            since=self._moment("day", "starts"), until=self._moment("last", "ends"),
        )  # fmt: skip


def initial(shift: Shift | None, now: datetime) -> dict[str, Any]:
    """The whole of a shift, or from now on."""
    if shift is None:
        return {"day": clock.local(now).date(), "starts": clock.local(now).time(), "last": clock.local(now).date()}
    since, until = clock.local(max(shift.starts_at, now)), clock.local(shift.ends_at)
    return {
        "off": shift.person_id, "day": since.date(), "starts": since.time(), "last": until.date(), "ends": until.time(),
    }  # fmt: skip


class AskForm(NoResidentNumbers, forms.Form):
    """Whom a person asks to take a shift."""

    on = forms.ModelChoiceField(Person.objects.none(), label=L("Who could take it?"))
    why = why_field()

    def __init__(self, *args: Any, shift: Shift, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = could_answer(shift.roster).exclude(pk=shift.person_id)
        self.fields["on"].queryset = others  # type: ignore[attr-defined]
