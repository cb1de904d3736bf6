"""Meal support as a welfare check: who is served, when and by whom, and what became of each visit."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dure.care.confidential import InConfidence as InConfidence
from dure.care.confidential import ToBeTold
from dure.care.moving import WAITING as WAITING
from dure.care.moving import Ended as Ended
from dure.care.moving import Move as Move
from dure.cases.models import Tier
from dure.duty.models import Duty, Report
from dure.offices.models import Owned
from dure.people.actions import Standing
from dure.people.doors import OFFICE_ROLES
from dure.people.models import Organisation, Person
from dure.people.subjects import Named
from dure.places.models import Place
from dure.sealing.fields import SealedText


def _mine(standing: Standing, *ways: str) -> Q:
    """Of the own office; unless all of it may be seen, what one of these ways leads to an own organisation."""
    if not standing.has(*OFFICE_ROLES):
        return Q(pk__in=[])  # a worker has the pack of the day, and no lists
    mine = Q(office=standing.office)
    if standing.organisations is None:
        return mine
    own = Q()
    for way in ways:
        own |= Q(**{f"{way}__in": standing.organisations})
    return mine & own


class Scheme(Owned):
    """A programme as the office knows it: name, year, funder. What it pays from which day on, `money.Terms` says."""

    name = models.CharField(max_length=100)
    year = models.PositiveSmallIntegerField()
    funder = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="scheme_once_a_year", fields=["office", "name", "year"])]

    def __str__(self) -> str:
        return f"{self.name} ({self.year})"


class RouteQuerySet(models.QuerySet["Route"]):
    def seen_by(self, standing: Standing) -> "RouteQuerySet":
        """Those that somebody may see: a provider its own, the office all."""
        return self.filter(_mine(standing, "provider"))


class Route(Owned):
    """A course as it is driven day after day: a provider's, with its usual worker. Its stops have an order."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    provider = models.ForeignKey(Organisation, models.PROTECT, related_name="routes")
    name = models.CharField(max_length=60)
    worker = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    objects = RouteQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(name="route_once", fields=["provider", "name"])]

    def __str__(self) -> str:
        return self.name


class Reach(models.TextChoices):
    """How a recipient is reached."""

    PHONE = "phone", _("By phone")
    TEXT = "text", _("By text message")
    VIDEO = "video", _("By video call")
    NO_DOORBELL = "no_doorbell", _("Doesn't hear the doorbell")


PROGRAMME = "care"  # how cases call it


class RecipientQuerySet(models.QuerySet["Recipient"]):
    def seen_by(self, standing: Standing) -> "RecipientQuerySet":
        """Those that somebody may see: a provider its own, a centre those of its dong, the office all."""
        return self.filter(_mine(standing, "provider", "centre", "still_with"))

    def served(self) -> "RecipientQuerySet":
        """Those who are served at present."""
        return self.filter(ended_on=None)


class Recipient(Named, Owned):
    """A person who receives meals, mostly living alone."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=60)
    born_on = models.DateField(null=True, blank=True)
    sex = models.CharField(max_length=1, blank=True, choices=[("f", _("Woman")), ("m", _("Man"))])
    scheme = models.ForeignKey(Scheme, models.PROTECT, null=True, blank=True, related_name="+")
    provider = models.ForeignKey(Organisation, models.PROTECT, related_name="recipients")
    still_with = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")  # today, after a change
    centre = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    route = models.ForeignKey(Route, models.PROTECT, null=True, blank=True, related_name="recipients")
    route_order = models.PositiveSmallIntegerField(default=0)
    phone = models.CharField(max_length=40, blank=True)
    phone_2 = models.CharField(max_length=40, blank=True)
    reach = models.CharField(max_length=20, choices=Reach, default=Reach.PHONE)
    tier = models.CharField(max_length=10, choices=Tier, default=Tier.AMBER)
    health = SealedText(max_length=300, blank=True)  # disability, illness
    medicines = SealedText(max_length=300, blank=True)
    hospital = SealedText(max_length=100, blank=True)
    diet = SealedText(max_length=200, blank=True)
    allergies = SealedText(max_length=200, blank=True)
    registered_119 = models.CharField(max_length=40, blank=True)  # on which phone 119안심콜 knows the person
    planned_response = SealedText(max_length=300, blank=True)  # what was agreed for the case of no answer
    consent_on = models.DateField(null=True, blank=True)
    consent_version = models.CharField(max_length=20, blank=True)
    reviewed_on = models.DateField(null=True, blank=True)
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    ended_why = models.CharField(max_length=100, blank=True)
    # empty: they haven't, or a list was taken back
    ended_how = models.CharField(max_length=20, blank=True, choices=Ended, default="", db_default="")

    objects = RecipientQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(name="recipient_tier_known", condition=Q(tier__in=Tier.values)),
            models.CheckConstraint(name="recipient_reach_known", condition=Q(reach__in=Reach.values)),
            models.CheckConstraint(name="recipient_sex_known", condition=Q(sex__in=["", "f", "m"])),
            models.CheckConstraint(
                name="recipient_ended_how_known",
                condition=Q(ended_how="") | Q(ended_how__in=Ended.values, ended_on__isnull=False),
            ),
            models.CheckConstraint(name="recipient_ended_says_why", condition=Q(ended_on=None) | ~Q(ended_why="")),
        ]

    def __str__(self) -> str:
        return self.name


class Contact(Owned):
    """A recipient's own people: family, neighbour, key holder; in the order in which they are phoned."""

    recipient = models.ForeignKey(Recipient, models.PROTECT, related_name="contacts")
    order = models.PositiveSmallIntegerField(default=1)
    name = models.CharField(max_length=60)
    relation = models.CharField(max_length=40, blank=True)
    phone = models.CharField(max_length=40)
    has_key = models.BooleanField(default=False)
    tested_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)
    untold_at = models.DateTimeField(null=True)  # not to be told, for instance because suspected (`discretion`)

    objects = ToBeTold()
    everybody = models.Manager()

    class Meta:
        ordering = ["order", "id"]
        constraints = [models.UniqueConstraint(name="contact_once", fields=["recipient", "phone", "name"])]


