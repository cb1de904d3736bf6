"""Versions of the consent text by purpose, and what each recipient said to them: facts that are only added to."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dure.care.models import Recipient
from dure.files.models import Content
from dure.offices.models import Owned
from dure.people.actions import Standing
from dure.people.models import Person


class Purpose(models.TextChoices):
    """For what personal data are used or passed on."""

    MEALS = "meals", _("Meals and welfare checks")
    EMERGENCY = "emergency", _("119 and hospitals")
    FAMILY = "family", _("Telling the family")
    PHOTOS = "photos", _("Photos")


class Said(models.TextChoices):
    """What the recipient said."""

    GIVEN = "given", _("Consents to it")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class How(models.TextChoices):
    """How it was said."""

    PAPER = "paper", _("On paper, signed")
    ORAL = "oral", _("Orally, with a witness")
    GUARDIAN = "guardian", _("By the guardian")


class Text(Owned):
    """What somebody is asked to agree to, from a day on. A new version stands beside the old ones."""

    purpose = models.CharField(max_length=20, choices=Purpose)
    version = models.PositiveSmallIntegerField()
    since = models.DateField()
    text = models.TextField(max_length=10000)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["purpose", "-version"]
        constraints = [
            models.UniqueConstraint(name="consent_text_version_once", fields=["office", "purpose", "version"]),
            models.CheckConstraint(name="consent_text_purpose_known", condition=Q(purpose__in=Purpose.values)),
            models.CheckConstraint(name="consent_text_isnt_empty", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return str(self.version)


class ConsentQuerySet(models.QuerySet["Consent"]):
    def seen_by(self, standing: Standing) -> "ConsentQuerySet":
        """Those of recipients whom somebody may see."""
        return self.filter(recipient__in=Recipient.objects.seen_by(standing))


class Consent(Owned):
    """One thing said by or for a recipient on a day. The newest of a purpose holds."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    recipient = models.ForeignKey(Recipient, models.PROTECT, related_name="consents")
    purpose = models.CharField(max_length=20, choices=Purpose)
    said = models.CharField(max_length=20, choices=Said)
    text = models.ForeignKey(Text, models.PROTECT, null=True, related_name="+")  # which version was agreed to
    on = models.DateField()
    how = models.CharField(max_length=20, choices=How)
    who = models.CharField(max_length=60, blank=True)  # the witness, or the guardian
    content = models.ForeignKey(Content, models.PROTECT, null=True, related_name="+")  # the signed paper, scanned
    name = models.CharField(max_length=200, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(Person, models.PROTECT, related_name="+")

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["-on", "-entered_at", "-id"]
        constraints = [
            models.CheckConstraint(name="consent_purpose_known", condition=Q(purpose__in=Purpose.values)),
            models.CheckConstraint(name="consent_said_known", condition=Q(said__in=Said.values)),
            models.CheckConstraint(name="consent_how_known", condition=Q(how__in=How.values)),
            models.CheckConstraint(
                name="consent_given_names_its_version", condition=~Q(said="given") | Q(text__isnull=False)
            ),
            models.CheckConstraint(name="consent_not_on_paper_names_who", condition=Q(how="paper") | ~Q(who="")),
            models.CheckConstraint(
                name="consent_file_has_a_name",
                condition=Q(content=None, name="") | Q(content__isnull=False) & ~Q(name=""),
            ),
        ]
        indexes = [models.Index(name="consent_newest", fields=["recipient", "purpose", "-on", "-entered_at"])]
