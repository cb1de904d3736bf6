"""What shows that somebody may handle food: examinations and training, each with its day."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from dure.duty.models import Duty
from dure.files.models import Content
from dure.gatherings.models import Gathering
from dure.offices.models import Owned
from dure.people.actions import Standing
from dure.people.models import Membership, Organisation, Person, Role

MOST_HOURS = 100
WORK = (Role.WORKER, Role.PROVIDER)  # who of a provider can be asked for certificates


def people_seen_by(standing: Standing) -> models.QuerySet[Person]:
    """Whose certificates somebody may see: those who work or worked at the own provider, or at any of the office."""
    held = Membership.objects.filter(office=standing.office, role__in=WORK, organisation__kind="provider")
    if standing.organisations is not None:
        held = held.filter(organisation__in=standing.organisations)
    return Person.objects.filter(pk__in=held.values("person"))


class Kind(Owned):
    """A kind of certificate. Those with a code follow the rules of the law; the others are the office's own."""

    HEALTH, HYGIENE = "health", "hygiene"

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(max_length=10, blank=True)
    name = models.CharField(max_length=60)
    months = models.PositiveSmallIntegerField(null=True, blank=True)  # how long an own one holds; none: for ever
    bars = models.BooleanField(default=False)  # without it, once it has lapsed, no stops
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(name="kind_of_certificate_once", fields=["office", "name"]),
            models.UniqueConstraint(
                name="kind_of_certificate_one_of_the_law", fields=["office", "code"], condition=~Q(code="")
            ),
            models.CheckConstraint(name="kind_of_certificate_known", condition=Q(code__in=["", "health", "hygiene"])),
            models.CheckConstraint(
                name="kind_of_certificate_holds_a_while", condition=Q(months=None) | Q(months__range=(1, 120))
            ),
            models.CheckConstraint(
                name="kind_of_certificate_of_the_law_follows_rules", condition=Q(code="") | Q(months=None, bars=False)
            ),
        ]

    def __str__(self) -> str:
        return {self.HEALTH: _("Health certificate"), self.HYGIENE: _("Hygiene training")}.get(self.code, self.name)


class CertificateQuerySet(models.QuerySet["Certificate"]):
    def seen_by(self, standing: Standing) -> "CertificateQuerySet":
        """Those of the people that somebody may see."""
        return self.filter(office=standing.office, person__in=people_seen_by(standing))


class Certificate(Owned):
    """One examination or one training of one person. Until when it holds is computed, never entered."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="certificates")
    kind = models.ForeignKey(Kind, models.PROTECT, related_name="+")
    day = models.DateField()
    hours = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    content = models.ForeignKey(Content, models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=200, blank=True)  # of the file
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)  # it was entered by mistake
    withdrawn_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    withdrawn_why = models.CharField(max_length=200, blank=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "-id"]
        constraints = [
            models.UniqueConstraint(
                name="certificate_once", fields=["person", "kind", "day"], condition=Q(withdrawn_at=None)
            ),
            models.CheckConstraint(
                name="certificate_hours_are_some", condition=Q(hours=None) | Q(hours__gt=0, hours__lte=MOST_HOURS)
            ),
            models.CheckConstraint(
                name="certificate_withdrawn_says_by_whom_and_why",
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdrawn_why="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_why="")),
            ),
            models.CheckConstraint(
                name="certificate_file_has_a_name", condition=Q(content=None, name="") | ~Q(name="")
            ),
        ]
        indexes = [models.Index(name="certificate_of", fields=["office", "person", "kind"])]


class Work(Owned):
    """What somebody does with food, as far as it changes what is asked of them."""

    person = models.OneToOneField(Person, models.PROTECT, related_name="food_work")
    cooks = models.BooleanField(default=False)  # also somebody of the desk who cooks
    qualified = models.BooleanField(default=False)  # a cook or dietitian by licence: more hours of training
    packed_only = models.BooleanField(default=False)  # carries fully packed food only
    began_on = models.DateField(null=True, blank=True)  # when they began with food; else when they began here

    class Meta:
        constraints = [
            models.CheckConstraint(name="work_with_food_is_open_or_packed", condition=~Q(cooks=True, packed_only=True))
        ]


class Packed(Owned):
    """A provider whose workers carry fully packed food only: they need no health certificate."""

    organisation = models.OneToOneField(Organisation, models.PROTECT, related_name="+")
    since = models.DateField()
    said_by = models.ForeignKey(Person, models.PROTECT, related_name="+")


class Counted(Owned):
    """A training to which people came counts as hours of a kind for everybody who came."""

    gathering = models.OneToOneField(Gathering, models.PROTECT, related_name="+")
    kind = models.ForeignKey(Kind, models.PROTECT, related_name="+")
    hours = models.DecimalField(max_digits=4, decimal_places=1)

    class Meta:
        constraints = [
            models.CheckConstraint(name="training_counts_some_hours", condition=Q(hours__gt=0, hours__lte=MOST_HOURS))
        ]


class Renewal(Owned):
    """A certificate that ends on a day is renewed by then: owed until somebody enters the new one."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    kind = models.ForeignKey(Kind, models.PROTECT, related_name="+")
    until = models.DateField()
    duty = models.OneToOneField(Duty, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(name="renewal_once", fields=["person", "kind", "until"])]
