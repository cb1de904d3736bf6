"""The kernel: a duty that only a person can end, its ladder, who was told, who has it, and what was reported."""

import uuid
from datetime import UTC, datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dure.offices.models import Owned
from dure.outbox.models import Message
from dure.people.actions import Standing
from dure.people.models import Device, Organisation, Person
from dure.places.models import Area


class Ladder(Owned):
    """One version of the order in which people are told. A version is never changed: a new one takes its place.

    `rungs` is a list of {"who": answers_for, "of": "organisation" | "area" | "office", or "roster": id, or
    "person": id; "wait": seconds, "channels": [..]}. An empty list of channels means every channel.
    """

    name = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    rungs = models.JSONField()
    claim_seconds = models.PositiveIntegerField(default=600)  # how long a claim holds without progress
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="ladder_version_once", fields=["office", "name", "version"]),
            models.CheckConstraint(
                name="ladder_claim_is_bounded",
                condition=Q(claim_seconds__gte=60, claim_seconds__lte=7 * 86400),
            ),
        ]


class Outcome(models.TextChoices):
    """How a duty ended, as the kernel knows it. A programme's finer outcomes are the programme's."""

    KEPT = "kept", _("Done")
    EXCUSED = "excused", _("No longer needed")
    PASSED_ON = "passed_on", _("Passed on")
    VOID = "void", _("Entered by mistake")


REAL = (datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC))  # neither infinite nor a slip
CLOSED = Q(closed_at__isnull=False, closed_by__isnull=False, look_at=None) & ~Q(outcome="")


class DutyQuerySet(models.QuerySet["Duty"]):
    def seen_by(self, standing: Standing) -> "DutyQuerySet":
        """Those that somebody may see: of the own organisation, of the own dong, or all of the office."""
        mine = self.filter(office=standing.office)
        if standing.organisations is None:
            return mine
        own = standing.organisations
        centres = Organisation.objects.filter(pk__in=own, kind=Organisation.Kind.CENTRE)
        return mine.filter(Q(organisation__in=own) | Q(area__in=centres.values("area")))


class Duty(Owned):
    """Something owed to someone by a time.

    There is no status column. A duty is open until `closed_at` is set, and as long as it is open `look_at` says
    when the watch looks at it next. The database holds us to that, and a closed duty can't be changed any more.
    """

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=40)  # e.g. care.visit
    about = models.UUIDField(null=True)  # the ref of the programme's own row: a visit, a case
    what = models.CharField(max_length=300)  # message id; never names the person it is about
    values = models.JSONField(default=dict)
    page = models.CharField(max_length=200, blank=True)  # where to act
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    area = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+")
    urgent = models.BooleanField(default=False)
    drill = models.BooleanField(default=False)
    due_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    follows = models.OneToOneField("self", models.PROTECT, null=True, related_name="followed_by")
    first_told = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    ladder = models.ForeignKey(Ladder, models.PROTECT, related_name="+")
    rungs = models.JSONField()  # the ladder as bound to this duty: one value, frozen from raising on

    look_at = models.DateTimeField(null=True)
    raised_at = models.DateTimeField(null=True)
    raised_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    raised_why = models.CharField(max_length=200, blank=True)
    step = models.PositiveSmallIntegerField(default=0)  # the next rung to be told
    turn = models.PositiveIntegerField(default=0)  # how often the watch has told somebody
    set_aside_at = models.DateTimeField(null=True)  # its last move failed: looked at again a minute later

    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=20, blank=True, choices=Outcome)
    note = models.CharField(max_length=500, blank=True)
    confirmed_by = models.CharField(max_length=100, blank=True)  # who confirmed from outside

    objects = DutyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="duty_nobody_is_dropped",
                condition=Q(look_at__isnull=False, closed_at=None) | Q(look_at=None, closed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="duty_is_closed_by_a_person",
                condition=Q(closed_at=None, closed_by=None, outcome="") | CLOSED,
            ),
            models.CheckConstraint(name="duty_outcome_known", condition=Q(outcome__in=["", *Outcome.values])),
            models.CheckConstraint(
                name="duty_looked_at_by_its_time",
                condition=Q(look_at=None)
                | Q(raised_at__isnull=False)
                | Q(look_at__lte=F("due_at"))
                | Q(set_aside_at__isnull=False),
            ),
            models.CheckConstraint(name="duty_told_only_when_raised", condition=Q(turn=0) | Q(raised_at__isnull=False)),
            models.CheckConstraint(name="duty_has_a_ladder", condition=~Q(rungs=[])),
            models.CheckConstraint(
                name="duty_moments_are_real",
                condition=Q(due_at__range=REAL) & (Q(look_at=None) | Q(look_at__range=REAL)),
            ),
        ]
        indexes = [
            models.Index(name="duty_look", fields=["look_at"], condition=Q(closed_at=None)),
            models.Index(name="duty_board", fields=["office", "due_at"], condition=Q(closed_at=None)),
            models.Index(name="duty_about", fields=["about"]),
            models.Index(
                name="duty_due", fields=["due_at"], condition=Q(closed_at=None, raised_at=None)
            ),  # the auditor's
            models.Index(name="duty_raised", fields=["look_at"], condition=Q(closed_at=None, raised_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}"

    @property
    def is_open(self) -> bool:
        """Whether it is still owed."""
        return self.closed_at is None


class ClaimEnd(models.TextChoices):
    """How a claim ended."""

    LAPSED = "lapsed", _("No progress in time")
    HANDED_BACK = "handed_back", _("Handed back")
    TAKEN_OVER = "taken_over", _("Taken over")
    CLOSED = "closed", _("Closed")


class Claim(Owned):
    """ "I have it; I will … by …": a lease on a duty. Without progress it lapses and the next person is told."""

    duty = models.ForeignKey(Duty, models.PROTECT, related_name="claims")
    by = models.ForeignKey(Person, models.PROTECT, related_name="claims")
    next_step = models.CharField(max_length=200)
    at = models.DateTimeField()
    until = models.DateTimeField()
    holds = models.BooleanField(default=True)  # a second claim without progress doesn't hold the ladder
    progress_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended = models.CharField(max_length=20, blank=True, choices=ClaimEnd)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="claim_one_lives", fields=["duty"], condition=Q(ended_at=None)),
            models.CheckConstraint(name="claim_ends_after_it_begins", condition=Q(until__gt=F("at"))),
            models.CheckConstraint(
                name="claim_ended_says_how",
                condition=Q(ended_at=None, ended="") | (Q(ended_at__isnull=False) & Q(ended__in=ClaimEnd.values)),
            ),
        ]


