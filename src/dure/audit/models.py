"""The record: who did what about what, when. Refs and verbs, never values; nobody can change or delete a line."""

from django.db import models
from django.db.models import Func, Q


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
    why = models.CharField(max_length=80, blank=True)  # a code or a ref, never a value
    xact = models.BigIntegerField(db_default=CurrentTransaction())
    seal = models.ForeignKey(Seal, models.PROTECT, null=True, related_name="entries")

    class Meta:
        indexes = [
            models.Index(name="audit_unsealed", fields=["id"], condition=Q(seal=None)),
            models.Index(name="audit_about", fields=["about", "id"]),
        ]
