"""Prices and who belongs to which scheme, from a day on; the settlement of a provider's month, and what it froze."""

import uuid
from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dure.care.models import Handed, Recipient, Scheme, Visit
from dure.care.money import sums
from dure.duty.models import Duty
from dure.offices.models import Owned
from dure.people.actions import Standing
from dure.people.doors import OFFICE_ROLES
from dure.people.models import Organisation, Person, Role


class Terms(Owned):
    """What a scheme pays for a meal from a day on. What was said before stays on the record, as replaced.

    A scheme has one from its first day on; what was said first holds for the days before it too.
    """

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="terms")
    since = models.DateField()
    unit_price = models.PositiveIntegerField()  # won a meal
    own_share = models.PositiveIntegerField()  # won a meal, of which the recipient pays so much
    pays_at_door = models.BooleanField(default=True)
    pays_refused = models.BooleanField(default=False)
    pays_not_handed = models.BooleanField(default=False)  # brought, but nobody was there
    said_at = models.DateTimeField()
    said_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    replaced_at = models.DateTimeField(null=True)
    replaced_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["since", "id"]
        constraints = [
            models.UniqueConstraint(
                name="terms_once_a_day", fields=["scheme", "since"], condition=Q(replaced_at__isnull=True)
            ),
            models.CheckConstraint(
                name="terms_own_share_is_part_of_the_price", condition=Q(own_share__lte=F("unit_price"))
            ),
            models.CheckConstraint(
                name="terms_are_replaced_by_somebody",
                condition=Q(replaced_at=None, replaced_by=None)
                | Q(replaced_at__isnull=False, replaced_by__isnull=False),
            ),
        ]

    @property
    def net(self) -> int:
        """What the office pays for a meal."""
        return self.unit_price - self.own_share

    def plain(self) -> sums.Terms:
        """As it is reckoned with."""
        also = {
            Handed.AT_DOOR: self.pays_at_door,
            Handed.REFUSED: self.pays_refused,
            Handed.NOT_HANDED: self.pays_not_handed,
        }
        pays = sums.ALWAYS | {str(way) for way, paid in also.items() if paid}
        return sums.Terms(self.since, self.unit_price, self.own_share, pays)


class Belonging(Owned):
    """To which scheme a recipient belongs from a day on. The data base itself adds one whenever it changes.

    Of two from the same day the later one counts.
    """

    recipient = models.ForeignKey(Recipient, models.CASCADE, related_name="+")
    scheme = models.ForeignKey(Scheme, models.PROTECT, null=True, related_name="+")
    since = models.DateField()
    said_at = models.DateTimeField()
    said_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["since", "id"]
        indexes = [models.Index(name="belonging_of", fields=["recipient", "since"])]


class SettlementQuerySet(models.QuerySet["Settlement"]):
    def seen_by(self, standing: Standing) -> "SettlementQuerySet":
        """A provider's own, or all of the office; a centre has none."""
        mine = self.filter(office=standing.office)
        if standing.organisations is None:
            return mine
        if not standing.has(*OFFICE_ROLES) or not standing.has(Role.PROVIDER):
            return mine.none()
        return mine.filter(provider__in=standing.organisations)


class Settlement(Owned):
    """A provider's month: open until it is closed, and then it never changes again."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    provider = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    month = models.DateField()  # its first day
    duty = models.OneToOneField(Duty, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    closed_why = models.CharField(max_length=300, blank=True)  # why without both having agreed
    meals = models.PositiveIntegerField(null=True)  # as closed
    amount = models.BigIntegerField(null=True)  # won, for these meals
    corrected = models.BigIntegerField(null=True)  # won, for months closed before
    terms_seen = models.BigIntegerField(null=True)  # up to which price, and which belonging, it was reckoned
    belongings_seen = models.BigIntegerField(null=True)

    objects = SettlementQuerySet.as_manager()

    class Meta:
        ordering = ["month", "provider__name", "id"]
        constraints = [
            models.UniqueConstraint(name="settlement_once_a_month", fields=["provider", "month"]),
            models.CheckConstraint(name="settlement_month_is_its_first_day", condition=Q(month__day=1)),
            models.CheckConstraint(
                name="settlement_closed_says_by_whom_and_how_much",
                condition=Q(closed_at=None, closed_by=None, closed_why="", meals=None, amount=None, corrected=None)
                | Q(
                    closed_at__isnull=False, closed_by__isnull=False, meals__isnull=False, amount__isnull=False,
                    corrected__isnull=False, terms_seen__isnull=False, belongings_seen__isnull=False,
                ),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"

    @property
    def total(self) -> int:
        """What is paid in all, as closed: for the month's meals and for corrections."""
        return (self.amount or 0) + (self.corrected or 0)

    @property
    def ends(self) -> date:
        """The first day after the month."""
        return next_month(self.month)


