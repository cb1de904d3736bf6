"""One request to a provider, and its whole answer within ten seconds, however slowly it comes."""

import json
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, build_opener

from dure.health.outside import Nowhere
from dure.outbox.carriers import Away
from dure.outbox.carriers.waiting import in_time

SECONDS = 10.0  # for the whole answer
AT_MOST = 64 * 1024  # bytes of an answer that are read


@dataclass(frozen=True)
class Said:
    """What a provider answered."""

    status: int
    body: bytes

    @property
    def fields(self) -> dict[str, Any]:
        """The answer as JSON; empty if it is none."""
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}


def post(url: str, body: bytes, headers: dict[str, str]) -> Said:
    """Hand it over. Who doesn't answer in time, breaks off or isn't there is away."""
    request = Request(url, body, {"Content-Type": "application/json", **headers}, method="POST")
    try:
        return in_time(lambda: _ask(request), SECONDS)
    except (OSError, HTTPException, ValueError) as problem:
        raise Away(str(problem)) from problem


def _ask(request: Request) -> Said:
    try:
        with build_opener(Nowhere).open(request, timeout=SECONDS) as answer:
            return Said(answer.status, _whole(answer))
    except HTTPError as refused:
        with refused:
            return Said(refused.code, refused.read(AT_MOST))


def _whole(answer: Any) -> bytes:
    body: bytes = answer.read(AT_MOST)
    announced = answer.headers.get("Content-Length") or "0"
    if len(body) < min(int(announced), AT_MOST):
        raise HTTPException("the answer broke off")
    return body
