"""What came of a number that somebody rang by hand."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dure import clock
from dure.duty import actions
from dure.duty.models import Answer, Duty, Telling
from dure.errors import Refused
from dure.people.doors import SignedIn, for_the_office
from dure.people.models import Channel


@require_POST
@for_the_office
def called(request: SignedIn, number: int) -> HttpResponse:
    """Who was rung takes it on, or the next is told at once."""
    mine = Telling.objects.filter(duty__in=Duty.objects.seen_by(request.standing), channel=Channel.CALL)
    telling = get_object_or_404(mine.select_related("duty", "person"), pk=number)
    result = request.POST.get("result", "")
    if result not in Answer.values:
        raise Refused(_("Say what came of the call."))
    actions.called(telling, Answer(result), by=request.user, now=clock.now())
    if result == Answer.TAKES_IT:
        messages.success(request, _("%(person)s has it now.") % {"person": telling.person})
    else:
        messages.info(request, _("Written down. The next one is told now."))
    return redirect("board" if request.POST.get("next") == "board" else telling.duty.page or "board")
