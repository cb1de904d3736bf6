"""Whom somebody looks up: sent in the body, and sealed where it stands in an address.

The form posts; the answer sends on to the page's own address, in which the words are sealed: for who asked, for this
page, for a day. Loading anew, going back, further pages and links work by that address, and no history, no log of a
proxy and no `Referer` holds a name. Words that stand plainly in an address aren't read, but taken out of it at once:
they have been told on the way already, and a second way of asking would bring back links that do so.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase, HttpResponseRedirect, QueryDict
from django.utils.translation import gettext as _

from dure import clock
from dure.people.doors import SignedIn, View
from dure.sealing.box import seal, unseal

A_DAY = timedelta(days=1).total_seconds()
LONGEST = 8_000  # letters of an address, as proxies take them
MOST = 200  # letters; longer ones are no name, and no address takes them
TO_ADDRESS, FROM_ADDRESS = str.maketrans("+/=:", "-_~."), str.maketrans("-_~.", "+/=:")
TOKEN = "csrfmiddlewaretoken"


class Search(SignedIn):
    """A request of somebody who may have looked somebody up."""

    said: QueryDict
    """What the address says, with the words as they were typed. `GET` has them sealed, and so have links made of it."""


def searched(*names: str) -> Callable[[View], View]:
    """These fields of the page's search hold words. Said on the view itself, inside its door."""

    def mark(view: View) -> View:
        @wraps(view)
        def answer(request: Search, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method == "POST" and set(names) <= set(request.POST):
                return _at(request, request.POST.lists(), lambda name, said: _sealed(request, name, said, names))
            request.said = request.GET.copy()
            if not all([_is_open(request, name) for name in set(names) & set(request.GET)]):
                messages.info(request, _("This search can't be opened again. Enter it once more."))
                if request.method != "POST":
                    return _at(request, request.GET.lists(), lambda name, said: "" if name in names else said)
            return view(request, *args, **kwargs)

        answer.searched = names  # type: ignore[attr-defined]
        return answer

    return mark


def _at(request: Search, said: Iterable[tuple[str, list[Any]]], how: Callable[[str, str], str]) -> HttpResponseRedirect:
    """Sent on to this page, with what was said; what is empty is left out, and what no address can hold."""
    address = QueryDict(mutable=True)
    for name, values in said:
        if kept := [put for each in values if name != TOKEN and (put := how(name, each))]:
            address.setlist(name, kept)
    asked = address.urlencode()
    return HttpResponseRedirect(f"{request.path}?{asked}" if 0 < len(asked) <= LONGEST else request.path)


def _sealed(request: Search, name: str, said: str, names: tuple[str, ...]) -> str:
    words = said.strip()[:MOST]
    if name not in names or not words:
        return said
    return seal(f"{int(clock.real().timestamp())} {words}".encode(), _where(request, name)).translate(TO_ADDRESS)


def _is_open(request: Search, name: str) -> bool:
    """Puts what was typed where it stood sealed."""
    words = [_opened(request, name, each) for each in request.GET.getlist(name) if each]
    request.said.setlist(name, [each or "" for each in words])
    return None not in words


def _opened(request: Search, name: str, sealed: str) -> str | None:
    """What was typed; None when it isn't this person's, or of this page, or older than a day."""
    found = unseal(sealed.translate(FROM_ADDRESS), _where(request, name))
    if found is None:
        return None
    at, words = found.decode().split(" ", 1)
    return words if clock.real().timestamp() - int(at) < A_DAY else None


def _where(request: Search, name: str) -> str:
    return f"search {request.path} {name} {request.user.pk}"
