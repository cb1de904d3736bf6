"""Where things are: areas (dongs, gus) with their codes and boundaries over time, and places with how to get in."""

import re
import uuid

from django.db import models

from dure.offices.models import Owned
from dure.sealing.fields import SealedText


def sort_key(name: str) -> str:
    """So that 첨단2동 comes before 첨단10동.

    >>> sort_key("첨단2동") < sort_key("첨단10동")
    True
    """
    return re.sub(r"\d+", lambda number: number[0].zfill(6), name)


class Area(Owned):
    """An administrative area, mostly a dong. Matched by code, never by the beginning of its name."""

    code = models.CharField(max_length=20)
    name = models.CharField(max_length=60)
    sort_key = models.CharField(max_length=100, editable=False)
    lon = models.FloatField(null=True)  # the centre, degrees WGS 84
    lat = models.FloatField(null=True)
    boundary = models.JSONField(null=True)  # GeoJSON geometry that the office loaded; without it the map shows a cell
    since = models.DateField(null=True)
    until = models.DateField(null=True)

    class Meta:
        ordering = ["sort_key"]
        constraints = [
            models.UniqueConstraint(
                name="area_code_once_at_a_time", fields=["office", "code", "since"], nulls_distinct=False
            ),
            models.CheckConstraint(
                name="area_ends_after_it_begins",
                condition=models.Q(until=None) | models.Q(since=None) | models.Q(until__gt=models.F("since")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        self.sort_key = sort_key(self.name)
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class Place(Owned):
    """An address and how to get in: what somebody in front of the door needs."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    area = models.ForeignKey(Area, models.PROTECT, null=True, related_name="+")
    address = models.CharField(max_length=200)
    entrance = SealedText(max_length=200, blank=True)  # which building, gate, stairs
    floor = models.CharField(max_length=20, blank=True)
    door_code = SealedText(max_length=40, blank=True)
    key_place = SealedText(max_length=100, blank=True)
    hazard = SealedText(max_length=200, blank=True)  # dog, steep stairs, aggression
    slow_minutes = models.PositiveSmallIntegerField(default=0)  # "slow to the door"
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)

    def __str__(self) -> str:
        return self.address
