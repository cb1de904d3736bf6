"""Under which addresses and names the phones in the same network reach this machine."""

import re
import socket
from contextlib import suppress
from ipaddress import IPv4Address, ip_address

from django.utils.translation import gettext as _

from dure.errors import Refused

SOMEWHERE = ("192.0.2.1", 9)  # nothing is sent there: the machine is only asked from which address it would be


def asked(given: str) -> list[IPv4Address]:
    """The addresses of `DURE_LAN`: those that are named, by commas, or with `1` those that are found.

    Only addresses of private networks: this is for a trial at a table, not for the internet.
    """
    if given.lower() in {"1", "yes", "true", "on"}:
        found = _found()
        if not found:
            raise Refused(
                _("This machine has no address in a local network. Join the Wi-Fi, or name the address: %(example)s")
                % {"example": "DURE_LAN=192.168.0.7 make phones"}
            )
        return found
    return [_private(each.strip()) for each in given.split(",") if each.strip()]


def names() -> list[str]:
    """What this machine is called in the local network; nothing when its name can't stand in an address."""
    label = socket.gethostname().partition(".")[0].lower()
    return [f"{label}.local", label] if re.fullmatch(r"(?!localhost)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", label) else []


def _private(text: str) -> IPv4Address:
    try:
        address = ip_address(text)
    except ValueError:
        address = None
    if not isinstance(address, IPv4Address) or not address.is_private or address.is_unspecified:
        raise Refused(
            _("DURE_LAN: %(given)s is no address of a local network. For example: %(example)s")
            % {"given": text, "example": "DURE_LAN=192.168.0.7 make phones"}
        )
    return address


def _found() -> list[IPv4Address]:
    """The one from which this machine goes out comes first."""
    found: list[str] = []
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(SOMEWHERE)  # there may be no way out, and still an address of its own name
        found.append(probe.getsockname()[0])
    with suppress(OSError):
        found += [str(each[4][0]) for each in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    known = [IPv4Address(each) for each in dict.fromkeys(found)]
    return [each for each in known if each.is_private and not each.is_loopback and not each.is_link_local]
