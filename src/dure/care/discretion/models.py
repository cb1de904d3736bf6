"""Contacts who aren't to be told while it holds, for instance because they are suspected of abuse."""

import uuid

from django.db import models
from django.db.models import F, Q

from dure.care.models import Contact, Recipient
from dure.offices.models import Owned
from dure.people.models import Person


class Untold(Owned):
    """From a moment on a contact is on no list, card or phone, until an officer says that it is over.

    The contact's own `untold_at` follows this row by a trigger; the reason stands here alone. It outlives the contact,
    which somebody who knows nothing of it may delete later.
    """

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    recipient = models.ForeignKey(Recipient, models.PROTECT, related_name="+")
    contact = models.ForeignKey(Contact, models.DO_NOTHING, related_name="+", db_constraint=False)
    name = models.CharField(max_length=60)
    why = models.CharField(max_length=300)
    since = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    ended_why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-since", "-id"]
        constraints = [
            models.CheckConstraint(name="untold_says_why", condition=~Q(why="")),
            models.UniqueConstraint(name="untold_once", fields=["contact"], condition=Q(ended_at=None)),
            models.CheckConstraint(
                name="untold_is_ended_by_somebody_with_a_reason",
                condition=Q(ended_at=None, ended_by=None, ended_why="")
                | Q(ended_at__gte=F("since"), ended_by__isnull=False) & ~Q(ended_why=""),
            ),
        ]
