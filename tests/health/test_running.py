"""A process that loops says how far it has come, and outlives a database that is away."""

from datetime import timedelta
from types import SimpleNamespace

import psycopg
import pytest
from django.db import InternalError, OperationalError, connection
from tests import make
from tests.make import MINUTE, NOON

from dure import clock
from dure.health import running
from dure.health.actions import AUDIT, AUDIT_EVERY, beat, fault, look_at_the_others, mended, silent
from dure.health.models import Beat, Fault

pytestmark = pytest.mark.django_db


class Stop:
    """Ends a loop after so many pauses."""

    def __init__(self, pauses):
        self.left, self.paused = pauses, []

    def is_set(self):
        return self.left <= 0

    def wait(self, seconds):
        self.left -= 1
        self.paused.append(seconds)


@pytest.fixture(autouse=True)
def as_engine():
    make.role("engine")
    yield
    make.role("app")


@pytest.fixture
def at(monkeypatch):
    """The clocks of a process: the office's stands at noon, the machine's goes on by 3 s at each look."""
    ticks = [NOON + timedelta(days=9)]

    def real():
        ticks.append(ticks[-1] + timedelta(seconds=3))
        return ticks[-1]

    monkeypatch.setattr(clock, "now", lambda: NOON)
    monkeypatch.setattr(clock, "real", real)
    monkeypatch.setattr(running, "connection", SimpleNamespace(close=lambda: None))  # the test's own stays open


def test_a_beat_says_up_to_when_all_is_done_not_what_time_it_is(at):
    seen, work = [], iter([5, 5, 0])

    def some(now, real):
        seen.extend(Beat.objects.values_list("clock_at", flat=True))
        return next(work)

    running.run("watch", some, Stop(1))
    assert [moment < NOON for moment in seen] == [True, True]  # it lives, and isn't done with noon yet
    assert Beat.objects.get().clock_at == NOON


def test_under_a_moved_clock_each_moment_is_reported_at_once(at, monkeypatch):
    monkeypatch.setenv(clock.MOVED, "followed")
    monkeypatch.setattr(clock, "real", lambda: NOON)
    moments = iter([NOON, NOON, NOON + MINUTE])
    monkeypatch.setattr(clock, "now", lambda: next(moments))
    told = []
    monkeypatch.setattr(running, "beat", lambda name, real, clock_at: told.append(clock_at))
    running.run("watch", lambda now, real: 0, Stop(3))
    assert told == [NOON, NOON + MINUTE]


@pytest.mark.parametrize("problem", [OperationalError, psycopg.OperationalError, InternalError])
def test_a_database_that_is_away_is_waited_for(at, problem):
    tries = []

    def work(now, real):
        tries.append(now)
        if len(tries) < 3:
            raise problem("the server closed the connection")
        return 0

    stop = Stop(3)
    running.run("watch", work, stop)
    assert (len(tries), stop.paused[:2]) == (3, [running.PAUSE, running.PAUSE])


def test_the_moved_clock_may_be_away_as_well(at, monkeypatch):
    def gone():
        raise psycopg.OperationalError("no such server")

    monkeypatch.setattr(clock, "now", gone)
    stop = Stop(2)
    running.run("watch", lambda now, real: 0, stop)
    assert stop.paused == [running.PAUSE] * 2


def test_who_runs_says_outside_that_the_database_is_away_or_that_somebody_is_silent(at, settings, monkeypatch):
    said = []
    monkeypatch.setattr(running.Alarm, "say", lambda self, silent, real: said.append(list(silent)))
    settings.DURE_WATCHED = ["watch", "sender"]
    running.run("watch", lambda now, real: 0, Stop(15))
    assert said[-1] == ["sender"]
    said.clear()

    def away(now, real):
        raise OperationalError("the server closed the connection")

    running.run("watch", away, Stop(2))
    assert said == []  # it may be starting anew
    running.run("watch", away, Stop(9))
    assert said[-1] == ["database"]


