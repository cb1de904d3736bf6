"""Who works here: log-ins, roles, and the end of an account. And everybody's own password."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import PasswordChangeView
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dure import clock
from dure.people import accounts
from dure.people.doors import SignedIn, for_admins, only
from dure.people.models import Membership, Person, Role

change_password = only(*Role.values)(PasswordChangeView.as_view(template_name="desk/password.html", success_url="/"))


@require_GET
@for_admins
def index(request: SignedIn) -> HttpResponse:
    """Everybody of the office with what they may do."""
    held = Membership.objects.on(clock.today()).select_related("organisation")
    people = Person.objects.filter(office=request.standing.office).order_by("left_at", "name")
    return render(request, "desk/people.html", {"people": people.prefetch_related(Prefetch("memberships", held))})


def _person(request: SignedIn, ref: UUID) -> Person:
    return get_object_or_404(Person, ref=ref, office=request.standing.office)


@require_POST
@for_admins
def give_login(request: SignedIn, ref: UUID) -> HttpResponse:
    """A log-in, or a new password; it is shown once, on this answer only."""
    person = _person(request, ref)
    password = accounts.give_login(person, request.POST.get("username", ""), by=request.user, now=clock.now())
    return render(request, "desk/login_given.html", {"person": person, "password": password})


@require_POST
@for_admins
def leave(request: SignedIn, ref: UUID) -> HttpResponse:
    """Somebody leaves: the account ends now."""
    person = _person(request, ref)
    accounts.leave(person, by=request.user, now=clock.now())
    messages.success(request, _("The account of %(person)s has ended.") % {"person": person})
    return redirect("people")
