"""Tailored support: plans with their period, who waits, who was asked about, and who is looked for."""

import uuid
from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dure.care.models import Recipient, Scheme
from dure.duty.models import Duty
from dure.offices.models import Owned
from dure.people.actions import Standing
from dure.people.models import Organisation, Person
from dure.people.subjects import Named
from dure.places.models import Area


def _of_my_dong(standing: Standing) -> Q:
    """Of the own office; unless all of it may be seen, of the dongs of the own centres."""
    mine = Q(office=standing.office)
    if standing.organisations is None:
        return mine
    centres = Organisation.objects.filter(pk__in=standing.organisations, kind=Organisation.Kind.CENTRE)
    return mine & Q(area__in=centres.values("area"))


class Over(models.TextChoices):
    """How a support plan was over."""

    RENEWED = "renewed", _("Renewed")
    CHANGED = "changed", _("Changed")
    ENDED = "ended", _("Support ended")
    MISTAKE = "mistake", _("Entered by mistake")


class PlanQuerySet(models.QuerySet["Plan"]):
    def seen_by(self, standing: Standing) -> "PlanQuerySet":
        """Those of the recipients whom somebody may see."""
        return self.filter(recipient__in=Recipient.objects.seen_by(standing))

    def unsettled(self) -> "PlanQuerySet":
        """Those after which nobody has decided yet what follows."""
        return self.filter(over_at=None)

    def newest(self) -> "Plan | None":
        """The one that holds: nobody has decided yet what follows it."""
        return self.unsettled().select_related("scheme", "provider", "made_by").first()


class Plan(Owned):
    """What was decided for a recipient: what, how much, how, when, who, from when until when.

    There is no status column: it holds until somebody decides what follows. When its last day is past and nobody has,
    the meals go on, and the plan is shown as past its period until somebody does.
    """

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    recipient = models.ForeignKey(Recipient, models.PROTECT, related_name="support_plans")
    scheme = models.ForeignKey(Scheme, models.PROTECT, null=True, blank=True, related_name="+")
    provider = models.ForeignKey(Organisation, models.PROTECT, related_name="+")  # who
    what = models.CharField(max_length=300)
    meals_a_week = models.PositiveSmallIntegerField()
    how = models.CharField(max_length=200)
    when = models.CharField(max_length=200)
    begins_on = models.DateField()
    ends_on = models.DateField()  # the last day
    decided_on = models.DateField()
    next_check_on = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    over_on = models.DateField(null=True)  # the first day on which it doesn't hold any more
    over_at = models.DateTimeField(null=True)
    over_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    over_why = models.CharField(max_length=20, blank=True, choices=Over)
    over_note = models.CharField(max_length=200, blank=True)

    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering = ["-begins_on", "-id"]
        constraints = [
            models.CheckConstraint(name="plan_ends_after_it_begins", condition=Q(ends_on__gte=F("begins_on"))),
            models.CheckConstraint(name="plan_gives_meals", condition=Q(meals_a_week__range=(1, 21))),
            models.CheckConstraint(
                name="plan_is_settled_by_somebody",
                condition=Q(over_at=None, over_by=None, over_on=None, over_why="")
                | (
                    Q(over_at__isnull=False, over_by__isnull=False, over_on__isnull=False) & Q(over_why__in=Over.values)
                ),
            ),
            models.CheckConstraint(
                name="plan_ended_says_why", condition=~Q(over_why__in=[Over.ENDED, Over.MISTAKE]) | ~Q(over_note="")
            ),
            models.UniqueConstraint(name="plan_one_at_a_time", fields=["recipient"], condition=Q(over_at=None)),
        ]
        indexes = [models.Index(name="plan_ends", fields=["office", "ends_on"], condition=Q(over_at=None))]

    def __str__(self) -> str:
        return f"{self.begins_on:%Y-%m-%d} – {self.ends_on:%Y-%m-%d}"

    def is_past(self, day: date) -> bool:
        """Whether its period is over and nobody has decided what follows."""
        return self.over_at is None and self.ends_on < day


