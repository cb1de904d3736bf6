"""Referrals both ways: another agency asks us and is owed an answer; we ask another and are owed one."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dure.audit.actions import note
from dure.care.support import waiting as waits
from dure.care.support.models import Referral, Source, Waiting
from dure.care.support.owing import done, open_one, owed_by_dong, today
from dure.duty.opening import Owed
from dure.errors import Refused
from dure.people.models import Person

LONGEST = timedelta(days=92)
WE_OWE = gettext_noop("%(agency)s has asked about somebody in %(dong)s and waits for our answer by %(day)s.")
THEY_OWE = gettext_noop("%(agency)s hasn't answered yet about somebody in %(dong)s: ask again, or find another agency.")


@transaction.atomic
def receive(referral: Referral, waiting: Waiting, *, by: Person, now: datetime) -> Referral:
    """Another agency asks us to look after somebody: they wait from now on, and the agency is owed an answer."""
    _check(referral, now)
    waiting.source, waiting.since = Source.AGENCY, referral.asked_on
    referral.waiting = waits.enter(waiting, by=by, now=now)
    referral.way, referral.area = Referral.Way.IN, waiting.area
    return _keep(referral, WE_OWE, by, now)


@transaction.atomic
def send(referral: Referral, *, by: Person, now: datetime) -> Referral:
    """We ask another agency about a recipient or somebody who waits; it owes an answer by a day."""
    _check(referral, now)
    if referral.recipient and referral.recipient.ended_on:
        raise Refused(_("Meals have ended here: nothing is asked about this person any more."))
    referral.way = Referral.Way.OUT
    about = referral.waiting or referral.recipient
    if about is None:
        raise Refused(_("Say whom it is about."))
    referral.area = about.area if isinstance(about, Waiting) else about.place.area
    return _keep(referral, THEY_OWE, by, now)


def _check(referral: Referral, now: datetime) -> None:
    day = today(now)
    if referral.asked_on > day:
        raise Refused(_("This day is still to come. Look at the day on which it was asked."))
    if not referral.asked_on <= referral.answer_by <= day + LONGEST:
        raise Refused(_("The answer is owed by a day within three months, and not before it was asked."))


def _keep(referral: Referral, what: str, by: Person, now: datetime) -> Referral:
    referral.entered_at, referral.entered_by = now, by
    referral.duty = open_one(referral.office_id, _owed(referral, what, referral.answer_by, now), by=by, now=now)
    referral.save(force_insert=True)
    note(at=now, who=by, did=f"referral {referral.way}", about=referral)
    return referral


def _owed(referral: Referral, what: str, on: date, now: datetime) -> Owed:
    """Owed about the recipient, where there is one: with the meals it ends by itself."""
    about = referral.recipient.ref if referral.recipient else referral.ref
    return owed_by_dong(
        "answer", what, on=on, page=f"/care/support/asked/{referral.ref}/", about=about, area=referral.area, now=now,
        agency=referral.agency, day=str(referral.answer_by),
    )  # fmt: skip


@transaction.atomic
def answer(
    referral: Referral, given: Referral.Answer, *, spoke_with: str, said: str, by: Person, now: datetime
) -> None:
    """The answer of ours to who asked, or of whom we have asked; kept with who spoke to whom."""
    locked = Referral.objects.select_for_update(no_key=True, of=("self",)).select_related("duty")
    referral = locked.get(pk=referral.pk)
    if referral.answered_at:
        raise Refused(_("This was answered already."))
    if not spoke_with.strip():
        raise Refused(_("Say with whom of the agency you spoke."))
    if given == Referral.Answer.REFUSED and not said.strip():
        raise Refused(_("Say why it was refused."))
    if given == Referral.Answer.WAITING and referral.way == Referral.Way.OUT:
        raise Refused(_("On our waiting list nobody is put by another agency. Choose accepted or refused."))
    referral.answer, referral.answered_at, referral.answered_by = given, now, by
    referral.spoke_with, referral.said = spoke_with.strip()[:60], said.strip()[:300]
    referral.save(update_fields=["answer", "answered_at", "answered_by", "spoke_with", "said"])
    done(referral.duty, by=by, now=now, note=given)
    note(at=now, who=by, did=f"answered: {given}", about=referral)
