"""The worker's page on the phone, and the desk's page of its workers' phones."""

from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from dure import clock
from dure.field.actions import GOOD_FOR, enrol, revoke
from dure.people.actions import Standing
from dure.people.doors import SignedIn, only
from dure.people.models import Device, Membership, Person, Role

SIGNS = [
    (gettext_lazy("The person"), "vigour", gettext_lazy("Weak, pale")),
    (gettext_lazy("The person"), "breath", gettext_lazy("Breathing, pain")),
    (gettext_lazy("The person"), "walking", gettext_lazy("Walking, a fall")),
    (gettext_lazy("The person"), "mind", gettext_lazy("Awareness, speech")),
    (gettext_lazy("The home"), "hygiene", gettext_lazy("Dirt, smell")),
    (gettext_lazy("The home"), "heating", gettext_lazy("Heating, cooling, electricity")),
    (gettext_lazy("The home"), "post", gettext_lazy("Post, rubbish piling up")),
    (gettext_lazy("The home"), "othercare", gettext_lazy("Other care doesn't come")),
]
DRILL = [
    ("knocked", gettext_lazy("Knock three times, loudly")),
    ("called", gettext_lazy("Call the name")),
    ("looked", gettext_lazy("Look through window and letterbox")),
    ("listened", gettext_lazy("Listen and look: sounds, lights, television")),
    ("post", gettext_lazy("Post piled up, yesterday's meal still there")),
    ("phoned", gettext_lazy("Phone twice")),
]

for_who_looks_after_phones = only(Role.PROVIDER, Role.OFFICER, Role.ADMIN)


def words() -> dict[str, str]:
    """Sentences that the page puts together itself; {…} is filled in there."""
    return {
        "allSent": _("All sent"),
        "toSend": _("{count} to send, {age}"),
        "notTaken": _("{count} not taken, call your desk"),
        "moments": _("just now"),
        "minutes": _("{n} min"),
        "hours": _("{n} h"),
        "left": _("{n} stops left"),
        "progress": _("{done} of {all} stops done"),
        "next": _("next"),
        "by": _("by {time}"),
        "meals": _("{n} meals today"),
        "slow": _("Slow to the door: wait {n} minutes."),
        "seen_well": _("All well"),
        "seen_with_concern": _("Concern"),
        "known_safe": _("Away, known where"),
        "no_reply": _("Can't be reached"),
        "not_attempted": _("Not visited"),
        "danger": _("Danger"),
        "caseUnknown": _("Your report is on this phone and will be sent by itself. If it isn't, call your desk."),
        "caseTold": _("Your report has arrived. Your desk is being told."),
        "call": _("Call {name}"),
        "callDesk": _("Call the desk"),
        "smsBody": _("Can't be reached: stop {order}, {dong}. The network is bad, call me."),
        "unsent": _("An urgent report hasn't been sent for {age}. Call your desk now."),
        "away": _("No network. What you see is of {time}; what you enter is sent later."),
        "wrong": _("The network can't be reached. Try again."),
    }


@require_GET
def phone(request: HttpRequest) -> HttpResponse:
    """The worker's page. It holds nobody's data: the phone fetches its stops with its own key."""
    given = {"words": words(), "signs": SIGNS, "drill": DRILL}
    return render(request, "field/phone.html", given)


def workers_seen_by(standing: Standing) -> QuerySet[Person]:
    """The workers whose phones somebody may look after: a provider's own, all for the office."""
    works = Membership.objects.on(clock.today()).filter(role=Role.WORKER)
    if standing.organisations is not None:
        works = works.filter(organisation__in=standing.organisations)
    shown = Person.objects.filter(left_at=None, office=standing.office, memberships__in=works).distinct()
    live = Device.objects.filter(revoked_at=None).order_by("-enrolled_at")
    return shown.order_by("name", "pk").prefetch_related(Prefetch("devices", live, to_attr="phones"))


@for_who_looks_after_phones
@require_GET
def phones(request: SignedIn) -> HttpResponse:
    """Which worker has which phone, and when it was last heard."""
    return render(request, "field/phones.html", {"workers": workers_seen_by(request.standing)})


@for_who_looks_after_phones
@require_POST
def make_code(request: SignedIn, ref: UUID) -> HttpResponse:
    """A code for one worker's phone, shown this once."""
    workers = workers_seen_by(request.standing)
    worker, now = get_object_or_404(workers, ref=ref), clock.now()
    code = enrol(worker, by=request.user, now=now)
    made = {"worker": worker, "code": f"{code[:4]} {code[4:]}", "until": now + GOOD_FOR}
    return render(request, "field/phones.html", {"workers": workers, "made": made})


@for_who_looks_after_phones
@require_POST
def take_away(request: SignedIn, ref: UUID) -> HttpResponse:
    """A phone was lost or given back."""
    mine = Device.objects.filter(person__in=workers_seen_by(request.standing).prefetch_related(None))
    revoke(get_object_or_404(mine, ref=ref), by=request.user, now=clock.now())
    return redirect("field_phones")
