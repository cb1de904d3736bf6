"""Narrowing a list. A filter that can't be read narrows nothing."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as L

from dure import clock
from dure.care.models import Outcome, Recipient, RecipientQuerySet, Route, VisitQuerySet
from dure.cases.models import Tier
from dure.people.actions import Standing
from dure.people.fields import day_field
from dure.people.models import Organisation
from dure.places.models import Area
from dure.sheets.phones import digits_of


class Filter(forms.Form):
    """What all filters know: the dongs and providers that this person has to do with."""

    def __init__(self, *args: Any, standing: Standing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = Recipient.objects.seen_by(standing)
        if "dong" in self.fields:
            areas = Area.objects.filter(office=standing.office, pk__in=mine.values("place__area"))
            self.fields["dong"].queryset = areas  # type: ignore[attr-defined]
        providers = Organisation.objects.filter(office=standing.office, kind="provider").order_by("name")
        if standing.organisations is not None:
            providers = providers.filter(pk__in=mine.values("provider"))
        self.fields["provider"].queryset = providers  # type: ignore[attr-defined]

    def said(self, name: str) -> Any:
        """What was chosen, or nothing."""
        self.is_valid()
        return self.cleaned_data.get(name) if self.is_bound else None


class RecipientFilter(Filter):
    """The list of recipients: by name, phone or address; by dong, risk, provider; those who have left too."""

    q = forms.CharField(label=L("Name, phone, address"), required=False, max_length=60)
    dong = forms.ModelChoiceField(Area.objects.none(), label=L("Dong"), required=False, empty_label=L("All dongs"))
    tier = forms.ChoiceField(label=L("Risk"), required=False, choices=[("", L("All")), *Tier.choices])
    provider = forms.ModelChoiceField(
        Organisation.objects.none(), label=L("Provider"), required=False, empty_label=L("All providers")
    )
    who = forms.ChoiceField(
        label=L("Which"), required=False, choices=[("", L("Served now")), ("ended", L("Ended")), ("all", L("All"))]
    )

    def narrow(self, found: RecipientQuerySet) -> RecipientQuerySet:
        """The recipients that are meant."""
        words, digits = (self.said("q") or "").strip(), digits_of(self.said("q") or "")
        if words:
            meant = Q(name__icontains=words) | Q(place__address__icontains=words)
            if len(digits) >= 4:
                meant |= Q(phone__endswith=digits[-4:]) | Q(phone_2__endswith=digits[-4:])
            found = found.filter(meant)
        if self.said("dong"):
            found = found.filter(place__area=self.said("dong"))
        if self.said("tier"):
            found = found.filter(tier=self.said("tier"))
        if self.said("provider"):
            found = found.filter(provider=self.said("provider"))
        who = self.said("who")
        return found if who == "all" else found.exclude(ended_on=None) if who == "ended" else found.served()


class VisitFilter(Filter):
    """The visits of a day: by provider, course, outcome."""

    day = day_field(label=L("Day"), required=False)
    provider = forms.ModelChoiceField(
        Organisation.objects.none(), label=L("Provider"), required=False, empty_label=L("All providers")
    )
    route = forms.ModelChoiceField(Route.objects.none(), label=L("Course"), required=False, empty_label=L("All"))
    outcome = forms.ChoiceField(
        label=L("Outcome"), required=False,
        choices=[
            ("", L("All")), ("open", L("Still open")), ("seen", L("Seen")), ("explained", L("Explained")),
            *Outcome.choices,
        ],
    )  # fmt: skip

    def __init__(self, *args: Any, standing: Standing, **kwargs: Any) -> None:
        super().__init__(*args, standing=standing, **kwargs)
        routes = Route.objects.seen_by(standing).select_related("provider").order_by("provider__name", "name")
        self.fields["route"].queryset = routes  # type: ignore[attr-defined]
        self.fields["day"].initial = clock.today

    def the_day(self) -> date:
        """The day that is meant: today, when none is said."""
        day: date | None = self.said("day")
        return day or clock.today()

    def narrow(self, found: VisitQuerySet) -> VisitQuerySet:
        """The visits that are meant."""
        found = found.filter(day=self.the_day())
        if self.said("provider"):
            found = found.filter(provider=self.said("provider"))
        if self.said("route"):
            found = found.filter(course__route=self.said("route"))
        which = self.said("outcome")
        seen = Q(outcome__in=[Outcome.SEEN_WELL, Outcome.SEEN_WITH_CONCERN])
        groups = {
            "open": Q(duty__closed_at=None),
            "seen": seen & Q(duty__closed_at__isnull=False),
            "explained": ~seen & Q(duty__closed_at__isnull=False),
        }
        return found.filter(groups.get(which, Q(outcome=which))) if which else found
