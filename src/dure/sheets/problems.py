"""What is wrong with a cell or a file, in words that can still be put into the reader's language."""

from dure.errors import Refused


def N_(message: str) -> str:
    """Marks an English message id for the catalogue; it is translated where it is shown."""
    return message


class Problem:
    """One sentence or two: what is wrong, and what to do about it. Values may be problems themselves."""

    def __init__(self, text: str, **values: object) -> None:
        self.text = text
        self.values = values

    def __str__(self) -> str:
        return self.text % self.values if self.values else self.text

    def __repr__(self) -> str:
        return f"Problem({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Problem) and (self.text, self.values) == (other.text, other.values)

    __hash__ = None  # type: ignore[assignment]  # its values may be anything


class Unreadable(Refused):
    """A file that can't be taken in, and what the person can do instead."""

    def __init__(self, text: str, **values: object) -> None:
        self.problem = Problem(text, **values)
        super().__init__(str(self.problem))
