"""How a worker's phone becomes known: a code that works once, for half an hour."""

from django.db import models
from django.db.models import F, Q

from dure.offices.models import Owned
from dure.people.models import Device, Person


class Enrolment(Owned):
    """A code with which one phone gets its key. Kept as a hash; works once; void when a newer one is made."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="enrolments")
    code_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    good_until = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    device = models.OneToOneField(Device, models.PROTECT, null=True, related_name="enrolment")

    class Meta:
        constraints = [
            models.CheckConstraint(name="enrolment_ends_after_it_begins", condition=Q(good_until__gt=F("made_at"))),
            models.CheckConstraint(
                name="enrolment_used_by_a_phone",
                condition=Q(used_at=None, device=None) | Q(used_at__isnull=False, device__isnull=False),
            ),
        ]
