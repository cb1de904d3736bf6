"""The desk's page of its workers' phones: heard when, what is still unsent, codes, and what became of lost ones."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import segno
from django.conf import settings
from django.contrib import messages
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dure import clock
from dure.care.workers.shown import silent_now
from dure.duty.models import Duty
from dure.errors import Refused
from dure.field import apart, texted
from dure.field.actions import GOOD_FOR, enrol, revoke
from dure.field.phones import LOST
from dure.people.actions import Standing
from dure.people.doors import SignedIn, only
from dure.people.models import Device, Membership, Person, Role
from dure.signing.limits import only_wrong_ones

for_who_looks_after_phones = only(Role.PROVIDER, Role.OFFICER, Role.ADMIN)
SHOWN_FOR = timedelta(days=7)  # a phone that was taken away


def _works(standing: Standing) -> QuerySet[Membership]:
    works = Membership.objects.filter(role=Role.WORKER, office=standing.office)
    return works if standing.organisations is None else works.filter(organisation__in=standing.organisations)


def workers_seen_by(standing: Standing) -> QuerySet[Person]:
    """The workers whose phones somebody may look after: a provider's own, all for the office."""
    works = Membership.objects.on(clock.today()).filter(pk__in=_works(standing).values("pk"))
    shown = Person.objects.filter(left_at=None, office=standing.office, memberships__in=works).distinct()
    live = Device.objects.filter(revoked_at=None).select_related("phone").order_by("-enrolled_at")
    return shown.order_by("name", "pk").prefetch_related(Prefetch("devices", live, to_attr="phones"))


def ended_seen_by(standing: Standing, now: datetime) -> QuerySet[Device]:
    """Phones that show nobody any more: taken away in the last days, or of somebody who works here no longer."""
    here = Q(person__memberships__in=_works(standing))
    gone = ~Q(person__in=workers_seen_by(standing).prefetch_related(None)) & Q(revoked_at=None)
    found = Device.objects.filter(here, gone | Q(revoked_at__gt=now - SHOWN_FOR), office=standing.office).distinct()
    return found.select_related("person", "phone").order_by("-revoked_at", "-pk")


def _context(request: SignedIn, now: datetime) -> dict[str, Any]:
    lost = Duty.objects.seen_by(request.standing).filter(kind=LOST, closed_at=None).order_by("pk")
    ended, hands_in = ended_seen_by(request.standing, now), timedelta(hours=settings.DURE_HAND_IN_HOURS)
    shown, silent = list(workers_seen_by(request.standing)), silent_now(request.standing, now)
    for worker in shown:
        worker.silent = silent.get(worker.pk)  # type: ignore[attr-defined]
    return {
        "workers": shown,
        "ended": [(each, (each.revoked_at or each.person.left_at or now) + hands_in) for each in ended],
        "apart": apart.seen_by(request.standing).filter(decided_at=None)[:50],
        "lost": [(duty, _(duty.what) % duty.values) for duty in lost],
        "now": now,
    }


@for_who_looks_after_phones
@require_GET
def phones(request: SignedIn) -> HttpResponse:
    """Which worker has which phone, when it was last heard, and what it hasn't sent yet."""
    return render(request, "field/phones.html", _context(request, clock.now()))


@for_who_looks_after_phones
@require_POST
def make_code(request: SignedIn, ref: UUID) -> HttpResponse:
    """A code for one worker's phone, shown this once: in digits, as a link, as a picture of the link."""
    worker, now = get_object_or_404(workers_seen_by(request.standing), ref=ref), clock.now()
    code = enrol(worker, by=request.user, now=now)
    link = f"{settings.DURE_URL or request.build_absolute_uri('/').rstrip('/')}{reverse('field')}#code={code}"
    made = {
        "worker": worker, "code": f"{code[:4]} {code[4:]}", "until": now + GOOD_FOR, "link": link,
        "picture": segno.make(link, error="m").svg_data_uri(scale=5, border=3, dark="#000", light="#fff"),
    }  # fmt: skip
    return render(request, "field/phones.html", {**_context(request, now), "made": made})


@for_who_looks_after_phones
@require_POST
def typed(request: SignedIn) -> HttpResponse:
    """The desk types in a code that a worker sent to its own phone as a text message."""
    text, now = request.POST.get("text", ""), clock.now()
    try:
        with only_wrong_ones(request, "codes"):
            report = texted.typed(text, request.user.office_id, import_string("dure.urls.TAKERS"), now=now)
    except Refused as problem:
        context = {**_context(request, now), "text": text[:200], "wrong": problem.message}
        return render(request, "field/phones.html", context, status=422)
    known = {"person": report.by, "seen": clock.format_moment(report.seen_at or now)}
    messages.success(request, _("The report of %(person)s is in, seen at %(seen)s.") % known)
    return redirect("field_phones")


@for_who_looks_after_phones
@require_POST
def take_away(request: SignedIn, ref: UUID) -> HttpResponse:
    """A phone was lost or given back."""
    mine = Device.objects.filter(person__in=workers_seen_by(request.standing).prefetch_related(None))
    revoke(get_object_or_404(mine, ref=ref), by=request.user, now=clock.now())
    return redirect("field_phones")
