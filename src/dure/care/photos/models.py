"""A photograph of a sign. It belongs to a visit, and names the report with which it was taken."""

import uuid

from django.db import models
from django.db.models import OuterRef, Q, Subquery

from dure.care.consents.models import Consent, Purpose, Said
from dure.care.models import Visit
from dure.files.models import Content
from dure.offices.models import Owned
from dure.people.actions import Standing
from dure.people.models import Device, Person


class PhotoQuerySet(models.QuerySet["Photo"]):
    def seen_by(self, standing: Standing) -> "PhotoQuerySet":
        """Those of visits that somebody may see; what came with a suspicion of abuse is the office's alone, and who
        doesn't want to be photographed, or no more, isn't shown from that moment on.
        """
        said = Consent.objects.filter(recipient=OuterRef("visit__recipient"), purpose=Purpose.PHOTOS)
        newest = said.order_by("-on", "-entered_at", "-id").values("said")[:1]
        mine = self.filter(visit__in=Visit.objects.seen_by(standing)).annotate(may=Subquery(newest))
        mine = mine.filter(Q(may=None) | Q(may=Said.GIVEN))
        return mine if standing.organisations is None else mine.filter(in_confidence=False)


class Photo(Owned):
    """One photograph, as it was drawn anew. The same one sent again is the same row.

    Its report may still be on its way: it is found by its key as soon as it is here.
    """

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.UUIDField()  # made by the phone
    sha256 = models.CharField(max_length=64)  # of the bytes as they were sent
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="photos")
    report = models.UUIDField()  # the key of the report with which it was taken
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    device = models.ForeignKey(Device, models.PROTECT, null=True, related_name="+")
    content = models.ForeignKey(Content, models.PROTECT, related_name="+")
    in_confidence = models.BooleanField(default=False)
    apart = models.BooleanField(default=False)  # from a phone that was taken away, and nobody has asked the worker

    objects = PhotoQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(name="photo_counts_once", fields=["office", "key", "sha256"]),
            models.CheckConstraint(name="photo_was_taken_before_it_came", condition=Q(at__lte=models.F("received_at"))),
        ]
        indexes = [models.Index(name="photo_of_a_report", fields=["report"])]
