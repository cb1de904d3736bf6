"""Complaints: what came, from whom, about what; by when it is answered, and what became of it."""

import uuid
from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dure.care.models import Recipient
from dure.duty.models import Duty
from dure.offices.models import Owned
from dure.people.actions import Standing
from dure.people.models import Organisation, Person
from dure.people.subjects import Named
from dure.places.models import Area


class Way(models.TextChoices):
    """How a complaint came."""

    PHONE = "phone", _("By phone")
    VISIT = "visit", _("By a visit")
    LETTER = "letter", _("By letter")
    COUNCIL = "council", _("Through the council")
    WEB = "web", _("Online")


class Kind(models.TextChoices):
    """What a complaint asks for. It decides by when it has to be answered."""

    GRIEVANCE = "grievance", _("Grievance")
    SUGGESTION = "suggestion", _("Suggestion")
    QUESTION = "question", _("Question (procedure)")
    LAW = "law", _("Question (law)")
    OTHER = "other", _("Other")


class ComplaintQuerySet(models.QuerySet["Complaint"]):
    def seen_by(self, standing: Standing) -> "ComplaintQuerySet":
        """Those passed to the own provider, of the own dong or received at the own centre; or all of the office."""
        mine = self.filter(office=standing.office)
        if standing.organisations is None:
            return mine
        own = standing.organisations
        asked = Statement.objects.filter(organisation__in=own).values("complaint")
        return mine.filter(Q(centre__in=own) | Q(desk__in=own) | Q(pk__in=asked))


class Complaint(Named, Owned):
    """Somebody complains, asks or suggests. It is open until it is answered or passed to another agency.

    Who complained may stay unknown. If they aren't content another one follows: what was answered stays as it is.
    """

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(max_length=20)  # how people name it: 민원 2611-03
    kind = models.CharField(max_length=20, choices=Kind)
    way = models.CharField(max_length=20, choices=Way)
    received_on = models.DateField()
    name = models.CharField(max_length=60, blank=True)  # empty: anonymous
    phone = models.CharField(max_length=40, blank=True)
    named_to_provider = models.BooleanField(default=False)  # agreed that the provider may know who it is
    title = models.CharField(max_length=100)
    text = models.TextField(max_length=5000)
    provider = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+")
    centre = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")  # of the dong
    worker = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    recipient = models.ForeignKey(Recipient, models.PROTECT, null=True, blank=True, related_name="+")
    desk = models.ForeignKey(Organisation, models.PROTECT, related_name="+")  # where it was received
    answer_by = models.DateField()
    duty = models.OneToOneField(Duty, models.PROTECT, related_name="+")
    follows = models.OneToOneField("self", models.PROTECT, null=True, related_name="followed_by")
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    first_answer_by = models.DateField(null=True)  # before it was extended
    extended_at = models.DateTimeField(null=True)
    extended_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    extended_why = models.CharField(max_length=200, blank=True)
    answer = models.TextField(max_length=5000, blank=True)
    told_how = models.CharField(max_length=20, blank=True, choices=Way)
    answered_on = models.DateField(null=True)
    passed_to = models.CharField(max_length=100, blank=True)  # another agency
    passed_why = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="complaint_number_once", fields=["office", "number"]),
            models.CheckConstraint(name="complaint_kind_known", condition=Q(kind__in=Kind.values)),
            models.CheckConstraint(name="complaint_way_known", condition=Q(way__in=Way.values)),
            models.CheckConstraint(name="complaint_told_how_known", condition=Q(told_how__in=["", *Way.values])),
            models.CheckConstraint(
                name="complaint_answered_not_before_it_came", condition=Q(answer_by__gte=F("received_on"))
            ),
            models.CheckConstraint(
                name="complaint_extended_once_with_a_reason",
                condition=Q(extended_at=None, extended_by=None, extended_why="", first_answer_by=None)
                | Q(extended_at__isnull=False, extended_by__isnull=False, answer_by__gt=F("first_answer_by"))
                & ~Q(extended_why=""),
            ),
            models.CheckConstraint(
                name="complaint_ends_answered_or_passed_on",
                condition=Q(ended_at=None, ended_by=None, answer="", answered_on=None, passed_to="")
                | Q(ended_at__isnull=False, ended_by__isnull=False, answered_on__isnull=False, passed_to="")
                & ~Q(answer="") & ~Q(told_how="")
                | Q(ended_at__isnull=False, ended_by__isnull=False, answer="", answered_on=None)
                & ~Q(passed_to="") & ~Q(passed_why=""),
            ),
            models.CheckConstraint(
                name="complaint_of_nobody_names_nobody", condition=~Q(name="") | Q(named_to_provider=False)
            ),
        ]  # fmt: skip
        indexes = [models.Index(name="complaint_of", fields=["office", "-received_on"])]

    def __str__(self) -> str:
        return self.number

    @property
    def page(self) -> str:
        """Where to act on it."""
        return f"/care/complaints/{self.ref}/"

    def is_late(self, today: date) -> bool:
        """Whether its answer is overdue."""
        return self.ended_at is None and self.answer_by < today


class Statement(Owned):
    """A provider is asked to say what happened, by a day; or isn't any more, with the reason."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="statements")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    due_on = models.DateField()
    duty = models.OneToOneField(Duty, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    text = models.TextField(max_length=5000, blank=True)
    stated_at = models.DateTimeField(null=True)
    stated_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    dropped_at = models.DateTimeField(null=True)  # the complaint was ended without it
    dropped_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [
            models.UniqueConstraint(name="statement_once", fields=["complaint", "organisation"]),
            models.CheckConstraint(
                name="statement_is_somebodys",
                condition=Q(stated_at=None, stated_by=None, text="")
                | (Q(stated_at__isnull=False, stated_by__isnull=False) & ~Q(text="")),
            ),
            models.CheckConstraint(
                name="statement_dropped_by_somebody",
                condition=Q(dropped_at=None, dropped_by=None)
                | Q(dropped_at__isnull=False, dropped_by__isnull=False, stated_at=None),
            ),
        ]
