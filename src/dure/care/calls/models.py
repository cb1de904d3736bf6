"""Welfare calls: who is owed one on which day, what came of each try, and heat and cold warnings.

A call has no status: what has become of it is how its duty ended. What people entered is kept, never changed.
"""

import uuid
from datetime import date, time

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dure.care.models import Recipient
from dure.cases.models import Tier
from dure.duty.models import Duty
from dure.offices.models import Owned
from dure.people.actions import Standing
from dure.people.models import Person


class Practice(Owned):
    """How an office calls on days without a meal: whom, by when, and after how many tries somebody goes and looks."""

    red = models.BooleanField(default=True)
    amber = models.BooleanField(default=False)
    green = models.BooleanField(default=False)
    by_time = models.TimeField(default=time(12))
    tries = models.PositiveSmallIntegerField(default=3)
    within_minutes = models.PositiveSmallIntegerField(default=120)  # from the first unanswered try on

    class Meta:
        constraints = [
            models.UniqueConstraint(name="practice_one_an_office", fields=["office"]),
            models.CheckConstraint(
                name="practice_somebody_is_called", condition=Q(red=True) | Q(amber=True) | Q(green=True)
            ),
            models.CheckConstraint(name="practice_tries_are_few", condition=Q(tries__range=(1, 9))),
            models.CheckConstraint(
                name="practice_unanswered_is_not_left_lying", condition=Q(within_minutes__range=(10, 480))
            ),
            models.CheckConstraint(
                name="practice_called_by_day", condition=Q(by_time__range=(time(9), time(20)))
            ),
        ]  # fmt: skip

    @property
    def tiers(self) -> list[str]:
        """Whom it is about, by risk."""
        return [str(tier) for tier in Tier if getattr(self, tier)]


class Home(Owned):
    """What of a recipient's life counts in heat and cold. Null: nobody has looked yet, which is no "no"."""

    recipient = models.OneToOneField(Recipient, models.PROTECT, related_name="home")
    alone = models.BooleanField(null=True)
    homebound = models.BooleanField(null=True)
    no_cooling = models.BooleanField(null=True)
    no_heating = models.BooleanField(null=True)


class Weather(models.TextChoices):
    """What is warned of."""

    HEAT = "heat", _("Heat warning")
    COLD = "cold", _("Cold warning")


