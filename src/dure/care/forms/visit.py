"""What became of a visit, entered at a desk: by phone from the worker, the recipient or the family, or from paper."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L

from dure.care.models import Handed, Outcome, Visit
from dure.care.settling import SEEN, Seen
from dure.people.fields import NoResidentNumbers, PastTimeField, moment

SIGNS = [
    ("vigour", L("Weak, pale")), ("breath", L("Breathing, pain")), ("walking", L("Walking, a fall")),
    ("mind", L("Mind, speech")), ("hygiene", L("Dirt, smell")), ("heating", L("Heating, power")),
    ("post", L("Post and rubbish pile up")), ("othercare", L("Other care doesn't come")),
]  # fmt: skip
OUTCOMES = [(value, label) for value, label in Outcome.choices if value != Outcome.NO_REPLY]


def contradictions(said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What of an outcome, how the meal was handed over and the note doesn't go together: at which field, and why."""
    outcome, handed, note = said.get("outcome"), said.get("handed"), said.get("note")
    if outcome == Outcome.NOT_ATTEMPTED and not note:
        yield "note", _("Say why nobody went.")
    if handed == Handed.IN_PERSON and outcome and outcome not in SEEN:
        yield "handed", _("Handed over in person means that the person was seen. Choose again.")
    if handed == Handed.AT_DOOR and outcome in SEEN and not note:
        yield "note", _("Say why the meal was left at the door.")


class OutcomeForm(NoResidentNumbers, forms.Form):
    """One outcome, how the meal was handed over, and who says so. "Can't be reached" has a page of its own."""

    outcome = forms.ChoiceField(label=L("What became of the visit?"), choices=OUTCOMES, widget=forms.RadioSelect)
    handed = forms.ChoiceField(
        label=L("How was the meal handed over?"), choices=[("", L("Not said")), *Handed.choices], required=False
    )
    who = forms.CharField(
        label=L("Who says so, or knows where the person is?"), max_length=100,
        help_text=L("The worker, the recipient on the phone, the daughter …"),
    )  # fmt: skip
    at = PastTimeField()
    signs = forms.MultipleChoiceField(
        label=L("Signs"), choices=SIGNS, required=False, widget=forms.CheckboxSelectMultiple
    )
    leftover = forms.BooleanField(label=L("The last meal was still there"), required=False)
    worried = forms.BooleanField(label=L("Somebody is worried"), required=False)
    note = forms.CharField(label=L("Note"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    paper = forms.BooleanField(label=L("Entered from a paper list"), required=False)
    case = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Not visited, or handed over otherwise than in person, says why."""
        cleaned = super().clean()
        for field, sentence in contradictions(cleaned):
            self.add_error(field, sentence)
        return cleaned

    def seen(self, visit: Visit, now: datetime) -> Seen:
        """What was seen, as care takes it."""
        said = self.cleaned_data
        case: UUID | None = said["case"]
        return Seen(
            outcome=Outcome(said["outcome"]), at=moment(visit.day, said["at"], now), handed=said["handed"],
            who=said["who"], signs=tuple(said["signs"]), leftover=said["leftover"], worried=said["worried"],
            note=said["note"], case=case, by_paper=said["paper"],
        )  # fmt: skip
