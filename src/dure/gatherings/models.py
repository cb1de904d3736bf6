"""Meetings, training and circulars: who was asked, who came, what was agreed, who has read it."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dure.duty.models import Duty
from dure.files.models import Content
from dure.offices.models import Owned
from dure.people.actions import Standing
from dure.people.models import Organisation, Person


class Kind(models.TextChoices):
    """What people come together for."""

    MEETING = "meeting", _("Meeting")
    TRAINING = "training", _("Training")


class GatheringQuerySet(models.QuerySet["Gathering"]):
    def seen_by(self, standing: Standing) -> "GatheringQuerySet":
        """Those to which the own agency is invited, or all of the office."""
        mine = self.filter(office=standing.office)
        if standing.organisations is None:
            return mine
        invited = Invitation.objects.filter(organisation__in=standing.organisations)
        return mine.filter(pk__in=invited.values("gathering"))


class Gathering(Owned):
    """People of several agencies come together at a time.

    There is no status column: it is to come until it has minutes or was cancelled.
    """

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    programme = models.CharField(max_length=20)
    kind = models.CharField(max_length=20, choices=Kind)
    title = models.CharField(max_length=100)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place = models.CharField(max_length=200, blank=True)
    agenda = models.TextField(max_length=5000, blank=True)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()  # whoever saves a page that was opened before this is told so
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    minutes = models.TextField(max_length=20000, blank=True)
    minuted_at = models.DateTimeField(null=True)
    minuted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    cancelled_why = models.CharField(max_length=200, blank=True)

    objects = GatheringQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="gathering_ends_after_it_begins", condition=Q(ends_at__gt=F("begins_at"))),
            models.CheckConstraint(name="gathering_kind_known", condition=Q(kind__in=Kind.values)),
            models.CheckConstraint(
                name="gathering_minutes_are_somebodys",
                condition=Q(minuted_at=None, minuted_by=None) | Q(minuted_at__isnull=False, minuted_by__isnull=False),
            ),
            models.CheckConstraint(
                name="gathering_is_cancelled_by_somebody",
                condition=Q(cancelled_at=None, cancelled_by=None)
                | Q(cancelled_at__isnull=False, cancelled_by__isnull=False),
            ),
            models.CheckConstraint(
                name="gathering_was_held_or_cancelled", condition=Q(minuted_at=None) | Q(cancelled_at=None)
            ),
        ]
        indexes = [models.Index(name="gathering_of", fields=["office", "-begins_at"])]

    def __str__(self) -> str:
        return self.title


class Invitation(Owned):
    """An agency that is asked to come."""

    gathering = models.ForeignKey(Gathering, models.PROTECT, related_name="invitations")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(name="invitation_once", fields=["gathering", "organisation"])]


class Attendance(Owned):
    """Somebody came: one of ours, or a guest by name."""

    gathering = models.ForeignKey(Gathering, models.PROTECT, related_name="attendances")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    guest = models.CharField(max_length=100, blank=True)
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="attendance_once", fields=["gathering", "person", "guest"], nulls_distinct=False
            ),
            models.CheckConstraint(
                name="attendance_is_of_one",
                condition=Q(person__isnull=False, guest="") | (Q(person=None) & ~Q(guest="")),
            ),
        ]


class Agreed(Owned):
    """What was agreed at a gathering, by whom it is done and by when: owed until somebody says that it is done.

    Every agency invited sees how it stands; the duty behind it only whose task it is.
    """

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    gathering = models.ForeignKey(Gathering, models.PROTECT, related_name="agreed")
    what = models.CharField(max_length=300)
    owner = models.ForeignKey(Person, models.PROTECT, related_name="+")
    due_on = models.DateField()
    duty = models.OneToOneField(Duty, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    dropped = models.BooleanField(default=False)  # no longer needed, or entered by mistake: not done
    said = models.CharField(max_length=300, blank=True)  # what came of it

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                name="agreed_is_ended_by_somebody",
                condition=Q(ended_at=None, ended_by=None, dropped=False)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
            models.CheckConstraint(name="agreed_dropped_says_why", condition=Q(dropped=False) | ~Q(said="")),
        ]


class CircularQuerySet(models.QuerySet["Circular"]):
    def seen_by(self, standing: Standing) -> "CircularQuerySet":
        """Those that the own agency got, or all of the office."""
        mine = self.filter(office=standing.office)
        if standing.organisations is None:
            return mine
        got = Copy.objects.filter(organisation__in=standing.organisations)
        return mine.filter(pk__in=got.values("circular"))


class Circular(Owned):
    """Something that every agency addressed has to know, and says that it does."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    programme = models.CharField(max_length=20)
    title = models.CharField(max_length=100)
    text = models.TextField(max_length=20000)
    answer_by = models.DateField()
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(Person, models.PROTECT, related_name="+")

    objects = CircularQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(name="circular_of", fields=["office", "-sent_at"])]

    def __str__(self) -> str:
        return self.title


class Copy(Owned):
    """A circular as one agency got it: owed until somebody there has acknowledged it."""

    circular = models.ForeignKey(Circular, models.PROTECT, related_name="copies")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    duty = models.OneToOneField(Duty, models.PROTECT, related_name="+")
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    excused_at = models.DateTimeField(null=True)  # an officer says that it needn't be acknowledged any more
    excused_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    why = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="copy_once", fields=["circular", "organisation"]),
            models.CheckConstraint(
                name="copy_excused_says_why",
                condition=Q(excused_at=None, excused_by=None)
                | (Q(excused_at__isnull=False, excused_by__isnull=False, acknowledged_at=None) & ~Q(why="")),
            ),
            models.CheckConstraint(
                name="copy_is_acknowledged_by_somebody",
                condition=Q(acknowledged_at=None, acknowledged_by=None)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
            ),
        ]


class Material(Owned):
    """A file that belongs to a gathering or to a circular."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    gathering = models.ForeignKey(Gathering, models.PROTECT, null=True, related_name="material")
    circular = models.ForeignKey(Circular, models.PROTECT, null=True, related_name="material")
    content = models.ForeignKey(Content, models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["added_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="material_belongs_to_one",
                condition=Q(gathering=None, circular__isnull=False) | Q(gathering__isnull=False, circular=None),
            )
        ]
