"""What a list of 2,000 rows and eight columns costs as a workbook, a PDF and a Hangul file.

Each is made in a process of its own that has made nothing before: start of Python, loading what writes it and, for
the PDF, looking through the fonts of this machine are in the figure. Goal: at most GOAL CPU-seconds each, on all
cores together.

    .venv/bin/python bench/paper.py [--short]
"""

import resource
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import ground  # noqa: E402

GOAL = 3.0
KINDS = ("xlsx", "pdf", "hwpx")
MAKE = """
from dure.sheets import {kind}
from tests.sheets.papers import large
print(len({kind}.write(large({rows}))))
"""


def cost(kind: str, rows: int) -> tuple[float, int]:
    """CPU-seconds of one process that makes one paper, and the size of what it made."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    made = subprocess.run(
        [sys.executable, "-c", MAKE.format(kind=kind, rows=rows)],
        capture_output=True, text=True, check=True, cwd=Path(__file__).parent.parent,
    )  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, int(made.stdout)


def main(short: bool) -> bool:
    """Print the figures; whether the goal is met."""
    met = True
    for kind in KINDS:
        tried = [cost(kind, 2_000) for _ in range(2 if short else 5)]
        seconds, size = min(tried)
        print(f"{kind}: {seconds:.2f} s CPU (worst {max(tried)[0]:.2f}), {size / 1e6:.2f} MB, goal ≤ {GOAL:.0f} s")
        met = met and seconds <= GOAL
    return met


if __name__ == "__main__":
    ground.verdict(__doc__, main)
