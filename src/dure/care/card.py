"""A recipient as a case needs to know them: what somebody in front of the door, or on the phone to 119, reads."""

from datetime import date
from typing import Any

from dure.care.models import Recipient


def age(born_on: date | None, day: date) -> int | None:
    """Full years on a day.

    >>> age(date(1941, 11, 24), date(2026, 11, 23))
    84
    """
    if born_on is None:
        return None
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def card(recipient: Recipient, day: date) -> dict[str, Any]:
    """What was known of the person when the case was opened. Kept with the case, as plain values."""
    place = recipient.place
    return {
        "name": recipient.name,
        "age": age(recipient.born_on, day),
        "sex": recipient.sex,
        "phones": [phone for phone in (recipient.phone, recipient.phone_2) if phone],
        "reach": recipient.reach,
        "address": place.address,
        "entrance": place.entrance,
        "floor": place.floor,
        "door_code": place.door_code,
        "key_place": place.key_place,
        "hazard": place.hazard,
        "slow_minutes": place.slow_minutes,
        "health": recipient.health,
        "medicines": recipient.medicines,
        "allergies": recipient.allergies,
        "hospital": recipient.hospital,
        "registered_119": recipient.registered_119,
        "planned_response": recipient.planned_response,
        "contacts": [
            {"name": c.name, "relation": c.relation, "phone": c.phone, "has_key": c.has_key, "dead": bool(c.dead_at)}
            for c in recipient.contacts.all()
        ],
        "services": [
            {"service": s.service, "agency": s.agency, "stopped_on": s.stopped_on and s.stopped_on.isoformat()}
            for s in recipient.services.all()
        ],
    }
