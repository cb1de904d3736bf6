"""An urgent report as a code in a text message: 24 letters, in four groups, that can also be read aloud and typed.

Letters are Crockford's 32 (no I, L, O, U). Fourteen say what, which phone, which stop, a chance number and the minute;
six are the beginning of an HMAC under the hash of the phone's key, which the phone and the server both have. The last
letter of each group checks that group: one wrong letter, or two that changed places, are always noticed and named.
The phone writes the same code (static/dure/field/texting.js); docs/decisions/0013-text-messages.md says how.
"""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ALIKE = str.maketrans("OILU", "011V")  # how they are misread
GROUPS, DATA = 4, 5  # groups, and letters in each before the one that checks it
LENGTH = GROUPS * (DATA + 1)
SAID = 14  # letters before the HMAC
MINUTES = 32**3  # after which the count of minutes begins anew: 22 days
AHEAD = timedelta(days=1)  # by which a phone's clock may be
SHORT, APART, LONGEST = 20, r"[\s.,_·\-‐-―]*", 2000
RUN = re.compile(rf"[0-9A-Z](?:{APART}[0-9A-Z])*")


@dataclass(frozen=True)
class What:
    """Something urgent that a code can say, as the phone says it in a report."""

    kind: str
    gravity: str
    body: dict[str, Any]


NOBODY = {"outcome": "no_reply", "handed": "not_handed"}
WHAT = (  # by number, the same for ever: a phone of any version may have written it
    What("care.visit", "no_reply", NOBODY),
    What("care.visit", "danger", {**NOBODY, "danger": True}),
    What("care.step", "danger", {"step": "danger"}),
    What("care.step", "no_reply", {"step": "called_119"}),
    What("care.step", "no_reply", {"step": "arrived_119"}),
    What("care.step", "no_reply", {"step": "seen"}),
    What("field.danger", "danger", {}),
    What("care.help", "danger", {}),
)


NAMED = ("보고번호", "Report code")  # what stands before a code in what a phone writes


@dataclass(frozen=True)
class Torn:
    """What looks like a code and isn't one: which of its groups don't fit, and the first one when it does."""

    wrong: tuple[int, ...]
    first: str = ""


def _value(letters: str) -> int:
    value = 0
    for letter in letters:
        value = value * 32 + LETTERS.index(letter)
    return value


def _letters(value: int, length: int) -> str:
    return "".join(LETTERS[value >> 5 * place & 31] for place in reversed(range(length)))


def check(group: int, letters: str) -> str:
    """The letter that checks a group: a sum in the field of 32 elements, each place with a weight of its own."""
    total = 0
    for letter in reversed(letters):
        total = (total ^ LETTERS.index(letter)) << 1
        total ^= 0b100101 if total & 32 else 0
    return LETTERS[total ^ group + 1]


def stop_of(about: UUID | None) -> str:
    """The four letters that stand for a visit or a case."""
    return _letters(int(hashlib.sha256(str(about or "").encode()).hexdigest()[:5], 16), 4)


def _hmac(key_sha256: str, what: str, said: str) -> bytes:
    return hmac.digest(key_sha256.encode(), f"dure {what} 1 {said}".encode(), "sha256")


def _sum(key_sha256: str, said: str) -> str:
    return _letters(int.from_bytes(_hmac(key_sha256, "code", said)[:4]) >> 2, 6)


def write(what: int, key_sha256: str, about: UUID | None, seed: int, made: datetime) -> str:
    """The code as the phone writes it; `seed`: a chance number below 1,024."""
    minute = int(made.timestamp()) // 60 % MINUTES
    said = _letters(what, 1) + _letters(int(key_sha256[:5], 16), 4) + stop_of(about)
    said += _letters(seed, 2) + _letters(minute, 3)
    data = said + _sum(key_sha256, said)
    parts = [data[DATA * n : DATA * (n + 1)] for n in range(GROUPS)]
    return "".join(part + check(n, part) for n, part in enumerate(parts))


def shown(code: str) -> str:
    """The code in its groups."""
    return "-".join(code[at : at + DATA + 1] for at in range(0, LENGTH, DATA + 1))


