"""Who may come in: a page names the roles that it is for, and everybody else is told so."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from dure.people.actions import Standing
from dure.people.models import Person, Role

OFFICE = "office"  # in the session: the office of who is signed in
View = Callable[..., HttpResponseBase]
OFFICE_ROLES = (Role.PROVIDER, Role.CENTRE, Role.OFFICER, Role.ADMIN)


class SignedIn(HttpRequest):
    """A request of somebody who is signed in: the person, and what they may see today."""

    user: Person
    standing: Standing


def to_the_log_in(request: HttpRequest) -> HttpResponse:
    """To the log-in, and back here afterwards."""
    return redirect_to_login(request.get_full_path())


def only(*roles: str) -> Callable[[View], View]:
    """Only for people who have one of these roles today. The view says so on itself, for the permission matrix."""

    def door(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                # a part of a page that asks again must not become a log-in form that looks like a quiet night
                return HttpResponse(status=401) if request.headers.get("HX-Request") else to_the_log_in(request)
            if not getattr(request, "standing", None) or not request.standing.has(*roles):  # type: ignore[attr-defined]
                raise PermissionDenied
            if request.user.password_given_at and not getattr(view, "with_given_password", False):
                return redirect("password")
            return view(request, *args, **kwargs)

        guarded.roles = frozenset(roles)  # type: ignore[attr-defined]
        return guarded

    return door


def with_given_password(view: View) -> View:
    """Reached also by who has a password that somebody else gave: here it is changed."""
    view.with_given_password = True  # type: ignore[attr-defined]
    return view


def counted(kind: str, *methods: str) -> Callable[[View], View]:
    """What makes much work or shows many people: no more often than `DURE_MOST_…` says. Said on the view itself.

    Without methods each way of asking counts. The middleware counts, before the view begins.
    """

    def mark(view: View) -> View:
        view.counted = (kind, methods)  # type: ignore[attr-defined]
        return view

    return mark


for_the_office = only(*OFFICE_ROLES)
for_officers = only(Role.OFFICER, Role.ADMIN)
for_admins = only(Role.ADMIN)
