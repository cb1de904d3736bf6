"""A server process on a data folder: started after whatever happened, stopped, and never mistaken."""

import os
import pwd
import time
from pathlib import Path

import psycopg

from dure.errors import Refused
from dure.postgres import place
from dure.postgres.cluster import configure
from dure.postgres.programs import Programs, reachable

PATIENCE = 10  # seconds for which the children of a crashed server may still be dying
RECOVERY = 120  # seconds for which a start after a crash may read its log


def answers(socket: Path) -> bool:
    """Whether the server that listens here takes connections at this moment."""
    try:
        psycopg.connect(f"user=postgres host={socket} port=5432", connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def run(chosen: Programs, data: Path, socket: Path, user: pwd.struct_passwd) -> None:
    """Have a server on this data folder and wait until it answers, also right after a crash."""
    configure(data, socket, user)
    log, began = data.parent / "start.log", time.monotonic()
    while True:
        alive = process(data) is not None
        if alive and answers(socket):
            return
        if not alive:
            forget_the_dead(data, socket)
            start = ("start", "-w", "-t", str(RECOVERY), "-s", "-D", data, "-l", log)
            if place.run(user, chosen.bin / "pg_ctl", *start).returncode == 0:
                return
        if time.monotonic() - began > (RECOVERY if alive else PATIENCE):
            said = log.read_text(errors="replace").splitlines()[-5:] if log.exists() else []
            raise Refused("\n".join([f"PostgreSQL doesn't start. It says in {log}:", *said]))
        time.sleep(0.3)


def halt(chosen: Programs, data: Path, user: pwd.struct_passwd) -> None:
    """Stop the server of this data folder and wait. Nothing is sent to a process that isn't this server."""
    if process(data) is None:
        return
    usable = reachable(chosen, user, data.parent)
    done = place.run(user, usable.bin / "pg_ctl", "stop", "-w", "-t", "60", "-s", "-m", "fast", "-D", data)
    if done.returncode != 0 and process(data) is not None:
        raise Refused(f"PostgreSQL doesn't stop: {done.stderr.strip()}")


def process(cluster: Path) -> int | None:
    """The live server of this folder, if there is one: no zombie, nobody else who got its old number.

    On a machine without /proc it is the number that the server wrote down.
    """
    return _alive(cluster / "postmaster.pid", cluster)


def forget_the_dead(cluster: Path, socket: Path) -> None:
    """Let PostgreSQL start after a crash, even if its old number now belongs to a zombie or to somebody else.

    The lock file isn't removed, as it also names the shared memory by which PostgreSQL finds out whether
    children of the dead server still write. Only the number is replaced, by our own: PostgreSQL takes the
    number of the process that starts it as out of date.
    """
    lock = cluster / "postmaster.pid"
    if lock.exists() and process(cluster) is None:
        lines = lock.read_text().splitlines(keepends=True)
        if lines:
            lock.write_text("".join([f"{os.getpid()}\n", *lines[1:]]))
    of_socket = socket / ".s.PGSQL.5432.lock"
    if of_socket.exists() and _alive(of_socket, cluster) is None:
        of_socket.unlink()


def _alive(lock: Path, cluster: Path) -> int | None:
    try:
        pid = int(lock.read_text().split("\n")[0])
        if not Path("/proc/self").exists():
            return pid
        command = Path(f"/proc/{pid}/cmdline").read_text().split("\0")  # empty for a zombie
    except (FileNotFoundError, ProcessLookupError, ValueError):
        return None
    return pid if Path(command[0]).name == "postgres" and str(cluster) in command else None
