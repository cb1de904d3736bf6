"""A recipient asks what is held of them, or that it be corrected or deleted: received, answered by a day."""

import uuid
from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dure.care.models import Recipient
from dure.duty.models import Duty
from dure.offices.models import Owned
from dure.people.actions import Standing
from dure.people.models import Person


class Kind(models.TextChoices):
    """What is asked for."""

    SEE = "see", _("To see what is held")
    CORRECT = "correct", _("To have something corrected")
    DELETE = "delete", _("To have something deleted")


class By(models.TextChoices):
    """Who asks."""

    SELF = "self", _("The recipient")
    GUARDIAN = "guardian", _("A legal guardian")
    AGENT = "agent", _("Somebody with a power of attorney")


class Granted(models.TextChoices):
    """What came of it."""

    ALL = "all", _("Done")
    PART = "part", _("Done in part")
    NONE = "none", _("Refused")


class RequestQuerySet(models.QuerySet["Request"]):
    def seen_by(self, standing: Standing) -> "RequestQuerySet":
        """The office's alone: what is asked may be about a provider or a centre."""
        mine = self.filter(office=standing.office)
        return mine if standing.organisations is None else mine.none()


class Request(Owned):
    """One request of a recipient, or for one. It is open until somebody answers it; what was refused says why."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    recipient = models.ForeignKey(Recipient, models.PROTECT, related_name="requests")
    kind = models.CharField(max_length=10, choices=Kind)
    by = models.CharField(max_length=10, choices=By)
    name = models.CharField(max_length=60, blank=True)  # of a guardian or an agent
    checked = models.CharField(max_length=200)  # how we know who it is
    what = models.TextField(max_length=2000, blank=True)
    received_on = models.DateField()
    answer_by = models.DateField()
    duty = models.OneToOneField(Duty, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    granted = models.CharField(max_length=10, blank=True, choices=Granted)
    done = models.TextField(max_length=2000, blank=True)  # what was handed over, corrected or deleted
    refused_why = models.CharField(max_length=500, blank=True)
    answered_on = models.DateField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    objects = RequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="request_kind_known", condition=Q(kind__in=Kind.values)),
            models.CheckConstraint(name="request_by_known", condition=Q(by__in=By.values)),
            models.CheckConstraint(name="request_granted_known", condition=Q(granted__in=["", *Granted.values])),
            models.CheckConstraint(name="request_says_how_it_was_checked_who_asks", condition=~Q(checked="")),
            models.CheckConstraint(name="request_for_another_names_who_asks", condition=Q(by="self") | ~Q(name="")),
            models.CheckConstraint(name="request_to_change_says_what", condition=Q(kind="see") | ~Q(what="")),
            models.CheckConstraint(
                name="request_is_answered_after_it_came", condition=Q(answer_by__gte=F("received_on"))
            ),
            models.CheckConstraint(
                name="request_is_answered_by_somebody",
                condition=Q(answered_at=None, answered_by=None, answered_on=None, granted="", done="", refused_why="")
                | (Q(answered_at__isnull=False, answered_by__isnull=False, answered_on__isnull=False) & ~Q(granted="")),
            ),
            models.CheckConstraint(
                name="request_refused_says_why", condition=Q(granted__in=["", "all"]) | ~Q(refused_why="")
            ),
            models.CheckConstraint(
                name="request_granted_says_what_was_done", condition=Q(granted__in=["", "none"]) | ~Q(done="")
            ),
        ]
        indexes = [models.Index(name="request_of", fields=["office", "-received_on"])]

    @property
    def page(self) -> str:
        """Where to act on it."""
        return f"/care/requests/{self.ref}/"

    def is_late(self, today: date) -> bool:
        """Whether its answer is overdue."""
        return self.answered_at is None and self.answer_by < today
