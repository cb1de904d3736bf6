"""The review of a recipient: what was agreed still holds, or something has changed."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dure import clock
from dure.care import reviews
from dure.care.views.recipients import find
from dure.people.doors import SignedIn, for_the_office


@require_POST
@for_the_office
def done(request: SignedIn, ref: UUID) -> HttpResponse:
    """It was reviewed. What has changed is entered next."""
    recipient, changed = find(request, ref), request.POST.get("result") == "changed"
    reviews.reviewed(recipient, changed=changed, by=request.user, now=clock.now())
    messages.success(request, _("Noted. Enter what has changed, and save.") if changed else _("Noted."))
    return redirect("care:recipient_edit" if changed else "care:recipient", ref)
