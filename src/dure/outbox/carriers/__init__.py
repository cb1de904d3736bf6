"""Carriers: each is one function that hands one text to one address, and raises when it can't.

`Refusal` means for good (no such number), `Away` that the carrier itself doesn't answer; any other exception means
try this message again later.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dure.outbox.models import Message

Carrier = Callable[["Message", str], None]


class Refusal(Exception):
    """The carrier says that this will never work."""

    NO_SUCH_ADDRESS = "no such address"


class Away(Exception):
    """The carrier doesn't answer at all: for the moment nothing else is handed to it."""


def chosen() -> dict[str, Carrier]:
    """The carrier of each channel, as the settings choose them."""
    from django.conf import settings

    from dure.outbox.carriers import file, gateway, screen, smtp, solapi

    known: dict[str, Carrier] = {
        "file": file.carry,
        "smtp": smtp.carry,
        "gateway": gateway.carry,
        "solapi": solapi.carry,
    }
    return {
        "screen": screen.carry,
        "call": screen.carry,  # a person on the screen is asked to call the number
        **{channel: known[name] for channel, name in settings.DURE_CARRIERS.items()},
    }
