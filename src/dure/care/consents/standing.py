"""How a recipient's consents stand on a day, and what a refusal or withdrawal means, in words."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from dure.care.consents.actions import in_force
from dure.care.consents.models import Consent, Purpose, Said, Text
from dure.care.models import Recipient

MEANS = {
    Purpose.MEALS: _("Without it no meals and no welfare checks are possible: talk with the person, and end the meals"
                     " if it stays so."),
    Purpose.EMERGENCY: _("In danger for life or body 119 and hospitals are told all the same; the law allows that. On"
                         " other occasions ask the person each time."),
    Purpose.FAMILY: _("The family isn't told, unless there is danger for life or body. Whom the person doesn't want"
                      " told at all, the office enters."),
    Purpose.PHOTOS: _("No photos are taken, and those there are deleted."),
}  # fmt: skip
NEEDED = (Purpose.MEALS, Purpose.EMERGENCY)  # asked of everybody; the others as the need comes


@dataclass(frozen=True)
class State:
    """One purpose of one recipient: the newest that was said, and whether its text is an old one."""

    purpose: Purpose
    newest: Consent | None
    current: Text | None
    listed: bool = False  # a list that was taken over says so, without saying to which text

    @property
    def missing(self) -> bool:
        """Whether nothing was ever said."""
        return self.newest is None and not self.listed

    @property
    def old(self) -> bool:
        """Whether it was agreed to an earlier version than the one that holds now."""
        given = self.newest is not None and self.newest.said == Said.GIVEN
        return bool(given and self.current and self.newest and self.newest.text_id != self.current.pk)

    @property
    def to_ask(self) -> bool:
        """Whether to ask at the next review."""
        return self.old or (self.missing and self.purpose in NEEDED)

    @property
    def means(self) -> object:
        """What follows from a refusal or withdrawal."""
        said = self.newest.said if self.newest else ""
        return MEANS[self.purpose] if said in (Said.REFUSED, Said.WITHDRAWN) else ""


def states(recipients: Collection[Recipient], office: int, day: date) -> dict[int, list[State]]:
    """Of each recipient every purpose. Two queries, however many."""
    ids = [recipient.pk for recipient in recipients]
    newest: dict[tuple[int, str], Consent] = {}
    said = Consent.objects.filter(recipient__in=ids).select_related("text", "entered_by")
    for consent in said.order_by("on", "entered_at", "id"):
        newest[consent.recipient_id, consent.purpose] = consent
    now, listed = in_force(office, day), {each.pk for each in recipients if each.consent_on}
    return {
        pk: [
            State(Purpose(p), newest.get((pk, p)), now.get(p), listed=p == Purpose.MEALS and pk in listed)
            for p in Purpose.values
        ]
        for pk in ids
    }


def refused(recipients: Collection[int], purpose: Purpose) -> set[int]:
    """Which of these recipients have refused, or taken back what they agreed to."""
    said = Consent.objects.filter(recipient__in=recipients, purpose=purpose)
    newest = said.order_by("recipient_id", "-on", "-entered_at", "-id").distinct("recipient_id")
    return {pk for pk, last in newest.values_list("recipient_id", "said") if last != Said.GIVEN}
