"""What a text may hold in the data base."""


def storable(text: str) -> str:
    r"""All of a text that the data base can keep: a zero byte and half a character become visible signs.

    >>> storable("no\x00such \ud83d")
    'no␀such ?'
    """
    return text.replace("\x00", "␀").encode(errors="replace").decode()
