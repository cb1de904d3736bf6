"""What the settings make of an address of the database."""

import psycopg
import pytest

from dure import settings


def limits(cluster, role: str, monkeypatch) -> dict[str, str]:
    """What holds for a process of this role, as its own connection says it."""
    name = {"owner": "DATABASE_OWNER_URL", "engine": "DATABASE_ENGINE_URL", "app": "DATABASE_URL"}[role]
    monkeypatch.setenv(name, cluster.url(f"dure_{role}", "postgres") + "&application_name=mine")
    made = settings._database(role)
    with psycopg.connect(
        host=made["HOST"], port=made["PORT"], user=made["USER"], **made["OPTIONS"], dbname="postgres"
    ) as it:
        said = "statement_timeout", "idle_in_transaction_session_timeout", "application_name"
        return {each: it.execute(f"SHOW {each}").fetchone()[0] for each in said}


@pytest.mark.parametrize(("role", "longest"), [("app", "1min"), ("engine", "0"), ("owner", "0")])
def test_no_page_holds_the_database_up(cluster, monkeypatch, role, longest):
    """A page's question is ended after a minute; the engine's and a back-up's may take long."""
    assert limits(cluster, role, monkeypatch)["statement_timeout"] == longest


def test_a_forgotten_transaction_ends_and_what_the_address_says_is_kept(cluster, monkeypatch):
    for role in ("app", "engine"):
        found = limits(cluster, role, monkeypatch)
        assert (found["idle_in_transaction_session_timeout"], found["application_name"]) == ("1min", "mine")


def test_the_addresses_of_two_servers_are_tried_in_turn(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://dure_app@one,two:5433/dure?target_session_attrs=read-write")
    made = settings._database("app")
    assert (made["HOST"], made["OPTIONS"]["target_session_attrs"]) == ("one,two", "read-write")
