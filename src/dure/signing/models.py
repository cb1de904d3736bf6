"""Signing in: from where somebody is signed in, what they prove themselves with, and what was tried in vain."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from dure.offices.models import Office, Owned
from dure.people.models import Person


class Second(models.TextChoices):
    """With what a sign-in was proved besides the password."""

    NONE = ""
    CODE = "code"
    RECOVERY = "recovery"
    PASSKEY = "passkey"


class SignInQuerySet(models.QuerySet["SignIn"]):
    def open(self) -> "SignInQuerySet":
        """Those that haven't been ended. One that was merely left alone has no session any more."""
        return self.filter(ended_at=None)


class SignIn(Owned):
    """Somebody signed in, from an address, and is so until the row has an end. All moments are the machine's own."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="sign_ins")
    begun_at = models.DateTimeField()
    proved_at = models.DateTimeField()  # when the person last showed that it is they
    used_at = models.DateTimeField()
    address = models.CharField(max_length=45, blank=True)
    browser = models.CharField(max_length=200, blank=True)
    second = models.CharField(max_length=10, blank=True, choices=Second)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    objects = SignInQuerySet.as_manager()

    class Meta:
        ordering = ["-used_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="sign_in_second_known", condition=Q(second__in=["", "code", "recovery", "passkey"])
            ),
        ]
        indexes = [models.Index(name="sign_in_open", fields=["person"], condition=Q(ended_at=None))]


class CodeApp(Owned):
    """An app on somebody's phone that shows a code of six digits, another one every 30 seconds.

    Its secret is sealed. `last_step` is the half minute of the last code that was taken: none is taken twice.
    """

    person = models.OneToOneField(Person, models.PROTECT, related_name="code_app")
    sealed = models.TextField()
    since = models.DateTimeField()
    last_step = models.BigIntegerField(default=0)
    used_at = models.DateTimeField(null=True)


class RecoveryCode(Owned):
    """One of the codes on paper for the day on which the phone is lost. Kept as a digest; each is taken once."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="recovery_code_once", fields=["person", "digest"])]


class Passkey(Owned):
    """A key in somebody's phone, computer or stick that signs after a finger, a face or a PIN. Public half only."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="passkeys")
    name = models.CharField(max_length=60)
    key_sha256 = models.CharField(max_length=64, unique=True)  # of the key's id, by which it is found
    credential = models.BinaryField()
    counter = models.BigIntegerField(default=0)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["made_at", "id"]


class Tries(models.Model):
    """Passwords or codes tried in vain for one log-in name from one address (codes: from wherever).

    The name stands as a digest: somebody may have typed a password there. The office is known when the name is
    somebody's; a name that is nobody's is counted, locked and answered in the same way.
    """

    office = models.ForeignKey(Office, models.CASCADE, null=True, related_name="+")
    name_digest = models.CharField(max_length=64)
    address = models.CharField(max_length=45, blank=True)
    count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()
    locked_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="tries_counted_once", fields=["name_digest", "address"]),
        ]

    def is_locked(self, real: datetime) -> bool:
        """Whether nothing is tried for now."""
        return self.locked_until is not None and self.locked_until > real


class Count(models.Model):
    """How often something was done in the ten minutes that began then. Who did it, or from where, stands as a digest.

    Web and phones count through the function `signing_counted` alone: they can neither read nor reset a count.
    """

    key_digest = models.CharField(max_length=64)
    since = models.DateTimeField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(name="counted_once", fields=["key_digest", "since"])]
        indexes = [models.Index(name="count_since", fields=["since"])]
