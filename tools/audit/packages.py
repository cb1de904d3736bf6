"""What lies in a virtual environment, and what the locks say should."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from importlib.metadata import Distribution, distributions
from pathlib import Path

OWN = "dure"


@dataclass
class Found:
    """What one look brought: what was looked at, what isn't right, and whether something couldn't be looked at."""

    looked_at: str = ""
    wrong: list[str] = field(default_factory=list)
    unknown: bool = False


def plain(name: str) -> str:
    """The one spelling under which a package stands in the locks."""
    return re.sub(r"[-_.]+", "-", name).lower()


def same(version: str) -> str:
    """A version without leading zeros, which some packages write and locks don't.

    >>> same("2026.06.1")
    '2026.6.1'
    """
    return re.sub(r"(?<!\d)0+(?=\d)", "", version)


def locked(folder: Path) -> dict[str, set[str]]:
    """Every package of the locks with its versions."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in folder.glob("*.txt"):
        for name, version in re.findall(r"^([\w.-]+)==([^\s;\\]+)", path.read_text(), re.MULTILINE):
            found[plain(name)].add(same(version))
    return found


def in_it(venv: Path) -> list[Distribution]:
    """What is installed there, by name."""
    folders = [str(path) for path in sorted(venv.glob("lib/python*/site-packages"))]
    return sorted(distributions(path=folders), key=lambda it: plain(it.name))
