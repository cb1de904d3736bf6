"""What to read aloud to 119 about somebody for whom no case is open yet."""

from datetime import date

from django.utils.translation import gettext as _

from dure.care.card import age
from dure.care.models import Recipient
from dure.care.shown import Pairs


def for_119(recipient: Recipient, day: date) -> Pairs:
    """In the order in which they ask: where, who, how to get in, what is known of the health."""
    place, years = recipient.place, age(recipient.born_on, day)
    slow = _("%(n)s minutes to the door") % {"n": place.slow_minutes} if place.slow_minutes else ""
    who = [_("%(age)s years") % {"age": years} if years else "", recipient.get_sex_display() if recipient.sex else ""]
    inside = [place.entrance, place.floor, place.door_code, place.key_place, slow, place.hazard]
    ill = [recipient.health, recipient.medicines, recipient.allergies, recipient.hospital]
    return [
        (_("Where"), ", ".join(part for part in (str(place.area or ""), place.address) if part)),
        (_("Recipient"), ", ".join(part for part in (recipient.name, *who) if part)),
        (_("Way in"), " · ".join(part for part in inside if part)),
        (_("Illness, medicines"), " · ".join(part for part in ill if part)),
        (_("Registered with 119"), recipient.registered_119),
        (_("Agreed for no answer"), recipient.planned_response),
    ]
