"""What was found out about a worker who hadn't started, wasn't heard or asked for help; silences of the trial days."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dure.duty.models import Duty
from dure.offices.models import Owned
from dure.people.models import Organisation, Person


class Found(models.TextChoices):
    """How it is with the worker."""

    WELL = "well", _("Reached: all is well")
    ON_THE_WAY = "on_the_way", _("Reached: on the way, or starts soon")
    HELPED = "helped", _("Needed help, and gets it")
    OTHERS = "others", _("Doesn't drive: others take the stops")


class Ending(Owned):
    """A person has asked, and says what was found out. Who reports by themselves needs no such row."""

    duty = models.OneToOneField(Duty, models.PROTECT, related_name="worker_ending")
    found = models.CharField(max_length=20, choices=Found)
    false_alarm = models.BooleanField(default=False)
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="ending_found_known", condition=Q(found__in=Found.values)),
            models.CheckConstraint(
                name="ending_of_who_needed_help_says_what_was_done", condition=~Q(found="helped") | ~Q(note="")
            ),
            models.CheckConstraint(
                name="ending_is_no_false_alarm_when_help_was_needed",
                condition=Q(false_alarm=False) | ~Q(found="helped"),
            ),
        ]


class Silence(Owned):
    """A phone on trial that fell silent and was heard again: somebody would have been told, and it was nothing."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    provider = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="silence_ends_after_it_begins", condition=Q(until__gt=F("since"))),
            models.UniqueConstraint(name="silence_counts_once", fields=["person", "since"]),
        ]
        indexes = [models.Index(name="silence_when", fields=["office", "until"])]