class OtherService(Owned):
    """Another care service of a recipient: whose it is, on which days, and whether it has stopped."""

    recipient = models.ForeignKey(Recipient, models.PROTECT, related_name="services")
    service = models.CharField(max_length=100)
    agency = models.CharField(max_length=100, blank=True)
    days = models.CharField(max_length=60, blank=True)
    stopped_on = models.DateField(null=True, blank=True)


class Meal(models.TextChoices):
    """Which meal of the day."""

    LUNCH = "lunch", _("Lunch")
    DINNER = "dinner", _("Dinner")


class MealPlan(Owned):
    """One meal on one weekday (0 Monday … 6 Sunday), owed by a time of day, from a day to a day."""

    recipient = models.ForeignKey(Recipient, models.PROTECT, related_name="meals")
    weekday = models.PositiveSmallIntegerField()
    meal = models.CharField(max_length=10, choices=Meal, default=Meal.LUNCH)
    by_time = models.TimeField()
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="mealplan_weekday_known", condition=Q(weekday__lte=6)),
            models.CheckConstraint(name="mealplan_meal_known", condition=Q(meal__in=Meal.values)),
            models.CheckConstraint(
                name="mealplan_ends_after_it_begins", condition=Q(until=None) | Q(until__gt=F("since"))
            ),
            models.UniqueConstraint(
                name="mealplan_once", fields=["recipient", "weekday", "meal"], condition=Q(until=None)
            ),
        ]


class Absence(Owned):
    """A recipient isn't at home, and it is known beforehand: nobody is sent. Until null: until somebody says so."""

    class Why(models.TextChoices):
        HOSPITAL = "hospital", _("Hospital stay")
        AWAY = "away", _("Away")
        PAUSED = "paused", _("Paused")
        OTHER = "other", _("Other")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    recipient = models.ForeignKey(Recipient, models.PROTECT, related_name="absences")
    why = models.CharField(max_length=20, choices=Why)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)  # the first day on which meals come again
    told_by = models.CharField(max_length=100)
    told_at = models.DateTimeField()
    entered_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="absence_why_known", condition=Q(why__in=["hospital", "away", "paused", "other"])
            ),
            models.CheckConstraint(name="absence_says_who_told", condition=~Q(told_by="")),
            models.CheckConstraint(
                name="absence_ends_after_it_begins", condition=Q(until=None) | Q(until__gt=F("since"))
            ),
        ]


class Closure(Owned):
    """A day without meals, of the whole office or of one provider. A public holiday can be opened again by `serves`."""

    provider = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    day = models.DateField()
    why = models.CharField(max_length=100)
    serves = models.BooleanField(default=False)  # meals come although it is a holiday
    double_before = models.BooleanField(default=False)  # two meals are handed over on the last day before

    class Meta:
        constraints = [
            models.UniqueConstraint(name="closure_once", fields=["office", "provider", "day"], nulls_distinct=False)
        ]


class CourseQuerySet(models.QuerySet["Course"]):
    def seen_by(self, standing: Standing) -> "CourseQuerySet":
        """Those that somebody may see: a provider its own, a centre those that come to its dong, the office all."""
        coming = Visit.objects.filter(_mine(standing, "recipient__centre")).exclude(course=None)
        return self.filter(_mine(standing, "provider") | Q(pk__in=coming.values("course")))


