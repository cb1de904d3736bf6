"""Acting on what a phone has handed in: at once, or after the answer when a whole day without a network comes in."""

from collections.abc import Mapping
from datetime import datetime

from dure import clock
from dure.care.workers import reports as workers
from dure.duty.models import Gravity, Report
from dure.duty.reports import Envelope, Take, act_on
from dure.field import apart, phones, texted
from dure.offices.acting import acting
from dure.people.actions import standing
from dure.people.models import Device

CAN_WAIT, CANNOT = {"care.visit", "care.course"}, {Gravity.DANGER, Gravity.NO_REPLY}


def can_wait(envelope: Envelope) -> bool:
    """Whether the phone is answered first, and the watch acts on it a moment later: nobody has to go anywhere."""
    return envelope.kind in CAN_WAIT and envelope.gravity not in CANNOT


def act(report: Report, takers: Mapping[str, Take], *, ended: datetime | None, now: datetime) -> None:
    """Do what a phone's report asks for. `ended`: since when the phone shows nobody, if it was lost or taken away."""
    if report.device and phones.is_apart(report.device, ended):
        takers = apart.takers(takers)
    act_on(report, takers, by=report.by, now=now, instead=texted.instead(takers))
    if not ended:
        workers.reported(report, now=now)


def take_up(report: Report, now: datetime, takers: Mapping[str, Take]) -> None:
    """The watch found it lying: act on it as if it had just come in."""
    clock.use_zone(report.by.office.zone)
    try:
        _take_up(report, takers, now)
    finally:
        clock.use_zone(None)


def _take_up(report: Report, takers: Mapping[str, Take], now: datetime) -> None:
    ended = None
    with acting(report.office_id, report.by_id):
        if report.device_id:
            report.device = Device.objects.select_related("person__office", "phone").get(pk=report.device_id)
            ended = phones.ended_at(report.device, standing(report.device.person, clock.today()))
        act(report, takers, ended=ended, now=now)
