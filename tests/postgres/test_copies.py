"""Whole copies of a database, and the way to a newer PostgreSQL by such copies."""

import psycopg
import pytest
from tests.postgres.conftest import ask, data

from dure import postgres
from dure.errors import Refused
from dure.postgres import cluster, programs

PEOPLE = """
    CREATE TABLE people (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL);
    INSERT INTO people (name) VALUES ('김두레'), ('이마을');
    ALTER TABLE people ENABLE ROW LEVEL SECURITY;
    CREATE POLICY two ON people USING (id = 2);
    GRANT SELECT ON people TO dure_app
"""


def make_people(server: postgres.Server) -> None:
    ask(server, PEOPLE)


def names(server: postgres.Server, role: str = "dure_owner", database: str = "dure") -> list[str]:
    with psycopg.connect(server.url(role, database)) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM people ORDER BY id")]


def test_a_copy_brings_everything_back(folder, tmp_path):
    server = postgres.ensure(folder)
    make_people(server)
    file = tmp_path / "copy"

    postgres.dump(server.url("dure_owner"), file)
    with psycopg.connect(server.url("dure_owner", "postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE second")
    postgres.load(file, server.url("dure_owner", "second"))

    assert oct(file.stat().st_mode & 0o777) == "0o600"
    assert names(server, database="second") == ["김두레", "이마을"]
    assert names(server, "dure_app", "second") == ["이마을"]


def test_what_cannot_be_copied_is_told(folder, tmp_path):
    server = postgres.ensure(folder)
    with pytest.raises(Refused, match="pg_dump could not do it.*nothing_there"):
        postgres.dump(server.url("dure_owner", "nothing_there"), tmp_path / "copy")
    (tmp_path / "no-copy").write_text("not a copy")
    with pytest.raises(Refused, match="pg_restore could not do it"):
        postgres.load(tmp_path / "no-copy", server.url())


def test_an_older_versions_data_move_to_the_newer(folder, monkeypatch):
    newer = programs.find()
    monkeypatch.setenv("DURE_PG_BIN", str(programs.find(16).bin))
    server = postgres.ensure(folder)
    make_people(server)
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as connection:
        connection.execute('CREATE DATABASE "둘째" OWNER dure_owner')
    server.stop()
    assert data(server).name == "16"
    (server.real / "arriving").mkdir()  # left by an interrupted move
    monkeypatch.delenv("DURE_PG_BIN")

    server.start()

    assert cluster.majors(server.real) == [newer.major]
    assert (server.real / "moved-16" / "PG_VERSION").exists()
    assert ask(server, "SHOW server_version") == [(newer.version,)]
    assert names(server, "dure_app") == ["이마을"]
    assert ask(server, "SELECT datlocprovider FROM pg_database WHERE datname IN ('dure', '둘째')") == [("b",)] * 2


def test_without_the_older_programs_the_data_stay_and_it_is_told(folder, monkeypatch):
    server = postgres.ensure(folder)
    server.stop()
    data(server).rename(server.real / "15")
    with pytest.raises(Refused, match="No PostgreSQL 15 was found"):
        server.start()
    assert cluster.majors(server.real) == [15]
