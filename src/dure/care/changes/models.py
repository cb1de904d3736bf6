"""Changes of provider: the plan with everybody's destination, who leaves, what is handed back, who begins."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dure.care.models import Ended, Move, Recipient, Route
from dure.duty.models import Duty
from dure.files.models import Content
from dure.offices.models import Owned
from dure.people.actions import Standing
from dure.people.models import Membership, Organisation, Person

UNDONE = Q(done_at=None, dropped_at=None)


class ChangeQuerySet(models.QuerySet["Change"]):
    def seen_by(self, standing: Standing) -> "ChangeQuerySet":
        """The office's plans: nobody else sees them before their day."""
        mine = self.filter(office=standing.office)
        return mine if standing.organisations is None else mine.none()


class Change(Owned):
    """A provider ends as of a day, or some of its recipients go to another.

    It is a draft until it is confirmed, and done when its day has come and everybody is where they were to go.
    """

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    provider = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    day = models.DateField()  # the first one on which all is new
    ends = models.BooleanField()  # the provider ends altogether
    why = models.CharField(max_length=200)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    left_at = models.DateTimeField(null=True)  # since then the provider's people have no access
    done_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)
    dropped_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    owed = models.OneToOneField(Duty, models.PROTECT, null=True, related_name="+")  # what is to be handed back

    objects = ChangeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="change_one_end_waits", fields=["provider"], condition=Q(ends=True) & UNDONE),
            models.CheckConstraint(name="change_says_why", condition=~Q(why="")),
            models.CheckConstraint(
                name="change_is_confirmed_by_somebody",
                condition=Q(confirmed_at=None, confirmed_by=None)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="change_is_done_only_when_confirmed",
                condition=Q(done_at=None, left_at=None) | Q(confirmed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="change_dropped_is_a_draft_somebody_dropped",
                condition=Q(dropped_at=None, dropped_by=None)
                | Q(dropped_at__isnull=False, dropped_by__isnull=False, confirmed_at=None),
            ),
            models.CheckConstraint(
                name="change_owes_only_when_it_ends", condition=Q(owed=None) | Q(ends=True, confirmed_at__isnull=False)
            ),
        ]

    @property
    def page(self) -> str:
        """Where it is planned."""
        return f"/care/changes/{self.ref}/"

    @property
    def is_draft(self) -> bool:
        """Whether nothing of it holds yet."""
        return self.confirmed_at is None and self.dropped_at is None


class Destination(Owned):
    """Where one recipient goes: to a provider and perhaps a course, or nowhere, with the reason. Empty: not said."""

    change = models.ForeignKey(Change, models.PROTECT, related_name="destinations")
    recipient = models.ForeignKey(Recipient, models.PROTECT, related_name="+")
    to = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    route = models.ForeignKey(Route, models.PROTECT, null=True, related_name="+")
    why = models.CharField(max_length=100, blank=True)  # why meals end
    how = models.CharField(max_length=20, blank=True, choices=Ended, default="", db_default="")
    move = models.OneToOneField(Move, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="destination_once", fields=["change", "recipient"]),
            models.CheckConstraint(name="destination_is_one", condition=Q(to=None) | Q(why="")),
            models.CheckConstraint(
                name="destination_says_how_only_where_meals_end",
                condition=Q(how="") | Q(how__in=Ended.values, to=None),
            ),
            models.CheckConstraint(name="destination_course_has_a_provider", condition=Q(route=None) | ~Q(to=None)),
            models.CheckConstraint(
                name="destination_is_said_before_it_holds", condition=Q(move=None) | ~Q(to=None) | ~Q(why="")
            ),
        ]


class Leaving(Owned):
    """Somebody's place at a provider that ends: it ends with it. `was_until` is what it was before."""

    change = models.ForeignKey(Change, models.PROTECT, related_name="leaving")
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    was_until = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="leaving_once", fields=["change", "membership"])]


class Thing(models.TextChoices):
    """What a provider that ends has of the office and its recipients."""

    PAPER = "paper", _("Printed lists and contact lists")
    FILES = "files", _("Spreadsheets and files on computers")
    PHONES = "phones", _("Photos, messages and contacts on phones")
    KEYS = "keys", _("Keys and door codes of recipients")
    RECORDS = "records", _("Records to be kept (kitchen, delivery)")


class How(models.TextChoices):
    """What became of it."""

    RETURNED = "returned", _("Given back")
    DESTROYED = "destroyed", _("Destroyed")
    NONE = "none", _("There was none")


class HandedBack(Owned):
    """What became of one kind of thing."""

    change = models.ForeignKey(Change, models.PROTECT, related_name="handed_back")
    thing = models.CharField(max_length=20, choices=Thing)
    how = models.CharField(max_length=20, choices=How)
    day = models.DateField()
    note = models.CharField(max_length=200, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="handed_back_once", fields=["change", "thing"]),
            models.CheckConstraint(name="handed_back_thing_known", condition=Q(thing__in=Thing.values)),
            models.CheckConstraint(name="handed_back_how_known", condition=Q(how__in=How.values)),
        ]


class Certificate(Owned):
    """The certificate of destruction: who, when, which data, how; the signed sheet as a file."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    change = models.OneToOneField(Change, models.PROTECT, related_name="certificate")
    signed_by = models.CharField(max_length=60)
    day = models.DateField()
    data = models.CharField(max_length=500)
    how = models.CharField(max_length=300)
    content = models.ForeignKey(Content, models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="certificate_says_who_what_and_how", condition=~Q(signed_by="") & ~Q(data="") & ~Q(how="")
            )
        ]


class Business(models.TextChoices):
    """How a provider is licensed: it decides which food rules bind it."""

    CATERING = "catering", _("Group catering")
    FACTORY = "factory", _("Lunch box maker")
    INSTANT = "instant", _("Made and sold on the spot")
    RESTAURANT = "restaurant", _("Restaurant")


class Contract(Owned):
    """From when to when a provider serves, and as what kind of business. The newest counts."""

    provider = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)  # the last day
    business = models.CharField(max_length=20, choices=Business)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(name="contract_business_known", condition=Q(business__in=Business.values)),
            models.CheckConstraint(
                name="contract_ends_after_it_begins", condition=Q(until=None) | Q(until__gte=F("since"))
            ),
        ]
