"""Reading from the running system what the page for the security review judges: settings, this machine, the data base.

Of what holds a password or a key only the machine's name is taken, or whether it is set. A fixed number of queries.
"""

import os
import platform
import socket
from datetime import date, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef

import dure
from dure import clock, postgres
from dure.audit import anchors
from dure.audit.models import Entry, Review, Seal
from dure.care.processors.register import register
from dure.care.transfers.register import passed_on
from dure.desk.doctor import BACKUP, OLDEST, ROLES, WALLS, unset
from dure.desk.reviewing import KIND
from dure.desk.security.facts import Access, Found, Leaves, Networks, Sealed, Stands, Walls, Way
from dure.duty.models import Duty
from dure.health import backup
from dure.health.actions import over
from dure.health.models import Beat
from dure.offices.models import Office
from dure.people.actions import Standing
from dure.people.models import Device, Membership, Person, Role
from dure.signing import network, proxies
from dure.signing.actions import ALWAYS
from dure.signing.models import CodeApp, Passkey, SignIn

UNUSED = timedelta(days=90)
UNSEALED = timedelta(minutes=10)
CHECKED = timedelta(days=35)
NEAR = {"", "localhost", "127.0.0.1", "::1"}
SERVER = """
SELECT current_setting('server_version'), current_setting('server_version_num')::int, current_user,
       coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false),
       (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user)
"""
TABLES = """
SELECT c.relname, c.relrowsecurity AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid
       AND a.attname = 'office_id' AND NOT a.attisdropped)
FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
ORDER BY 1
"""


def read(standing: Standing, office: Office, *, now: datetime, real: datetime) -> Found:
    """Everything that the page judges, as it is at this moment."""
    with connection.cursor() as cursor:
        cursor.execute(SERVER)
        version, number, role, encrypted, passes = cursor.fetchone()
    second = not office.is_demo or settings.DURE_SECOND_FACTOR == "always"
    return Found(
        _stands(version, number, encrypted),
        _networks(second),
        _leaves(standing, office, clock.local(now).date()),
        _sealed(now, real),
        _walls(role, passes),
        _access(office, now, real, second),
    )


def _stands(version: str, number: int, encrypted: bool) -> Stands:
    database = settings.DATABASES["default"]
    host = str(database.get("HOST", ""))
    embedded = postgres.is_embedded()
    where = host + (f":{port}" if (port := database.get("PORT")) and not host.startswith("/") else "")
    try:
        system = platform.freedesktop_os_release().get("PRETTY_NAME") or platform.platform()
    except OSError:
        system = platform.platform()
    return Stands(
        host=socket.gethostname(), system=system, dure=dure.__version__, python=platform.python_version(),
        django=django.get_version(), postgresql=version, database=f"{where} · {database['NAME']}", embedded=embedded,
        far=any(each not in NEAR and not each.startswith("/") for each in host.split(",")), encrypted=encrypted,
        data=str(settings.DATA), recent=number >= OLDEST, debug=settings.DEBUG,
    )  # fmt: skip


def _networks(second: bool) -> Networks:
    unnamed = proxies.unnamed()
    named = ("DURE_OFFICE_NETWORKS", "DURE_PROXIES")
    everywhere = [name for name in named if any(ip_network(each).prefixlen == 0 for each in getattr(settings, name))]
    return Networks(
        names=tuple(settings.ALLOWED_HOSTS), url=settings.DURE_URL, https=settings.HTTPS,
        hsts=settings.SECURE_HSTS_SECONDS, office=tuple(settings.DURE_OFFICE_NETWORKS),
        proxies=tuple(settings.DURE_PROXIES), unnamed=tuple(unnamed),
        believed_inside=tuple(each for each in unnamed if network.is_inside(each)), everywhere=tuple(everywhere),
        second_step=second, idle=settings.SESSION_COOKIE_AGE // 60, tries=settings.DURE_TRIES,
        locked=settings.DURE_LOCKED_MINUTES, metrics_token=bool(settings.DURE_METRICS_TOKEN),
    )  # fmt: skip


def way(channel: str, carrier: str) -> Way:
    """How this channel's messages leave: to which machine, whether encrypted for certain, and what isn't set."""
    address = {
        "smtp": settings.DURE_SMTP, "gateway": settings.DURE_GATEWAY_URL, "solapi": settings.DURE_SOLAPI["url"],
    }.get(carrier, "")  # fmt: skip
    host, safe = _machine(address)
    missing = ["DURE_SMTP"] if carrier == "smtp" and not settings.DURE_SMTP else unset(carrier)
    return Way(channel, carrier, host, safe, tuple(missing))


