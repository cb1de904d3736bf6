"""The queue with its work at fixed times: run by the engine, and done again after a crash."""

from datetime import timedelta

import pytest
from django.db import connection
from procrastinate.contrib.django import app
from tests import make
from tests.make import MINUTE, NOON

from dure import clock
from dure.audit.actions import note
from dure.audit.models import Entry
from dure.health import tasks
from dure.health.actions import beat
from dure.health.jobs import attempt
from dure.health.models import Beat, Fault

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def engine():
    make.role("engine")
    yield
    make.role("app")


def test_every_box_s_work_at_fixed_times_is_known():
    app.perform_import_paths()
    assert {name for name in app.tasks if name.startswith(("health.", "imports."))} == {
        "health.anchor_the_record", "health.back_up", "health.live", "health.seal_the_record", "health.take_up",
        "health.tell_outside", "imports.forget",
    }  # fmt: skip
    timed = {task.task.name for task in app.periodic_registry.periodic_tasks.values()}
    assert timed >= {"care.open_days", "health.back_up", "imports.forget"}


def test_the_engine_may_put_work_into_the_queue_and_the_app_may_not_look():
    app.tasks["health.live"].defer(timestamp=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'health.live' AND status = 'todo'")
        assert cursor.fetchone() == (1,)
        cursor.execute("SELECT has_table_privilege('dure_app', 'procrastinate_jobs', 'SELECT, INSERT, UPDATE')")
        assert cursor.fetchone() == (False,)


def test_the_jobs_say_that_they_live():
    tasks.live()
    assert Beat.objects.get(name="jobs").every == 10


@pytest.mark.parametrize(("away", "waits"), [(None, True), (2 * MINUTE, True), (timedelta(seconds=5), False)])
def test_jobs_that_were_away_wait_anew_for_the_auditor_and_those_that_begin_again_and_again_do_not(away, waits):
    if away:
        beat("jobs", real=clock.real() - away, clock_at=NOON)
    tasks.begin()
    assert Beat.objects.filter(name="audit").exists() == waits


def test_the_record_is_sealed():
    office = make.office()
    note(at=NOON, who=None, did="tried", about=make.house(office))
    make.role("owner")
    Entry.objects.update(xact=0)  # as if its transaction had ended
    make.role("engine")
    tasks.seal_the_record()
    assert not Entry.objects.filter(seal=None).exists()


def test_work_that_fails_is_a_fault_until_it_succeeds():
    def fails() -> None:
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        attempt("test.work", fails)
    assert Fault.objects.get(key="job:test.work").mended_at is None
    attempt("test.work", lambda: None)
    assert not Fault.objects.filter(key="job:test.work", mended_at=None).exists()


def test_without_the_owner_s_connection_a_missing_back_up_is_a_fault(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://somewhere/else")
    monkeypatch.delenv("DATABASE_OWNER_URL", raising=False)
    tasks.back_up()
    assert "DATABASE_OWNER_URL" in Fault.objects.get(key="backup").what
