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
    went_as = models.UUIDField(null=True)  # the key of the bundle in which it last went out with others
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="messages")
    channel = models.CharField(max_length=20)
    address = models.CharField(max_length=200, blank=True)
    urgent = models.BooleanField(default=False)  # the urgent lane: never throttled, never bundled
    drill = models.BooleanField(default=False)
    # about something owed: a yes to it is an answer. What an older version wrote, or writes yet, always was.
    answerable = models.BooleanField(default=False, db_default=True)
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
            models.Index(name="message_bundle", fields=["went_as"], condition=Q(went_as__isnull=False)),
            models.Index(
                name="message_news",
                fields=["id"],
                condition=Q(risen_at=None) & (Q(failed_at__isnull=False) | Q(acknowledged_at__isnull=False)),
            ),
        ]


class Status(models.TextChoices):
    """What a provider says about a message it was handed."""

    ACCEPTED = "accepted"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    READ = "read"


class Receipt(Owned):
    """One thing that a provider said about a message, at a moment of the provider's own clock. Said twice, it is one.

    Receipts come late, repeated and out of order. All are kept; the moments of the message follow the newest.
    """

    message = models.ForeignKey(Message, models.PROTECT, related_name="receipts")
    status = models.CharField(max_length=10, choices=Status)
    at = models.DateTimeField()
    seq = models.BigIntegerField(null=True)  # the provider's own order, where it has one
    reason = models.CharField(max_length=200, blank=True)
    heard_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="receipt_once", fields=["message", "status", "at", "seq"], nulls_distinct=False
            ),
            models.CheckConstraint(name="receipt_status_known", condition=Q(status__in=Status.values)),
        ]


class Reply(Owned):
    """A text message that somebody sent back. Handed in twice, it is one."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    number = models.CharField(max_length=40)
    text = models.CharField(max_length=300)
    at = models.DateTimeField()  # as the provider says
    heard_at = models.DateTimeField()
    answers = models.ForeignKey(Message, models.PROTECT, null=True, related_name="replies")  # null: nothing open

    class Meta:
        constraints = [models.UniqueConstraint(name="reply_once", fields=["office", "number", "at", "text"])]
