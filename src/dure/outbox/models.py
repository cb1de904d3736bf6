"""Messages owed: written in the same transaction as their cause, sent by the sender, kept as they were sent."""

import uuid

from django.db import models
from django.db.models import Q

from dure.offices.models import Owned
from dure.people.models import Person

UNTRIED = Q(try_at__isnull=False, sent_at=None, failed_at=None, withdrawn_at=None)
ENDED = Q(try_at=None) & (Q(sent_at__isnull=False) | Q(failed_at__isnull=False) | Q(withdrawn_at__isnull=False))


class Message(Owned):
    """One message to one address.

    There is no status column. A message is owed as long as it has a `try_at`; then it was sent, failed for good or
    was withdrawn. What became of a sent one (delivered, seen, failed after all) comes back as further moments.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)  # the same key is never counted twice
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="messages")
    channel = models.CharField(max_length=20)
    address = models.CharField(max_length=200, blank=True)
    urgent = models.BooleanField(default=False)  # the urgent lane: never throttled, never bundled
    drill = models.BooleanField(default=False)
    template = models.CharField(max_length=300)  # message id of the text
    values = models.JSONField(default=dict)
    language = models.CharField(max_length=10, default="ko")
    page = models.CharField(max_length=200, blank=True)  # where to act
    text = models.TextField(blank=True)  # as sent
    created_at = models.DateTimeField()
    try_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)  # more than one: marked as sent again
    stale_at = models.DateTimeField(null=True)  # from here on it isn't sent any more as if it were new
    leased_until = models.DateTimeField(null=True)  # machine time: another sender has it in hand
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    risen_at = models.DateTimeField(null=True)  # its cause has read what became of it
    why = models.CharField(max_length=200, blank=True)  # why it failed

    class Meta:
        constraints = [
            models.CheckConstraint(name="message_is_owed_or_ended", condition=UNTRIED | ENDED),
            models.CheckConstraint(
                name="message_sent_is_kept_as_sent",
                condition=Q(sent_at=None) | ~Q(text="") | Q(channel="screen"),
            ),
        ]
        indexes = [
            models.Index(name="message_try", fields=["-urgent", "try_at"], condition=Q(try_at__isnull=False)),
            models.Index(name="message_of", fields=["person", "-id"]),
            models.Index(
                name="message_news",
                fields=["id"],
                condition=Q(risen_at=None) & (Q(failed_at__isnull=False) | Q(acknowledged_at__isnull=False)),
            ),
        ]
