"""The record: who did what about what, when. Refs and verbs, never values; nobody can change or delete a line.

Values before and after are kept apart from it, and go when their time is over.
"""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.db import models
from django.db.models import Func, Q, Value
from django.utils.translation import gettext_lazy as _


class CurrentTransaction(Func):
    """The number of the running transaction: the sealer waits until all below it have ended."""

    template = "(pg_current_xact_id()::text::bigint)"
    output_field = models.BigIntegerField()


class Seal(models.Model):
    """A link of the hash chain over lines of the record. A changed line no longer fits its seal."""

    at = models.DateTimeField()
    lines = models.IntegerField()
    previous = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64, unique=True)


class Entry(models.Model):
    """One line of the record."""

    office_id = models.BigIntegerField()
    at = models.DateTimeField()
    who_id = models.BigIntegerField(null=True)  # a person's id; null: the product itself
    did = models.CharField(max_length=40)
    about = models.CharField(max_length=80)  # kind and ref, e.g. "duty 6f1c…"
    why = models.CharField(max_length=200, blank=True)  # a code or a ref, or why somebody took something along
    source = models.CharField(max_length=45, blank=True, db_default="")  # the network address it came from
    whose = ArrayField(
        models.UUIDField(), default=list, db_default=Value("{}"), blank=True
    )  # refs of those whose data were shown
    xact = models.BigIntegerField(db_default=CurrentTransaction())
    seal = models.ForeignKey(Seal, models.PROTECT, null=True, related_name="entries")

    class Meta:
        indexes = [
            models.Index(name="audit_unsealed", fields=["id"], condition=Q(seal=None)),
            models.Index(name="audit_about", fields=["about", "id"]),
            models.Index(name="audit_who", fields=["who_id", "at"]),
            models.Index(name="audit_when", fields=["office_id", "at"]),
            GinIndex(name="audit_whose", fields=["whose"], condition=~Q(whose=[])),
        ]


class Review(models.Model):
    """Somebody has looked through a month's looks and signed. It stays as it was signed."""

    office_id = models.BigIntegerField()
    month = models.DateField()  # its first day
    by_id = models.BigIntegerField()
    at = models.DateTimeField()
    remark = models.CharField(max_length=500)

    class Meta:
        constraints = [models.UniqueConstraint(name="review_once_a_month", fields=["office_id", "month"])]


class Change(models.Model):
    """What one statement changed in the rows of a table: the values before and after, of what changed alone.

    The data base writes it, for every way in which rows are changed. Many rows in which one statement changed the same
    columns share a line, by the thousand: `before["phone"]` has a value for each of `rows`, in order. Of a row that was
    added or deleted all of it stands under `*`.
    """

    class Did(models.TextChoices):
        ADDED = "added", _("added")
        CHANGED = "changed", _("changed")
        DELETED = "deleted", _("deleted")

    office_id = models.BigIntegerField()
    at = models.DateTimeField()  # the machine's own time
    who_id = models.BigIntegerField(null=True)  # a person's id; null: the product itself
    did = models.CharField(max_length=10, choices=Did)
    kind = models.CharField(max_length=63)  # the table
    slot = models.BigIntegerField()  # where it is found: the row's number; of many, -1 - number // 1000
    rows = ArrayField(models.BigIntegerField())
    before = models.JSONField()
    after = models.JSONField()
    xact = models.BigIntegerField(db_default=CurrentTransaction())  # the same as that of the lines of the record

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="change_says_what_was_done", condition=Q(did__in=["added", "changed", "deleted"])
            ),
            models.CheckConstraint(name="change_is_of_some_row", condition=~Q(rows=[])),
        ]
        indexes = [
            models.Index(name="change_of_a_row", fields=["kind", "slot", "id"]),
            BrinIndex(name="change_when", fields=["at"]),
        ]

    def of(self, row: int) -> dict[str, tuple[Any, Any]]:
        """The values before and after of one of its rows, by column."""
        n = self.rows.index(row)
        before, after = ({key: all_[n] for key, all_ in kept.items()} for kept in (self.before, self.after))
        before, after = before.get("*", before), after.get("*", after)
        return {key: (before.get(key), after.get(key)) for key in before | after}
