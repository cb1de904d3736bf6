"""Who works here, and their log-ins."""

from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_POST

from dure import clock
from dure.people import accounts
from dure.people.doors import SignedIn, for_admins
from dure.people.models import Membership, Person
from dure.signing import actions as signing
from dure.signing import tries
from dure.signing.models import CodeApp, Passkey, SignIn


@require_GET
@for_admins
def index(request: SignedIn) -> HttpResponse:
    """Everybody of the office with what they may do, who has a second step, and who is locked until when."""
    held = Membership.objects.on(clock.today()).select_related("organisation")
    found = Person.objects.filter(office=request.standing.office).order_by("left_at", "name")
    of_theirs = OuterRef("pk")
    found = found.prefetch_related(Prefetch("memberships", held)).annotate(
        has_app=Exists(CodeApp.objects.filter(person=of_theirs)),
        has_passkey=Exists(Passkey.objects.filter(person=of_theirs)),
    )
    locked = tries.locked(request.standing.office, real=clock.real())
    rows = [(person, locked.get(tries.named(person.username)) if locked else None) for person in found]
    return render(request, "desk/people.html", {"rows": rows})


def _person(request: SignedIn, ref: UUID) -> Person:
    return get_object_or_404(Person, ref=ref, office=request.standing.office)


@require_POST
@for_admins
def give_login(request: SignedIn, ref: UUID) -> HttpResponse:
    """A log-in, or a new password; it is shown once, on this answer only."""
    person = _person(request, ref)
    password = accounts.give_login(person, request.POST.get("username", ""), by=request.user, now=clock.now())
    signing.end(SignIn.objects.filter(person=person), by=request.user, real=clock.real())
    return render(request, "desk/login_given.html", {"person": person, "password": password})
