"""Accounts: a log-in for somebody who works here, and its end when they leave. The record stays."""

import secrets
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from dure import clock
from dure.audit.actions import note
from dure.errors import Refused
from dure.people.models import Device, Membership, Person


@transaction.atomic
def give_login(person: Person, username: str, *, by: Person, now: datetime) -> str:
    """Give somebody a log-in, or a new password: it is shown once, and changed by them before anything else."""
    username = username.replace("\x00", "").strip() or person.username
    if Person.objects.exclude(pk=person.pk).filter(username=username).exists():
        raise Refused(_("This log-in name is taken. Choose another one."))
    if not person.is_active:
        raise Refused(_("%(person)s has left.") % {"person": person})
    password = secrets.token_urlsafe(9)
    person.username = username[:60]
    person.set_password(password)
    person.password_given_at = clock.real()
    try:
        with transaction.atomic():
            person.save(update_fields=["username", "password", "password_given_at"])
    except IntegrityError as taken:  # in another office, whose people aren't ours to see
        raise Refused(_("This log-in name is taken. Choose another one.")) from taken
    note(at=now, who=by, did="gave a log-in", about=person)
    return password


@transaction.atomic
def leave(person: Person, *, by: Person, now: datetime) -> None:
    """Somebody leaves: no log-in, no roster and no phone any more from this moment; what they did stays."""
    if person.pk == by.pk:
        raise Refused(_("Somebody else has to end your own account."))
    Person.objects.filter(pk=person.pk, left_at=None).update(left_at=now)
    today = clock.local(now).date()
    held = Membership.objects.filter(Q(until=None) | Q(until__gt=today), person=person)
    held.update(until=Greatest(F("since"), Value(today)))
    Device.objects.filter(person=person, revoked_at=None).update(revoked_at=now)
    note(at=now, who=by, did="left", about=person)
