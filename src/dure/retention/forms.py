"""Holding somebody's or a case's data back: first found by name or number, then chosen."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L

from dure.care.models import Recipient
from dure.cases.models import Case
from dure.people.fields import day_field
from dure.people.masking import masked_name
from dure.people.models import Person
from dure.retention.models import Hold

MOST = 20
Choice = tuple[str, str]


class FindForm(forms.Form):
    """Whose data."""

    find = forms.CharField(label=L("Name, or number of a case"), max_length=60, required=False, strip=True)

    def found(self, office: int) -> list[Choice]:
        """Recipients and accounts of this name, and the case of this number."""
        word = self.cleaned_data.get("find", "") if self.is_valid() else ""
        if len(word) < 2:
            return []
        recipients = Recipient.objects.filter(office=office, name__icontains=word).select_related("place__area")
        cases = Case.objects.filter(office=office, number=word)
        people = Person.objects.filter(office=office, name__icontains=word)
        return [
            *(_choice(Hold.Kind.RECIPIENT, r.ref, _where(r)) for r in recipients[:MOST]),
            *(_choice(Hold.Kind.CASE, c.ref, c.number) for c in cases[:MOST]),
            *(_choice(Hold.Kind.ACCOUNT, p.ref, f"{p.name} · {p.post or '—'}") for p in people[:MOST]),
        ]  # fmt: skip


def _where(recipient: Recipient) -> str:
    return f"{masked_name(recipient.name)} · {recipient.place.area or '—'}"


def _choice(kind: Hold.Kind, ref: UUID, name: str) -> Choice:
    return f"{kind} {ref}", f"{kind.label}: {name}"


class HoldForm(forms.Form):
    """Why, and by when somebody looks whether it is still needed."""

    about = forms.ChoiceField(label=L("Whose data"), widget=forms.RadioSelect)
    why = forms.CharField(label=L("Why"), max_length=300, help_text=L("For example an investigation or a lawsuit."))
    until = day_field(label=L("Look again on"))

    def __init__(self, *args: Any, found: list[Choice], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        chosen = self.fields["about"]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = found

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        if until < self.today:
            raise forms.ValidationError(
                _("This day is over. Choose by when somebody looks whether it is still needed.")
            )
        return until

    def chosen(self) -> tuple[str, UUID]:
        """The kind, and of whom or which."""
        kind, ref = self.cleaned_data["about"].split()
        return kind, UUID(ref)
