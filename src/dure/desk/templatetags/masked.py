"""Masking in templates: `{{ name|masked }}`."""

from django import template

from dure.people.masking import masked_name

register = template.Library()


@register.filter
def masked(name: str | None) -> str:
    """A name as lists show it."""
    return masked_name(name or "")
