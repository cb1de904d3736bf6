"""Being signed in: begun with what was proved, held on to while it is used, ended by whom and when."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY, login
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_noop

from dure.audit.actions import note
from dure.outbox.actions import ordinary_try_at, owe
from dure.outbox.models import Message
from dure.people import accounts
from dure.people.actions import Standing, addresses_of
from dure.people.doors import OFFICE
from dure.people.models import Person, Role, Shift
from dure.signing import network, tries
from dure.signing.models import CodeApp, Passkey, RecoveryCode, Second, SignIn

BACKEND = "dure.people.signing_in.ByName"
SIGNED, USED = "signed", "used"  # in the session: the sign-in, and when it was used
RENEW_AFTER = 60  # seconds
ALWAYS = {Role.CENTRE, Role.OFFICER, Role.ADMIN}
RESET = gettext_noop(
    "Your second step for signing in was reset by %(who)s. If you didn't ask for it, tell the administrator at once."
)


def demanded(person: Person, roles: Collection[str], address: str) -> bool:
    """Whether a second step is owed: by every officer, and by everybody outside the office's networks. An office that
    is invented owes none, unless the settings say always."""
    if person.office.is_demo and settings.DURE_SECOND_FACTOR != "always":
        return False
    return bool(ALWAYS.intersection(roles)) or not network.is_inside(address)


def has_second(person: Person) -> bool:
    """Whether somebody has set up a second step."""
    return CodeApp.objects.filter(person=person).exists() or Passkey.objects.filter(person=person).exists()


def begin(request: HttpRequest, person: Person, second: Second, *, now: datetime, real: datetime) -> SignIn:
    """Somebody is signed in, under a new session key; what was mistyped before is forgotten."""
    address = network.client(request)
    tries.forget(person.username, network.household(address))
    login(request, person, backend=BACKEND)
    made = SignIn.objects.create(
        office_id=person.office_id, person=person, begun_at=real, proved_at=real, used_at=real, address=address,
        browser=request.headers.get("User-Agent", "").replace("\x00", "")[:200], second=second,
    )  # fmt: skip
    request.session[OFFICE], request.session[SIGNED] = person.office_id, made.pk
    request.session[USED] = int(real.timestamp())
    note(at=now, who=person, did="signed in", about=person, why=second)
    return made


def of(session: Any) -> SignIn | None:
    """The sign-in of this session, unless it or the person's account has ended."""
    known = SignIn.objects.open().filter(pk=session.get(SIGNED) or 0, person=session.get(SESSION_KEY) or 0)
    return known.filter(person__left_at=None).select_related("person__office").first()


def holds(signed: SignIn, standing: Standing, address: str, *, now: datetime, real: datetime) -> bool:
    """Whether it still is enough: not for ever, and not without a second step where one is owed by now."""
    if not signed.second and demanded(signed.person, standing.roles, address):
        return False
    long = real - signed.begun_at > timedelta(hours=settings.DURE_SIGN_IN_HOURS)
    return not long or on_shift(signed.person, now)


def on_shift(person: Person, now: datetime) -> bool:
    """Whether somebody answers for a roster at this moment."""
    return Shift.objects.at(now).filter(person=person).exists()


def stay(request: HttpRequest, signed: SignIn, *, now: datetime, real: datetime) -> None:
    """The time without use counts from the last page that somebody opened. What a page asks for by itself is no use,
    but for who is on shift: a board at night doesn't go dark."""
    if int(real.timestamp()) - request.session.get(USED, 0) <= RENEW_AFTER:
        return
    by_itself = request.method == "GET" and "HX-Request" in request.headers
    if by_itself and not on_shift(signed.person, now):
        return
    request.session[USED] = int(real.timestamp())
    SignIn.objects.filter(pk=signed.pk).update(used_at=real)


def minutes_left(request: HttpRequest, real: datetime) -> int:
    """After how many minutes somebody is signed out if nothing is opened."""
    used = request.session.get(USED) or int(real.timestamp())
    left = used + settings.SESSION_COOKIE_AGE - int(real.timestamp())
    return max(0, left + 59) // 60


def end(found: Any, *, by: Person | None, real: datetime) -> int:
    """These sign-ins end at once, on the server; how many."""
    return int(found.filter(ended_at=None).update(ended_at=real, ended_by=by))


@transaction.atomic
def reset(person: Person, *, by: Person | None, now: datetime, real: datetime) -> None:
    """Somebody has lost phone and paper: what proved them is taken away, they are signed out everywhere, told of it,
    and set it up anew when they next sign in."""
    for model in (CodeApp, RecoveryCode, Passkey):
        model.objects.filter(person=person).delete()
    end(SignIn.objects.filter(person=person), by=by, real=real)
    who = str(by) if by else "dure"
    owe(
        Message(
            office_id=person.office_id, person=person, channel=channel, address=value, template=RESET,
            values={"who": who}, language=person.language, created_at=now,
            try_at=ordinary_try_at(now, person.office.zone),
        )
        for channel, value in addresses_of([person.pk]).get(person.pk, [])
    )  # fmt: skip
    note(at=now, who=by, did="reset the second step", about=person)


@transaction.atomic
def leave(person: Person, *, by: Person, now: datetime, real: datetime) -> None:
    """Somebody leaves: the account ends, and with it every place where they are signed in."""
    accounts.leave(person, by=by, now=now)
    end(SignIn.objects.filter(person=person), by=by, real=real)
