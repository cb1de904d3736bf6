"""Somebody's ways to be reached: added, ended, and called to see whether they answer."""

from datetime import datetime, time

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L

from dure.audit.actions import note
from dure.errors import Refused
from dure.people.models import Address, Person


class Answer(models.TextChoices):
    """What came of a test call."""

    ANSWERED = "answered", L("Answered")
    NO_ANSWER = "no_answer", L("No answer")
    WRONG = "wrong", L("Wrong number")


@transaction.atomic
def add(
    person: Person,
    channel: str,
    value: str,
    *,
    by: Person,
    now: datetime,
    since: time | None = None,
    until: time | None = None,
) -> Address:
    """A further way to reach somebody, or other hours for one. One that was ended before is untested again."""
    if not person.is_active:
        raise Refused(_("%(person)s has left.") % {"person": person})
    known = Address.objects.filter(person=person, channel=channel, value=value).first()
    if known and known.dead_at is None and (known.since, known.until) == (since, until):
        raise Refused(_("%(person)s is reached in this way already.") % {"person": person})
    made = known or Address(office_id=person.office_id, person=person, channel=channel, value=value)
    did = "added an address" if made.pk is None or made.dead_at else "changed the hours of an address"
    if made.dead_at:
        made.dead_at, made.dead_why, made.tested_at, made.unanswered_at = None, "", None, None
    made.since, made.until = since, until
    made.save()
    note(at=now, who=by, did=did, about=person, why=channel)
    return made


@transaction.atomic
def end(address: Address, *, by: Person, now: datetime) -> None:
    """This number or address isn't used any more: nobody is told there."""
    address.dead_at, address.dead_why = now, Address.Dead.ENDED
    address.save(update_fields=["dead_at", "dead_why"])
    note(at=now, who=by, did="ended an address", about=address.person, why=address.channel)


@transaction.atomic
def called(address: Address, answer: Answer, *, by: Person, now: datetime) -> None:
    """A test call was made. A number that answers works again; a wrong one is used no more until it does."""
    if address.dead_why == Address.Dead.ENDED:
        raise Refused(_("This number isn't used any more. Add it again first."))
    if answer == Answer.NO_ANSWER:
        address.unanswered_at = now
    else:
        wrong = answer == Answer.WRONG
        address.tested_at, address.unanswered_at = now, None
        address.dead_at, address.dead_why = (now, Address.Dead.WRONG) if wrong else (None, "")
    address.save(update_fields=["tested_at", "unanswered_at", "dead_at", "dead_why"])
    note(at=now, who=by, did="tested a number", about=address.person, why=f"{address.channel} {answer.value}")
