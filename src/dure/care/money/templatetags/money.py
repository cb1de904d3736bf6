"""Filters of the settlement's pages: won with their thousands set apart, ways of handing over in words."""

from django import template
from django.utils.translation import gettext as _

from dure.care.money.exports import words

register = template.Library()


@register.filter
def won(amount: int | None) -> str:
    """An amount as it stands in accounts: 1,234,000."""
    return f"{amount or 0:,}"


@register.filter
def signed(amount: int) -> str:
    """A difference, with its sign."""
    return f"{amount:+,}" if amount else "0"


@register.filter
def way(handed: str) -> str:
    """How a meal was handed over, in words."""
    return words(handed) or _("not said")
