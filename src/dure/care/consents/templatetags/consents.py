"""On a recipient's page: what to ask about consent at the next review."""

from typing import Any

from django import template

from dure import clock
from dure.care.consents.standing import states
from dure.care.models import Recipient

register = template.Library()


@register.inclusion_tag("consents/_of_recipient.html")
def consents_of(recipient: Recipient) -> dict[str, Any]:
    """How the consents stand, in a card."""
    return {"recipient": recipient, "states": states([recipient], recipient.office_id, clock.today())[recipient.pk]}
