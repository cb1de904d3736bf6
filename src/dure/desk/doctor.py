"""Looking whether everything is as it should be, in plain words: what runs, what doesn't, and what to do.

Each look is one function. What it finds is well, wrong (and then says what to do), or neither and only told.
"""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

from django.conf import settings
from django.db import Error, OperationalError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from dure import clock, postgres
from dure.care.morning import answered
from dure.duty.auditor import look
from dure.duty.models import Duty
from dure.health.actions import AUDIT, over, silent, with_auditor
from dure.health.models import Beat, Fault
from dure.health.quiet import schema
from dure.offices.acting import acting
from dure.offices.models import Office
from dure.outbox.canary import trials
from dure.outbox.models import Message
from dure.people.actions import Standing
from dure.sealing.rotating import unreadable

OLDEST = 160000  # PostgreSQL 16
LATE = {True: timedelta(minutes=1), False: timedelta(minutes=15)}  # an urgent message, an ordinary one
UNMOVED = timedelta(minutes=1)
BACKUP = timedelta(hours=26)
APART = timedelta(seconds=2)
ROOM, SHARE = 2 * 2**30, 0.05  # bytes that should be free on a disk, and which part of it
HOURLY, DAILY = 75, 25 * 60  # minutes within which a trial message goes out again
SHOWN = 5  # gaps of an office
PATIENCE = 10  # seconds for the web to answer
WALLS = """
SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'office_id'
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT a.attisdropped
  AND (NOT c.relrowsecurity OR NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid)
       OR pg_get_userbyid(c.relowner) IN ('dure_app', 'dure_engine'))
ORDER BY 1
"""
ROLES = """
SELECT w.name, r.rolname IS NOT NULL, coalesce(r.rolsuper OR r.rolbypassrls, false)
       OR EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid)
FROM (VALUES ('dure_app'), ('dure_engine')) AS w (name) LEFT JOIN pg_roles r ON r.rolname = w.name ORDER BY 1
"""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: well (True), wrong (False) with what to do, or only told (None)."""

    well: bool | None
    what: str
    todo: str = ""


Look = Callable[[datetime, datetime], Iterator[Finding]]


def examine(now: datetime, real: datetime, looks: Sequence[Look] | None = None) -> Iterator[Finding]:
    """Look at everything. What can't be looked at is wrong as well; without a database there is nothing more to see."""
    for each in looks or LOOKS:
        try:
            with transaction.atomic():
                yield from list(each(now, real))
        except OperationalError as problem:
            why = str(problem).strip().splitlines()[0]
            yield Finding(
                False,
                _("The database doesn't answer: %(why)s") % {"why": why},
                _("Start it, or mend its address: DATABASE_ENGINE_URL."),
            )
            return
        except Error as problem:
            yield Finding(
                False,
                _("Not everything could be looked at: %(why)s") % {"why": schema(problem)},
                _("Bring the database up to date: dure migrate"),
            )


