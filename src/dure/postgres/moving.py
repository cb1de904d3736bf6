"""Take the data of an older PostgreSQL along to a newer one."""

import pwd
import shutil
from pathlib import Path

import psycopg
from psycopg import sql

from dure.postgres import cluster, copies, place, programs, running
from dure.postgres.programs import Programs

Copies = dict[str, tuple[str, Path]]  # database -> its owner, its copy


def move(folder: Path, old: int, new: Programs, user: pwd.struct_passwd) -> None:
    """Copy every database out of the old version into a new data folder; the old one is kept beside it.

    Interrupted, it starts again from the beginning at the next start: the new folder gets its name last.
    """
    real, socket = folder.resolve(), place.prepare_socket(folder, user)
    before = programs.reachable(programs.find(old), user, real)
    admin = place.url(folder, "postgres", "postgres")

    running.run(before, real / str(old), socket, user)
    copied = _copy_out(folder, admin, new, real / "moving")
    running.halt(before, real / str(old), user)

    arriving = real / "arriving"
    shutil.rmtree(arriving, ignore_errors=True)
    cluster.make(new, arriving, user)
    running.run(new, arriving, socket, user)
    _copy_in(folder, admin, new, copied)
    running.halt(new, arriving, user)

    arriving.rename(real / str(new.major))
    (real / str(old)).rename(real / f"moved-{old}")
    shutil.rmtree(real / "moving")


def _copy_out(folder: Path, admin: str, new: Programs, to: Path) -> Copies:
    shutil.rmtree(to, ignore_errors=True)
    to.mkdir(0o700)
    with psycopg.connect(admin) as connection:
        rows = connection.execute(
            "SELECT datname, pg_get_userbyid(datdba) FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'"
        ).fetchall()
    copied = {name: (owner, to / str(number)) for number, (name, owner) in enumerate(rows)}
    for name, (_, file) in copied.items():
        copies.dump(place.url(folder, "postgres", name), file, new)
    return copied


def _copy_in(folder: Path, admin: str, new: Programs, copied: Copies) -> None:
    cluster.furnish(admin)
    with psycopg.connect(admin, autocommit=True) as connection:
        for name, (owner, _) in copied.items():
            if name != "dure":
                what = sql.Identifier(name), sql.Identifier(owner)
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(*what))
    for name, (_, file) in copied.items():
        copies.load(file, place.url(folder, "postgres", name), new)
