"""Copies of the whole database, sealed with a key, and bringing one back.

A copy that nobody has restored is a hope: a test restores one and compares every row of every table.
"""

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import IO

import psycopg
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dure import clock, postgres
from dure.errors import Refused
from dure.health import erased
from dure.health.actions import beat, fault, mended
from dure.health.sealed import seal, unseal

NAME, KEY = "backup", "backup.key"
AT = time(2, 30)
FAILED = gettext_noop("The back-up could not be made: %(why)s")
FILLED = """
SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%' AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
"""


def key_in(data: Path, given: str = "", *, make_one: bool = True) -> tuple[str, Path | None]:
    """The key of the back-ups, and the file in which it was made just now, if it was."""
    if given:
        return given, None
    kept = data / KEY
    if kept.exists():
        return kept.read_text().strip(), None
    if not make_one:
        raise Refused(
            _("There is no key in %(file)s. Give the key of this back-up as DURE_BACKUP_KEY.") % {"file": kept}
        )
    data.mkdir(parents=True, exist_ok=True)
    with open(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(32))
    return kept.read_text(), kept


def keep(url: str, folder: Path, key: str, *, room: Path, kept: int, days: int, now: datetime) -> Path:
    """Back the database up, say that it was done or that it wasn't, and let the oldest copies go."""
    try:
        made = make(url, folder, key, room=room, now=clock.real())
    except (Refused, OSError) as problem:
        fault(NAME, FAILED, {"why": str(problem)[:300]}, now=now)
        raise
    expire(folder, kept=kept, days=days, real=clock.real())
    beat(NAME, real=clock.real(), clock_at=now, every=24 * 3600)
    mended(NAME, now=now)
    return made


def make(url: str, folder: Path, key: str, *, room: Path, now: datetime) -> Path:
    """One sealed copy in the folder. It has its name only when it is whole."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"dure-{now:%Y-%m-%dT%H%M%SZ}.backup"
    making = target.with_suffix(".making")
    with _room(room) as workplace:
        plain = workplace / "plain"
        postgres.dump(url, plain)
        try:
            with plain.open("rb") as source, _private(making) as to:
                seal(source, to, key)
                to.flush()
                os.fsync(to.fileno())
            making.rename(target)
        finally:
            making.unlink(missing_ok=True)
    return target


def copies(folder: Path) -> list[Path]:
    """Those that are kept, from the oldest on."""
    return sorted(folder.glob("dure-*.backup"))


def made_at(copy: Path) -> datetime:
    """When it was begun, as its name says; a file of another name may be of any time."""
    try:
        return datetime.strptime(copy.name, "dure-%Y-%m-%dT%H%M%SZ.backup").replace(tzinfo=UTC)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)


def expire(folder: Path, *, kept: int, days: int, real: datetime) -> None:
    """Let go of all but the newest so many, and of those older than so many days; never of the newest one.

    What was let go in the data base is gone from the copies too once they are this old.
    """
    found = copies(folder)
    for number, copy in enumerate(reversed(found)):
        if number and (number >= kept or real - made_at(copy) > timedelta(days=days)):
            copy.unlink(missing_ok=True)
    if left := copies(folder):
        erased.tidy(folder, made_at(left[0]).date())


def restore(file: Path, url: str, key: str, *, room: Path, erased_in: Path | None = None) -> int | None:
    """Bring a copy back into an empty database, all of it or nothing; how many rows were let go again.

    Who was let go since the copy was made doesn't come back with it: their rows go again, as the list in the folder of
    the back-ups says. None: the copy is from before there was such a list.
    """
    if not file.is_file():
        raise Refused(_("There is no file %(file)s.") % {"file": file})
    with psycopg.connect(url) as connection:
        if connection.execute(FILLED).fetchone() != (0,):
            raise Refused(
                _(
                    "The database isn't empty, and nothing in it is overwritten. "
                    "Restore into a new, empty database (--into), or move the data folder away first."
                )
            )
    with _room(room) as workplace:
        plain = workplace / "plain"
        with file.open("rb") as source, _private(plain) as to:
            unseal(source, to, key)
        postgres.load(plain, url)
    with psycopg.connect(url) as connection:
        # numbers of transactions belong to the old server: for the new one these lines ended long ago
        connection.execute("UPDATE audit_entry SET xact = 0 WHERE seal_id IS NULL")
    return erased.again(erased_in or file.parent, made_at(file), url)


def is_due(last: datetime | None, now: datetime) -> bool:
    """Whether the nightly back-up is owed: the last one is from before the latest half past two.

    One missed while the machine was off is made up for as soon as it is on again; one that is still to come, by a
    clock that has been set back, is none.
    """
    here = clock.local(now)
    latest = datetime.combine(here.date(), AT, here.tzinfo)
    if latest > here:
        latest -= timedelta(days=1)
    return last is None or not latest <= last <= now


@contextmanager
def _room(room: Path) -> Iterator[Path]:
    """A closed folder for the unsealed copy, gone afterwards, and so is what a crash left of the last one."""
    room.mkdir(parents=True, exist_ok=True)
    with (room / "backup.lock").open("w") as alone:
        try:
            fcntl.flock(alone, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(_("Another back-up is being made or restored. Wait for it, then try again.")) from None
        for left in room.glob("backup-*"):
            shutil.rmtree(left, ignore_errors=True)
        workplace = Path(mkdtemp(prefix="backup-", dir=room))
        try:
            yield workplace
        finally:
            shutil.rmtree(workplace, ignore_errors=True)


def _private(path: Path) -> IO[bytes]:
    return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
