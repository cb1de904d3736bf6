"""Filters of care's templates: masking, the colour of an outcome, texts kept as message ids."""

from datetime import date

from django import template
from django.utils.translation import gettext

from dure.care.forms.visit import SIGNS
from dure.care.models import Closure, Outcome
from dure.care.recipients import WEEKDAYS
from dure.people.masking import masked_name, masked_phone

register = template.Library()
TONES = {Outcome.SEEN_WELL: "good", Outcome.SEEN_WITH_CONCERN: "warn", Outcome.KNOWN_SAFE: "info"}
register.filter("masked", masked_name)
register.filter("masked_number", masked_phone)


@register.filter
def tone(outcome: str) -> str:
    """How an outcome is coloured."""
    return TONES.get(Outcome(outcome), "danger") if outcome else ""


@register.filter
def said(text: str) -> str:
    """A text that was kept as a message id, or as somebody wrote it."""
    return gettext(text) if text else ""


@register.filter
def sign(code: str) -> str:
    """One of the eight signs, in words."""
    return str(dict(SIGNS).get(code, code))


@register.filter
def filled(text: str, values: dict[str, object]) -> str:
    """A message id with its values filled in."""
    return gettext(text) % values


@register.filter
def of(thing: Closure, own: frozenset[int] | None) -> bool:
    """Whether it is of one of the own organisations (None: of the whole office)."""
    return own is None or thing.provider_id in own


@register.filter
def weekday(day: date) -> str:
    """The weekday in a word."""
    return str(WEEKDAYS[day.weekday()])
