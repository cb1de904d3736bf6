"""Text as people type it into cells, made comparable."""

import re
import unicodedata

from dure.sheets.tables import Value

_PLAIN = dict.fromkeys((0x3000, 0x00A0, 0x202F, 0x2007), " ")
_PLAIN |= dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF), "")  # no width: come with copied text
_PLAIN |= {0xFF01 + offset: chr(0x21 + offset) for offset in range(0x5E)}  # full-width ０１２ ＡＢＣ －（）
_DASHES = re.compile("[\u2010-\u2015\u2212\u30fc\u2500]|(?<=\\d)ㅡ(?=\\d)")
_PLAIN_ALREADY = re.compile("[ -~가-힣]*").fullmatch  # most cells: nothing in them is typed in two ways
_NUMBERED, _MARKS = re.compile(r"^\s*\d+[.)]\s*"), re.compile(r"[\W_]+")
_SPACES = re.compile(r"[ \t\r\f\v]+")
NOTHING = {"", "-", "--", ".", "x", "없음", "해당없음", "해당 없음", "n/a", "na", "none", "null", "미입력"}


def clean(text: str) -> str:
    """The same text in composed Hangul, with plain digits and spaces, trimmed; line breaks stay.

    >>> clean("\u3000０１０－１２３４　\u1112\u1169\u11bc\u00a0길동 ")
    '010-1234 홍 길동'
    """
    text = unicodedata.normalize("NFC", text).translate(_PLAIN)
    return _SPACES.sub(" ", text).strip()


def dashes(text: str) -> str:
    """The text with every kind of dash as a plain hyphen, and the vowel ㅡ that is typed for one.

    >>> dashes("010ㅡ1234–5678")
    '010-1234-5678'
    """
    return _DASHES.sub("-", text)


def as_text(value: Value) -> str:
    """A cell as the words in it; an empty string when nothing is in it.

    >>> as_text(1012345678.0), as_text(None), as_text(True)
    ('1012345678', '', 'TRUE')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value if isinstance(value, str) else str(value)


def is_nothing(value: Value) -> bool:
    """Whether the cell is empty or says in a word that there is nothing: 없음, -, 해당없음."""
    return as_text(value).lower() in NOTHING


def squash(text: str) -> str:
    """A header or a choice reduced to what tells it apart.

    >>> squash("생년\\n월일 *"), squash("1. 성  명"), squash("TEL.")
    ('생년월일', '성명', 'tel')
    """
    if not _PLAIN_ALREADY(text):
        text = clean(text)
    return _MARKS.sub("", _NUMBERED.sub("", text)).lower()


def bare(text: str) -> str:
    """The text without what stands in brackets.

    >>> bare("연락처 (휴대폰)")
    '연락처'
    """
    return re.sub(r"[(\[<（].*?[)\]>）]", "", text, flags=re.S).strip()
