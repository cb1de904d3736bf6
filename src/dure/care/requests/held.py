"""Everything that is held of one recipient, in plain words: what is told, and what is left out by rule.

Each table that hangs on a recipient is here or is excused with a reason; a test says which one was forgotten. Never
told: names of staff, who reported something, names and numbers of contacts, a suspicion of abuse and what was noted
with it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import Model, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L
from django.utils.translation import gettext_noop as N_

from dure import clock
from dure.audit.looks import DOWNLOADED, LOOKED, PRINTED
from dure.audit.models import Entry as Line
from dure.care.calls.models import Call, Home, Try
from dure.care.changes.models import Destination
from dure.care.complaints.models import Complaint
from dure.care.confidential import InConfidence
from dure.care.consents.models import Consent
from dure.care.discretion.models import Untold
from dure.care.emergencies.models import EmergencyLook
from dure.care.forms.visit import SIGNS
from dure.care.models import (
    PROGRAMME,
    Absence,
    Contact,
    MealPlan,
    Move,
    OtherService,
    Recipient,
    Sighting,
    Visit,
)
from dure.care.money.models import Belonging, Booking
from dure.care.photos.models import Photo
from dure.care.requests.models import Request
from dure.care.support.models import Check, Lead, Plan, Referral, Waiting
from dure.cases.models import Case, Entry, Transfer
from dure.cases.models import Referral as Relink
from dure.people.models import Membership

Show = Callable[[Any], Any]
MOST_LOOKS = 5_000
_WEEKDAYS = [L("Monday"), L("Tuesday"), L("Wednesday"), L("Thursday"), L("Friday"), L("Saturday"), L("Sunday")]


@dataclass(frozen=True)
class Told:
    """One table as it is told: its title, how its rows are found from the recipient, and its columns."""

    title: str  # message id
    model: type[Model]
    of: Callable[[Recipient], Q]
    columns: dict[str, str | Show]  # a message id, and a field or what stands there
    order: str = "pk"


@dataclass(frozen=True)
class Part:
    """One table with its rows, in words."""

    title: str
    columns: list[str]
    rows: list[list[str]]

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Of the only row: names and what they say."""
        return list(zip(self.columns, self.rows[0], strict=True))


def _mine(way: str = "recipient") -> Callable[[Recipient], Q]:
    return lambda recipient: Q(**{way: recipient})


def _subject(way: str = "") -> Callable[[Recipient], Q]:
    return lambda r: Q(**{f"{way}programme": PROGRAMME, f"{way}subject": r.ref})


def _photographed(recipient: Recipient) -> Q:
    """Not what came with a suspicion of abuse, nor what nobody knows to be a worker's."""
    return Q(visit__recipient=recipient, in_confidence=False, apart=False)


def _signs(sighting: Sighting) -> str:
    return ", ".join(str(dict(SIGNS).get(each, each)) for each in sighting.signs)


def _own_words(complaint: Complaint) -> str:
    """What was said, if the recipient said it: who complained about somebody else's meals isn't told."""
    assert complaint.recipient
    return complaint.text if complaint.name == complaint.recipient.name else _("(by somebody else)")


