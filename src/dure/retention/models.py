"""Letting go of personal data whose time is over: what each night's run found and did, and what is held back."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dure.offices.models import Owned
from dure.people.models import Person


class Asked(models.TextChoices):
    """Why a run waits for a person."""

    FIRST = "first", _("It is the first run here.")
    MANY = "many", _("It is much more than in one night usually.")
    GAP = "gap", _("The last run was more than three days ago, or the clock has jumped.")


class Run(Owned):
    """One night's run, begun by the data base itself: what was due, whether a person is asked, and what went.

    `found` and `gone` are numbers by purpose. No more goes than was found; nothing goes while a person is asked.
    """

    ref = models.UUIDField(
        default=uuid.uuid4, unique=True, editable=False, db_default=models.Func(function="gen_random_uuid")
    )
    began_at = models.DateTimeField()
    found = models.JSONField(default=dict)
    gone = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    asked = models.CharField(max_length=10, blank=True, choices=Asked)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    stopped_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-began_at", "-id"]
        constraints = [
            models.UniqueConstraint(name="run_one_at_a_time", fields=["office"], condition=Q(ended_at=None)),
            models.CheckConstraint(name="run_asked_known", condition=Q(asked__in=["", *Asked.values])),
            models.CheckConstraint(
                name="run_is_confirmed_by_a_person_who_was_asked",
                condition=Q(confirmed_at=None, confirmed_by=None)
                | (Q(confirmed_at__isnull=False, confirmed_by__isnull=False) & ~Q(asked="")),
            ),
            models.CheckConstraint(
                name="run_lets_nothing_go_unasked", condition=Q(asked="") | Q(confirmed_at__isnull=False) | Q(gone={})
            ),
            models.CheckConstraint(
                name="run_stopped_by_a_person_is_over", condition=Q(stopped_by=None) | Q(ended_at__isnull=False)
            ),
        ]

    @property
    def waits(self) -> bool:
        """Whether a person is asked and hasn't answered."""
        return bool(self.asked) and self.confirmed_at is None and self.ended_at is None

    @property
    def total(self) -> int:
        """How much went, of all purposes."""
        return sum(self.gone.values())


class HoldQuerySet(models.QuerySet["Hold"]):
    def live(self) -> "HoldQuerySet":
        """Those that nobody has ended. One past its day still holds until somebody does."""
        return self.filter(ended_at=None)


class Hold(Owned):
    """Somebody's or a case's data stay beyond their time: an investigation, a lawsuit. It ends by a person alone."""

    class Kind(models.TextChoices):
        RECIPIENT = "recipient", _("Recipient")
        CASE = "case", _("Case")
        ACCOUNT = "account", _("Account")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=10, choices=Kind)
    about = models.UUIDField()
    why = models.CharField(max_length=300)
    until = models.DateField()  # by when somebody looks whether it is still needed
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    objects = HoldQuerySet.as_manager()

    class Meta:
        ordering = ["until", "id"]
        constraints = [
            models.UniqueConstraint(name="hold_one_lives", fields=["office", "about"], condition=Q(ended_at=None)),
            models.CheckConstraint(name="hold_kind_known", condition=Q(kind__in=["recipient", "case", "account"])),
            models.CheckConstraint(name="hold_says_why", condition=~Q(why="")),
            models.CheckConstraint(
                name="hold_is_ended_by_a_person",
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
            models.CheckConstraint(
                name="hold_ends_after_it_begins", condition=Q(ended_at=None) | Q(ended_at__gte=F("made_at"))
            ),
        ]
