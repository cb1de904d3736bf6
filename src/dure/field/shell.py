"""What a phone keeps so that its page opens without a network: the page, and every file that it is made of."""

import hashlib
import json
import re
from base64 import b64encode
from functools import cache
from pathlib import Path
from urllib.parse import urljoin

from django.conf import settings
from django.contrib.staticfiles import finders
from django.utils.translation import get_language

PAGE = "/field/"
IN_PAGE = re.compile(r'(?:href|src|data-icons)="(/static/[^"#]+)')
IN_FILE = re.compile(r"""(?:@import url\(|\bfrom |^import )["']([^"']+)["']""", re.MULTILINE)
NAMES = {".js", ".css"}  # files that name others
WORKER = "dure/field/sw.js"


def script(page: str) -> str:
    """The service worker of this version. It differs as soon as any of what it keeps differs."""
    files = {PAGE: _digest(page.encode()), **_files(tuple(sorted(set(IN_PAGE.findall(page)))))}
    version = hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()[:16]
    known = {"version": version, "language": get_language(), "files": files}
    return f"const SHELL = {json.dumps(known)};\n{_read(WORKER).decode()}"


@cache
def _files(named: tuple[str, ...]) -> dict[str, str]:
    """Every file that the page names, and those that these name in turn: address → digest of its bytes."""
    found: dict[str, str] = {}
    left = list(named)
    while left:
        address = left.pop()
        if address in found:
            continue
        content = _read(address.removeprefix(settings.STATIC_URL))
        found[address] = _digest(content)
        if Path(address).suffix in NAMES:
            left += [urljoin(address, name) for name in IN_FILE.findall(content.decode())]
    return dict(sorted(found.items()))


def _read(name: str) -> bytes:
    place = finders.find(name)
    if place is None:
        raise FileNotFoundError(name)
    return Path(place).read_bytes()


def _digest(content: bytes) -> str:
    return b64encode(hashlib.sha256(content).digest()).decode()
