"""The canary: trial messages through the real outbox and the real carriers, to numbers that belong to nobody we serve.

If one doesn't go out within five minutes, messages to people don't either: a fault that is told outside, and a banner.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils.translation import gettext_noop

from dure import clock
from dure.health.actions import beat, fault, mend_but, mended
from dure.offices.models import Office
from dure.outbox.actions import owe, withdraw
from dure.outbox.models import Message

PREFIX = "canary "
TRIAL = gettext_noop("[Trial] Messages go out. You need do nothing.")
NOT_THROUGH = gettext_noop("The trial message (%(channel)s) of %(time)s did not go out. Tell people by phone.")
WITHIN, AGAIN = timedelta(minutes=5), timedelta(hours=1)
NINE = time(9)
NOBODY = {"sms": "file", "email": "file@localhost"}  # into the file carrier's own box


@dataclass(frozen=True)
class Trial:
    """One address that is tried again and again: every hour, or once a day at nine."""

    channel: str
    address: str
    daily: bool = False

    @property
    def name(self) -> str:
        """How its sign of life and its fault are called."""
        return f"{PREFIX}{self.channel}{' daily' if self.daily else ''}"

    def since(self, now: datetime) -> datetime:
        """From when on the last try counts: an older one is to be repeated."""
        if not self.daily:
            return now - AGAIN
        here = clock.local(now)
        nine = datetime.combine(here.date(), NINE, here.tzinfo)
        return nine if nine <= here else nine - timedelta(days=1)


def trials(carriers: Mapping[str, str], hourly: Mapping[str, str], daily: Mapping[str, str]) -> list[Trial]:
    """What is tried: each channel where an address is named for it, or into the file where it goes there anyhow."""
    own = {channel: NOBODY[channel] for channel, carrier in carriers.items() if carrier == "file"}
    chosen = [Trial(channel, to) for channel, to in (own | dict(hourly)).items() if channel in carriers]
    return chosen + [Trial(channel, to, daily=True) for channel, to in daily.items() if channel in carriers]


def try_all(tried: Iterable[Trial], *, now: datetime, real: datetime) -> None:
    """Look what became of the last trial messages, and owe those whose time has come.

    What was wrong with a trial that isn't asked for any more is over.
    """
    tried = list(tried)
    mend_but({trial.name for trial in tried}, PREFIX, now=now)
    office = Office.objects.order_by("pk").first()
    if office is None:
        return  # nothing is set up yet
    for trial in tried:
        sent = Message.objects.filter(person=None, template=TRIAL, channel=trial.channel, address=trial.address)
        last = sent.order_by("-id").first()
        failed = last is not None and _look(trial, last, now=now, real=real)
        counts = last is not None and trial.since(now) <= last.created_at <= now + WITHIN  # none still to come
        if last is None or not counts or (failed and now - last.created_at >= WITHIN):
            _owe(trial, office, now)


def _look(trial: Trial, last: Message, *, now: datetime, real: datetime) -> bool:
    """Whether the last trial failed, or waits for too long. One that went out is a sign of life."""
    went_out = last.sent_at is not None and last.failed_at is None
    if went_out and last.risen_at is None:
        beat(trial.name, real=real, clock_at=now, every=int(AGAIN.total_seconds()))
        mended(trial.name, now=now)
        Message.objects.filter(pk=last.pk).update(risen_at=now)  # read, once
    waits = last.try_at is not None and now - last.created_at >= WITHIN
    if not went_out and (waits or last.try_at is None):
        withdraw([last.pk], now=now)
        values = {"channel": trial.channel, "time": clock.format_moment(last.created_at)}
        fault(trial.name, NOT_THROUGH, values, now=now, outside=True)
        return True
    return False


def _owe(trial: Trial, office: Office, now: datetime) -> None:
    message = Message(
        office=office, channel=trial.channel, address=trial.address, urgent=True, template=TRIAL, created_at=now,
        try_at=now,
    )  # fmt: skip
    owe([message])
