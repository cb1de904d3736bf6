"""The first database server is gone for good, and a second one takes over: the runbook's own steps, on real servers."""

import json
import os
import pwd
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from dure.postgres import programs
from tests.crash.people import Phone
from tests.postgres.conftest import kill_tree

ROOT = Path(__file__).parents[2]
RUNBOOK = ROOT / "docs" / "running.md"
SERVER = ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]
pytestmark = pytest.mark.slow


def step(heading: str) -> str:
    """The commands that stand below a heading of the runbook."""
    below = RUNBOOK.read_text().split(f"\n### {heading}\n", 1)[1].split("\n#", 1)[0]
    [commands] = re.findall(r"```sh\n(.*?)```", below, re.DOTALL)
    return commands


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return door.getsockname()[1]


class Machines:
    """Two servers of one office, as somebody who maintains PostgreSQL has them; here on one machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        uid = os.geteuid()
        self.user = pwd.getpwuid(uid) if uid else pwd.getpwnam("nobody")
        os.chown(folder, self.user.pw_uid, self.user.pw_gid)
        self.programs = programs.reachable(programs.find(), self.user, folder)
        self.data = {"FIRST": folder / "first", "SECOND": folder / "second"}
        self.ports = {"FIRST": free_port(), "SECOND": free_port()}
        self.environment = {
            "PATH": f"{self.programs.bin}:{os.defpath}", "LC_ALL": "C", "PGPASSWORD": "secret", "COPY_PASSWORD": "copy",
            "SECOND_ADDRESS": "127.0.0.1/32", "COPY": f"host=127.0.0.1 port={self.ports['FIRST']} user=dure_copy",
            "SECOND_OPTIONS": " ".join([*SERVER, "-p", str(self.ports["SECOND"])]),
            **{f"{name}_DATA": str(path) for name, path in self.data.items()},
            **{name: f"host=127.0.0.1 port={port} user=postgres" for name, port in self.ports.items()},
        }  # fmt: skip

    def run(self, commands: str, **more: str) -> str:
        """What somebody types who looks after the servers."""
        as_root = os.geteuid() == 0
        done = subprocess.run(
            ["sh", "-euc", commands], env={**self.environment, **more}, cwd="/", capture_output=True, text=True,
            timeout=120, user=self.user.pw_uid if as_root else None, group=self.user.pw_gid if as_root else None,
            extra_groups=[] if as_root else None,
        )  # fmt: skip
        assert done.returncode == 0, f"{commands}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def begin(self) -> None:
        """The first server, with the roles and the database of the runbook's beginning."""
        word = self.folder / "first.word"
        word.write_text("secret")
        word.chmod(0o644)
        options = " ".join([*SERVER, "-p", str(self.ports["FIRST"])])
        self.run(
            'initdb -D "$FIRST_DATA" -U postgres -A scram-sha-256 --pwfile="$FIRST_DATA.word" -E UTF8 --no-locale\n'
            f'pg_ctl start -w -D "$FIRST_DATA" -l "$FIRST_DATA.log" -o "{options}"'
        )
        [roles, *_] = re.findall(r"```sql\n(.*?)```", RUNBOOK.read_text(), re.DOTALL)
        self.run('printf "%s" "$ROLES" | psql -v ON_ERROR_STOP=1 "$FIRST"', ROLES=roles.replace("…", "secret"))

    def url(self, role: str) -> str:
        """The address of both servers: whoever of them takes writes."""
        hosts = ",".join(f"127.0.0.1:{port}" for port in self.ports.values())
        return f"postgresql://{role}:secret@{hosts}/dure?target_session_attrs=read-write&connect_timeout=3"


@pytest.fixture
def machines():
    folder = Path(tempfile.mkdtemp(prefix="dure-test-"))
    folder.chmod(0o755)
    made = Machines(folder)
    yield made
    for data in made.data.values():
        kill_tree(data)
    shutil.rmtree(folder)


@pytest.fixture
def office(machines):
    """An office on the first server, its web process and its watch; the phones' keys and what is owed."""
    machines.begin()
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("DURE_", "DATABASE_"))},
        "DATABASE_URL": machines.url("dure_app"), "DATABASE_ENGINE_URL": machines.url("dure_engine"),
        "DATABASE_OWNER_URL": machines.url("dure_owner"), "DURE_SECRET_KEY": "x",
        "DJANGO_SETTINGS_MODULE": "dure.settings",
        "DURE_DATA": tempfile.mkdtemp(prefix="dure-"), "PYTHONPATH": os.pathsep.join(["src", ".", *sys.path]),
    }  # fmt: skip
    call = [sys.executable, "-c", "from dure.cli import main; main()", "migrate", "-v", "0"]
    subprocess.run(call, env=environment, check=True, cwd=ROOT)
    built = {**environment, "DURE_ROLE": "owner", "DATABASE_OWNER_URL": machines.url("postgres")}
    world = [sys.executable, "-m", "tests.crash.world", "200", "1", "3", "150"]
    said = subprocess.run(world, env=built, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True).stdout
    port = free_port()
    web = ["gunicorn", "tests.crash.process:application", "--bind", f"127.0.0.1:{port}", "--log-level", "critical"]
    with (machines.folder / "log").open("ab") as log:
        running = [
            subprocess.Popen(
                [sys.executable, "-m", *what], env=environment, cwd=ROOT, start_new_session=True, stdout=log, stderr=log
            )
            for what in (web, ["tests.crash.process", "watch"])
        ]
    yield port, json.loads(said)
    for each in running:
        os.killpg(each.pid, 9)
        each.wait()
    shutil.rmtree(environment["DURE_DATA"])


def ask(machines: Machines, which: str, query: str) -> list[tuple]:
    with psycopg.connect(f"{machines.environment[which]} password=secret dbname=dure", autocommit=True) as server:
        return server.execute(query).fetchall()


def wait_for(what, seconds: float) -> None:
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, "it didn't come"
        time.sleep(0.1)


def test_the_second_server_takes_over_and_no_acknowledged_report_is_lost(machines, office):
    port, known = office
    machines.run(step("Once, on the first server"))
    machines.run(step("Once, on the second server"))
    assert "quorum" in machines.run(step("When the copy runs: wait for it at every commit"))

    phones = [Phone([port], key, known["refs"], n) for n, key in enumerate(known["keys"])]
    for phone in phones:
        phone.start()
    wait_for(lambda: sum(len(phone.acknowledged) for phone in phones) > 60, 60)
    wait_for(lambda: any(phone.handing for phone in phones), 10)
    kill_tree(machines.data["FIRST"])
    before = {key for phone in phones for key in phone.acknowledged}

    began = time.monotonic()
    machines.run(step("When the first server is gone"))
    wait_for(lambda: sum(len(phone.acknowledged) for phone in phones) > len(before) + 20, 60)
    again = time.monotonic() - began
    for phone in phones:
        phone.end.set()
    for phone in phones:
        phone.join(30)

    acknowledged = {key for phone in phones for key in phone.acknowledged}
    kept = {str(key) for (key,) in ask(machines, "SECOND", "SELECT key FROM duty_report")}
    assert len(before) > 60
    assert acknowledged - kept == set()
    watched = "SELECT count(*) FROM health_beat WHERE name LIKE 'watch%' AND at > now() - interval '5 seconds'"
    wait_for(lambda: ask(machines, "SECOND", watched) != [(0,)], 30)
    print(f"{len(before)} reports acknowledged by the first server, 0 lost; reports taken again after {again:.1f} s")
