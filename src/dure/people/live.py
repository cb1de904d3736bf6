"""Live parts of pages: asked for every few seconds; 304 when nothing is new."""

import hashlib
import re
from typing import Any

from django.http import HttpResponse, HttpResponseNotModified
from django.template.loader import render_to_string

from dure import clock
from dure.people.doors import SignedIn

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')  # new in every answer, and no news


def live(request: SignedIn, template: str, context: dict[str, Any]) -> HttpResponse:
    """The part as it is now, or 304 when the page has it already. It always says the server's time."""
    html = render_to_string(template, context, request=request)
    etag = f'"{hashlib.sha256(TOKEN.sub("", html).encode()).hexdigest()[:32]}"'
    same = request.headers.get("If-None-Match") == etag
    answer: HttpResponse = HttpResponseNotModified() if same else HttpResponse(html)
    answer["ETag"], answer["Dure-Now"] = etag, clock.now().isoformat()
    answer["Cache-Control"] = "private, no-cache"
    return answer
