"""Telling somebody outside that all runs: if the whole machine is down, nobody inside can say so.

Once a minute, and every twenty seconds while something is wrong, a line of JSON goes to `DURE_OUTSIDE_URL`. It holds
no name and no number: what is silent, and which kinds of fault are waiting. A service that expects such calls raises
the alarm when they stay away or say that all isn't well. The jobs tell it; where they
can't (they are what is silent, or the database is away) whoever still runs does.
"""

import json
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPMessage
from typing import IO
from urllib.request import HTTPRedirectHandler, Request, build_opener

from dure.health.actions import silent, with_auditor
from dure.health.models import Fault

log = logging.getLogger(__name__)
SECONDS = 10  # for the other side to answer
AGAIN = timedelta(seconds=20)  # while something is wrong
Post = Callable[[str, bytes], None]


class Nowhere(HTTPRedirectHandler):
    """Following a redirect would turn what is told into a question, and its answer into a lie."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        return None


def post(url: str, body: bytes) -> None:
    """Send it; whoever doesn't take it, or sends us elsewhere, raises."""
    request = Request(url, body, {"Content-Type": "application/json"}, method="POST")
    with build_opener(Nowhere).open(request, timeout=SECONDS) as answer:
        answer.read(1)


def tell(
    url: str, watched: Sequence[str], *, now: datetime, real: datetime, if_well: bool = True, send: Post = post
) -> bool:
    """Say how it stands (also `if_well`); whether all was well. Faults to be told outside are told from then on."""
    waiting = Fault.objects.filter(outside=True, mended_at=None)
    quiet = silent(with_auditor(watched), real=real)
    kinds = sorted({key.replace(":", " ").split()[0] for key in waiting.values_list("key", flat=True)})
    well = not quiet and not kinds
    if well and not if_well:
        return True
    said = {"well": well, "silent": quiet, "faults": kinds, "at": real.isoformat(timespec="seconds")}
    send(url, json.dumps(said).encode())
    waiting.filter(told_outside_at=None).update(told_outside_at=now)
    return well


@dataclass
class Alarm:
    """One process's own way outside: without the database, and without waiting for the answer."""

    url: str
    send: Post = post
    said_at: datetime = datetime(2000, 1, 1, tzinfo=UTC)
    saying: threading.Thread | None = None

    def say(self, silent: Sequence[str], *, real: datetime) -> None:
        """Say what is silent, now and every twenty seconds as long as it is asked for."""
        if not self.url or not silent or (self.saying and self.saying.is_alive()):
            return
        if self.said_at <= real < self.said_at + AGAIN:
            return
        self.said_at = real
        said = {"well": False, "silent": list(silent), "faults": [], "at": real.isoformat(timespec="seconds")}
        self.saying = threading.Thread(target=self._send, args=(json.dumps(said).encode(),), daemon=True)
        self.saying.start()

    def _send(self, body: bytes) -> None:
        try:
            self.send(self.url, body)
        except (OSError, ValueError) as problem:
            log.warning("nobody outside could be told: %s", type(problem).__name__)
