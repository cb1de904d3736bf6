"""What was put on paper for a provider's day, and when."""

import uuid

from django.db import models
from django.db.models import Q

from dure.files.models import Content
from dure.offices.models import Owned
from dure.people.actions import Standing
from dure.people.models import Organisation, Role


class PackQuerySet(models.QuerySet["Pack"]):
    def seen_by(self, standing: Standing) -> "PackQuerySet":
        """Those that somebody may see: a provider its own, the office all. A centre's dong is only a part of one."""
        mine = self.filter(office=standing.office)
        if standing.organisations is None:
            return mine
        return mine.filter(provider__in=standing.organisations if standing.has(Role.PROVIDER) else [])

    def kept(self) -> "PackQuerySet":
        """Those that can still be downloaded."""
        return self.filter(let_go_at=None)


class Pack(Owned):
    """The papers of one provider for one day, as the plan stood at a moment. A later one stands beside it.

    After its time the bytes are let go; that it was made, and when, stays.
    """

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    provider = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    day = models.DateField()
    version = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=4)
    plan_sha256 = models.CharField(max_length=64)  # of what the day's plan said: another plan is another version
    stops = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField()
    content = models.ForeignKey(Content, models.PROTECT, null=True, related_name="+")
    let_go_at = models.DateTimeField(null=True)

    objects = PackQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="pack_version_once", fields=["provider", "day", "version"]),
            models.CheckConstraint(name="pack_versions_count_from_one", condition=Q(version__gte=1)),
            models.CheckConstraint(name="pack_kind_known", condition=Q(kind__in=["pdf", "xlsx"])),
            models.CheckConstraint(
                name="pack_has_its_bytes_until_let_go",
                condition=Q(content__isnull=False, let_go_at=None) | Q(content=None, let_go_at__isnull=False),
            ),
        ]
        indexes = [models.Index(name="pack_of", fields=["office", "-day", "provider", "-version"])]

    def __str__(self) -> str:
        return f"{self.provider} {self.day:%Y-%m-%d} ({self.version})"
