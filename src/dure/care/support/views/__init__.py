"""The pages of tailored support."""

from collections.abc import Mapping
from typing import Any

from django import forms

from dure.people.doors import only
from dure.people.models import Role

for_public_hands = only(Role.CENTRE, Role.OFFICER, Role.ADMIN)  # no provider decides who is served, or is looked for


def status_of(wrong: Mapping[str, forms.BaseForm]) -> int:
    """422 when a form came back with what is wrong."""
    return 422 if wrong else 200


def posted(request: Any) -> Any:
    """What was sent, or nothing."""
    return request.POST if request.method == "POST" else None
