"""What is done too often: counted in the database, by all processes together, before it is done.

Only doors ask here that can wait: never a phone that hands in a report, a link that is one of ours, a receipt that is
signed.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

from django.conf import settings
from django.db import Error as DbError
from django.db import connection
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from dure import clock
from dure.errors import Refused
from dure.signing.network import client, household
from dure.signing.sealing import digest

log = logging.getLogger(__name__)
STRETCH = 600  # seconds; each stretch of ten minutes counts anew
TOGETHER = 20  # so many people may work behind one address
SAID = {
    "searches": N_("Very many searches in a short time. Go on in %(minutes)s minutes."),
    "downloads": N_("Very many files in a short time. Go on in %(minutes)s minutes."),
    "uploads": N_("Very many files sent in a short time. Go back and send this one again in %(minutes)s minutes."),
    "codes": N_("Too many wrong codes from here. Wait %(minutes)s minutes, or ask your desk."),
    "links": N_("Too many wrong addresses from here. Open the link exactly as it stands in the message."),
    "signatures": N_("Too many wrong signatures from here. Try again in %(minutes)s minutes."),
}


class TooOften(Refused):
    """Done too often; says after how many seconds it goes on."""

    def __init__(self, kind: str, seconds: int) -> None:
        super().__init__(_(SAID[kind]) % {"minutes": -(-seconds // 60)})
        self.seconds = seconds


def reserve(request: HttpRequest, kind: str) -> None:
    """Once more by who is signed in; refused when it is too much of one person, or of all at one address."""
    most = settings.DURE_MOST[kind]
    who = {f"person {request.user.pk}": most}
    if address := household(client(request)):
        who[f"address {address}"] = most * TOGETHER
    _reserve(kind, who, clock.real())


@contextmanager
def only_wrong_ones(request: HttpRequest, kind: str) -> Iterator[None]:
    """A try from an address, counted before it is compared; when it was right, it doesn't count."""
    who = {f"address {household(client(request))}": settings.DURE_MOST[kind]}
    real = clock.real()
    _reserve(kind, who, real)
    yield
    _counted(kind, who, real, -1)


def guessed(request: HttpRequest, kind: str) -> None:
    """Something that isn't ours was shown from an address; refused when that was often. What is ours never asks."""
    _reserve(kind, {f"address {household(client(request))}": settings.DURE_MOST[kind]}, clock.real())


def _reserve(kind: str, who: Mapping[str, int], real: datetime) -> None:
    found = _counted(kind, who, real, 1)
    if any(found.get(each, 0) > most for each, most in who.items()):
        raise TooOften(kind, STRETCH - int(real.timestamp()) % STRETCH)


def _counted(kind: str, who: Mapping[str, int], real: datetime, step: int) -> dict[str, int]:
    """How often each has done it in this stretch. Where nothing can be counted, nobody is held up."""
    keys = {digest("counts", f"{kind} {each}"): each for each in who}
    since = datetime.fromtimestamp(int(real.timestamp()) // STRETCH * STRETCH, UTC)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM signing_counted(%s, %s, %s)", [list(keys), since, step])
            return {keys[key]: count for key, count in cursor.fetchall()}
    except DbError:
        log.exception("what is done often could not be counted")
        return {}
