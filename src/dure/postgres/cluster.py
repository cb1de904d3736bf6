"""One PostgreSQL data folder: made whole or not at all, with a configuration of our own."""

import os
import pwd
import secrets
import shutil
from pathlib import Path

import psycopg
from psycopg import sql

from dure.errors import Refused
from dure.postgres.place import run
from dure.postgres.programs import Programs

ROLES = ("dure_owner", "dure_app", "dure_engine")
RIGHTS = {"dure_owner": "CREATEDB"}  # for the tests' databases; nobody bypasses row-level security
CONFIGURATION = """\
# Written by Dure at every start. Settings of your own belong into postgresql.conf, at its end.
listen_addresses = ''
unix_socket_directories = '{socket}'
unix_socket_permissions = 0700
port = 5432
max_connections = 60
shared_buffers = 128MB
max_wal_size = 512MB
fsync = on
synchronous_commit = on
full_page_writes = on
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
# a forgotten transaction makes every queue slow
idle_in_transaction_session_timeout = '60s'
autovacuum_naptime = '15s'
autovacuum_vacuum_scale_factor = 0.05
autovacuum_vacuum_insert_scale_factor = 0.1
autovacuum_analyze_scale_factor = 0.05
# a week of logs; no statement and no detail, as those would hold what people told us
logging_collector = on
log_filename = 'postgresql-%a.log'
log_rotation_age = 1d
log_rotation_size = 0
log_truncate_on_rotation = on
log_error_verbosity = terse
log_min_error_statement = panic
log_line_prefix = '%m [%p] %u@%d '
"""
WHO_MAY_CONNECT = "local all all peer map=dure\n"


def majors(folder: Path) -> list[int]:
    """Versions of PostgreSQL that have data in this folder, oldest first."""
    return sorted(int(path.name) for path in folder.glob("[0-9]*") if (path / "PG_VERSION").exists())


def make(programs: Programs, cluster: Path, user: pwd.struct_passwd) -> None:
    """A new, empty data folder. An interrupted attempt leaves nothing that looks like one."""
    for left in cluster.parent.glob("making-*"):
        shutil.rmtree(left, ignore_errors=True)
    making = cluster.parent / f"making-{secrets.token_hex(4)}"  # an orphan may still be busy in the last one
    locale = ["--no-locale"]
    if programs.major >= 17:
        locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    done = run(
        user, programs.bin / "initdb", "-D", making, "-U", "postgres", "-E", "UTF8", "--data-checksums",
        "--auth-local=peer", "--auth-host=scram-sha-256", "--no-instructions", *locale,
    )  # fmt: skip
    if done.returncode != 0:
        raise Refused(f"The database could not be made in {cluster.parent}:\n{done.stderr.strip()}")
    with (making / "postgresql.conf").open("a") as configuration:
        configuration.write("\ninclude = 'dure.conf'\n")
    making.rename(cluster)
    _sync(cluster.parent)


def configure(cluster: Path, socket: Path, user: pwd.struct_passwd) -> None:
    """Lay down our configuration: how it runs and which users of this machine may be which role."""
    people = dict.fromkeys([user.pw_name, "root"])
    may_be = [f"dure {who} {role}\n" for who in people for role in ("postgres", *ROLES)]
    for name, text in {
        "dure.conf": CONFIGURATION.format(socket=socket),
        "pg_hba.conf": WHO_MAY_CONNECT,
        "pg_ident.conf": "".join(may_be),
    }.items():
        path = cluster / name
        path.write_text(text)
        path.chmod(0o600)
        if os.geteuid() == 0:
            os.chown(path, user.pw_uid, user.pw_gid)


def furnish(url: str) -> None:
    """The three roles and the database; what is there already stays as it is."""
    with psycopg.connect(url, autocommit=True) as connection:
        roles = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
        for role in [role for role in ROLES if role not in roles]:
            rights = sql.SQL(RIGHTS.get(role, ""))
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN {}").format(sql.Identifier(role), rights))
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'dure'").fetchone():
            connection.execute("CREATE DATABASE dure OWNER dure_owner")


def _sync(folder: Path) -> None:
    """Make a rename in this folder outlive a power failure."""
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
