"""What row-level security costs on the board, with 5,000 recipients and 200 open cases.

Goal: the board of an officer, and that of a provider's desk, each take at most 1.2 times the CPU-seconds with row-level
security that they take without. The same page is asked by the same person in turn, once as the role of the web process
and once as a role with the same rights that the policies don't hold; CPU-seconds are those of the web process and of
its own database process together, the best of several rounds.

    .venv/bin/python bench/tenancy.py [--short]
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import board, ground  # noqa: E402
from bench.duties import ask  # noqa: E402

GOAL = 1.2
FREE = "CREATE ROLE dure_free NOLOGIN BYPASSRLS IN ROLE dure_app"


@contextmanager
def as_role(name: str) -> Iterator[None]:
    """The connection has the rights of this role meanwhile."""
    from tests import make

    make.role(name)
    try:
        yield
    finally:
        make.role("app")


def shown(client: Any) -> tuple[int, str]:
    """The page, to see that both roles are shown the same."""
    answer = client.get(board.BOARD)
    return answer.status_code, str(len(answer.content))


def ratio(who: str, person: Any, rounds: int, times: int) -> float:
    """With row-level security against without, for this person's board."""
    from tests import make

    client, backend = make.signed_in(person), ground.backend()
    with as_role("app"):
        held = shown(client)
    with as_role("free"):
        free = shown(client)
    assert held == free, (held, free)
    seconds: dict[str, list[float]] = {"app": [], "free": []}
    for _ in range(rounds):
        for name, found in seconds.items():
            with as_role(name):
                client.get(board.BOARD)  # plans are made anew for another role
                found.append(board.cost(client, board.BOARD, times, backend))
    a, b = min(seconds["app"]), min(seconds["free"])
    print(f"board of {who}: {a * 1000:.1f} ms CPU with, {b * 1000:.1f} without: {a / b:.2f} times (goal ≤ {GOAL})")
    return a / b


def measure(short: bool) -> bool:
    """Print the figures; whether the goal is met."""
    from tests import make

    from dure.people.models import Role

    officer, recipients = board.people(1_000 if short else 5_000)
    desk = make.person(officer.office, as_=Role.PROVIDER, at=recipients[0].provider)
    board.stand_still()
    board.alarm(recipients[:200], officer)
    ask(FREE)
    make.role("app")
    people = {"an officer": officer, "a provider's desk": desk}
    return max(ratio(who, person, *((5, 4) if short else (15, 8))) for who, person in people.items()) <= GOAL


def main(short: bool) -> bool:
    """Measure in a database of our own."""
    with ground.own(DURE_HOSTS="testserver"):
        return measure(short)


if __name__ == "__main__":
    ground.verdict(__doc__, main)
