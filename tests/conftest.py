"""A real PostgreSQL for all tests, migrated by the owner; the tests themselves run as the app or the engine."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import hypothesis
import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from dure import clock, postgres

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's loop runs in the same thread
TEST = "test_dure"
LONG = (
    "stories/test_month",
    "crash/test_crash",
    "stories/test_day",
    "test_every_page",
    "stories/test_incident_browser",
)
hypothesis.settings.register_profile("soak", max_examples=2_000, deadline=None)  # make soak


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long begins first: two work side by side, and neither is to wait for the other at the end."""
    items.sort(key=lambda item: next((n for n, name in enumerate(LONG) if name in item.nodeid), len(LONG)))


@pytest.fixture(scope="session")
def cluster() -> Iterator[postgres.Server]:
    """The embedded server in a folder of its own, started once for all tests."""
    data = Path(tempfile.mkdtemp(prefix="dure-test-"))
    data.chmod(0o711)  # started by root, the server runs as somebody else
    server = postgres.Server(data / "postgres")
    server.start()
    yield server
    server.stop()
    shutil.rmtree(data, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_setup(cluster: postgres.Server, django_db_blocker: pytest.FixtureRequest) -> None:
    """Migrate a database of its own as the owner; then the tests' connection is a superuser in the app's role."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    with psycopg.connect(cluster.url("dure_owner", "postgres"), autocommit=True) as owner:
        owner.execute(f"DROP DATABASE IF EXISTS {TEST}")
        owner.execute(f"CREATE DATABASE {TEST}")
    with django_db_blocker.unblock():
        use = settings.DATABASES["default"]
        settings.DATA = cluster.folder.parent
        use.update(NAME=TEST, USER="dure_owner", HOST=conninfo_to_dict(cluster.url())["host"])
        connection.settings_dict.update(use)
        call_command("migrate", verbosity=0)
        connection.close()
        use.update(USER="postgres", OPTIONS={**use["OPTIONS"], "options": "-c role=dure_app"})
        connection.settings_dict.update(use)


@pytest.fixture
def moved(cluster: postgres.Server, db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[datetime], None]]:
    """Move the office's clock for pages and commands, as the driver of a demo does: `moved(NOON)`."""
    monkeypatch.setenv(clock.MOVED, cluster.url("dure_app", TEST))
    with psycopg.connect(cluster.url("dure_owner", TEST), autocommit=True) as owner:

        def move(to: datetime) -> None:
            owner.execute("DELETE FROM dure_clock")
            owner.execute("INSERT INTO dure_clock (one, at) VALUES (true, %s)", [to])

        yield move
        owner.execute("DELETE FROM dure_clock")
