"""Telling somebody outside that all runs: if the whole machine is down, nobody inside can say so.

Once a minute, and every twenty seconds while something is wrong, a line of JSON goes to `DURE_OUTSIDE_URL`. It holds
no name and no number: what is silent, and which kinds of fault are waiting. A service that expects such calls raises
the alarm when they stay away or say that all isn't well.
"""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from urllib.request import Request, urlopen

from dure.health.actions import silent
from dure.health.models import Fault

SECONDS = 10  # for the other side to answer
Post = Callable[[str, bytes], None]


def post(url: str, body: bytes) -> None:
    """Send it; whoever doesn't take it raises."""
    request = Request(url, body, {"Content-Type": "application/json"}, method="POST")
    with urlopen(request, timeout=SECONDS) as answer:
        answer.read(1)


def tell(
    url: str, watched: Sequence[str], *, now: datetime, real: datetime, if_well: bool = True, send: Post = post
) -> bool:
    """Say how it stands (also `if_well`); whether all was well. Faults to be told outside are told from then on."""
    waiting = Fault.objects.filter(outside=True, mended_at=None)
    quiet = silent(watched, real=real)
    kinds = sorted({key.replace(":", " ").split()[0] for key in waiting.values_list("key", flat=True)})
    well = not quiet and not kinds
    if well and not if_well:
        return True
    said = {"well": well, "silent": quiet, "faults": kinds, "at": real.isoformat(timespec="seconds")}
    send(url, json.dumps(said).encode())
    waiting.filter(told_outside_at=None).update(told_outside_at=now)
    return well
