"""What was handed in as a file, kept once by what is in it."""

from django.db import models
from django.db.models import Q

from dure.offices.models import Owned
from dure.sealing.fields import SealedBytes

LARGEST = 10 * 1024 * 1024


class Content(Owned):
    """The bytes of a file. The same bytes handed in again are the same row; what they are called stands elsewhere."""

    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    data = SealedBytes()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="content_once", fields=["office", "sha256"]),
            models.CheckConstraint(name="content_is_bounded", condition=Q(size__gt=0, size__lte=LARGEST)),
        ]