class Check(Owned):
    """Somebody looked whether the service is given as decided, and whether the person's state has changed."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="checks")
    on = models.DateField()
    as_decided = models.BooleanField()
    said = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-on", "-id"]
        constraints = [
            models.CheckConstraint(name="check_says_what_differs", condition=Q(as_decided=True) | ~Q(said=""))
        ]


class Urgency(models.IntegerChoices):
    """How soon somebody who waits has to be served."""

    NOW = 1, _("Urgent")
    SOON = 2, _("Soon")
    NORMAL = 3, _("Normal")


class Source(models.TextChoices):
    """Through whom the office knows somebody who waits."""

    SELF = "self", _("The person")
    FAMILY = "family", _("Family")
    NEIGHBOUR = "neighbour", _("Neighbour")
    CENTRE = "centre", _("Centre")
    AGENCY = "agency", _("Other agency")
    SEARCH = "search", _("Search list")
    OTHER = "other", _("Other")


class Came(models.TextChoices):
    """What came of waiting."""

    SERVED = "served", _("Became a recipient")
    PASSED_ON = "passed_on", _("Passed on to another service")
    DECLINED = "declined", _("Doesn't want it")
    NOT_ENTITLED = "not_entitled", _("Not entitled")
    MOVED = "moved", _("Moved away")
    DIED = "died", _("Died")
    MISTAKE = "mistake", _("Entered by mistake")


class WaitingQuerySet(models.QuerySet["Waiting"]):
    def seen_by(self, standing: Standing) -> "WaitingQuerySet":
        """Those of the own dong, those whom the own agency has entered, or all of the office."""
        own = standing.organisations
        entered = Q(pk__in=[]) if own is None else Q(office=standing.office, organisation__in=own)
        return self.filter(_of_my_dong(standing) | entered)

    def still(self) -> "WaitingQuerySet":
        """Those who still wait, the most urgent first, and of these who waits longest."""
        return self.filter(ended_at=None).order_by("urgency", "since", "id")


class Waiting(Named, Owned):
    """Somebody has asked for meals, or was found, and isn't served yet."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=60)
    born_on = models.DateField(null=True, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    address = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=20, choices=Source)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")  # that entered it
    wish = models.CharField(max_length=300, blank=True)
    urgency = models.PositiveSmallIntegerField(choices=Urgency, default=Urgency.NORMAL)
    since = models.DateField()
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    duty = models.OneToOneField(Duty, models.PROTECT, related_name="+")  # to answer; a new one after each answer
    answer_by = models.DateField()
    told_on = models.DateField(null=True)  # when the person was last told how it stands
    told = models.CharField(max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    came = models.CharField(max_length=20, blank=True, choices=Came)
    why = models.CharField(max_length=200, blank=True)
    recipient = models.ForeignKey(Recipient, models.PROTECT, null=True, related_name="+")

    objects = WaitingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="waiting_urgency_known", condition=Q(urgency__in=Urgency.values)),
            models.CheckConstraint(name="waiting_source_known", condition=Q(source__in=Source.values)),
            models.CheckConstraint(
                name="waiting_is_ended_by_somebody",
                condition=Q(ended_at=None, ended_by=None, came="")
                | (Q(ended_at__isnull=False, ended_by__isnull=False) & Q(came__in=Came.values)),
            ),
            models.CheckConstraint(name="waiting_ended_says_why", condition=Q(came__in=["", Came.SERVED]) | ~Q(why="")),
            models.CheckConstraint(
                name="waiting_served_names_the_recipient", condition=~Q(came=Came.SERVED) | Q(recipient__isnull=False)
            ),
        ]
        indexes = [models.Index(name="waiting_now", fields=["office", "urgency", "since"], condition=Q(ended_at=None))]

    def __str__(self) -> str:
        return self.name

    def days(self, day: date) -> int:
        """For how many days they have waited."""
        return max((day - self.since).days, 0)


class Population(Owned):
    """How many people live in a dong, as the office was told on a day: figures without persons."""

    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    on = models.DateField()
    persons = models.PositiveIntegerField()  # 65 and older
    alone = models.PositiveIntegerField()  # of these, living alone
    source = models.CharField(max_length=200)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="population_once_a_day", fields=["area", "on"]),
            models.CheckConstraint(name="population_alone_are_some_of_all", condition=Q(alone__lte=F("persons"))),
            models.CheckConstraint(name="population_says_its_source", condition=~Q(source="")),
        ]


class ReferralQuerySet(models.QuerySet["Referral"]):
    def seen_by(self, standing: Standing) -> "ReferralQuerySet":
        """Those of the own dong, or all of the office."""
        return self.filter(_of_my_dong(standing))


