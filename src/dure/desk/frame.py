"""What the frame around every page needs: the office, where this person may go, and whether telling still runs."""

from typing import Any

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from dure import clock
from dure.care.emergencies.models import EmergencyLook
from dure.desk import places
from dure.duty.auditor import PREFIX as FOUND
from dure.duty.models import Exercise
from dure.health.actions import AUDIT, SILENCE, silent
from dure.health.models import Fault
from dure.outbox.canary import PREFIX as CANARY
from dure.people.actions import Standing
from dure.people.models import Role
from dure.signing.actions import minutes_left

SAID_BEFORE = 5  # minutes


def stopped() -> dict[str, bool]:
    """What has fallen silent: then a banner on every page says that nobody is told, or that work is left undone."""
    quiet = set(silent(settings.DURE_WATCHED, real=clock.real()))
    return {"telling_stopped": bool(quiet - {"jobs"}), "work_stopped": "jobs" in quiet}


def unsure(office: int) -> bool:
    """Whether a second look found something that should have been told or sent, or isn't made any more, or a trial
    message didn't arrive."""
    said = Fault.objects.filter(Q(office=office) | Q(office=None), mended_at=None)
    about = Q(key__startswith=FOUND) | Q(key__startswith=CANARY) | Q(key=SILENCE + AUDIT)
    return said.filter(about).exists()


def looking_now(standing: Standing, person: int | None) -> EmergencyLook | None:
    """The look in an emergency that this person has open. Who sees everybody of the office needs none."""
    if standing.organisations is None:
        return None
    return EmergencyLook.objects.filter(by=person).open_at(clock.now()).first()


def frame(request: HttpRequest) -> dict[str, Any]:
    """The template variable `frame`; empty for who isn't signed in."""
    standing = getattr(request, "standing", None)
    if standing is None:
        return {"frame": {"now": clock.now()}}
    office = request.user.office  # type: ignore[union-attr]
    return {
        "frame": {
            "office": office.name + (" · " + _("invented data") if office.is_demo else ""),
            "navigation": places.main(standing, request.path),
            "role": ", ".join(str(Role(role).label) for role in sorted(standing.roles)),
            **stopped(),
            "exercise": Exercise.objects.filter(
                office=standing.office, ended_at=None, about__isnull=False, participants__person=request.user.pk
            ).first(),
            "emergency_look": looking_now(standing, request.user.pk),
            "telling_unsure": unsure(standing.office),
            "call": {"name": "", "number": settings.DURE_STOPPED_CALL} if settings.DURE_STOPPED_CALL else None,
            "banners_url": reverse("banners"),
            "minutes_left": left if (left := minutes_left(request, clock.real())) < SAID_BEFORE else None,
            "now": clock.now(),
            "may_mend": standing.has(Role.OFFICER, Role.ADMIN),
            "may_search": standing.has(Role.CENTRE, Role.OFFICER, Role.ADMIN),
            "may_set_up": standing.has(Role.ADMIN),
        }
    }
