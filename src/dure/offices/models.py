"""The office that runs the programmes: the tenant. Every row of ours belongs to exactly one."""

import uuid

from django.db import models


class Office(models.Model):
    """A gu, a gun, a province or a sports council. Nothing of one office is visible to another."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=100)
    zone = models.CharField(max_length=50, default="Asia/Seoul")
    language = models.CharField(max_length=10, default="ko")
    is_demo = models.BooleanField(default=False)  # every page then says that all persons are invented

    def __str__(self) -> str:
        return self.name


class Owned(models.Model):
    """A row that belongs to an office; the database shows it to nobody else."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="+")

    class Meta:
        abstract = True