FIELDS: dict[str, str | Show] = {
    N_("Name"): "name", N_("Born on"): "born_on", N_("Sex"): "sex", N_("Phone"): "phone",
    N_("Second phone"): "phone_2", N_("Address"): lambda r: r.place.address, N_("How to get in"): lambda r: " ".join(
        filter(None, [r.place.entrance, r.place.floor, r.place.door_code, r.place.key_place, r.place.hazard])),
    N_("Reached by"): "reach", N_("Risk"): "tier", N_("Health"): "health", N_("Medicines"): "medicines",
    N_("Hospital"): "hospital", N_("Diet"): "diet", N_("Allergies"): "allergies",
    N_("Registered at 119 with"): "registered_119", N_("When nobody answers"): "planned_response",
    N_("Consent given on"): "consent_on", N_("Version of the consent"): "consent_version",
    N_("Scheme"): "scheme", N_("Provider"): "provider", N_("Centre"): "centre", N_("Served from"): "started_on",
    N_("Served until"): "ended_on", N_("Why it ended"): "ended_why", N_("Last reviewed on"): "reviewed_on",
}  # fmt: skip
TOLD = [
    Told(N_("Personal data"), Recipient, lambda r: Q(pk=r.pk), FIELDS),
    Told(N_("Contacts"), Contact, _mine(), {N_("Relation"): "relation", N_("Has a key"): "has_key"}, "order"),
    Told(N_("Heat and cold"), Home, _mine(), {N_("Lives alone"): "alone", N_("Can't leave the house"): "homebound",
         N_("No cooling"): "no_cooling", N_("No heating"): "no_heating"}),
    Told(N_("Other services"), OtherService, _mine(), {N_("Service"): "service", N_("Agency"): "agency",
         N_("Days"): "days", N_("Stopped on"): "stopped_on"}),
    Told(N_("Support plans"), Plan, _mine(), {N_("From"): "begins_on", N_("Until"): "ends_on", N_("What"): "what",
         N_("How"): "how", N_("When"): "when", N_("Meals a week"): "meals_a_week", N_("How it ended"): "over_why",
         N_("Remark"): "over_note"}),
    Told(N_("Looks at the plan"), Check, _mine("plan__recipient"), {N_("Day"): "on", N_("As decided"): "as_decided",
         N_("What was found"): "said"}),
    Told(N_("Planned meals"), MealPlan, _mine(), {N_("Weekday"): lambda m: _WEEKDAYS[m.weekday], N_("Meal"): "meal",
         N_("By"): "by_time", N_("From"): "since", N_("Until"): "until"}),
    Told(N_("Absences"), Absence, _mine(), {N_("From"): "since", N_("Until"): "until", N_("Why"): "why"}),
    Told(N_("Changes of provider"), Move, _mine(), {N_("Day"): "day", N_("From whom"): "was", N_("To whom"): "provider",
         N_("Why"): "why"}),
    Told(N_("Visits"), Visit, _mine(), {N_("Day"): "day", N_("Meal"): "meal", N_("Outcome"): "outcome",
         N_("Handed over"): "handed", N_("Not owed because"): lambda v: _(v.excused_why) if v.excused_why else ""},
         "day"),
    Told(N_("What was seen"), Sighting, _mine("visit__recipient"), {N_("When"): "at", N_("Outcome"): "outcome",
         N_("Signs"): _signs, N_("Noted"): "note"}, "at"),
    Told(N_("Photos"), Photo, _photographed, {N_("When"): "at"}, "at"),
    Told(N_("Welfare calls"), Try, _mine("call__recipient"), {N_("When"): "at", N_("Result"): "result",
         N_("Noted"): "note"}, "at"),
    Told(N_("Cases"), Case, _subject(), {N_("Number"): "number", N_("When"): "opened_at", N_("Closed"): "closed_at",
         N_("Finding"): "finding", N_("119 called"): "called_119_at", N_("Exercise"): "drill"}, "opened_at"),
    Told(N_("What was done in cases"), Entry, _subject("case__"), {N_("Number"): "case", N_("When"): "at",
         N_("What"): "step"}, "at"),
    Told(N_("Handed over to"), Transfer, _subject("case__"), {N_("When"): "at", N_("To whom"): "to",
         N_("Name"): lambda t: "" if t.to == Transfer.To.FAMILY else t.name}, "at"),
    Told(N_("Passed on to other services"), Relink, _subject(), {N_("When"): "asked_at", N_("Agency"): "agency",
         N_("Service"): "service", N_("Answer"): "answer"}, "asked_at"),
    Told(N_("Referrals between agencies"), Referral, lambda r: Q(recipient=r) | Q(waiting__recipient=r),
         {N_("Day"): "asked_on", N_("Way"): "way", N_("Agency"): "agency", N_("What"): "what",
          N_("Answer"): "answer"}, "asked_on"),
    Told(N_("Waiting list"), Waiting, _mine(), {N_("From"): "since", N_("Wish"): "wish", N_("Urgency"): "urgency",
         N_("What came of it"): "came", N_("What was said"): "told"}),
    Told(N_("Search lists"), Lead, _mine(), {N_("When"): "entered_at", N_("Why"): "why", N_("Result"): "result"}),
    Told(N_("Complaints"), Complaint, _mine(), {N_("Number"): "number", N_("Received on"): "received_on",
         N_("Kind"): "kind", N_("What was said"): _own_words, N_("Answered on"): "answered_on"}),
    Told(N_("Scheme"), Belonging, _mine(), {N_("From"): "since", N_("Scheme"): "scheme"}),
    Told(N_("Settled meals"), Booking, _mine("visit__recipient"), {N_("Day"): "day", N_("Meals"): "meals",
         N_("Own share, won"): lambda b: b.meals * b.own_share}, "day"),
    Told(N_("Consents"), Consent, _mine(), {N_("Day"): "on", N_("For what"): "purpose", N_("What was said"): "said",
         N_("How"): "how", N_("Version of the consent"): "text"}, "on"),
    Told(N_("Requests about own data"), Request, _mine(), {N_("Received on"): "received_on", N_("Kind"): "kind",
         N_("Answered on"): "answered_on", N_("What came of it"): "granted"}),
]  # fmt: skip
EXCUSED: dict[type[Model], str] = {
    Call: "that a call was owed; what came of it stands with the calls",
    EmergencyLook: "stands with who has looked",
    Untold: "concerns the protection of somebody",
    InConfidence: "concerns the protection of somebody",
    Destination: "a plan of the office; what became of it stands with the changes",
}
VERBS = {LOOKED: L("opened"), DOWNLOADED: L("downloaded"), PRINTED: L("printed")}
LEFT_OUT = [
    L("names of staff and workers"),
    L("who reported something, and complaints of others"),
    L("names and numbers of contacts"),
    L("notes that concern the protection of somebody"),
]


