"""Tie a process to the one that started it: when that dies, however it dies, this one is asked to end.

    python -m dure.demo.tied PARENT COMMAND ARGUMENT…

It is asked (SIGTERM) and not ended by force, so that the last one out stops the embedded database in its own way.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence

PR_SET_PDEATHSIG = 1
LOOK = 0.5  # seconds between two looks at the parent, where the system doesn't tell


def tied(run: Sequence[str]) -> list[str]:
    """How this command is started so that it ends when this process does. Start it from the main thread: on Linux
    it is that thread whose end counts."""
    return [sys.executable, "-m", "dure.demo.tied", str(os.getpid()), *run]


def become(parent: int, run: Sequence[str]) -> None:
    """Linux tells a process when its parent dies, also after it has become another program."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() == parent:  # else it died before we could ask to be told
        os.execvp(run[0], list(run))


def accompany(parent: int, run: Sequence[str]) -> int:
    """Elsewhere we stay beside the process, look whether the parent lives, and pass on what we are asked."""
    process = subprocess.Popen(run)
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda number, _frame: process.send_signal(number))
    while process.poll() is None:
        if os.getppid() != parent:
            process.terminate()
            return process.wait()
        time.sleep(LOOK)
    return process.returncode


if __name__ == "__main__":
    of, command = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        become(of, command)
    else:
        sys.exit(accompany(of, command))
