"""Signing in and out, the first page, the banners, what must be mended, the map, and reports nobody could read."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from dure import clock
from dure.audit import looks
from dure.care.models import Visit
from dure.care.phone import without_words
from dure.desk import places
from dure.desk.map import draw
from dure.duty.models import Duty, Report
from dure.errors import Refused
from dure.health.actions import mended
from dure.health.models import Fault
from dure.offices.acting import acting
from dure.outbox.receipts import NOBODYS
from dure.people.doors import SignedIn, for_admins, for_officers, for_the_office, only
from dure.people.live import live
from dure.people.models import Role
from dure.places.boundaries import load

BYTES = 10 * 1024 * 1024


@require_GET
@only(*Role.values)
def first(request: SignedIn) -> HttpResponse:
    """The first page: the board in the office, the stops of today for a worker."""
    workers_only = request.standing.roles == {Role.WORKER}
    return redirect("field" if workers_only else "board")


@require_GET
@for_the_office
def all_pages(request: SignedIn) -> HttpResponse:
    """Every page that this person may go to, in groups."""
    return render(request, "desk/pages.html", {"groups": places.groups(request.standing)})


@require_GET
@only(*Role.values)
def banners(request: SignedIn) -> HttpResponse:
    """The warnings on top of every page, asked for every few seconds."""
    return live(request, "desk/_banners.html", {})


@require_GET
@for_the_office
def faults(request: SignedIn) -> HttpResponse:
    """What of the system must be mended by a person."""
    mine = Q(office=request.standing.office) | Q(office=None)
    found = Fault.objects.filter(mine, mended_at=None).order_by("-last_at")
    lines = [(fault, _(fault.what) % fault.values, _is_ours(fault)) for fault in found[:200]]
    return render(request, "desk/faults.html", {"lines": lines})


@require_POST
@for_officers
def mend(request: SignedIn, number: int) -> HttpResponse:
    """An officer says that it is mended."""
    fault = get_object_or_404(Fault, Q(office=request.standing.office) | Q(office=None), pk=number)
    if not _is_ours(fault):
        raise Http404
    with acting(fault.office_id or NOBODYS):
        mended(fault.key, now=clock.now(), by=request.user, office=fault.office_id)
    return redirect("faults")


def _is_ours(fault: Fault) -> bool:
    """Whether an officer may say that it is mended: what is the office's, and what somebody unknown wrote to all."""
    return fault.office_id is not None or fault.key.startswith("text ")


@require_GET
@for_the_office
def show_map(request: SignedIn) -> HttpResponse:
    """The dongs with how many people are served there, and where somebody can't be reached."""
    return render(request, "desk/map.html", {"map": draw(request.standing, clock.today())})


@require_POST
@for_admins
def boundaries(request: SignedIn) -> HttpResponse:
    """The office loads its own boundaries."""
    file = request.FILES.get("file")
    if file is None or (file.size or 0) > BYTES:
        raise Refused(_("Choose a GeoJSON file of at most 10 MB."))
    fitted, strange = load(request.standing.office, file.read())
    messages.success(
        request, ngettext("%(n)s area has its boundary.", "%(n)s areas have their boundary.", fitted) % {"n": fitted}
    )
    if strange:
        messages.warning(request, _("No area of this office: %(names)s.") % {"names": ", ".join(strange[:20])})
    return redirect("map")


@require_GET
@for_the_office
def report(request: SignedIn, key: UUID) -> HttpResponse:
    """Reports that came under one key, as they were sent: for what could not be read, or came twice differently."""
    found = list(Report.objects.filter(key=key, office=request.standing.office).select_related("by").order_by("id"))
    duty = get_object_or_404(Duty.objects.seen_by(request.standing).order_by("-id"), kind="field.unread", about=key)
    looks.also(Visit.objects.filter(ref__in=[each.about for each in found]).values_list("recipient__ref", flat=True))
    if request.standing.organisations is not None:
        for each in found:
            each.body = without_words(each.body)
    return render(request, "desk/report.html", {"reports": found, "duty": duty})
