"""What was ticked on paper, typed in row by row: one visit a row."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L

from dure import clock
from dure.care.forms.visit import contradictions
from dure.care.models import Handed, Outcome, Visit
from dure.care.settling import SEEN, Seen
from dure.people.fields import NoResidentNumbers, moment


class TypedTime(forms.TimeField):
    """A time of day as people type it: 11:42, 1142, 11.42, 11시 42분."""

    def __init__(self, **kwargs: Any) -> None:
        look = {"inputmode": "numeric", "maxlength": 10, "size": 6, "autocomplete": "off", "placeholder": "11:42"}
        super().__init__(required=False, widget=forms.TextInput(attrs=look), **kwargs)
        self.error_messages["invalid"] = L("Write the time as 11:42 or 1142.")

    def to_python(self, value: Any) -> Any:
        """The time that is meant."""
        digits = "".join(c if c.isascii() and c.isdigit() else " " for c in str(value or "")).split()
        if len(digits) == 1 and len(digits[0]) in (3, 4):
            digits = [digits[0][:-2], digits[0][-2:]]
        return super().to_python(":".join(digits) if len(digits) == 2 else value)


class RowForm(NoResidentNumbers, forms.Form):
    """One visit as it stands on the paper. A row in which nothing was written is passed over."""

    at = TypedTime(label=L("Time"))
    outcome = forms.ChoiceField(label=L("Outcome"), choices=Outcome.choices, initial=Outcome.SEEN_WELL, required=False)
    handed = forms.ChoiceField(
        label=L("Handed over"), choices=[("", L("As it follows from the outcome")), *Handed.choices], required=False
    )
    who = forms.CharField(label=L("Who took it, or knows where the person is"), max_length=100, required=False)
    note = forms.CharField(label=L("Note"), max_length=400, required=False)
    known = forms.IntegerField(widget=forms.HiddenInput)  # how many reports were there when the page was opened

    def __init__(self, data: Mapping[str, Any] | None, *, visit: Visit, known: int, now: datetime) -> None:
        super().__init__(data, prefix=f"v{visit.pk}", initial={"known": known})
        self.visit, self.reports, self.now = visit, known, now
        for name in ("at", "outcome", "handed", "who", "note"):
            label = f"{visit.recipient.name}: {self.fields[name].label}"
            self.fields[name].widget.attrs["aria-label"] = label

    @property
    def written(self) -> bool:
        """Whether something was written in this row."""
        if not self.is_bound:
            return False
        said = {name: str(self.data.get(self.add_prefix(name), "")).strip() for name in ("at", "handed", "who", "note")}
        return any(said.values()) or self.data.get(self.add_prefix("outcome"), Outcome.SEEN_WELL) != Outcome.SEEN_WELL

    def clean(self) -> dict[str, Any]:
        """The time has been; and what was ticked goes together."""
        cleaned = super().clean()
        cleaned["outcome"] = cleaned.get("outcome") or Outcome.SEEN_WELL
        at, outcome, handed = cleaned.get("at"), cleaned["outcome"], cleaned.get("handed")
        if at is None and "at" not in self.errors:
            self.add_error("at", _("Write down the time that stands on the paper."))
        elif at and datetime.combine(self.visit.day, at, clock.zone()) > self.now:
            self.add_error("at", _("This time is still to come. Look at the paper again."))
        for field, sentence in contradictions(cleaned):
            self.add_error(field, sentence)
        if not cleaned.get("who") and (outcome == Outcome.KNOWN_SAFE or handed == Handed.PROXY):
            self.add_error("who", _("Write who knows where the person is, or who took the meal."))
        if cleaned.get("known") != self.reports and "known" not in self.errors:
            self.add_error(None, _("Somebody has reported on this visit in the meantime. Look whether yours is new."))
        return cleaned

    def seen(self) -> Seen:
        """What was seen, as care takes it: in the name of who drove, at the time on the paper."""
        said = self.cleaned_data
        outcome = Outcome(said["outcome"])
        driver = self.visit.worker or (self.visit.course and self.visit.course.worker)
        handed = said["handed"] or (Handed.IN_PERSON if outcome in SEEN else "")
        return Seen(
            outcome=outcome, at=moment(self.visit.day, said["at"], self.now), handed=handed,
            who=said["who"] or (driver.name if driver else ""), note=said["note"], by_paper=True,
        )  # fmt: skip


def rows(
    visits: Iterable[Visit], data: Mapping[str, Any] | None, reports: Mapping[int, int], *, now: datetime
) -> list[RowForm]:
    """A row for every visit, in the order of the paper."""
    return [RowForm(data, visit=visit, known=reports.get(visit.pk, 0), now=now) for visit in visits]
