"""The crash run holds, and it does not when one of the promises is broken on purpose."""

import os
import subprocess
import sys

import pytest

SOAK = os.environ.get("HYPOTHESIS_PROFILE") == "soak"  # each time another story
pytestmark = pytest.mark.slow


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.crash.run", *arguments], stdout=subprocess.PIPE, text=True, timeout=900
    )


def test_nothing_is_lost_whatever_is_killed(capsys):
    done = run("--seed", str(os.getpid()) if SOAK else "1")
    with capsys.disabled():
        print(f"\n{done.stdout}")
    assert done.returncode == 0


@pytest.mark.parametrize("sabotage", ["after_commit", "lock", "dropped_ack"])
def test_a_broken_promise_is_noticed(sabotage):
    done = run("--duties", "300", "--kills", "8", "--sabotage", sabotage)
    assert "WRONG" in done.stdout
    assert done.returncode == 1
