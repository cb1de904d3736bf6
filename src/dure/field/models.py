"""How a worker's phone becomes known, what it may read and what it last said; what a phone hands in that was lost."""

from django.db import models
from django.db.models import F, Q

from dure.duty.models import Report
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


class Phone(Owned):
    """What a phone may read, and what it last said of itself.

    Its two keys are kept as hashes: the device's hands in, this one reads. A phone from before there were two reads
    with the one it has until its owner has chosen a PIN.
    """

    class Wiped(models.TextChoices):
        PINS = "pins", "too many wrong PINs"  # what is unsent is still on it
        GONE = "gone", "the browser has lost its storage"
        ANEW = "anew", "another phone was made known in its place"
        ENDED = "ended", "taken away, and everything handed in"

    device = models.OneToOneField(Device, models.PROTECT, related_name="phone")
    two_keys = models.BooleanField(default=False)
    read_sha256 = models.CharField(max_length=64, blank=True)
    replaced_by = models.ForeignKey(Device, models.PROTECT, null=True, related_name="+")  # the same phone, a new code
    version = models.CharField(max_length=40, blank=True)
    unsent = models.PositiveIntegerField(null=True)
    unsent_since = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    wiped_at = models.DateTimeField(null=True)
    wiped_why = models.CharField(max_length=10, blank=True, choices=Wiped)
    lost = models.PositiveIntegerField(null=True)  # how many reports had not arrived then

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="phone_reads_with_a_key_of_its_own", condition=Q(read_sha256="") | Q(two_keys=True)
            ),
            models.CheckConstraint(
                name="phone_unsent_since_when", condition=Q(unsent_since=None) | Q(unsent__gt=0, told_at__isnull=False)
            ),
            models.CheckConstraint(
                name="phone_wiped_for_a_reason",
                condition=Q(wiped_at=None, wiped_why="", lost=None)
                | Q(wiped_at__isnull=False, wiped_why__in=["pins", "gone", "anew", "ended"], lost__isnull=False),
            ),
            models.CheckConstraint(
                name="phone_wiped_reads_nothing", condition=Q(wiped_at=None) | Q(read_sha256="", two_keys=True)
            ),
        ]


class SetApart(Owned):
    """A report of a phone that was lost or taken away: kept, and it counts for nothing until a person says so."""

    report = models.OneToOneField(Report, models.PROTECT, related_name="apart")
    at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    counts = models.BooleanField(null=True)
    why = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="set_apart_until_a_person_decides",
                condition=Q(decided_at=None, decided_by=None, counts=None)
                | Q(decided_at__isnull=False, decided_by__isnull=False, counts__isnull=False),
            ),
            models.CheckConstraint(
                name="set_aside_for_a_reason", condition=Q(counts=None) | Q(counts=True) | ~Q(why="")
            ),
        ]