def test_a_database_that_is_full_is_told_outside(at, monkeypatch):
    """What is asked is answered, and no sign of life is kept."""
    said = []

    def full(*_, **__):
        raise OperationalError("could not extend file: No space left on device")

    monkeypatch.setattr(running.Alarm, "say", lambda self, silent, real: said.append(list(silent)))
    monkeypatch.setattr(running, "beat", full)
    running.run("watch", lambda now, real: 0, Stop(9))
    assert said[-1] == ["database"]


def test_a_database_that_may_only_be_read_is_told_outside_and_ends_nobody(at, monkeypatch):
    said = []
    monkeypatch.setattr(running.Alarm, "say", lambda self, silent, real: said.append(list(silent)))
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")
    running.run("watch", lambda now, real: 0, Stop(9))
    assert said[-1] == ["database"]


def test_what_was_noted_ahead_of_time_is_set_right_at_the_start_and_whenever_the_clock_was_set_back():
    done = []
    work = running.right_first(lambda now, real: 7, lambda now, real: done.append(now) or 0)
    minutes = [0, 1, 60, 59, 0, 1]  # less than a minute back is no step
    assert [work(NOON + minute * MINUTE, NOON) for minute in minutes] == [7] * 6
    assert done == [NOON, NOON]


def test_nothing_else_is_swallowed(at):
    with pytest.raises(ZeroDivisionError):
        running.run("watch", lambda now, real: 1 // 0, Stop(2))


def test_who_was_not_heard_from_is_silent():
    assert silent(["watch"], real=NOON) == ["watch"]
    beat("watch", real=NOON, clock_at=NOON)
    assert silent(["watch", "sender"], real=NOON + timedelta(seconds=30)) == ["sender"]
    assert silent(["watch"], real=NOON + timedelta(seconds=31)) == ["watch"]
    beat("backup", real=NOON, clock_at=NOON, every=3600)
    assert silent(["backup"], real=NOON + timedelta(hours=2)) == []


def test_a_sign_of_life_that_is_still_to_come_is_none():
    """The clock was ahead when it was given, and has been set right."""
    beat("watch", real=NOON, clock_at=NOON)
    assert silent(["watch"], real=NOON - timedelta(seconds=60)) == []  # two machines are never quite at one
    assert silent(["watch"], real=NOON - timedelta(seconds=61)) == ["watch"]


def test_a_clock_that_is_set_back_by_an_hour_stops_no_sign_of_life_and_no_look_at_the_others(at, monkeypatch):
    hour, ticks, beats, looks = timedelta(hours=1), [NOON], [], []

    def real():
        ticks.append(ticks[-1] + (timedelta(seconds=3) if len(ticks) != 20 else -hour))
        return ticks[-1]

    monkeypatch.setattr(clock, "real", real)
    monkeypatch.setattr(running, "beat", lambda name, real, clock_at: beats.append(real))
    monkeypatch.setattr(running, "look_at_the_others", lambda *_, real, now: looks.append(real) or [])
    running.run("watch", lambda now, real: 0, Stop(60))
    for done in (beats, looks):
        assert min(done) < NOON - hour + 2 * MINUTE and max(done) > NOON + timedelta(seconds=30)
    assert len(beats) == 60 and len(looks) >= 9


def test_whoever_lives_says_which_of_the_others_has_stopped_until_it_is_heard_again():
    watched, later = ["watch", "sender", "jobs"], NOON + MINUTE
    for name in watched:
        beat(name, real=NOON if name == "jobs" else later, clock_at=NOON)
    look_at_the_others("watch", watched, real=later, now=later)
    (stopped,) = Fault.objects.all()
    assert (stopped.key, stopped.outside, stopped.first_at, "backed up" in stopped.what) == (
        "silent jobs", True, later, True,
    )  # fmt: skip
    beat("jobs", real=later, clock_at=NOON)
    look_at_the_others("sender", watched, real=later, now=later)
    assert not Fault.objects.filter(mended_at=None).exists()


def test_who_is_not_watched_any_more_is_silent_no_longer():
    look_at_the_others("watch", ["watch", "sender", "jobs"], real=NOON, now=NOON)
    for minutes in (9, 11):
        look_at_the_others("watch", ["watch", "sender"], real=NOON, now=NOON + minutes * MINUTE)
        still = Fault.objects.filter(mended_at=None).order_by("key").values_list("key", flat=True)
        assert list(still) == (["silent jobs", "silent sender"] if minutes == 9 else ["silent sender"])


def test_who_looks_at_others_than_somebody_else_does_takes_nothing_back(at):
    """One process is told to watch three, another two: what is silent is one fault, not one every ten seconds."""
    for second in range(0, 1200, 10):
        now = NOON + timedelta(seconds=second)
        look_at_the_others("watch", ["watch", "sender", "jobs"], real=now, now=now)
        look_at_the_others("sender", ["watch", "sender"], real=now, now=now)
    assert list(Fault.objects.filter(key="silent jobs").values_list("mended_at", "times")) == [(None, 120)]


def test_two_machines_whose_clocks_are_not_quite_at_one_are_both_alive():
    beat("watch", real=NOON + timedelta(seconds=45), clock_at=NOON)
    beat("sender", real=NOON + timedelta(seconds=75), clock_at=NOON)
    assert silent(["watch", "sender"], real=NOON) == ["sender"]


def test_an_auditor_that_has_not_looked_for_five_minutes_is_silent_also_while_the_jobs_live():
    watched, later = ["watch", "jobs"], NOON + 5 * MINUTE

    def quiet(real):
        for name in watched:
            beat(name, real=real, clock_at=real)
        return look_at_the_others("watch", watched, real=real, now=real)

    assert quiet(NOON) == []  # a fresh installation: the jobs have never been started
    beat(AUDIT, real=NOON, clock_at=NOON, every=AUDIT_EVERY)
    assert quiet(later) == []
    assert quiet(later + timedelta(seconds=1)) == ["audit"]
    assert "counted anew" in Fault.objects.get(key="silent audit", outside=True, mended_at=None).what
    beat(AUDIT, real=later + MINUTE, clock_at=NOON, every=AUDIT_EVERY)
    assert quiet(later + MINUTE) == []
    assert not Fault.objects.filter(mended_at=None).exists()
    assert look_at_the_others("watch", ["watch", "sender"], real=NOON + 60 * MINUTE, now=NOON) == ["sender"]


def test_a_process_that_runs_looks_at_the_others_but_not_while_they_may_be_starting(at, settings):
    settings.DURE_WATCHED = ["watch", "jobs"]
    running.run("watch", lambda now, real: 0, Stop(9))
    assert not Fault.objects.exists()
    running.run("watch", lambda now, real: 0, Stop(15))
    assert [fault.key for fault in Fault.objects.all()] == ["silent jobs"]


def test_the_same_fault_counts_up_until_it_is_mended_and_then_it_is_a_new_one():
    make.role("app")
    office = make.office()
    for minute in range(3):
        fault("roster 1", "x", {"n": minute}, now=NOON + minute * MINUTE, office=office.pk)
    fault("roster 1", "x", now=NOON)  # the installation's is another
    mended("roster 1", now=NOON + 5 * MINUTE, office=office.pk)
    fault("roster 1", "x", now=NOON + 6 * MINUTE, office=office.pk)
    rows = Fault.objects.filter(office=office).order_by("id").values_list("first_at", "last_at", "times", "mended_at")
    assert list(rows) == [
        (NOON, NOON + 2 * MINUTE, 3, NOON + 5 * MINUTE),
        (NOON + 6 * MINUTE, NOON + 6 * MINUTE, 1, None),
    ]
    assert Fault.objects.get(office=None).times == 1
