"""Servers of their own in folders of their own, and what it takes to treat them badly."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from dure import postgres
from dure.postgres import place, running

START = "import sys, pathlib; from dure import postgres; postgres.ensure(pathlib.Path(sys.argv[1]))"
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


@pytest.fixture
def shelf(monkeypatch):
    """A folder that everybody can enter, for data folders; every server in it is gone afterwards."""
    monkeypatch.setenv("PGPORT", "1")  # what the caller has set must not matter
    monkeypatch.setenv("PGDATA", "/nowhere")
    path = Path(tempfile.mkdtemp(prefix="dure-test-"))
    path.chmod(0o755)
    made: list[Path] = []
    yield Shelf(path, made)
    for folder in made:
        real = folder.resolve()
        for data in real.glob("[0-9]*"):
            kill_tree(data)
        shutil.rmtree(place.socket_folder(folder), ignore_errors=True)
        shutil.rmtree(real, ignore_errors=True)
    shutil.rmtree(path)


class Shelf:
    def __init__(self, path: Path, made: list[Path]) -> None:
        self.path, self.made = path, made

    def folder(self, name: str = "postgres") -> Path:
        """A data folder that isn't there yet."""
        self.made.append(self.path / name)
        return self.made[-1]


@pytest.fixture
def folder(shelf):
    return shelf.folder()


def ask(server: postgres.Server, query: str, role: str = "dure_owner") -> list[tuple]:
    with psycopg.connect(server.url(role), autocommit=True) as connection:
        answer = connection.execute(query)
        return answer.fetchall() if answer.description else []


def data(server: postgres.Server) -> Path:
    """Where the newest version's data lie."""
    return max(server.real.glob("[0-9]*"))


def tree(cluster: Path) -> list[int]:
    """The postmaster of these data and all its children."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink() == cluster:
                found.append(int(process.name))
        except OSError:
            continue
    return found


def kill_tree(cluster: Path) -> None:
    while pids := tree(cluster):
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        time.sleep(0.05)


def starter(folder: Path, **more) -> subprocess.Popen:
    """Another process that starts the server of this folder."""
    return subprocess.Popen([sys.executable, "-c", START, str(folder)], **more)


def as_user(name: str, do) -> str:
    """What happens when this user of the machine does it: nothing, or what went wrong."""
    user, (read, write) = pwd.getpwnam(name), os.pipe()
    if (child := os.fork()) == 0:
        said = ""
        try:
            os.setgroups([])
            os.setgid(user.pw_gid)
            os.setuid(user.pw_uid)
            do()
        except BaseException as wrong:
            said = f"{type(wrong).__name__}: {wrong}"
        os.write(write, said.encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as told:
        said = told.read()
    os.waitpid(child, 0)
    return said


def alive(server: postgres.Server) -> int | None:
    return running.process(data(server))
