"""Whole copies of a database in one file."""

import os
import subprocess
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from dure.errors import Refused
from dure.postgres.programs import Programs, find


def dump(url: str, file: Path, programs: Programs | None = None) -> None:
    """Write everything that is in this database into one file, which only its owner can read."""
    os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    _call("pg_dump", programs, url, "--format=custom", f"--file={file}")


def load(file: Path, url: str, programs: Programs | None = None) -> None:
    """Bring a copy back into this (empty) database, all of it or nothing."""
    _call("pg_restore", programs, url, "--exit-on-error", "--single-transaction", str(file))


def _call(name: str, programs: Programs | None, url: str, *options: str) -> None:
    """Run one of PostgreSQL's programs; a password goes past the list of processes."""
    known = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    secret = {"PGPASSWORD": known.pop("password")} if known.get("password") else {}
    target = f"--dbname={make_conninfo('', **known)}"
    command = [str((programs or find()).bin / name), target, "--no-password", *options]
    environment = {"PATH": os.defpath, "LC_ALL": "C", **secret}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise Refused(f"{name} could not do it: {_without_rows(done.stderr)}")


def _without_rows(said: str) -> str:
    """What went wrong, without the lines that quote a row."""
    return "\n".join(line for line in said.strip().splitlines() if not line.startswith(("DETAIL:", "CONTEXT:")))