class Course(Owned):
    """One worker's ordered stops for one meal of one day."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    provider = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    route = models.ForeignKey(Route, models.PROTECT, related_name="courses")
    day = models.DateField()
    meal = models.CharField(max_length=10, choices=Meal)
    worker = models.ForeignKey(Person, models.PROTECT, null=True, related_name="courses")
    starts_at = models.DateTimeField()  # planned
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = CourseQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(name="course_once", fields=["route", "day", "meal"])]


class Outcome(models.TextChoices):
    """What became of a visit: exactly one."""

    SEEN_WELL = "seen_well", _("Seen, well")
    SEEN_WITH_CONCERN = "seen_with_concern", _("Seen, with a concern")
    KNOWN_SAFE = "known_safe", _("Not at home, known where")
    NO_REPLY = "no_reply", _("Can't be reached")
    NOT_ATTEMPTED = "not_attempted", _("Not visited")


class Handed(models.TextChoices):
    """How the meal was handed over."""

    IN_PERSON = "in_person", _("In person")
    PROXY = "proxy", _("To somebody else")
    AT_DOOR = "at_door", _("Left at the door")
    REFUSED = "refused", _("Refused")
    NOT_HANDED = "not_handed", _("Not handed over")


class VisitQuerySet(models.QuerySet["Visit"]):
    def seen_by(self, standing: Standing) -> "VisitQuerySet":
        """Those that somebody may see: a provider its own, a centre those in its dong, the office all."""
        return self.filter(_mine(standing, "provider", "recipient__centre"))


class Visit(Owned):
    """One meal owed to one recipient at one time: delivery and welfare check in one.

    What became of it is the gravest of what was seen (`Sighting`); a visit that wasn't owed after all says why.
    """

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    recipient = models.ForeignKey(Recipient, models.PROTECT, related_name="visits")
    provider = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    day = models.DateField()
    meal = models.CharField(max_length=10, choices=Meal)
    due_at = models.DateTimeField()
    meals = models.PositiveSmallIntegerField(default=1)  # two before a closure
    course = models.ForeignKey(Course, models.PROTECT, null=True, related_name="visits")
    order = models.PositiveSmallIntegerField(default=0)
    worker = models.ForeignKey(Person, models.PROTECT, null=True, related_name="visits")
    duty = models.OneToOneField(Duty, models.PROTECT, related_name="visit")
    outcome = models.CharField(max_length=20, blank=True, choices=Outcome)
    handed = models.CharField(max_length=20, blank=True, choices=Handed)
    reported_at = models.DateTimeField(null=True)
    excused_at = models.DateTimeField(null=True)
    excused_why = models.CharField(max_length=100, blank=True)
    unplanned = models.BooleanField(default=False)  # excused because its day didn't owe it: owed again when it does

    objects = VisitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="visit_once", fields=["recipient", "day", "meal"]),
            models.CheckConstraint(name="visit_meal_known", condition=Q(meal__in=Meal.values)),
            models.CheckConstraint(name="visit_outcome_known", condition=Q(outcome__in=["", *Outcome.values])),
            models.CheckConstraint(name="visit_handed_known", condition=Q(handed__in=["", *Handed.values])),
            models.CheckConstraint(
                name="visit_outcome_has_its_moment",
                condition=Q(outcome="", reported_at=None) | (~Q(outcome="") & Q(reported_at__isnull=False)),
            ),
            models.CheckConstraint(name="visit_excused_says_why", condition=Q(excused_at=None) | ~Q(excused_why="")),
        ]
        indexes = [models.Index(name="visit_day", fields=["office", "day", "provider"])]


class Sighting(Owned):
    """What one person reported of one visit. All are kept; the gravest counts."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="sightings")
    report = models.OneToOneField(Report, models.PROTECT, null=True, related_name="sighting")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=20, choices=Outcome)
    handed = models.CharField(max_length=20, blank=True, choices=Handed)
    who = models.CharField(max_length=100, blank=True)  # who took the meal, or who knows where the person is
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    signs = models.JSONField(default=list)
    leftover = models.BooleanField(default=False)  # the meal of last time was still there
    worried = models.BooleanField(default=False)
    danger = models.BooleanField(default=False)
    door = models.JSONField(default=dict)  # the door drill
    note = SealedText(max_length=500, blank=True)
    answers = models.UUIDField(null=True)  # the case that its author knew of
    by_paper = models.BooleanField(default=False)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(name="sighting_outcome_known", condition=Q(outcome__in=Outcome.values)),
            models.CheckConstraint(name="sighting_handed_known", condition=Q(handed__in=["", *Handed.values])),
        ]


class Hindrance(Owned):
    """What keeps somebody from being given stops from a day on, or will: written by whoever knows of such a thing.

    Dated, so that nothing has to run at midnight. `why` names who wrote it; without `bars_from` it is only said.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    why = models.CharField(max_length=40)
    what = models.CharField(max_length=200)  # a sentence in English with its values; shown translated
    values = models.JSONField(default=dict)
    page = models.CharField(max_length=200, blank=True)  # where it is mended
    told_from = models.DateField()
    bars_from = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="hindrance_once", fields=["person", "why"]),
            models.CheckConstraint(
                name="hindrance_is_told_before_it_bars",
                condition=Q(bars_from=None) | Q(told_from__lte=F("bars_from")),
            ),
            models.CheckConstraint(name="hindrance_says_what", condition=~Q(what="")),
        ]
