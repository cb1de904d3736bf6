"""What a text may hold in the data base, and which number it is there."""


def storable(text: str) -> str:
    r"""All of a text that the data base can keep: a zero byte and half a character become visible signs.

    >>> storable("no\x00such \ud83d")
    'no␀such ?'
    """
    return text.replace("\x00", "␀").encode(errors="replace").decode()


def key(text: str) -> int:
    """The row that a form or an address names by its number; 0, which is no row, for whatever isn't such a number.

    >>> [key(each) for each in ("12", "-1", "", "١", "1e3", "9" * 400, "9223372036854775807")]
    [12, 0, 0, 0, 0, 0, 9223372036854775807]
    """
    whole = text.isascii() and text.isdigit() and len(text) <= 19
    return found if whole and (found := int(text)) < 2**63 else 0
