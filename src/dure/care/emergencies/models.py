"""Looks in an emergency: who was shown whom, why, until when, and what the office found when it looked at it later."""

import uuid
from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dure.care.models import Recipient
from dure.duty.models import Duty
from dure.offices.models import Owned
from dure.people.actions import Standing
from dure.people.models import Person


class Reason(models.TextChoices):
    """What happened that somebody else's page is needed."""

    FOUND = "found", _("Somebody found the person in danger")
    CALLED = "called", _("The person, family or a neighbour called here")
    ASKED_119 = "asked_119", _("119, the police or a hospital asks")
    NOBODY = "nobody", _("Whoever is responsible can't be reached")
    DISASTER = "disaster", _("Fire, flood or another disaster")
    OTHER = "other", _("Something else")


class Finding(models.TextChoices):
    """What the office found when it looked at it afterwards."""

    JUSTIFIED = "justified", _("It was necessary")
    NOT_JUSTIFIED = "not_justified", _("It wasn't necessary")


class LookQuerySet(models.QuerySet["EmergencyLook"]):
    def seen_by(self, standing: Standing, person: int) -> "LookQuerySet":
        """Everybody sees their own, the office all."""
        mine = self.filter(office=standing.office)
        return mine if standing.organisations is None else mine.filter(by=person)

    def open_at(self, now: datetime) -> "LookQuerySet":
        """Those that show somebody at this moment."""
        return self.filter(ended_at=None, opened_at__lte=now, until__gt=now)


class EmergencyLook(Owned):
    """Somebody is shown one recipient's page for a limited time. It ends by itself at `until`, or before.

    Nothing of who, whom, why and until when is ever changed; going on takes a new one, with a new reason.
    """

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    recipient = models.ForeignKey(Recipient, models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=20, choices=Reason)
    words = models.CharField(max_length=300)
    opened_at = models.DateTimeField()
    until = models.DateTimeField()
    follows = models.OneToOneField("self", models.PROTECT, null=True, related_name="followed_by")
    ended_at = models.DateTimeField(null=True)  # before its time
    ended_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    duty = models.OneToOneField(Duty, models.PROTECT, related_name="+")  # the office looks at it afterwards
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    finding = models.CharField(max_length=20, blank=True, choices=Finding)
    follow_up = models.CharField(max_length=500, blank=True)  # what follows from it

    objects = LookQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.CheckConstraint(name="look_reason_known", condition=Q(reason__in=Reason.values)),
            models.CheckConstraint(name="look_says_why", condition=~Q(words="")),
            models.CheckConstraint(
                name="look_ends_within_a_day",
                condition=Q(until__gt=F("opened_at"), until__lte=F("opened_at") + timedelta(days=1)),
            ),
            models.CheckConstraint(
                name="look_is_ended_by_somebody",
                condition=Q(ended_at=None, ended_by=None)
                | Q(ended_at__isnull=False, ended_by__isnull=False, ended_at__gte=F("opened_at")),
            ),
            models.CheckConstraint(
                name="look_is_reviewed_with_a_finding",
                condition=Q(reviewed_at=None, reviewed_by=None, finding="", follow_up="")
                | Q(reviewed_at__isnull=False, reviewed_by__isnull=False, finding__in=Finding.values),
            ),
            models.CheckConstraint(name="look_is_reviewed_by_somebody_else", condition=~Q(reviewed_by=F("by"))),
            models.CheckConstraint(
                name="look_not_justified_says_what_follows", condition=~Q(finding="not_justified") | ~Q(follow_up="")
            ),
        ]
        indexes = [
            models.Index(name="look_open", fields=["by", "until"], condition=Q(ended_at=None)),
            models.Index(name="look_when", fields=["office", "-opened_at"]),
        ]

    @property
    def page(self) -> str:
        """Where it is looked at afterwards."""
        return f"/care/emergencies/{self.ref}/"

    def is_open(self, now: datetime) -> bool:
        """Whether it shows somebody at this moment."""
        return self.ended_at is None and self.opened_at <= now < self.until


class Guess(Owned):
    """Somebody entered a person's particulars. What was entered isn't kept: a wrong guess would be a list of names."""

    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    found = models.ForeignKey(EmergencyLook, models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(name="guess_of", fields=["by", "at"])]
