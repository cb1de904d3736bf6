"""What is said when something can't be answered: calm, without details, with a number that stands in the log too."""

import logging
import sys
from datetime import timedelta

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dure import clock
from dure.health.quiet import kind, number

log = logging.getLogger(__name__)
HALF_A_YEAR = timedelta(days=182)


def broken(request: HttpRequest) -> HttpResponse:
    """Something broke. When it is the database, nobody is told automatically: the page says so without it."""
    problem = sys.exc_info()[1]
    if isinstance(problem, OperationalError | InterfaceError):
        return render(None, "desk/stopped.html", {"call": settings.DURE_STOPPED_CALL}, status=503)
    said = number()
    log.error("%s: %s on %s", said, kind(problem) if problem else "", page(request))
    return HttpResponse(render_to_string("500.html", {"number": said}), status=500)


def page(request: HttpRequest) -> str:
    """Which page it was, by its pattern: no address with what stands in it."""
    return request.resolver_match.route if request.resolver_match else ""


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The request itself can't be read: a foreign host, too many fields, a torn upload."""
    said = number()
    log.warning("%s: %s on %s", said, kind(exception), page(request))
    if request.path.startswith("/api/"):
        return JsonResponse({"message": _("This can't be read. Load the page again and try once more.")}, status=400)
    return _told(_("This can't be read. Load the page again and try once more."), 400, said)


def too_large(request: HttpRequest) -> HttpResponse:
    """More than any form takes: nothing of it is read."""
    message = _("This is too large to be sent. A file may have 10 MB: make it smaller, or hand in a part of it.")
    if request.path.startswith("/api/"):
        return JsonResponse({"message": message}, status=413)
    return _told(message, 413)


def too_often(request: HttpRequest, message: str, seconds: int) -> HttpResponse:
    """Too much in a short time: when it goes on, for people and for machines."""
    api = request.path.startswith("/api/")
    answer = JsonResponse({"message": message}, status=429) if api else _told(message, 429)
    answer.headers["Retry-After"] = str(seconds)
    return answer


def explain(response: HttpResponse) -> None:
    """A page that was asked in a way that it doesn't know says so."""
    response.content = _told(_("This page can't be used in this way. Go back and load it again."), 405).content
    response.headers["Content-Length"] = str(len(response.content))


def _told(message: str, status: int, said: str = "") -> HttpResponse:
    return HttpResponse(render_to_string("desk/wrong.html", {"message": message, "number": said}), status=status)


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """To whom one who finds a weakness can write (RFC 9116); nothing when the office hasn't said."""
    if not settings.DURE_SECURITY_CONTACT:
        raise Http404
    until = clock.real() + HALF_A_YEAR
    said = (
        f"Contact: {settings.DURE_SECURITY_CONTACT}\nExpires: {until:%Y-%m-%d}T00:00:00Z\nPreferred-Languages: ko, en\n"
    )
    return HttpResponse(said, "text/plain; charset=utf-8")