class Referral(Owned):
    """One agency asks another to look after somebody, and gets an answer by a day."""

    class Way(models.TextChoices):
        IN = "in", _("Asked of us")
        OUT = "out", _("Asked by us")

    class Answer(models.TextChoices):
        ACCEPTED = "accepted", _("Accepted")
        WAITING = "waiting", _("On the waiting list")
        REFUSED = "refused", _("Refused")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    way = models.CharField(max_length=10, choices=Way)
    agency = models.CharField(max_length=100)
    who = models.CharField(max_length=60, blank=True)  # of the agency
    phone = models.CharField(max_length=40, blank=True)
    area = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+")
    waiting = models.ForeignKey(Waiting, models.PROTECT, null=True, related_name="referrals")
    recipient = models.ForeignKey(Recipient, models.PROTECT, null=True, related_name="support_referrals")
    what = models.CharField(max_length=300)
    asked_on = models.DateField()
    answer_by = models.DateField()
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    duty = models.OneToOneField(Duty, models.PROTECT, related_name="+")
    answer = models.CharField(max_length=20, blank=True, choices=Answer)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")  # who entered the answer
    spoke_with = models.CharField(max_length=60, blank=True)  # who of the agency gave the answer, or got it
    said = models.CharField(max_length=300, blank=True)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="support_referral_way_known", condition=Q(way__in=["in", "out"])),
            models.CheckConstraint(
                name="support_referral_is_about_somebody",
                condition=Q(way="in", waiting__isnull=False)
                | Q(way="out", recipient__isnull=False)
                | Q(way="out", waiting__isnull=False),
            ),
            models.CheckConstraint(
                name="support_referral_is_answered_by_somebody",
                condition=Q(answered_at=None, answered_by=None, answer="")
                | Q(answered_at__isnull=False, answered_by__isnull=False)
                & Q(answer__in=["accepted", "waiting", "refused"])
                & ~Q(spoke_with=""),
            ),
            models.CheckConstraint(
                name="support_referral_refused_says_why", condition=~Q(answer="refused") | ~Q(said="")
            ),
        ]
        indexes = [models.Index(name="support_referral_of", fields=["office", "-asked_on"])]

    def __str__(self) -> str:
        return self.agency


class SearchQuerySet(models.QuerySet["Search"]):
    def seen_by(self, standing: Standing) -> "SearchQuerySet":
        """Those of the own dong, or all of the office."""
        return self.filter(_of_my_dong(standing))


class Search(Owned):
    """Whom a dong's centre looks for in a quarter: owed by its end."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    quarter = models.DateField()  # its first day
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    duty = models.OneToOneField(Duty, models.PROTECT, related_name="+")

    objects = SearchQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="search_once_a_quarter", fields=["area", "quarter"]),
            models.CheckConstraint(
                name="search_begins_a_quarter",
                condition=Q(quarter__month__in=[1, 4, 7, 10], quarter__day=1),
            ),
        ]

    def __str__(self) -> str:
        return gettext("%(year)s, quarter %(number)s") % self.named

    @property
    def named(self) -> dict[str, int]:
        """The year and the number of the quarter."""
        return {"year": self.quarter.year, "number": (self.quarter.month + 2) // 3}


class Result(models.TextChoices):
    """What came of looking for somebody."""

    WELL = "well", _("Found well")
    WANTS = "wants", _("Wants meals")
    REFERRED = "referred", _("Passed on to another service")
    NOT_FOUND = "not_found", _("Not found")
    REFUSED = "refused", _("Doesn't want it")
    MOVED = "moved", _("Moved away")
    DIED = "died", _("Died")


class Lead(Named, Owned):
    """Somebody to be looked for: from what we know ourselves, or from a list that the office was given."""

    class Why(models.TextChoices):
        WAITING = "waiting", _("Waits")
        DECLINED = "declined", _("Didn't want it, or wasn't entitled")
        ENDED = "ended", _("Meals have ended")
        STOPPED = "stopped", _("Another service has stopped")
        LISTED = "listed", _("On a list")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    search = models.ForeignKey(Search, models.PROTECT, null=True, related_name="leads")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    born_on = models.DateField(null=True)
    phone = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=200, blank=True)
    why = models.CharField(max_length=20, choices=Why)
    detail = models.CharField(max_length=100, blank=True)  # power cut off, which service has stopped …
    recipient = models.ForeignKey(Recipient, models.PROTECT, null=True, related_name="+")
    waiting = models.ForeignKey(Waiting, models.PROTECT, null=True, related_name="+")
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    result = models.CharField(max_length=20, blank=True, choices=Result)
    said_at = models.DateTimeField(null=True)
    said_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                name="lead_why_known",
                condition=Q(why__in=["waiting", "declined", "ended", "stopped", "listed"]),
            ),
            models.CheckConstraint(
                name="lead_result_is_somebodys",
                condition=Q(result="", said_at=None, said_by=None)
                | (Q(said_at__isnull=False, said_by__isnull=False) & Q(result__in=Result.values)),
            ),
            models.CheckConstraint(name="lead_referred_says_to_whom", condition=~Q(result="referred") | ~Q(note="")),
        ]
        indexes = [models.Index(name="lead_of", fields=["search", "name"])]
