"""Who else than the providers works with personal data for the office: the message relay, who hosts the server."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dure.offices.models import Owned
from dure.people.models import Person


class Task(models.TextChoices):
    """What for."""

    MESSAGES = "messages", _("Sending messages")
    HOSTING = "hosting", _("Running the server")
    MAINTENANCE = "maintenance", _("Maintaining the software")
    OTHER = "other", _("Other work")


class Processor(Owned):
    """An agency that works with personal data for the office, from a day on; at the end they are destroyed."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=100)
    task = models.CharField(max_length=20, choices=Task)
    what = models.CharField(max_length=200, blank=True)  # in a few words
    items = models.CharField(max_length=300)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    trained_on = models.DateField(null=True, blank=True)
    destroyed_on = models.DateField(null=True, blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["name", "since"]
        constraints = [
            models.CheckConstraint(name="processor_task_known", condition=Q(task__in=Task.values)),
            models.CheckConstraint(name="processor_has_a_name_and_items", condition=~Q(name="") & ~Q(items="")),
            models.CheckConstraint(
                name="processor_ends_after_it_begins", condition=Q(until=None) | Q(until__gte=F("since"))
            ),
            models.CheckConstraint(
                name="processor_destroys_at_the_end",
                condition=Q(destroyed_on=None) | Q(until__isnull=False, destroyed_on__gte=F("since")),
            ),
        ]