def next_month(month: date) -> date:
    """The first day of the month after."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


class Side(models.TextChoices):
    """Who agrees."""

    PROVIDER = "provider", _("Provider")
    OFFICE = "office", _("Office")


class Agreement(Owned):
    """One side agrees with exactly what was counted. It is withdrawn when that changes, or when somebody objects."""

    settlement = models.ForeignKey(Settlement, models.PROTECT, related_name="agreements")
    side = models.CharField(max_length=10, choices=Side)
    what = models.CharField(max_length=64)  # the fingerprint of what was agreed on
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(name="agreement_side_known", condition=Q(side__in=Side.values)),
            models.UniqueConstraint(
                name="agreement_once_a_side", fields=["settlement", "side"], condition=Q(withdrawn_at__isnull=True)
            ),
        ]


class Objection(Owned):
    """A provider doesn't agree and says why; the office owes an answer."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    settlement = models.ForeignKey(Settlement, models.PROTECT, related_name="objections")
    text = models.CharField(max_length=1000)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    duty = models.OneToOneField(Duty, models.PROTECT, related_name="+")
    answer = models.CharField(max_length=1000, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(name="objection_says_something", condition=~Q(text="")),
            models.CheckConstraint(
                name="objection_answered_says_what_and_by_whom",
                condition=Q(answered_at=None, answered_by=None, answer="")
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer="")),
            ),
        ]


class Line(Owned):
    """Frozen at the close: how many meals of a scheme, at which price, and what they come to."""

    settlement = models.ForeignKey(Settlement, models.PROTECT, related_name="lines")
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="+")
    unit_price = models.PositiveIntegerField()
    own_share = models.PositiveIntegerField()
    meals = models.PositiveIntegerField()
    amount = models.BigIntegerField()

    class Meta:
        ordering = ["scheme__name", "unit_price", "id"]
        constraints = [
            models.UniqueConstraint(
                name="line_once_a_price", fields=["settlement", "scheme", "unit_price", "own_share"]
            ),
            models.CheckConstraint(
                name="line_amount_is_meals_times_price_less_own_share",
                condition=Q(amount=F("meals") * (F("unit_price") - F("own_share"))),
            ),
        ]


class Booking(Owned):
    """Frozen at the close: one visit as it was counted (0 meals: it was reported and didn't count).

    A visit of a month closed before that counts otherwise now is booked again, with what was `previous`.
    """

    settlement = models.ForeignKey(Settlement, models.PROTECT, related_name="bookings")
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="bookings")
    previous = models.OneToOneField("self", models.PROTECT, null=True, related_name="next")
    day = models.DateField()
    way = models.CharField(max_length=20, blank=True)  # how it was handed over, as it was counted then
    brought = models.PositiveSmallIntegerField()
    scheme = models.ForeignKey(Scheme, models.PROTECT, null=True, related_name="+")
    meals = models.PositiveSmallIntegerField()
    unit_price = models.PositiveIntegerField()
    own_share = models.PositiveIntegerField()

    class Meta:
        ordering = ["day", "id"]
        constraints = [
            models.UniqueConstraint(name="booking_once_a_settlement", fields=["settlement", "visit"]),
            models.CheckConstraint(
                name="booking_counts_all_that_was_brought_or_nothing",
                condition=Q(meals=0) | Q(meals=F("brought"), scheme__isnull=False),
            ),
            models.CheckConstraint(name="booking_way_known", condition=Q(way__in=["", *Handed.values])),
        ]

    def plain(self) -> sums.Entry:
        """As it is reckoned with."""
        return sums.Entry(
            self.visit_id, self.day, self.way, self.brought, self.scheme_id, self.meals, self.unit_price, self.own_share
        )