def database(now: datetime, real: datetime) -> Iterator[Finding]:
    """It answers, and is new enough."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int, current_setting('server_version')")
        number, version = cursor.fetchone()
    what = _("The database answers: PostgreSQL %(version)s.") % {"version": version}
    yield Finding(number >= OLDEST, what, "" if number >= OLDEST else _("Move to PostgreSQL 16 or newer."))


def migrations(now: datetime, real: datetime) -> Iterator[Finding]:
    """It has the tables that this version of the product needs."""
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        what = _("%(n)s changes of the database are not applied.") % {"n": len(waiting)}
        yield Finding(False, what, _("Back up, then bring it up to date: dure backup, dure migrate"))
    else:
        yield Finding(True, _("The database is up to date."))


def walls(now: datetime, real: datetime) -> Iterator[Finding]:
    """No role of the running product can see past its office."""
    with connection.cursor() as cursor:
        cursor.execute(ROLES)
        roles = cursor.fetchall()
        cursor.execute(WALLS)
        open_tables = [name for (name,) in cursor.fetchall()]
    wrong = [name for name, there, passes in roles if not there or passes]
    if wrong:
        what = _("These database roles are missing or may see every office: %(names)s.") % {"names": ", ".join(wrong)}
        yield Finding(False, what, _("Make them as docs/running.md says: LOGIN, NOBYPASSRLS, in no other role."))
    if open_tables:
        what = _("These tables don't keep the offices apart: %(names)s.") % {"names": ", ".join(open_tables)}
        yield Finding(
            False, what, _("Stop the web: somebody has changed rights by hand. Undo that, or restore a back-up.")
        )
    if not wrong and not open_tables:
        yield Finding(True, _("The offices are kept apart: roles and row-level security are in place."))


def processes(now: datetime, real: datetime) -> Iterator[Finding]:
    """Everything that has to run gives signs of life."""
    what = {
        "watch": (_("what is overdue is noticed (dure %(run)s)"), "watch"),
        "sender": (_("messages go out (dure %(run)s)"), "send"),
        "jobs": (_("coming days, long lists and back-ups are done (dure %(run)s)"), "jobs"),
        AUDIT: (_("what should have been told is counted anew (dure %(run)s)"), "jobs"),
    }
    watched = with_auditor(settings.DURE_WATCHED)
    quiet = silent(watched, real=real)
    for name in watched:
        does, run = what.get(name, (name, name))
        does = does % {"run": run} if name in what else does
        if name in quiet:
            todo = _("Look at the log of dure %(run)s.") if name == AUDIT else _("Start it: dure %(run)s")
            yield Finding(False, _("Doesn't run: %(does)s") % {"does": does}, todo % {"run": run})
        else:
            yield Finding(True, _("Runs: %(does)s") % {"does": does})
    if clock.is_moved():
        yield Finding(None, _("The clock is moved by a driver (demo, tests): it shows %(now)s.") % {"now": now})


def web(now: datetime, real: datetime) -> Iterator[Finding]:
    """The pages are there."""
    guessed = f"http://{os.environ.get('DURE_BIND', '127.0.0.1')}:{os.environ.get('DURE_PORT', '8000')}"
    address = settings.DURE_URL or guessed
    try:
        with urlopen(f"{address}/healthz", timeout=PATIENCE) as answer:
            code = answer.status
    except HTTPError as refused:
        code = refused.code
    except (OSError, ValueError):
        code = 0
    if code in (200, 503):  # 503: it answers that something else is silent
        yield Finding(True, _("The pages answer at %(address)s.") % {"address": address})
    elif settings.DURE_URL or postgres.is_embedded():
        todo = _("Start the web, and look at its log. If people use another address, set DURE_URL.")
        yield Finding(False, _("The pages don't answer at %(address)s.") % {"address": address}, todo)
    else:
        yield Finding(None, _("Whether the pages answer isn't known: DURE_URL isn't set."))


def overdue(now: datetime, real: datetime) -> Iterator[Finding]:
    """Nothing that is due lies about unmoved."""
    oldest = Duty.objects.filter(closed_at=None).order_by("look_at").values_list("look_at", flat=True).first()
    if oldest and now - oldest > UNMOVED:
        what = _("Something has been due since %(since)s, and nobody was told.") % {
            "since": clock.format_moment(oldest)
        }
        yield Finding(False, what, _("Start what tells people (dure %(run)s), and look at its log.") % {"run": "watch"})
    else:
        yield Finding(True, _("Everything that is due was taken up."))


def told(now: datetime, real: datetime) -> Iterator[Finding]:
    """What should have been told by now, counted anew by the auditor."""
    found = look(now, now - UNMOVED)
    for missing in found:
        yield Finding(
            False,
            _(missing.sentence) % missing.values,
            _("Tell people by phone, and look at the log of dure watch and dure send."),
        )
    if not found:
        yield Finding(True, _("Everything that should have been told was told."))


def unsent(now: datetime, real: datetime) -> Iterator[Finding]:
    """No message waits for too long."""
    well = True
    for urgent, late in LATE.items():
        owed = "created_at" if urgent else "try_at"  # each failed try of an urgent one puts the next a little ahead
        waiting = Message.objects.filter(urgent=urgent, try_at__isnull=False, **{f"{owed}__lt": now - late})
        oldest = waiting.order_by(owed).values_list(owed, flat=True).first()
        if oldest:
            well = False
            what = _("%(n)s messages wait to go out, the oldest since %(since)s.")
            said = what % {"n": waiting.count(), "since": clock.format_moment(oldest)}
            yield Finding(False, said, _("Look at the log of dure send and at the carrier (DURE_SMS, DURE_EMAIL)."))
    if well:
        yield Finding(True, _("No message waits to go out."))


def tried(now: datetime, real: datetime) -> Iterator[Finding]:
    """The last trial message of each channel went out."""
    chosen = trials(settings.DURE_CARRIERS, settings.DURE_CANARY_TO, settings.DURE_CANARY_DAILY_TO)
    went = dict(Beat.objects.filter(name__in=[trial.name for trial in chosen]).values_list("name", "at"))
    for trial in chosen:
        if trial.name not in went:
            yield Finding(None, _("No trial message (%(channel)s) has gone out yet.") % {"channel": trial.channel})
            continue
        minutes = int((real - went[trial.name]).total_seconds() // 60)
        within = timedelta(minutes=DAILY if trial.daily else HOURLY)
        what = _("The last trial message (%(channel)s) went out %(n)s minutes ago.")
        well = not over(went[trial.name], real, within)
        todo = "" if well else _("Look at the log of dure send and at the carrier (DURE_SMS, DURE_EMAIL).")
        yield Finding(well, what % {"channel": trial.channel, "n": minutes}, todo)
    for channel in sorted(set(settings.DURE_CARRIERS) - {trial.channel for trial in chosen}):
        what = _("Whether messages (%(channel)s) go out is not tried: DURE_CANARY_TO names no address for it.")
        yield Finding(None, what % {"channel": channel})


def to_mend(now: datetime, real: datetime) -> Iterator[Finding]:
    """What the product itself has found."""
    found = Fault.objects.filter(mended_at=None)
    if outside := found.filter(outside=True).count():
        what = _("%(n)s things must be mended at once.") % {"n": outside}
        yield Finding(False, what, _("They are listed on the page /faults/."))
    elif many := found.count():
        yield Finding(None, _("%(n)s things wait to be mended; they are listed on the page /faults/.") % {"n": many})
    else:
        yield Finding(True, _("Nothing waits to be mended."))


def backed_up(now: datetime, real: datetime) -> Iterator[Finding]:
    """The last back-up isn't older than a night."""
    last = Beat.objects.filter(name="backup").values_list("at", flat=True).first()
    if last is None:
        yield Finding(False, _("No back-up was ever made."), _("Make one: dure backup"))
        return
    hours = int((real - last).total_seconds() // 3600)
    what = _("The last back-up is %(n)s hours old.") % {"n": hours}
    old = over(last, real, BACKUP)
    yield Finding(not old, what, _("Make one: dure backup") if old else "")


def space(now: datetime, real: datetime) -> Iterator[Finding]:
    """There is room on the disks of this machine."""
    for folder in dict.fromkeys([settings.DATA, Path(settings.DURE_BACKUPS)]):
        there = next(place for place in (folder, *folder.parents) if place.exists())
        total, _used, free = shutil.disk_usage(there)
        enough = free > max(ROOM, SHARE * total)
        what = _("%(gb).1f GB are free for %(folder)s.") % {"gb": free / 1e9, "folder": folder}
        yield Finding(enough, what, "" if enough else _("Make room: a full disk stops everything."))


def clocks(now: datetime, real: datetime) -> Iterator[Finding]:
    """This machine and the database agree what time it is."""
    before = clock.real()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        theirs: datetime = cursor.fetchone()[0]
    apart = max(before - theirs, theirs - clock.real(), timedelta(0))
    what = _("The clocks of this machine and of the database are %(n).1f seconds apart.")
    todo = "" if apart < APART else _("Set both by the network's time (NTP).")
    yield Finding(apart < APART, what % {"n": apart.total_seconds()}, todo)


def carriers(now: datetime, real: datetime) -> Iterator[Finding]:
    """Messages reach people, and not only a file."""
    lives = Office.objects.filter(is_demo=False).exists()
    names = {"sms": _("Text messages"), "email": _("E-mails")}
    for channel, carrier in settings.DURE_CARRIERS.items():
        name = names.get(channel, channel)
        if carrier == "file":
            what = _("%(what)s go into a file and reach nobody.") % {"what": name}
            setting = "DURE_SMS" if channel == "sms" else "DURE_EMAIL"
            yield Finding(False if lives else None, what, _("Set %(setting)s.") % {"setting": setting} if lives else "")
        elif carrier == "smtp" and not settings.DURE_SMTP:
            yield Finding(
                False, _("No mail server is set for e-mails."), _("Set %(setting)s.") % {"setting": "DURE_SMTP"}
            )
        elif missing := unset(carrier):
            what = _("%(what)s go out through %(carrier)s, which isn't set up.") % {"what": name, "carrier": carrier}
            yield Finding(False, what, _("Set %(setting)s.") % {"setting": ", ".join(missing)})
        else:
            yield Finding(True, _("%(what)s go out through %(carrier)s.") % {"what": name, "carrier": carrier})
    if not settings.DURE_OUTSIDE_URL:
        yield Finding(None, _("If everything stopped, nobody outside would notice: DURE_OUTSIDE_URL isn't set."))


def unset(carrier: str) -> list[str]:
    """Which settings a carrier lacks."""
    if carrier == "gateway":
        return [name for name in ("DURE_GATEWAY_URL", "DURE_GATEWAY_KEY") if not getattr(settings, name)]
    if carrier == "solapi":
        return [f"DURE_SOLAPI_{name.upper()}" for name in ("key", "secret", "from") if not settings.DURE_SOLAPI[name]]
    return []


def rosters(now: datetime, real: datetime) -> Iterator[Finding]:
    """Somebody who can be reached answers through the next day and night, in every office."""
    for office in Office.objects.order_by("name"):
        with acting(office.pk):
            clock.use_zone(office.zone)
            try:
                serious = answered(Standing(office.pk, frozenset(), None), now).serious
            finally:
                clock.use_zone(None)
        if not serious:
            yield Finding(True, _("%(office)s: somebody answers through the next day and night.") % {"office": office})
        for gap in serious[:SHOWN]:
            what = _("%(office)s: nobody who can be reached answers for %(organisation)s from %(since)s to %(until)s.")
            since, until = (f"{moment.astimezone(clock.zone()):%m-%d %H:%M}" for moment in (gap.since, gap.until))
            whose = f"{gap.organisation} · {gap.roster}" if gap.roster else gap.organisation
            said = what % {"office": office, "organisation": whose, "since": since, "until": until}
            yield Finding(False, said, _("Fill the roster in, on the page /care/rosters/."))
        if more := len(serious[SHOWN:]):
            yield Finding(False, _("%(office)s: and %(n)s more gaps.") % {"office": office, "n": more})


def readable(now: datetime, real: datetime) -> Iterator[Finding]:
    """What is sealed can be read with the keys that are here, in every office."""
    for office in Office.objects.order_by("name"):
        with acting(office.pk):
            many = unreadable()
        if many:
            what = _("%(office)s: %(n)s values (door codes, illnesses, files) can't be read.")
            todo = _("Give the key with which they were sealed as one of DURE_FIELD_KEYS again.")
            yield Finding(False, what % {"office": office, "n": many}, todo)
        else:
            yield Finding(True, _("%(office)s: what is sealed can be read.") % {"office": office})


LOOKS: Sequence[Look] = (
    database, migrations, walls, web, processes, overdue, told, unsent, tried, to_mend, backed_up, space, clocks,
    carriers, readable, rosters,
)  # fmt: skip
