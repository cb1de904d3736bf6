"""Figures that the law or an office sets: each with its unit, its source and the day from which it holds."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dure.offices.models import Owned


class Unit(models.TextChoices):
    """In what a rule is counted."""

    DAYS = "days", _("days")
    MONTHS = "months", _("months")
    HOURS = "hours", _("hours")
    MINUTES = "minutes", _("minutes")
    YES = "yes", _("1: yes, 0: no")


MOST = {Unit.DAYS: 3660, Unit.MONTHS: 120, Unit.HOURS: 1000, Unit.MINUTES: 1440, Unit.YES: 1}  # more is a slip


class Rule(Owned):
    """One rule as it holds from a day on, until a row with a later day. What has held is never changed."""

    name = models.SlugField(max_length=40)
    what = models.CharField(max_length=200)  # in English; shown translated
    value = models.DecimalField(max_digits=8, decimal_places=1)
    unit = models.CharField(max_length=10, choices=Unit)
    source = models.CharField(max_length=300)
    since = models.DateField()
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["name", "-since"]
        constraints = [
            models.UniqueConstraint(name="rule_once_a_day", fields=["office", "name", "since"]),
            models.CheckConstraint(name="rule_unit_known", condition=Q(unit__in=Unit.values)),
            models.CheckConstraint(name="rule_is_not_negative", condition=Q(value__gte=0)),
            models.CheckConstraint(
                name="rule_is_answered_by_yes_or_no", condition=~Q(unit="yes") | Q(value__in=[0, 1])
            ),
            models.CheckConstraint(
                name="rule_is_no_slip_of_the_finger",
                condition=~Q(unit="days", value__gt=3660) & ~Q(unit="months", value__gt=120)
                & ~Q(unit="hours", value__gt=1000) & ~Q(unit="minutes", value__gt=1440),
            ),
            models.CheckConstraint(name="rule_says_where_it_comes_from", condition=~Q(source="")),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name
