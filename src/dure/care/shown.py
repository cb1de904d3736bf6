"""How care's pages say what is known: pairs of name and value, sentences for plans and order."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from dure.care.card import age
from dure.care.models import Meal, Recipient
from dure.care.recipients import WEEKDAYS, week
from dure.places.models import Place

Pairs = Sequence[tuple[str, object]]


def person_pairs(recipient: Recipient, day: date) -> Pairs:
    """What is known of the person."""
    years = age(recipient.born_on, day)
    born = f"{recipient.born_on:%Y-%m-%d}" if recipient.born_on else ""
    consent = f"{recipient.consent_on:%Y-%m-%d} {recipient.consent_version}" if recipient.consent_on else ""
    return [
        (_("Date of birth"), born and _("%(born)s (%(age)s years)") % {"born": born, "age": years}),
        (_("Sex"), recipient.get_sex_display() if recipient.sex else ""),
        (_("How to reach"), recipient.get_reach_display()),
        (_("What was agreed for no answer"), recipient.planned_response),
        (_("Disability, illness"), recipient.health),
        (_("Medicines"), recipient.medicines),
        (_("Usual hospital"), recipient.hospital),
        (_("Diet"), recipient.diet),
        (_("Allergies"), recipient.allergies),
        (_("Registered with 119 on this phone"), recipient.registered_119),
        (_("Scheme"), recipient.scheme),
        (_("Provider"), recipient.provider),
        (_("Centre"), recipient.centre),
        (_("Course"), recipient.route),
        (_("Meals from"), f"{recipient.started_on:%Y-%m-%d}"),
        (_("Consent"), consent),
        (_("Last reviewed on"), f"{recipient.reviewed_on:%Y-%m-%d}" if recipient.reviewed_on else ""),
    ]


def way_in(place: Place) -> Pairs:
    """Where the person lives, and how to get in."""
    slow = _("%(n)s minutes") % {"n": place.slow_minutes} if place.slow_minutes else ""
    return [
        (_("Dong"), place.area),
        (_("Address"), place.address),
        (_("Entrance"), " ".join(part for part in (place.entrance, place.floor) if part)),
        (_("Door code"), place.door_code),
        (_("Where the key is"), place.key_place),
        (_("Slow to the door"), slow),
        (_("Take care"), place.hazard),
    ]


def week_sentences(recipient: Recipient) -> list[str]:
    """The meals of the week, one sentence a meal."""
    return [
        _("%(meal)s: %(days)s, by %(time)s")
        % {
            "meal": Meal(meal).label,
            "days": " · ".join(str(WEEKDAYS[d]) for d in days),
            "time": f"{by_time:%H:%M}" if by_time else "",
        }
        for meal, (days, by_time) in week(recipient).items()
    ]
