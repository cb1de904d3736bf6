"""Children: one that dies is started again and said, all end together, and none outlives who started it."""

import os
import subprocess
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


STARTS_TWO = """
import django, sys, time
django.setup()
from dure.demo import processes
children = processes.Children({name: [sys.executable, "-c", "import time; time.sleep(60)"] for name in "ab"})
children.start()
print(*(child.process.pid for child in children.all), flush=True)
time.sleep(60)
"""
ACCOMPANIED = """
import os, subprocess, sys, time
from dure.demo import tied
child = 'import os, time; print(os.getpid(), flush=True); time.sleep(60)'
way = f"from dure.demo import tied; tied.accompany({os.getpid()}, ['{sys.executable}', '-c', {child!r}])"
subprocess.Popen([sys.executable, "-c", way])
time.sleep(60)
"""


def alive(pid):
    try:
        os.kill(pid, 0)
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"  # a zombie whom nobody has fetched yet
    except (ProcessLookupError, FileNotFoundError):
        return False


@pytest.mark.parametrize("program", [STARTS_TWO, ACCOMPANIED])
def test_none_outlives_who_started_it_also_when_that_is_ended_by_force(program):
    driver = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    children = [int(pid) for pid in driver.stdout.readline().split()]
    assert children and all(alive(pid) for pid in children)
    time.sleep(0.5)  # they have been told to whom they are tied
    driver.kill()
    driver.wait()
    driver.stdout.close()
    until(lambda: not any(alive(pid) for pid in children))


@pytest.mark.django_db
def test_a_death_is_a_fault():
    make.role("owner")
    stop = threading.Event()
    children = Children({"web": DIES})
    stopping = threading.Timer(2.0, stop.set)
    stopping.start()
    keep(children, stop)

    assert Fault.objects.get(key="process web").outside