class Telling(Owned):
    """One person was told of a duty on one channel. What became of it stands on its message."""

    duty = models.ForeignKey(Duty, models.PROTECT, related_name="tellings")
    turn = models.PositiveIntegerField()
    step = models.SmallIntegerField()  # the rung; -1: whose task it is, or who closed the one before; -2: every officer
    person = models.ForeignKey(Person, models.PROTECT, related_name="tellings")
    channel = models.CharField(max_length=20)
    address = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    message = models.OneToOneField(Message, models.PROTECT, related_name="telling")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="telling_once_a_turn", fields=["duty", "turn", "person", "channel", "address"]
            ),
        ]


class Exercise(Owned):
    """The procedure with chosen people only: what is owed in it is marked `drill`, and tells nobody else."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    what = models.CharField(max_length=200)  # what is practised, in the words of who started it
    about = models.UUIDField(null=True)  # the ref of its case
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")  # none: its time was over

    class Meta:
        constraints = [
            models.UniqueConstraint(name="exercise_one_at_a_time", fields=["office"], condition=Q(ended_at=None)),
            models.CheckConstraint(name="exercise_ends_after_it_begins", condition=Q(ends_at__gt=F("started_at"))),
            models.CheckConstraint(
                name="exercise_ended_by_somebody_has_ended", condition=Q(ended_by=None) | Q(ended_at__isnull=False)
            ),
        ]


class Participant(Owned):
    """Somebody who takes part in an exercise."""

    exercise = models.ForeignKey(Exercise, models.PROTECT, related_name="participants")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(name="participant_once", fields=["exercise", "person"])]


class Answer(models.TextChoices):
    """What came of a number that somebody rang by hand."""

    TAKES_IT = "takes_it", _("Takes it on")
    NO_ANSWER = "no_answer", _("No answer")
    WRONG_NUMBER = "wrong_number", _("Wrong number")


class Gravity(models.TextChoices):
    """How grave what was seen is; from the gravest."""

    DANGER = "danger", _("Danger")
    NO_REPLY = "no_reply", _("Can't be reached")
    CONCERN = "seen_with_concern", _("Seen, with a concern")
    NOT_ATTEMPTED = "not_attempted", _("Not attempted")
    KNOWN_SAFE = "known_safe", _("Known to be safe")
    WELL = "seen_well", _("Seen, well")


ORDER_OF_GRAVITY = list(Gravity.values)


class Report(Owned):
    """What somebody saw, as the phone sent it. Never refused, never changed, counted once.

    The key is made by the phone. The same key with other content is kept beside the first. What another office has
    kept under it is none of ours.
    """

    key = models.UUIDField()
    sha256 = models.CharField(max_length=64)
    kind = models.CharField(max_length=40)
    version = models.PositiveIntegerField(default=1)
    device = models.ForeignKey(Device, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    about = models.UUIDField(null=True)
    gravity = models.CharField(max_length=20, blank=True)
    seen_at = models.DateTimeField(null=True)  # by the phone's clock
    sent_at = models.DateTimeField(null=True)  # by the phone's clock
    received_at = models.DateTimeField()
    body = models.TextField()  # as sent
    understood_at = models.DateTimeField(null=True)
    begun = models.PositiveSmallIntegerField(db_default=0)  # how often the watch has begun to act on it
    beside = models.BooleanField(default=False)  # the key came before with other content
    by_paper = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="report_counts_once", fields=["office", "key", "sha256"]),
        ]
        indexes = [
            models.Index(name="report_about", fields=["about", "received_at"]),
            models.Index(name="report_unread", fields=["received_at"], condition=Q(understood_at=None)),
        ]
