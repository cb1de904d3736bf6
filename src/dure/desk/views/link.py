"""The link in a text message or an e-mail: read it again and take the matter on, without signing in."""

from contextlib import suppress

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.views.decorators.http import require_http_methods

from dure import clock
from dure.desk import link_page
from dure.duty.actions import answered
from dure.duty.models import Telling
from dure.errors import Refused
from dure.offices.acting import acting
from dure.outbox import links
from dure.outbox.models import Message
from dure.signing import limits


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, token: str) -> HttpResponse:
    """Opening it takes nothing on: scanners of mail open every link. Only the button does."""
    if (named := links.read(token)) is None:
        limits.guessed(request, "links")
        raise Http404
    office, key = named
    with acting(office):
        message = get_object_or_404(Message.objects.select_related("person", "office"), key=key)
        clock.use_zone(message.office.zone)
        timezone.activate(clock.zone())
        telling = Telling.objects.select_related("duty__closed_by", "person").filter(message=message).first()
        shown = link_page.look(message, telling, clock.now())
        if request.method == "POST":
            _take(shown, telling)
    if request.method == "POST":
        return redirect("link", token=token)
    with translation.override(message.language):
        return render(request, "desk/link.html", {"shown": shown})


def _take(shown: link_page.Shown, telling: Telling | None) -> None:
    """Somebody else was faster: the page says who."""
    if shown.state == "open" and telling:
        with suppress(Refused):
            answered(telling, now=clock.now())
