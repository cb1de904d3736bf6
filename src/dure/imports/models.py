"""Lists that came in as files: what was read, how its columns were matched, and what became of each row."""

import uuid

from django.db import models
from django.db.models import F, Q

from dure.offices.models import Owned
from dure.people.models import Organisation, Person
from dure.sealing.fields import SealedBytes, SealedJSON


class Asked(models.TextChoices):
    """What somebody asked to be done with a list."""

    APPLY = "apply"
    UNDO = "undo"


class Upload(Owned):
    """One file on its way in: read, matched, looked at, applied, perhaps undone.

    `tables` is what was read from it, not the file: comments, pictures, macros and resident registration
    numbers are never kept.
    """

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=40)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    tables = SealedBytes()
    blotted = models.JSONField(default=list)  # where resident registration numbers stood: [sheet, cell]
    sheet = models.PositiveSmallIntegerField(default=0)
    header_first = models.PositiveIntegerField(null=True)
    header_last = models.PositiveIntegerField(null=True)
    mapping = models.JSONField(default=dict)  # index of the column -> key
    applied_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(null=True)  # somebody asked for this, and it hasn't ended yet
    asked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    asked_for = models.CharField(max_length=10, blank=True, choices=Asked, default="", db_default="")
    digest = models.CharField(
        max_length=40, blank=True, default="", db_default=""
    )  # what was looked at before applying was asked for
    whole = models.BooleanField(default=False, db_default=False)  # all rows or none
    stopped_at = models.DateTimeField(null=True)  # what was asked for last came to nothing
    stopped_why = models.CharField(max_length=500, blank=True, default="", db_default="")  # in words for who asked
    forgotten_at = models.DateTimeField(null=True)  # the values are gone, the counts stay

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="upload_is_applied_before_it_is_undone",
                condition=Q(undone_at=None) | Q(applied_at__isnull=False, undone_by__isnull=False),
            ),
            models.CheckConstraint(
                name="upload_asked_says_by_whom_and_for_what",
                condition=Q(asked_at=None) | Q(asked_by__isnull=False, asked_for__in=Asked.values),
            ),
            models.CheckConstraint(
                name="upload_header_ends_after_it_begins",
                condition=Q(header_first=None, header_last=None) | Q(header_last__gte=F("header_first")),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RememberedMapping(Owned):
    """What a header of this provider's lists means: which column, or none (an empty key)."""

    kind = models.CharField(max_length=40)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    header = models.CharField(max_length=200)
    column = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="header_means_one_thing",
                fields=["office", "kind", "organisation", "header"],
                nulls_distinct=False,
            ),
        ]


class Action(models.TextChoices):
    """What became of a row."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


class Change(Owned):
    """What one row of an applied list did, with the values before and after, so that it can be taken back."""

    upload = models.ForeignKey(Upload, models.PROTECT, related_name="changes")
    row = models.PositiveIntegerField()
    action = models.CharField(max_length=10, choices=Action)
    subject = models.CharField(max_length=80, blank=True)  # as the record names it: "recipient 6f1c…"
    before = SealedJSON(default=dict)
    after = SealedJSON(default=dict)
    wrong = models.JSONField(default=list)  # [column, message id, values]
    undone_at = models.DateTimeField(null=True)
    stays = models.JSONField(default=list)  # why undoing left it as it is: [message id, values]

    class Meta:
        ordering = ["row", "id"]
        constraints = [
            models.UniqueConstraint(name="change_once_per_row", fields=["upload", "row"]),
            models.CheckConstraint(name="change_action_known", condition=Q(action__in=[a for a in Action.values])),
            models.CheckConstraint(
                name="change_says_of_whom_or_why_not",
                condition=(Q(action="refused", subject="") & ~Q(wrong=[])) | (~Q(action="refused") & ~Q(subject="")),
            ),
            models.CheckConstraint(
                name="change_undone_is_one_that_was_made",
                condition=Q(undone_at=None) | Q(action__in=["added", "updated"]),
            ),
        ]
