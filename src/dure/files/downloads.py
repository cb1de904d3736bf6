"""How a file goes out: always to be kept, never opened as a page of ours."""

import unicodedata
from urllib.parse import quote

from django.http import HttpResponse

ANY = "application/octet-stream"
SANDBOX = "default-src 'none'; sandbox"


def attached(name: str, data: bytes, sort: str = ANY) -> HttpResponse:
    """The bytes as a file of this name. Whatever somebody hands in goes out as bytes of no kind (`ANY`)."""
    headers = {"Content-Disposition": disposition(name), "Content-Security-Policy": SANDBOX}
    return HttpResponse(data, content_type=sort, headers=headers)


def disposition(name: str) -> str:
    r"""The header for a name (RFC 6266): in full, and in plain letters for who can't read that.

    >>> print(disposition('a"b/명단\r\nx.xlsx'))
    attachment; filename="a b __ x.xlsx"; filename*=UTF-8''a%20b%20%EB%AA%85%EB%8B%A8%20x.xlsx
    """
    said = "".join(c if c.isprintable() and c not in '"\\/;%' else " " for c in unicodedata.normalize("NFC", name))
    said = " ".join(said.encode(errors="replace").decode().split()) or "file"
    plain = "".join(c if c.isascii() else "_" for c in said)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(said, safe='')}"
