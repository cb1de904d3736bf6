"""The marks by which people say "the same as above": 〃, 상동."""

from dure.sheets.tables import Value
from dure.sheets.words import as_text, squash

_MARKS = {"〃", "″", '"', "''", "``", "“", "”", "〞", "\u30fb\u30fb"}
_WORDS = {"상동", "위와같음", "위와동일", "위동일", "위와동", "동상"}


def is_mark(value: Value) -> bool:
    """Whether a cell holds only a mark for what stands above it.

    >>> is_mark("〃"), is_mark("'' "), is_mark("상동")
    (True, True, False)
    """
    return as_text(value).strip() in _MARKS


def is_word(value: Value) -> bool:
    """Whether a cell says in a word that it is as above. 상동 may also be the name of a dong.

    >>> is_word("위와 같음"), is_word("상 동"), is_word("광주")
    (True, True, False)
    """
    return squash(as_text(value)) in _WORDS
