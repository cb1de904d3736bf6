"""A provider's month on paper, to be signed by both sides."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dure import clock
from dure.audit import looks
from dure.audit.actions import note
from dure.care.downloads import KINDS, file
from dure.care.models import Scheme
from dure.care.money.counting import reckon
from dure.care.money.paper import paper
from dure.care.money.views.months import find, for_both
from dure.people.doors import SignedIn, counted


@require_GET
@for_both
@counted("downloads")
def download(request: SignedIn, ref: UUID) -> HttpResponse:
    """`?as=` pdf, hwpx or xlsx; it stands in the record."""
    settlement, now, kind = find(request, ref), clock.now(), request.GET.get("as", "pdf")
    if kind not in KINDS:
        raise Http404
    found = reckon(request.standing.office, [settlement])[settlement.pk]
    schemes = Scheme.objects.in_bulk({line.scheme for line in found.lines})
    agreements = list(settlement.agreements.select_related("by"))
    made = paper(settlement, found, schemes, agreements, request.user.office.name, now)
    answer = file(made, kind, _("settlement") + f"-{settlement}-{settlement.provider}".replace(" ", "-"))
    looks.without_names()
    note(at=now, who=request.user, did="downloaded", about=settlement, why=kind)
    return answer
