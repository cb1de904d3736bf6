"""What a phone hands in that was lost or taken away. Whoever has it now may be anybody: an alarm is an alarm all the
same, but nobody counts as seen by it until a person has asked the worker and says so."""

import logging
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dure.audit.actions import note
from dure.care.on_the_road import employer
from dure.care.phone import is_in_confidence, place_of, worrying
from dure.care.photos import actions as photos
from dure.care.settling import look_by
from dure.care.workers import reports as workers
from dure.duty.actions import close
from dure.duty.models import Duty, Outcome, Report
from dure.duty.opening import Owed, open_duties
from dure.duty.reports import Take
from dure.errors import Refused
from dure.field import danger
from dure.field.models import SetApart
from dure.offices.acting import acting
from dure.people.actions import Standing
from dure.people.models import Person

log = logging.getLogger(__name__)
KIND = "field.apart"
DECIDE = gettext_noop("A phone of %(person)s that was taken away has sent a report. Ask whether it is from them.")


def takers(of: Mapping[str, Take]) -> dict[str, Take]:
    """How the reports of such a phone are taken: what is worrying as ever, all else is set apart."""
    alarms = {*danger.TAKERS, *workers.TAKERS}
    return {kind: take if kind in alarms else _apart(take) for kind, take in of.items()}


def _apart(take: Take) -> Take:
    def taken(report: Report, now: datetime) -> None:
        if worrying(report):
            take(report, now)
        else:
            set_apart(report, now)

    return taken


def set_apart(report: Report, now: datetime) -> None:
    """Keep it beside, and have a person look at it."""
    SetApart.objects.create(office_id=report.office_id, report=report, at=now)
    organisation, area = place_of(report)
    organisation, ladder = organisation or employer(report.by), "followup" if area else "office"
    if is_in_confidence(report):
        organisation, area, ladder = None, None, "oncall"
    owed = Owed(
        kind=KIND, what=DECIDE, values={"person": str(report.by)}, due_at=look_by(now),
        page=f"/field/apart/{report.key}/",
        ladder=ladder, organisation=organisation, area=area, about=report.key,
    )  # fmt: skip
    open_duties(report.office_id, [owed], by=report.by, now=now)


def seen_by(standing: Standing) -> QuerySet[SetApart]:
    """Those that somebody may look at and decide on: whoever sees that it is owed."""
    mine = Duty.objects.seen_by(standing).filter(kind=KIND)
    found = SetApart.objects.filter(office=standing.office, report__key__in=mine.values("about"))
    return found.select_related("report__by", "report__device", "decided_by").order_by("-at", "-id")


@transaction.atomic
def decide(apart: SetApart, of: Mapping[str, Take], *, counts: bool, why: str, by: Person, now: datetime) -> None:
    """Somebody has asked: the report counts as if it had come in time, or it is set aside for a reason."""
    locked = SetApart.objects.select_for_update(no_key=True, of=("self",)).select_related("report__by")
    apart = locked.get(pk=apart.pk)
    if apart.decided_by:
        raise Refused(_("%(person)s has already decided this.") % {"person": apart.decided_by})
    if not counts and not why.strip():
        raise Refused(_("Say why it is set aside."))
    SetApart.objects.filter(pk=apart.pk).update(decided_at=now, decided_by=by, counts=counts, why=why.strip()[:300])
    note(at=now, who=by, did="took over" if counts else "set aside", about=apart, why=str(apart.report.key))
    report = apart.report
    with acting(apart.office_id, by.pk):  # what follows is the office's, wider than who decides may see
        if counts:
            _take_over(report, of, now)
            photos.take_over(report.key, by=by, now=now)
        owed = list(Duty.objects.filter(kind=KIND, about=report.key, closed_at=None))
        close(owed, by=by, outcome=Outcome.KEPT if counts else Outcome.VOID, now=now, note=why)


def _take_over(report: Report, of: Mapping[str, Take], now: datetime) -> None:
    try:
        of[report.kind](report, now)
    except Refused:
        raise
    except Exception as problem:
        log.exception("report %s can't be taken over", report.key)
        by_hand = _("This can't be read as it was sent. Enter it on the visit by hand, then set it aside.")
        raise Refused(by_hand) from problem