def held(recipient: Recipient) -> list[Part]:
    """All of it: the tables that have rows, then who has looked."""
    parts = [_part(each, recipient) for each in TOLD]
    return [part for part in [*parts, _looks(recipient)] if part.rows]


def _part(told: Told, recipient: Recipient) -> Part:
    found = told.model._default_manager.filter(told.of(recipient)).order_by(told.order, "pk")
    related = [f.name for f in told.model._meta.concrete_fields if f.many_to_one or f.one_to_one]
    rows = [[_cell(row, show) for show in told.columns.values()] for row in found.select_related(*related)]
    return Part(_(told.title), [_(each) for each in told.columns], rows)


def _cell(row: Any, show: str | Show) -> str:
    """What stands in a row, in words."""
    if not isinstance(show, str):
        return _said(show(row))
    display = getattr(row, f"get_{show}_display", None)
    return _said(display() if display else getattr(row, show))


def _said(value: Any) -> str:
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return f"{clock.local(value):%Y-%m-%d %H:%M}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return f"{value:%Y-%m-%d}" if isinstance(value, date) else str(value)


def _looks(recipient: Recipient) -> Part:
    """Who has looked: the role, the agency and the moment, and what was taken along; never a name."""
    looks = Line.objects.filter(office_id=recipient.office_id, whose__contains=[recipient.ref]).exclude(whose=[])
    found = list(looks.order_by("-id")[:MOST_LOOKS])
    roles = _roles({line.who_id for line in found if line.who_id})
    columns = [_("When"), _("Who"), _("What"), _("Reason")]
    rows = [
        [_said(line.at), roles.get(line.who_id or 0, "—"), str(VERBS.get(line.did, line.did)), _said(line.why)]
        for line in found
    ]
    return Part(_("Who has looked"), columns, rows)


def _roles(people: Iterable[int]) -> dict[int, str]:
    held = Membership.objects.filter(person__in=list(people)).select_related("organisation").order_by("since", "pk")
    return {each.person_id: f"{each.organisation} {each.get_role_display()}" for each in held}