def data(code: str) -> str:
    """The code without the letters that check its groups."""
    return "".join(code[at : at + DATA] for at in range(0, LENGTH, DATA + 1))


def what_of(code: str) -> int:
    """The number of what it says."""
    return LETTERS.index(code[0])


def phone_of(code: str) -> str:
    """How the hash of the phone's key begins, as hexadecimal digits; of a first group too."""
    return f"{_value(code[1:5]):05x}"


def is_about(code: str, about: UUID | None) -> bool:
    """Whether it may be this visit or case."""
    return data(code)[5:9] == stop_of(about)


def is_from(code: str, key_sha256: str) -> bool:
    """Whether the phone with this key has written it."""
    all_of_it = data(code)
    return hmac.compare_digest(all_of_it[SAID:], _sum(key_sha256, all_of_it[:SAID]))


def key_of(code: str, key_sha256: str) -> UUID:
    """The key of the report: the phone hands the whole one in under it."""
    raw = bytearray(_hmac(key_sha256, "key", data(code)[:SAID])[:16])
    raw[6], raw[8] = raw[6] & 0x0F | 0x80, raw[8] & 0x3F | 0x80  # RFC 9562: version 8, of our own making
    return UUID(bytes=bytes(raw))


def made_at(code: str, now: datetime) -> datetime:
    """When it was written by the phone's clock, to the minute: the latest moment that it can mean."""
    latest = int((now + AHEAD).timestamp()) // 60
    minute = _value(data(code)[11:14])
    return datetime.fromtimestamp((latest - (latest - minute) % MINUTES) * 60, UTC)


def _runs(text: str) -> Iterator[str]:
    plain = unicodedata.normalize("NFKC", text[:LONGEST]).upper()
    yield from RUN.findall(plain)


def _plain(run: str) -> str:
    return re.sub(APART, "", run).translate(ALIKE)


def _wrong(groups: list[str]) -> tuple[int, ...]:
    """Which of four groups don't fit."""
    return tuple(n for n, group in enumerate(groups) if len(group) != DATA + 1 or check(n, group[:DATA]) != group[DATA])


def _groups(letters: str) -> list[str]:
    return [letters[at : at + DATA + 1] for at in range(0, LENGTH, DATA + 1)]


def find(text: str) -> list[str]:
    """The codes in a text, wherever they stand and however they are spaced."""
    return [code for run in _runs(text) for code in _parted(run)[0]]


def _parted(run: str) -> tuple[list[str], list[str]]:
    """The codes in a run of letters, and what stands before, between and after them."""
    letters, places = _plain(run), [n for n, each in enumerate(run) if RUN.fullmatch(each)]
    codes: list[str] = []
    rests: list[str] = []
    at = begin = 0
    while at + LENGTH <= len(letters):
        if _wrong(_groups(letters[at : at + LENGTH])):
            at += 1
        else:
            codes.append(letters[at : at + LENGTH])
            rests.append(run[begin : places[at]])
            at += LENGTH
            begin = places[at] if at < len(places) else len(run)
    return codes, [part for rest in [*rests, run[begin:]] for part in RUN.findall(rest)]


def torn(text: str) -> Torn | None:
    """What in a text, beside its codes, looks like one that was mistyped or cut off; None when nothing does."""
    tries, long = [], False
    for run in [rest for each in _runs(text) for rest in _parted(each)[1]]:
        letters, parts = _plain(run), [part.translate(ALIKE) for part in re.split(APART.replace("*", "+"), run)]
        long = long or (len(letters) >= SHORT and bool(re.search(r"\d", letters)) and not letters.isdigit())
        tries += [_groups(letters[at : at + LENGTH]) for at in range(max(1, len(letters) - LENGTH + 1))]
        parts = ["", "", *parts, "", "", ""]  # of one that was cut off, groups are missing
        tries += [parts[at : at + GROUPS] for at in range(len(parts) - GROUPS + 1)]
    best = min(tries, key=lambda groups: len(_wrong(groups)), default=[""] * GROUPS)
    wrong = _wrong(best)
    if len(wrong) > 2:
        return Torn(tuple(range(GROUPS))) if long and any(word in text for word in NAMED) else None
    return Torn(wrong, "" if 0 in wrong else best[0])
