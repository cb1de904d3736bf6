"""The names by which the record knows things: "recipient 6f1c…"."""

from collections.abc import Iterable


def refs(subjects: Iterable[str]) -> list[str]:
    """What stands behind the kind of thing.

    >>> refs(["shift 12"])
    ['12']
    """
    return [subject.split()[1] for subject in subjects]
