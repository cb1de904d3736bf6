"""What the log may hold: where something broke and its number, never a value that belongs to a person.

The data base quotes rows in its errors ("Failing row contains (…)"), Django the address with its question, libraries
what they were given. So no message of an exception reaches the log; its kind, the constraint and the lines of code do.
"""

import logging
import re
import traceback
from secrets import token_hex
from typing import Any

QUESTION = "?"
SECRET = re.compile(r"(/(?:l|calendars)/)[^/]+")  # an address that is a key


def number() -> str:
    """A number for an error page, which stands in the log as well."""
    return token_hex(4)


class Quiet(logging.Formatter):
    """A line of the log, with exceptions told by kind and place alone."""

    def format(self, record: logging.LogRecord) -> str:
        """Ours as it is written; of a request the path without what was asked, of an exception no word of its own."""
        record = logging.makeLogRecord(record.__dict__)
        if isinstance(record.args, tuple):
            record.args = tuple(map(plain, record.args))
        if record.name.startswith("django"):
            record.msg = str(record.msg).split(QUESTION)[0] if not record.args else record.msg
        record.exc_text = None
        line = super().format(record)
        return "".join(c if c.isprintable() or c == "\n" and record.exc_info else "␤" for c in line)

    def formatException(self, ei: Any) -> str:  # noqa: N802
        """Which errors, one out of the other, and where; nothing that they say."""
        told, problem = [], ei[1]
        while problem is not None:
            told.append(f"{kind(problem)} at {places(problem)}")
            problem = problem.__cause__ or problem.__context__
        return " <- ".join(told)


def plain(value: object) -> object:
    """An argument of a line without what may be a person's: an error by its kind, a path without its question."""
    if isinstance(value, BaseException):
        return kind(value)
    return SECRET.sub(r"\1…", value.split(QUESTION)[0]) if isinstance(value, str) and value.startswith("/") else value


def kind(problem: BaseException) -> str:
    """What sort of error it is; of the data base also which rule it broke."""
    rule = getattr(_said_by_the_data_base(problem), "constraint_name", None)
    return type(problem).__name__ + (f" [{rule}]" if rule else "")


def schema(problem: BaseException) -> str:
    """What the data base says when a table, a column or a right is missing: names of the schema, no value of a row."""
    said = _said_by_the_data_base(problem)
    known = (getattr(said, "sqlstate", None) or "").startswith("42")
    return str(getattr(said, "message_primary", "")) if known else kind(problem)


def _said_by_the_data_base(problem: BaseException) -> object:
    """Django wraps the error in one of its own, which says less."""
    return getattr(problem, "diag", None) or getattr(problem.__cause__, "diag", None)


def places(problem: BaseException) -> str:
    """The lines of code, innermost first."""
    frames = traceback.extract_tb(problem.__traceback__)[-16:]
    return ", ".join(f"{frame.filename.rpartition('site-packages/')[2]}:{frame.lineno}" for frame in reversed(frames))
