"""What was read from a file, as bytes in one row, and back again."""

import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from django.utils.translation import gettext

from dure.sheets.problems import Problem
from dure.sheets.tables import Sheet, Value

_TYPES: dict[str, Callable[[str], Value]] = {
    "d": date.fromisoformat,
    "m": datetime.fromisoformat,
    "t": time.fromisoformat,
}


def pack(sheets: Sequence[Sheet]) -> bytes:
    """The sheets as bytes to keep."""
    plain = [{"name": s.name, "hidden": s.hidden, "rows": s.rows, "struck": sorted(s.struck)} for s in sheets]
    return zlib.compress(json.dumps(plain, ensure_ascii=False, default=_tag).encode(), 1)


def unpack(content: bytes | memoryview) -> list[Sheet]:
    """The sheets as they were read."""
    found = json.loads(zlib.decompress(content))
    return [
        Sheet(
            s["name"], [[_untag(v) for v in row] for row in s["rows"]], s["hidden"],
            frozenset((row, column) for row, column in s.get("struck", ())),
        )
        for s in found
    ]  # fmt: skip


def _tag(value: date | time) -> list[str]:
    kind = "t" if isinstance(value, time) else "m" if isinstance(value, datetime) else "d"
    return [kind, value.isoformat()]


def _untag(value: Any) -> Value:
    return _TYPES[value[0]](value[1]) if isinstance(value, list) else value


def plain(value: object) -> Any:
    """A value as it is kept and compared: a date as 1941-03-05, a time as 11:30, several as a list."""
    if isinstance(value, time):
        return value.isoformat("minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    return value


def spoken(problem: Problem) -> str:
    """A problem in the reader's language."""
    values = {key: spoken(v) if isinstance(v, Problem) else v for key, v in problem.values.items()}
    return gettext(problem.text) % values if values else gettext(problem.text)


def kept(problem: Problem) -> list[Any]:
    """A problem as JSON; `said` brings it back in words."""
    return [problem.text, dict(problem.values)]


def said(text: str, values: Mapping[str, object]) -> str:
    """A kept problem in the reader's language."""
    return spoken(Problem(text, **values))
