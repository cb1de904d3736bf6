"""Gives out the certificate of a trial and the page that says how to install it, in plain http, and nothing else.

A phone can't come by https before it trusts the certificate; so this page comes in the clear. Whoever is in the same
Wi-Fi could put something else in its place: therefore the fingerprint stands in the terminal, to be compared.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings

FOLDER = settings.DATA / "lan"
GIVEN = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/look.css": ("look.css", "text/css; charset=utf-8"),
    "/dure-trial.crt": ("dure-trial.crt", "application/x-x509-ca-cert"),
}


def application(environ: dict[str, Any], start: Callable[[str, list[tuple[str, str]]], object]) -> Iterable[bytes]:
    """One of the three files."""
    name, kind = GIVEN.get(environ["PATH_INFO"], ("", "text/plain"))
    body = (FOLDER / name).read_bytes() if name else b""
    safe = [("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'"), ("Cache-Control", "no-store")]
    safe += [("X-Content-Type-Options", "nosniff"), ("Content-Length", str(len(body)))]
    start("200 OK" if name else "404 Not Found", [("Content-Type", kind), *safe])
    return [body]
