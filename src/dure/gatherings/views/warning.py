"""Saying to whom no message goes."""

from collections.abc import Collection
from datetime import datetime

from django.contrib import messages
from django.utils.translation import gettext as _

from dure.gatherings.telling import unreached
from dure.people.doors import SignedIn
from dure.people.models import Organisation


def say_who_is_not_told(request: SignedIn, organisations: Collection[Organisation], now: datetime) -> None:
    """Name the agencies that have to be called, as nobody there can be told by a message."""
    if left := unreached(organisations, now):
        names = ", ".join(" ".join(filter(None, (each.name, each.phone))) for each in left)
        messages.warning(request, _("Nobody can be told by a message at: %(names)s. Call them.") % {"names": names})
