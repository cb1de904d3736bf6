"""What an administrator does about others' signing in: reset a second step, open a lock."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dure import clock
from dure.errors import Refused
from dure.people.doors import SignedIn, for_admins
from dure.people.models import Person
from dure.signing import actions, tries


def _person(request: SignedIn, ref: UUID) -> Person:
    return get_object_or_404(Person.objects.select_related("office"), ref=ref, office=request.standing.office)


@require_POST
@for_admins
def reset(request: SignedIn, ref: UUID) -> HttpResponse:
    """Somebody has lost phone and paper; the person is told."""
    person = _person(request, ref)
    if person.pk == request.user.pk:
        raise Refused(_("Change your own second step under “My account”."))
    actions.reset(person, by=request.user, now=clock.now(), real=clock.real())
    messages.success(
        request, _("%(person)s sets up a new second step at the next sign-in, and is told.") % {"person": person}
    )
    return redirect("people")


@require_POST
@for_admins
def unlock(request: SignedIn, ref: UUID) -> HttpResponse:
    """Somebody may try again at once."""
    person = _person(request, ref)
    tries.unlock(person, by=request.user, now=clock.now())
    messages.success(request, _("%(person)s can try again.") % {"person": person})
    return redirect("people")


@require_POST
@for_admins
def leave(request: SignedIn, ref: UUID) -> HttpResponse:
    """Somebody leaves: the account ends now, wherever they are signed in."""
    person = _person(request, ref)
    actions.leave(person, by=request.user, now=clock.now(), real=clock.real())
    messages.success(request, _("The account of %(person)s has ended.") % {"person": person})
    return redirect("people")
