"""Whatever kills the server or its maker: every acknowledged row comes back, and nobody else is hit."""

import os
import subprocess
import threading
import time

import psycopg
import pytest
from tests.postgres.conftest import alive, ask, data, kill_tree, starter, tree

from dure import postgres
from dure.postgres import cluster, place, running


def write(server: postgres.Server, acknowledged: list[int], writer: int) -> None:
    """Write rows one by one until the server is gone; remember those that it confirmed."""
    try:
        with psycopg.connect(server.url("dure_owner"), autocommit=True) as connection:
            for n in range(writer, 10_000_000, 10):
                connection.execute("INSERT INTO seen VALUES (%s)", [n])
                acknowledged.append(n)
    except psycopg.Error:
        return


def test_after_a_kill_of_the_whole_tree_every_acknowledged_row_is_there(folder):
    server = postgres.ensure(folder)
    ask(server, "CREATE TABLE seen (n int)")
    acknowledged: list[int] = []
    for round in range(3):
        writers = [threading.Thread(target=write, args=(server, acknowledged, 1_000_000 * round + n)) for n in range(4)]
        for writer in writers:
            writer.start()
        time.sleep(0.7)
        kill_tree(data(server))
        for writer in writers:
            writer.join(10)
        server.start()

    rows = {n for (n,) in ask(server, "SELECT n FROM seen")}
    assert len(acknowledged) > 100
    assert set(acknowledged) - rows == set()


def test_a_postmaster_killed_alone_is_replaced_when_its_children_are_gone(folder):
    server = postgres.ensure(folder)
    pid = alive(server)
    os.kill(pid, 9)
    server.start()
    assert ask(server, "SELECT 1") == [(1,)]
    assert alive(server) != pid


def test_an_interrupted_first_start_is_begun_again(folder):
    maker = starter(folder)
    real = folder.resolve()
    while not list(real.glob("making-*/base")):
        assert maker.poll() is None, "made before it could be interrupted"
        time.sleep(0.005)
    maker.kill()
    maker.wait()
    assert cluster.majors(real) == []

    server = postgres.ensure(folder)

    assert ask(server, "SELECT 1") == [(1,)]


def test_a_first_start_interrupted_before_the_roles_were_made_is_completed(folder):
    server = postgres.ensure(folder)
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as connection:
        connection.execute("DROP DATABASE dure")
        connection.execute("DROP ROLE dure_engine")
    postgres.ensure(folder)
    assert ask(server, "SELECT 1", "dure_engine") == [(1,)]


@pytest.mark.parametrize("in_socket_folder", [True, False])
def test_a_stranger_with_the_servers_old_number_is_left_alone(folder, in_socket_folder):
    server = postgres.ensure(folder)
    locks = [data(server) / "postmaster.pid"]
    if in_socket_folder:
        locks.append(place.socket_folder(folder) / ".s.PGSQL.5432.lock")
    left = {lock: lock.read_text() for lock in locks}
    user = place.server_user(folder)
    server.stop()
    drop = {"user": user.pw_uid, "group": user.pw_gid} if os.geteuid() == 0 else {}
    stranger = subprocess.Popen(["sleep", "600"], **drop)
    try:
        place.prepare_socket(folder, user)
        for lock, text in left.items():
            number, _, rest = text.partition("\n")
            lock.write_text(f"{stranger.pid}\n{rest}")
            os.chown(lock, user.pw_uid, user.pw_gid)
            lock.chmod(0o600)

        server.stop()
        assert stranger.poll() is None
        began = time.monotonic()
        server.start()

        assert ask(server, "SELECT 1") == [(1,)]
        assert time.monotonic() - began < 8
        server.stop()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_zombie_holds_nothing_up(folder):
    server = postgres.ensure(folder)
    lock = data(server) / "postmaster.pid"
    text = lock.read_text()
    server.stop()
    zombie = subprocess.Popen(["true"])
    time.sleep(0.2)  # it has ended, and nobody has asked how
    lock.write_text(f"{zombie.pid}\n{text.partition(chr(10))[2]}")

    server.start()

    assert ask(server, "SELECT 1") == [(1,)]
    zombie.wait()


def test_a_second_postmaster_never_runs_on_the_same_data(folder):
    """Children of a killed server may still write: no new one starts before they are gone."""
    server = postgres.ensure(folder)
    with psycopg.connect(server.url("postgres")) as connection:
        child = connection.info.backend_pid
        os.kill(child, 19)  # it stands still, attached to the shared memory
        os.kill(alive(server), 9)
        starting = starter(folder)
        time.sleep(2)
        assert starting.poll() is None
        assert child in tree(data(server))
        os.kill(child, 9)
        assert starting.wait(30) == 0
    assert ask(server, "SELECT 1") == [(1,)]


def test_a_server_that_still_reads_its_log_is_waited_for(folder, monkeypatch):
    """Its starter was killed, it isn't ready yet: nobody starts another one, nobody gives up."""
    monkeypatch.setattr(running, "PATIENCE", 0.5)
    server = postgres.ensure(folder)
    pid = alive(server)
    os.kill(pid, 19)
    threading.Timer(3, os.kill, (pid, 18)).start()

    postgres.ensure(folder)

    assert alive(server) == pid
