"""Children: one that dies is started again and said, all end together."""

import sys
import threading
import time

import pytest

from dure.demo.processes import Children, keep
from dure.health.models import Fault
from tests import make

SLEEPS = [sys.executable, "-c", "import time; time.sleep(60)"]
DIES = [sys.executable, "-c", ""]


def until(true, seconds=10.0):
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds
        time.sleep(0.05)


def test_all_end_when_asked_to():
    children = Children({"web": SLEEPS, "watch": SLEEPS})
    children.start()
    processes = [child.process for child in children.all]
    children.stop()

    assert all(process.poll() is not None for process in processes)


def test_who_is_killed_is_started_again():
    children = Children({"web": SLEEPS})
    children.start()
    first = children.all[0].process
    first.kill()
    until(lambda: children.dead())
    children.start()

    assert children.all[0].process.pid != first.pid
    children.stop()


def test_who_dies_at_once_isnt_started_without_pause():
    children = Children({"web": DIES})
    starts = 0
    began = time.monotonic()
    while time.monotonic() - began < 3:
        before = children.all[0].process
        children.start()
        starts += children.all[0].process is not before
        children.dead()
        time.sleep(0.02)

    assert starts <= 3
    children.stop()


@pytest.mark.django_db
def test_a_death_is_a_fault():
    make.role("owner")
    stop = threading.Event()
    children = Children({"web": DIES})
    stopping = threading.Timer(2.0, stop.set)
    stopping.start()
    keep(children, stop)

    assert Fault.objects.get(key="process web").outside
