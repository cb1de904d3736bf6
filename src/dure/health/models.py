"""What of the system a person must mend, and what shows that its processes live."""

from django.db import models
from django.db.models import Q

from dure.offices.models import Office


class Fault(models.Model):
    """Something of the system that a person must mend: an empty roster, a dead number, a report not understood."""

    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+")  # null: the whole installation
    key = models.CharField(max_length=200)  # the same fault again counts up, it makes no new row
    what = models.CharField(max_length=200)  # message id of a sentence
    values = models.JSONField(default=dict)
    outside = models.BooleanField(default=False)  # also told to the address outside
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    times = models.IntegerField(default=1)
    told_outside_at = models.DateTimeField(null=True)
    mended_at = models.DateTimeField(null=True)
    mended_by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="fault_open_once",
                fields=["office", "key"],
                condition=Q(mended_at=None),
                nulls_distinct=False,
            ),
        ]
        indexes = [models.Index(name="fault_key", fields=["office", "key"])]  # also what is mended: the auditor's


class Beat(models.Model):
    """The last sign of life of a process. `at` is the machine's time, `clock_at` the office's."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()
    clock_at = models.DateTimeField()
    every = models.IntegerField(default=5)  # seconds within which the next beat is due
