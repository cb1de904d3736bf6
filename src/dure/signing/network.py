"""From where a request comes, and whether that is inside the office."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def client(request: HttpRequest) -> str:
    """The address of who asks: of the connection, or what our own proxies say of theirs; empty when it can't be read.

    `X-Forwarded-For` is read from its end, and only as long as the one who added to it is a proxy of ours: what a
    client writes there itself stands in front of what our proxy adds, and is never reached.
    """
    own = [ip_network(each) for each in settings.DURE_PROXIES]
    said = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    last = request.META.get("REMOTE_ADDR", "")
    while said and _within(last, own):
        last = said.pop()
    found = read(last)
    return str(found) if found else ""


def is_inside(address: str) -> bool:
    """Whether it lies in one of the office's networks. Unknown is outside; without any set, everything is."""
    return _within(address, [ip_network(each) for each in settings.DURE_OFFICE_NETWORKS])


def household(address: str) -> str:
    """What is counted as one: the address, of IPv6 its network of 64 bits, in which one machine has all it wants."""
    found = read(address)
    if isinstance(found, IPv6Address):
        return str(ip_network((found, 64), strict=False).network_address)
    return str(found) if found else ""


def _within(address: str, networks: Iterable[Network]) -> bool:
    found = read(address)
    return found is not None and any(found in each for each in networks if each.version == found.version)


def read(address: str) -> Address | None:
    """The address that stands there; an IPv4 address that is written as IPv6 is itself."""
    try:
        found = ip_address(address.strip("[]"))
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found
