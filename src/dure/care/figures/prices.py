"""What a meal costs. The only place that knows where the price stands."""

from typing import NamedTuple

from django.db.models import F
from django.db.models.expressions import Combinable


class Price(NamedTuple):
    """Won a meal, of a visit: what it costs in all, and what of it the recipient pays."""

    unit: Combinable
    own_share: Combinable


def price_of_a_meal() -> Price:
    """The price of a visit's meal as expressions on `Visit`: what the recipient's scheme says today.

    NULL when the recipient has no scheme. Dated prices are put in here, and nowhere else.
    """
    return Price(F("recipient__scheme__unit_price"), F("recipient__scheme__own_share"))