def _machine(url: str) -> tuple[str, bool]:
    """The machine that an address names, without what may be secret in it; whether the way there is safe."""
    try:
        found = urlsplit(url)
        host = found.hostname or ""
    except ValueError:
        return "", False
    return host, found.scheme in ("https", "smtps") or host in NEAR


def _leaves(standing: Standing, office: Office, today: date) -> Leaves:
    outside, safe = _machine(settings.DURE_OUTSIDE_URL)
    folder = Path(settings.DURE_BACKUPS)
    return Leaves(
        ways=tuple(way(*each) for each in settings.DURE_CARRIERS.items()), lives=not office.is_demo, outside=outside,
        outside_encrypted=safe, backups=str(folder), backups_apart=_apart(folder), kept=settings.DURE_BACKUPS_KEPT,
        days=settings.DURE_BACKUPS_DAYS, processors=len(register(office.pk)),
        transfers=len(passed_on(standing, today.replace(day=1), today)),
    )  # fmt: skip


def _apart(folder: Path) -> bool | None:
    try:
        return folder.stat().st_dev != settings.DATA.stat().st_dev
    except OSError:
        return None


def _sealed(now: datetime, real: datetime) -> Sealed:
    folder, today = Path(settings.DURE_BACKUPS), clock.local(now).date()
    last = Beat.objects.filter(name=backup.NAME).values_list("at", flat=True).first()
    waiting = Entry.objects.filter(seal=None).order_by("id").values_list("at", flat=True).first()
    newest = Seal.objects.order_by("-id").values_list("at", flat=True).first()
    seen = os.access(folder, os.R_OK | os.X_OK)
    kept = anchors.kept(folder / anchors.NAME) if seen else []
    anchored, verified = (kept[-1].day if kept else None), anchors.verified_at(folder)
    return Sealed(
        field_keys=len(settings.DURE_FIELD_KEYS), keys_given=bool(os.environ.get("DURE_FIELD_KEYS")),
        backup_key_given=bool(settings.DURE_BACKUP_KEY), backup_at=clock.local(last) if last else None,
        backup_old=last is None or over(last, real, BACKUP), copies=len(backup.copies(folder)) if seen else None,
        sealed_at=clock.local(newest) if newest else None,
        unsealed=waiting is not None and over(waiting, now, UNSEALED), anchored_on=anchored,
        anchor_old=anchored is None or today - anchored > timedelta(days=1),
        verified_on=clock.local(verified).date() if verified else None,
        verified_old=verified is None or over(verified, real, CHECKED),
    )  # fmt: skip


def _walls(role: str, passes: bool) -> Walls:
    with connection.cursor() as cursor:
        cursor.execute(ROLES)
        wrong = [name for name, there, may in cursor.fetchall() if not there or may]
        cursor.execute(WALLS)
        standing_open = [name for (name,) in cursor.fetchall()]
        cursor.execute(TABLES)
        tables = cursor.fetchall()
    if passes and role not in wrong:
        wrong.append(role)
    walled = sum(1 for _name, behind in tables if behind)
    shared = tuple(name for name, behind in tables if not behind and name not in standing_open)
    return Walls(role, tuple(wrong), walled, tuple(standing_open), shared)


def _access(office: Office, now: datetime, real: datetime, second: bool) -> Access:
    today, of_theirs = clock.local(now).date(), OuterRef("pk")
    held = Membership.objects.on(today).filter(office=office, person__left_at=None)
    roles = dict.fromkeys(Role.values, 0)
    owing = set()
    for role, person in set(held.values_list("role", "person_id")):
        roles[role] += 1
        owing |= {person} if role in ALWAYS else set()
    people = Person.objects.filter(office=office, left_at=None).annotate(
        second=Exists(CodeApp.objects.filter(person=of_theirs)) | Exists(Passkey.objects.filter(person=of_theirs)),
        lately=Exists(SignIn.objects.filter(person=of_theirs, used_at__gt=real - UNUSED)),
    )
    with_log_in = [person for person in people if person.has_usable_password()]
    reviewed = Review.objects.filter(office_id=office.pk).order_by("-month").values_list("month", flat=True).first()
    late = Duty.objects.filter(office=office, kind=KIND, closed_at=None, due_at__lt=now).exists()
    return Access(
        by_role=tuple((str(Role(role).label), n) for role, n in roles.items()), accounts=len(with_log_in),
        without_second=sum(1 for each in with_log_in if each.pk in owing and not each.second),
        given=sum(1 for each in with_log_in if each.password_given_at),
        unused=sum(1 for each in with_log_in if each.last_login and not each.lately),
        phones=Device.objects.filter(office=office, revoked_at=None, person__left_at=None).count(),
        reviewed=reviewed, review_late=late, second_step=second,
    )  # fmt: skip
