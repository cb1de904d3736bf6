"""A proxy that nobody has named: what it says of an address isn't believed, so all who come through it count as one.

Anybody can send `X-Forwarded-For` to a server without a proxy. So only requests of who is signed in are looked at, and
only those that reach us from a near address (this machine, a private network, a local socket), which no stranger on the
internet has. What is said is true in either case.
"""

import time
from datetime import datetime, timedelta
from ipaddress import ip_network

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_noop

from dure.health.actions import fault, mended, over
from dure.health.models import Fault
from dure.signing import network

KEY, SOCKET = "proxy ", "socket"
UNNAMED = gettext_noop(
    "Requests come from %(peer)s on behalf of others. If that is your proxy, set DURE_PROXIES=%(peer)s: until"
    " then all who come through it count as one address. If not, it isn't believed."
)
BY_SOCKET = gettext_noop(
    "Requests come through a local socket, where no sender is known: all count as one address."
    " Let the proxy reach the web at 127.0.0.1, and set DURE_PROXIES=127.0.0.1."
)
AGAIN = 3600.0  # seconds after which a process says it again
UNSEEN = timedelta(days=1)  # without such a request: then it is over
MOST = 20  # addresses that a process remembers: there are few proxies
_until: dict[tuple[str, ...], float] = {}  # an address, under these settings: until when it needs no further thought


def notice(request: HttpRequest, *, now: datetime) -> None:
    """A request of somebody signed in says that it is passed on: an unnamed proxy must be named, a named one is well.

    Each process thinks about an address once an hour; in between it is one look into its memory.
    """
    peer = request.META.get("REMOTE_ADDR", "")
    known, moment = (peer, *settings.DURE_PROXIES), time.monotonic()
    if moment < _until.get(known, 0.0):
        return
    named = is_named(peer)
    if not (named or _is_near(peer)) or (known not in _until and len(_until) >= MOST):
        return
    _until[known] = moment + AGAIN
    if named:
        settle(now)
    elif peer:
        fault(KEY + peer, UNNAMED, {"peer": peer}, now=now)
    else:
        fault(KEY + SOCKET, BY_SOCKET, now=now)


def settle(now: datetime) -> None:
    """What is named by now, or hasn't passed anything on for a day, needs no mending any more."""
    for key, last_at in Fault.objects.filter(office=None, key__startswith=KEY, mended_at=None).values_list(
        "key", "last_at"
    ):
        if is_named(key.removeprefix(KEY)) or over(last_at, now, UNSEEN):
            mended(key, now=now)


def unnamed() -> list[str]:
    """Addresses that pass requests on and that nobody has named."""
    found = Fault.objects.filter(office=None, key__startswith=KEY, mended_at=None).order_by("key")
    return [key.removeprefix(KEY) for key in found.values_list("key", flat=True)]


def is_named(address: str) -> bool:
    """Whether it is one of our own proxies, as the settings name them."""
    found = network.read(address)
    own = [ip_network(each) for each in settings.DURE_PROXIES]
    return found is not None and any(found in each for each in own if each.version == found.version)


def _is_near(peer: str) -> bool:
    found = network.read(peer)
    return not peer or (found is not None and not found.is_global)
