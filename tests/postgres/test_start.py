"""The embedded server: first start, second start, many starters, the last one out."""

import os
import time

import psycopg
import pytest
from tests.postgres.conftest import alive, ask, data, starter

from dure import postgres
from dure.errors import Refused
from dure.postgres import place, programs

SETTINGS = """
    SELECT current_setting('fsync'), current_setting('listen_addresses'), current_setting('data_checksums'),
           current_setting('idle_in_transaction_session_timeout'), current_setting('unix_socket_permissions'),
           datlocprovider, coalesce(datlocale, datcollate), pg_get_userbyid(datdba)
    FROM pg_database WHERE datname = current_database()
"""
RIGHTS = """
    SELECT rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolcanlogin
    FROM pg_roles WHERE rolname LIKE 'dure%' ORDER BY rolname
"""


def test_the_first_start_makes_the_database_with_its_roles(folder):
    before = postgres.url(folder, "dure_app")
    server = postgres.ensure(folder)

    assert before == server.url("dure_app") == postgres.url(folder, "dure_app")
    assert ask(server, SETTINGS) == [("on", "", "on", "1min", "0700", "b", "C.UTF-8", "dure_owner")]
    assert ask(server, RIGHTS) == [
        ("dure_app", False, False, False, False, True),
        ("dure_engine", False, False, False, False, True),
        ("dure_owner", False, False, True, False, True),
    ]
    assert [ask(server, "SELECT current_user", role) for role in ("dure_app", "dure_engine", "postgres")] == [
        [("dure_app",)], [("dure_engine",)], [("postgres",)],
    ]  # fmt: skip
    names = "SELECT string_agg(n, '' ORDER BY n) FROM unnest(ARRAY['홍','각','나','김','가','낫']) n"
    assert ask(server, names) == [("가각김나낫홍",)]


def test_nothing_is_open_to_others(folder):
    server = postgres.ensure(folder)
    closed = [server.real, data(server), place.socket_folder(folder)]
    assert [oct(path.stat().st_mode & 0o777) for path in closed] == ["0o700"] * 3
    with pytest.raises(psycopg.OperationalError, match="role|ident|Peer|peer"):
        psycopg.connect(server.url("somebody"))


def test_the_second_start_finds_what_was_there(folder):
    server = postgres.ensure(folder)
    ask(server, "CREATE TABLE kept AS SELECT 1 AS n")
    server.stop()
    assert alive(server) is None

    began = time.monotonic()
    server.start()

    assert ask(server, "SELECT n FROM kept") == [(1,)]
    assert time.monotonic() - began < 10


def test_a_running_server_is_used_as_it_is(folder):
    server = postgres.ensure(folder)
    pid = alive(server)
    again = postgres.ensure(folder)
    assert alive(server) == alive(again) == pid


def test_many_starters_at_once_make_one_server(folder):
    starters = [starter(folder) for _ in range(4)]
    assert [one.wait(60) for one in starters] == [0] * 4

    server = postgres.Server(folder)
    assert server.answers()
    assert sorted(path.name for path in server.real.glob("1*")) == [str(programs.find().major)]


def test_the_last_one_out_stops_it(folder):
    first, second = postgres.ensure(folder), postgres.ensure(folder)
    first.stop()
    assert second.answers()
    second.stop()
    assert not second.answers()
    assert not place.socket_folder(folder).exists()
    second.stop()  # and once more does no harm


def test_a_long_path_with_korean_and_spaces(shelf):
    folder = shelf.folder("광산구 통합돌봄/" + "아주-긴-이름-" * 8 + "/postgres")
    server = postgres.ensure(folder)
    assert len(bytes(server.real)) > 107
    assert ask(server, "SELECT 1") == [(1,)]
    server.stop()
    assert alive(server) is None


def test_data_of_a_newer_version_are_left_alone(folder):
    server = postgres.ensure(folder)
    server.stop()
    (data(server)).rename(server.real / "99")

    with pytest.raises(Refused, match="are PostgreSQL 99's"):
        server.start()
    assert [path.name for path in server.real.glob("[0-9]*")] == ["99"]
    (server.real / "99").rename(server.real / str(programs.find().major))


def test_a_setting_names_the_programs(monkeypatch, tmp_path):
    wheel = postgres.locate()
    monkeypatch.setenv("DURE_PG_BIN", str(wheel.parents[1] / "pginstall" / "bin"))
    assert programs.find().major == 16
    monkeypatch.setenv("DURE_PG_BIN", str(tmp_path))
    with pytest.raises(Refused, match="aren't there"):
        postgres.locate()


def test_an_outside_database_needs_no_server(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert postgres.is_embedded()
    monkeypatch.setenv("DATABASE_URL", "postgresql://db.example/dure")
    assert not postgres.is_embedded()


def test_a_socket_folder_that_is_somebody_elses_is_refused(folder):
    if os.geteuid() != 0:
        pytest.skip("only root can make somebody else's folder")
    path = place.socket_folder(folder)
    path.mkdir()
    os.chown(path, 1, 1)
    with pytest.raises(Refused, match="is in the way"):
        postgres.ensure(folder)
