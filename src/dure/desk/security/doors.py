"""The addresses that answer without signing in, why, and who has to reach them.

A test holds them equal to all pages that have no door.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

PEOPLE, PHONES, TOLD = _("people who work with it"), _("workers' phones"), _("phones of who is told")
GATEWAY, MONITOR = _("the gateway for text messages alone"), _("whoever monitors")
ANYBODY, CALENDARS = _("anybody who finds a weakness"), _("calendars of staff")


@dataclass(frozen=True)
class Door:
    """Addresses that are open together, for one reason."""

    shown: str
    why: Any
    whence: Any
    routes: tuple[str, ...]


DOORS = (
    Door(
        "/login/…",
        _("Signing in: password, second step, signing out"),
        PEOPLE,
        (
            "login/", "logout/", "login/code/", "login/set-up/", "login/set-up/passkey/", "login/passkey/ask/",
            "login/passkey/",
        ),
    ),
    Door(
        "/field/",
        _("The worker's empty page: it holds nobody's data until the phone's key is there"),
        PHONES,
        ("field/", "field/sw.js", "field/app.webmanifest"),
    ),
    Door("/api/field/…", _("What the phone shows and hands in, with the phone's own key"), PHONES, ("api/field/",)),
    Door(
        "/l/…",
        _("Links in messages, signed: what one message said, and no name of who is served"),
        TOLD,
        ("l/<str:token>",),
    ),
    Door(
        "/api/outbox/…",
        _("What became of messages, and replies: signed with the key of both"),
        GATEWAY,
        ("api/outbox/v1/status", "api/outbox/v1/replies", "api/outbox/v1/solapi"),
    ),
    Door(
        "/care/calendars/…",
        _("Own shifts by a secret address; nobody who is served"),
        CALENDARS,
        ("care/calendars/<str:token>.ics",),
    ),
    Door("/healthz", _("Says only whether all is well"), MONITOR, ("healthz",)),
    Door("/metrics", _("Counts and ages, for this machine or with a token"), MONITOR, ("metrics",)),
    Door("/.well-known/security.txt", _("To whom a weakness is told"), ANYBODY, (".well-known/security.txt",)),
)  # fmt: skip
