"""Loading the demo office: the same seed and day give the same office."""

import os
import random
import secrets
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from dure.care.models import Recipient
from dure.demo import invented
from dure.demo.agreed import agree
from dure.demo.certified import certify
from dure.demo.changing import change
from dure.demo.kept import end_some
from dure.demo.served import serve
from dure.demo.staff import Staff, found
from dure.demo.supported import support
from dure.errors import Refused
from dure.offices.models import Office
from dure.people.models import Membership, Role

SHOWN = ("admin", "officer1", "centre1", "desk1", "worker11")


@dataclass(frozen=True)
class Login:
    """A log-in of the demo office, as it is printed."""

    role: str
    username: str
    name: str
    where: str


@dataclass(frozen=True)
class Demo:
    """What was loaded."""

    staff: Staff
    recipients: list[Recipient]


@transaction.atomic
def load(seed: int, day: date, now: datetime, password: str) -> Demo:
    """Invent an office with everybody in it, as it stands on the morning of this day."""
    if Office.objects.filter(name=invented.OFFICE).exists():
        raise Refused(_("The demo office is there already."))
    chance = random.Random(seed)
    given = invented.names(chance)
    staff = found(given, password, day, now)
    recipients = serve(staff, given, chance, day, now)
    certify(staff, day, now)
    support(staff, recipients, given, chance, day, now)
    change(staff, recipients, day, now)
    end_some(staff, recipients, given, day, now)
    agree(staff, recipients, day, now)
    return Demo(staff, recipients)


def password(folder: Path) -> str:
    """The one password of all demo log-ins: `DURE_DEMO_PASSWORD`, or one that was made up once and is kept."""
    if given := os.environ.get("DURE_DEMO_PASSWORD"):
        return given
    kept = folder / "demo-password"
    if not kept.exists():
        with open(os.open(kept, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(f"dure-{secrets.randbelow(10**6):06}")
    return kept.read_text()


def logins() -> list[Login]:
    """One log-in for each role."""
    held = Membership.objects.filter(person__office__is_demo=True, person__username__in=SHOWN)
    return [
        Login(str(Role(m.role).label), m.person.username, m.person.name, m.organisation.name)
        for m in held.select_related("person", "organisation").order_by("person__id")
    ]


def told(folder: Path) -> str:
    """The log-ins as a person reads them on the terminal; nothing when there is no demo office."""
    lines = [f"  {each.username:<10} {each.role}: {each.name}, {each.where}" for each in logins()]
    if not lines:
        return ""
    head = _("The demo office: all persons are invented. Password of all its log-ins: %(password)s")
    if settings.DURE_SECOND_FACTOR != "always":
        lines.append(_("The password is enough here; a real office asks officers for a second step."))
    return "\n".join([head % {"password": password(folder)}, *lines])