class WeatherWarning(Owned):
    """Heat or cold: from the moment it is switched on until a day, those chosen are owed extra contacts."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=10, choices=Weather)
    since_at = models.DateTimeField()
    first_day = models.DateField()  # the day after, when it is switched on too late to call anybody
    until = models.DateField()  # its last day
    alone = models.BooleanField(default=False)
    homebound = models.BooleanField(default=False)
    unequipped = models.BooleanField(default=False)  # without cooling, or heating
    unknown = models.BooleanField(default=True)  # also those of whom nobody has entered whether it is so
    red = models.BooleanField(default=False)
    amber = models.BooleanField(default=False)
    green = models.BooleanField(default=False)
    by_time = models.TimeField()
    by_time_2 = models.TimeField(null=True, blank=True)
    by_time_3 = models.TimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")  # nobody: its last day is over

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="warning_one_of_a_kind", fields=["office", "kind"], condition=Q(ended_at=None)
            ),
            models.CheckConstraint(name="warning_kind_known", condition=Q(kind__in=Weather.values)),
            models.CheckConstraint(name="warning_ends_after_it_begins", condition=Q(until__gte=F("first_day"))),
            models.CheckConstraint(
                name="warning_is_for_somebody",
                condition=Q(alone=True) | Q(homebound=True) | Q(unequipped=True)
                | Q(red=True) | Q(amber=True) | Q(green=True),
            ),
            models.CheckConstraint(
                name="warning_times_one_after_the_other",
                condition=(Q(by_time_2=None) | Q(by_time_2__gt=F("by_time")))
                & (Q(by_time_3=None) | Q(by_time_2__isnull=False, by_time_3__gt=F("by_time_2"))),
            ),
            models.CheckConstraint(
                name="warning_contacts_by_day",
                condition=Q(by_time__range=(time(9), time(20)))
                & (Q(by_time_2=None) | Q(by_time_2__lte=time(20))) & (Q(by_time_3=None) | Q(by_time_3__lte=time(20))),
            ),
            models.CheckConstraint(
                name="warning_ended_by_whom_has_a_moment", condition=Q(ended_by=None) | Q(ended_at__isnull=False)
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def times(self) -> list[time]:
        """By when somebody is contacted, once each."""
        return [each for each in (self.by_time, self.by_time_2, self.by_time_3) if each]

    def runs(self, day: date) -> bool:
        """Whether it is on, on this day."""
        return self.ended_at is None and self.until >= day


class Switch(Owned):
    """What was done with a warning: switched on, extended, switched off; by whom, why, and about how many people."""

    class Did(models.TextChoices):
        ON = "on", _("Switched on")
        EXTENDED = "extended", _("Extended")
        OFF = "off", _("Switched off")

    warning = models.ForeignKey(WeatherWarning, models.PROTECT, related_name="switches")
    did = models.CharField(max_length=10, choices=Did)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    until = models.DateField()  # its last day from then on
    expected = models.PositiveIntegerField(default=0)  # people, as was shown before
    people = models.PositiveIntegerField(default=0)  # people, as it was
    calls = models.PositiveIntegerField(default=0)  # calls that were opened, or called off
    why = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(name="switch_did_known", condition=Q(did__in=["on", "extended", "off"])),
            models.CheckConstraint(name="switch_on_says_why", condition=~Q(did="on") | ~Q(why="")),
            models.CheckConstraint(name="switch_by_somebody", condition=Q(did="off") | Q(by__isnull=False)),
        ]


class CallQuerySet(models.QuerySet["Call"]):
    def seen_by(self, standing: Standing) -> "CallQuerySet":
        """Those to recipients that somebody may see: a provider its own, a centre its dong, the office all."""
        return self.filter(recipient__in=Recipient.objects.seen_by(standing))


class Call(Owned):
    """One contact that is owed to one recipient on one day, from a moment on, by a time."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    recipient = models.ForeignKey(Recipient, models.PROTECT, related_name="calls")
    day = models.DateField()
    warning = models.ForeignKey(WeatherWarning, models.PROTECT, null=True, related_name="calls")  # none: no meal comes
    number = models.PositiveSmallIntegerField(default=1)  # which contact of the day
    since_at = models.DateTimeField()  # who is seen or spoken to from then on needn't be called
    due_at = models.DateTimeField()
    duty = models.OneToOneField(Duty, models.PROTECT, related_name="+")
    calling_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    calling_at = models.DateTimeField(null=True)

    objects = CallQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="call_once", fields=["recipient", "day", "warning", "number"], nulls_distinct=False
            ),
            models.CheckConstraint(name="call_due_after_it_begins", condition=Q(due_at__gt=F("since_at"))),
            models.CheckConstraint(
                name="call_being_made_by_somebody",
                condition=Q(calling_by=None, calling_at=None) | Q(calling_by__isnull=False, calling_at__isnull=False),
            ),
        ]
        indexes = [models.Index(name="call_day", fields=["office", "day"])]


class Result(models.TextChoices):
    """What came of a try."""

    WELL = "well", _("Spoken to, well")
    WHEREABOUTS = "whereabouts", _("Known where")
    WORRIED = "worried", _("Something is wrong")
    DANGER = "danger", _("In danger")
    NO_ANSWER = "no_answer", _("No answer")
    WRONG_NUMBER = "wrong_number", _("Wrong number")
    TAKEN_BACK = "taken_back", _("Taken back")


FOUND = {Result.WELL, Result.WHEREABOUTS}
ALARMING = {Result.WORRIED, Result.DANGER}
UNANSWERED = {Result.NO_ANSWER, Result.WRONG_NUMBER}


class Try(Owned):
    """One try to reach somebody, and what came of it. Never changed: a slip is corrected by a further row."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="tries")
    key = models.UUIDField()  # made with the button: pressed twice it counts once
    result = models.CharField(max_length=20, choices=Result)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    who = models.CharField(max_length=100, blank=True)  # who knows where the person is
    note = models.CharField(max_length=300, blank=True)
    corrects = models.OneToOneField("self", models.PROTECT, null=True, related_name="corrected_by")

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(name="try_counts_once", fields=["office", "key"]),
            models.CheckConstraint(name="try_result_known", condition=Q(result__in=Result.values)),
            models.CheckConstraint(name="try_says_who_knows", condition=~Q(result="whereabouts") | ~Q(who="")),
            models.CheckConstraint(
                name="try_takes_something_back", condition=~Q(result="taken_back") | Q(corrects__isnull=False)
            ),
        ]
