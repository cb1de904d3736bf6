"""Who can act: persons with their memberships, addresses and phones, and the rosters that say who answers now."""

import uuid
from datetime import date, datetime

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dure.offices.models import Office, Owned
from dure.places.models import Area


class Organisation(Owned):
    """A party inside an office: the office itself, a dong's centre, a provider, a hospital, another agency."""

    class Kind(models.TextChoices):
        OFFICE = "office", _("Office")
        CENTRE = "centre", _("Centre")
        PROVIDER = "provider", _("Provider")
        HOSPITAL = "hospital", _("Hospital")
        AGENCY = "agency", _("Other agency")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=20, choices=Kind)
    name = models.CharField(max_length=100)
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="organisations")
    phone = models.CharField(max_length=40, blank=True)
    night_phone = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="organisation_named_once", fields=["office", "kind", "name"]),
            models.CheckConstraint(
                name="organisation_kind_known",
                condition=Q(kind__in=["office", "centre", "provider", "hospital", "agency"]),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Person(AbstractBaseUser):
    """Anyone who can act: one account, one human being. Leaving ends the account, never the record."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    office = models.ForeignKey(Office, models.PROTECT, related_name="people")
    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=60)
    post = models.CharField(max_length=60, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=10, default="ko")
    left_at = models.DateTimeField(null=True)
    password_given_at = models.DateTimeField(null=True)  # somebody else knows it: it is changed before anything else

    objects = BaseUserManager["Person"]()
    USERNAME_FIELD = "username"

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """Whether the person still works here and may sign in."""
        return self.left_at is None

    def get_full_name(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a person may do in an organisation."""

    WORKER = "worker", _("Worker")
    PROVIDER = "provider", _("Provider's desk")
    CENTRE = "centre", _("Centre officer")
    OFFICER = "officer", _("Officer")
    ADMIN = "admin", _("Administrator")


class MembershipQuerySet(models.QuerySet["Membership"]):
    def on(self, day: date) -> "MembershipQuerySet":
        """Those that hold on a day."""
        return self.filter(Q(until=None) | Q(until__gt=day), since__lte=day)


class Membership(Owned):
    """A person's role in an organisation from a day to a day."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    since = models.DateField()
    until = models.DateField(null=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="membership_role_known", condition=Q(role__in=[r for r in Role.values])),
            # on its first day: it was given by mistake, and never held
            models.CheckConstraint(
                name="membership_ends_not_before_it_begins", condition=Q(until=None) | Q(until__gte=F("since"))
            ),
            models.UniqueConstraint(
                name="membership_once", fields=["person", "organisation", "role"], condition=Q(until=None)
            ),
        ]


class Grant(Owned):
    """A line of the history of rights, written by the database itself whenever a role is given, changed or ended, or
    somebody leaves. It is read by the office and altered by nobody."""

    class Did(models.TextChoices):
        GIVEN = "given", _("given")
        CHANGED = "changed", _("end changed")
        DELETED = "deleted", _("deleted")
        LEFT = "left", _("account ended")
        BACK = "back", _("account opened again")

    did = models.CharField(max_length=10, choices=Did)
    at = models.DateTimeField()  # the machine's own time
    by = models.ForeignKey(Person, models.DO_NOTHING, null=True, related_name="+", db_constraint=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="grants")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=20, blank=True, choices=Role)
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    was_until = models.DateField(null=True)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="grant_says_what_was_done", condition=Q(did__in=["given", "changed", "deleted", "left", "back"])
            ),
        ]
        indexes = [models.Index(name="grant_of", fields=["person", "-id"])]


class Channel(models.TextChoices):
    """How a person is reached."""

    SCREEN = "screen", _("On screen")
    SMS = "sms", _("Text message")
    EMAIL = "email", _("E-mail")
    CALL = "call", _("Phone call by a person")


class Address(Owned):
    """A person's number or address on one channel. `dead_at` is set when it failed for good, or isn't used any more."""

    class Dead(models.TextChoices):
        FAILED = "", _("doesn't work")
        WRONG = "wrong", _("wrong number")
        ENDED = "ended", _("not used any more")

    person = models.ForeignKey(Person, models.PROTECT, related_name="addresses")
    channel = models.CharField(max_length=20, choices=Channel)
    value = models.CharField(max_length=200, blank=True)  # a screen needs none
    since = models.TimeField(null=True)  # of the day, where the office is: before others from here on ...
    until = models.TimeField(null=True)  # ... to here, over midnight if that is earlier; none: at any hour
    tested_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)
    dead_why = models.CharField(max_length=10, blank=True, choices=Dead, db_default="")
    unanswered_at = models.DateTimeField(null=True)  # the last test call that nobody answered

    class Meta:
        constraints = [
            models.CheckConstraint(name="address_dead_why_known", condition=Q(dead_why__in=["", "wrong", "ended"])),
            models.UniqueConstraint(name="address_once", fields=["person", "channel", "value"]),
            models.CheckConstraint(name="address_channel_known", condition=Q(channel__in=[c for c in Channel.values])),
            models.CheckConstraint(name="address_says_where", condition=Q(channel="screen") | ~Q(value="")),
            models.CheckConstraint(
                name="address_hours_begin_and_end",
                condition=Q(since=None, until=None)
                | (Q(since__isnull=False, until__isnull=False) & ~Q(since=F("until"))),
            ),
        ]


class Roster(Owned):
    """Who answers for something at a moment: a provider's desk, a dong's centre, the office's night desk.

    `answers_for` says it in code: `desk`, `centre`, `oncall`. A roster that an open duty names can't be retired.
    """

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=100)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="rosters")
    answers_for = models.CharField(max_length=20)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="roster_one_answers",
                fields=["organisation", "answers_for"],
                condition=Q(retired_at=None),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Holidays(models.TextChoices):
    """What a weekly rota says about public holidays and days on which the office or the provider is closed."""

    EVERY = "every", _("on holidays too")
    NOT = "not", _("not on holidays")
    ONLY = "only", _("on holidays only")


class Rota(Owned):
    """A part of a week that comes again: on these weekdays from this time to that, and who in turn.

    It is written ahead as shifts, the only thing that is read when somebody is told. It is never changed: it ends
    with a day, and another begins. An end that isn't after the start is on the next day.
    """

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    roster = models.ForeignKey(Roster, models.PROTECT, related_name="rotas")
    weekdays = models.JSONField()  # 0: Monday
    starts = models.TimeField()
    ends = models.TimeField()
    since = models.DateField()
    until = models.DateField(null=True)
    holidays = models.CharField(max_length=10, choices=Holidays, default=Holidays.EVERY)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["starts", "since", "id"]
        constraints = [
            models.CheckConstraint(
                name="rota_runs_on_some_weekday",
                condition=Q(weekdays__contained_by=[*range(7)]) & ~Q(weekdays=[]),
            ),
            models.CheckConstraint(
                name="rota_ends_not_before_it_begins", condition=Q(until=None) | Q(until__gte=F("since"))
            ),
            models.CheckConstraint(name="rota_holidays_known", condition=Q(holidays__in=Holidays.values)),
        ]


class Turn(Owned):
    """Who answers in which week of a rota, and in which order; after the last week comes the first again."""

    rota = models.ForeignKey(Rota, models.PROTECT, related_name="turns")
    week = models.PositiveSmallIntegerField()
    place = models.PositiveSmallIntegerField()
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["week", "place"]
        constraints = [
            models.UniqueConstraint(name="turn_place_once", fields=["rota", "week", "place"]),
            models.UniqueConstraint(name="turn_person_once", fields=["rota", "week", "person"]),
        ]


class StandIn(Owned):
    """In a span of time somebody answers for a roster in place of another: asked by one, agreed to by one.

    Without `off` it is in place of everybody; without `on` nobody takes the place. It holds once it is agreed to.
    """

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    roster = models.ForeignKey(Roster, models.PROTECT, related_name="stand_ins")
    off = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    on = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField()
    why = models.CharField(max_length=200, blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    agreed = models.BooleanField(null=True)

    class Meta:
        ordering = ["answered_at", "id"]
        constraints = [
            models.CheckConstraint(name="stand_in_ends_after_it_begins", condition=Q(until__gt=F("since"))),
            models.CheckConstraint(
                name="stand_in_names_two_persons",
                condition=(Q(off__isnull=False) | Q(on__isnull=False)) & (Q(off=None) | Q(on=None) | ~Q(off=F("on"))),
            ),
            models.CheckConstraint(
                name="stand_in_is_answered_by_a_person",
                condition=Q(answered_at=None, answered_by=None, agreed=None)
                | Q(answered_at__isnull=False, answered_by__isnull=False, agreed__isnull=False),
            ),
        ]
        indexes = [models.Index(name="stand_in_runs", fields=["roster", "until"])]


class ShiftNote(Owned):
    """What one shift leaves to the next. It is shown to whoever answers until somebody says that it is done with."""

    roster = models.ForeignKey(Roster, models.PROTECT, related_name="notes")
    text = models.CharField(max_length=500)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="shift_note_is_done_by_a_person",
                condition=Q(done_at=None, done_by=None) | Q(done_at__isnull=False, done_by__isnull=False),
            ),
        ]


class CalendarLink(Owned):
    """A secret address under which a calendar reads the shifts of one person or of one roster. Kept as a hash."""

    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    roster = models.ForeignKey(Roster, models.PROTECT, null=True, related_name="+")
    token_sha256 = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="calendar_link_is_of_one_thing",
                condition=Q(person__isnull=False, roster=None) | Q(person=None, roster__isnull=False),
            ),
            models.UniqueConstraint(
                name="calendar_link_one_lives", fields=["made_by", "person", "roster"],
                condition=Q(revoked_at=None), nulls_distinct=False,
            ),
        ]  # fmt: skip


class ShiftQuerySet(models.QuerySet["Shift"]):
    def at(self, moment: datetime) -> "ShiftQuerySet":
        """Those that run at a moment (from the start, up to but not including the end)."""
        return self.filter(starts_at__lte=moment, ends_at__gt=moment)


class Shift(Owned):
    """A person answers for a roster from a moment to a moment; the earlier `place` is told first."""

    roster = models.ForeignKey(Roster, models.PROTECT, related_name="shifts")
    person = models.ForeignKey(Person, models.PROTECT, related_name="shifts")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place = models.PositiveSmallIntegerField(default=0)
    rota = models.ForeignKey(Rota, models.PROTECT, null=True, related_name="shifts")  # null: put on by hand

    objects = ShiftQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "place", "id"]
        constraints = [
            models.CheckConstraint(name="shift_ends_after_it_begins", condition=Q(ends_at__gt=F("starts_at"))),
            models.UniqueConstraint(name="shift_once", fields=["roster", "person", "starts_at"]),
        ]
        indexes = [models.Index(name="shift_running", fields=["roster", "ends_at"])]


class Device(Owned):
    """A person's phone. Its key is kept as a hash; what was seen is taken from it for as long as it is known."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="devices")
    name = models.CharField(max_length=100, blank=True)
    key_sha256 = models.CharField(max_length=64, unique=True)
    enrolled_at = models.DateTimeField()
    heard_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
