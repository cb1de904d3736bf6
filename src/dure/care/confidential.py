"""What only the office sees: words that came with a suspicion of abuse, and contacts who aren't to be told."""

from typing import TYPE_CHECKING

from django.db import models

from dure.offices.models import Owned
from dure.sealing.fields import SealedText

if TYPE_CHECKING:
    from dure.care.models import Contact


class InConfidence(Owned):
    """A worker suspects abuse: that, and every word typed with it, is kept here and never on the sighting itself.

    The database shows it to the office alone. So no list, page or file of anybody else can have it by mistake.
    """

    sighting = models.OneToOneField("care.Sighting", models.PROTECT, related_name="confidence")
    who = SealedText(max_length=100, blank=True)
    note = SealedText(max_length=500, blank=True)


class ToBeTold(models.Manager["Contact"]):
    """Contacts who may be phoned and told: whoever isn't to be told is in no list made from these."""

    def get_queryset(self) -> models.QuerySet["Contact"]:
        return super().get_queryset().filter(untold_at=None)
