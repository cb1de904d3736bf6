"""Waiting for a provider: for the whole of its answer, and no longer, however slowly that comes."""

import threading
from collections.abc import Callable
from typing import TypeVar

from dure.outbox.carriers import Away

T = TypeVar("T")


def in_time(ask: Callable[[], T], seconds: float) -> T:
    """What a provider answers, or the problem that there was. Who doesn't end within these seconds is away.

    A time limit of the socket alone would begin anew with each byte. What was asked goes on beside, unheard.
    """
    said: list[T] = []
    problems: list[Exception] = []

    def listen() -> None:
        try:
            said.append(ask())
        except Exception as problem:
            problems.append(problem)

    asking = threading.Thread(target=listen, daemon=True)
    asking.start()
    asking.join(seconds)
    if problems:
        raise problems[0]
    if not said:
        raise Away("no answer in time")
    return said[0]
