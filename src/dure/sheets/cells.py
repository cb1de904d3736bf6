"""Readers of single cells: what is meant, `None` for nothing, or a `Problem` with what to write instead."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time

from dure.sheets.problems import N_, Problem
from dure.sheets.resident import BLOT, BLOTTED
from dure.sheets.tables import BROKEN, Value
from dure.sheets.words import as_text, bare, is_nothing, squash

_YES = {"예", "네", "o", "ㅇ", "○", "◯", "◎", "●", "v", "√", "✓", "✔", "y", "yes", "true", "1"}
_YES |= {"유", "있음", "있다", "등록", "해당", "동의", "가능", "함", "여"}
_NO = {"아니오", "아니요", "x", "×", "✕", "╳", "n", "no", "false", "-", "무", "없음", "없다", "미등록"}
_NO |= {"해당없음", "비해당", "미동의", "부동의", "불가", "불가능", "안함", "부"}
_FAILED = re.compile(rf"{BROKEN}.*|#(REF!|N/A|VALUE!|DIV/0!|NAME\?|NUM!|NULL!)")
_TITLES = {"어르신", "할머니", "할아버지", "님", "씨", "외"}
_ONLY = N_("Write only the name here, not '%(value)s'. Put the rest into another column.")
MADE_A_DATE = N_("Excel has made a date of what was typed here (%(value)s). Set the cell to text and type it again.")


@dataclass(frozen=True)
class Besides:
    """What a cell says of its own column, and besides of others by their keys: 홍길동(남) is a name and a sex."""

    value: object
    others: Mapping[str, object]


def wrong_anywhere(value: Value) -> Problem | None:
    """What no cell may hold, whatever its column: a resident number, a failed formula, lost letters."""
    if not isinstance(value, str):
        return None
    if BLOT in value:
        return BLOTTED
    if value[:1] in (BROKEN, "#") and _FAILED.fullmatch(value):
        return Problem(
            N_("The formula here has failed (%(value)s). Type the value itself."),
            value=value.removeprefix(BROKEN),
        )
    if "\ufffd" in value or "???" in value:
        return Problem(N_("Letters were lost here (%(value)s). Type the text again."), value=value)
    return None


def text(value: Value) -> str | None:
    """Words as they stand, on one or several lines."""
    return as_text(value) or None


def limited(most: int) -> Callable[[Value], str | Problem | None]:
    """A reader of words up to a length."""

    def read(value: Value) -> str | Problem | None:
        words = as_text(value)
        if isinstance(value, date | time):
            return Problem(MADE_A_DATE, value=words)
        if len(words) > most:
            return Problem(
                N_("This is %(length)d letters long; shorten it to %(most)d."),
                length=len(words),
                most=most,
            )
        return words or None

    return read


def name(value: Value) -> str | Problem | None:
    """A person's name; spread Hangul is closed up (홍 길 동), a foreign name keeps its spaces."""
    words = " ".join(as_text(value).split())
    if is_nothing(words):
        return None
    if re.search(r"[*○◯●]|[OXox]{2}$", words):
        return Problem(N_("The name is masked (%(value)s). Write the whole name."), value=words)
    if bare(words) != words or re.search(r"[\d,/;:()@]", words):
        return Problem(_ONLY, value=words)
    parts = words.split()
    if len(parts) > 1 and (parts[-1] in _TITLES or all(re.fullmatch("[가-힣]{3,}", part) for part in parts)):
        return Problem(_ONLY, value=words)  # a form of address, or two people
    if len(words) > 60 or len(words) < 2:
        return Problem(N_("'%(value)s' is not a whole name. Write the full name."), value=words[:60])
    return words.replace(" ", "") if re.fullmatch(r"[가-힣 ]+", words) else words


def code(most: int) -> Callable[[Value], str | Problem | None]:
    """A reader of the code of a door: Excel drops the zeros that a number begins with, so a short number is asked."""
    words = limited(most)

    def read(value: Value) -> str | Problem | None:
        if isinstance(value, int | float) and not isinstance(value, bool) and value < 1000:
            return Problem(
                N_("Excel may have dropped zeros before %(value)s. Set the cell to text and type the code again."),
                value=as_text(value),
            )
        return words(value)

    return read


def yes_no(value: Value) -> bool | Problem | None:
    """Yes or no, however people mark a box. A zero is refused: some mean the circle by it, some "no"."""
    if isinstance(value, bool):
        return value
    words = re.sub(r"\s+", "", as_text(value)).lower()
    if words in _YES:
        return True
    if words in _NO:
        return False
    return Problem(N_("'%(value)s' is neither yes nor no. Write O or X."), value=words) if words else None


def number(low: float, high: float, *, unit: str = "", whole: bool = True) -> Callable[[Value], object]:
    """A reader of numbers between two limits, with or without the unit behind them (3개, 1,200원)."""

    def read(value: Value) -> int | float | Problem | None:
        if is_nothing(value):
            return None
        words = as_text(value).replace(",", "").replace(" ", "").removesuffix(unit)
        if not re.fullmatch(r"[-+]?\d{1,15}(\.\d+)?", words):
            return Problem(N_("'%(value)s' is not a number. Write only digits."), value=as_text(value))
        found = float(words)
        if whole and not found.is_integer():
            return Problem(N_("'%(value)s' is not a whole number."), value=as_text(value))
        if not low <= found <= high:
            return Problem(
                N_("%(value)s can't be right: write a number from %(low)s to %(high)s."),
                value=as_text(value),
                low=low,
                high=high,
            )
        return int(found) if whole else found

    return read


def choice(words: Mapping[str, Sequence[str]]) -> Callable[[Value], str | Problem | None]:
    """A reader of one of several words: key -> how it is written; the first way is what is suggested."""
    keys = {squash(way): key for key, ways in words.items() for way in (key, *ways)}
    shown = [ways[0] for ways in words.values() if ways]
    allowed = ", ".join(shown[:12]) + (" …" if len(shown) > 12 else "")

    def read(value: Value) -> str | Problem | None:
        written = as_text(value)
        if not written:
            return None
        key = keys.get(squash(written)) or keys.get(squash(bare(written)))
        if key is None:
            return Problem(
                N_("'%(value)s' is not known here. Write one of: %(allowed)s."),
                value=written,
                allowed=allowed,
            )
        return key

    return read


def several(words: Mapping[str, Sequence[str]]) -> Callable[[Value], tuple[str, ...] | Problem | None]:
    """A reader of any number of words out of several, separated by commas."""
    one = choice(words)

    def read(value: Value) -> tuple[str, ...] | Problem | None:
        if is_nothing(value):
            return None
        found = [one(part.strip()) for part in re.split(r"[,/·ㆍ、;\n]", as_text(value)) if part.strip()]
        for part in found:
            if isinstance(part, Problem):
                return part
        return tuple(dict.fromkeys(part for part in found if isinstance(part, str)))

    return read
