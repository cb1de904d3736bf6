"""Processes that die at once, with all that came from them."""

import os
import signal
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


def kill(processes: Iterable[int]) -> None:
    """SIGKILL for these and all that came from them."""
    for process in [each for one in processes for each in (one, *descendants(one))]:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def command(process: int) -> str:
    """How a process was started; nothing when it is gone."""
    with suppress(OSError):
        return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""


def descendants(process: int) -> list[int]:
    """All processes that came from this one."""
    children: dict[int, list[int]] = {}
    for each in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            children.setdefault(int(each.read_text().rpartition(")")[2].split()[1]), []).append(int(each.parent.name))
    found, left = [], [process]
    while left:
        mine = children.get(left.pop(), [])
        found += mine
        left += mine
    return found
